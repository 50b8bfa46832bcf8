#include "analyzer/endpoints_private.h"

#include "analyzer/endpoints.h"
#include "analyzer/open_atoms.h"
#include "analyzer/protect.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The lowest port that a server is given which asked for any, and more: below it they are known
 * by their number (RFC 6335). */
#define PORT_MIN 1024

static bool is_high(struct bytes port)
{
	unsigned value = 0;

	for (size_t i = 0; i < port.size && value <= 65535; i++)
		value = value * 10 + (unsigned)(port.data[i] - '0');
	return port.size && port.size <= 5 && value >= PORT_MIN && value <= 65535;
}

static void cut(struct candidate *candidate, struct bytes part)
{
	struct bytes name = buffer_bytes(&candidate->name);
	size_t before = (size_t)(part.data - name.data);

	candidate->head = (struct bytes){ name.data, before };
	candidate->part = part;
	candidate->tail = (struct bytes){ part.data + part.size, name.size - before - part.size };
}

/* What may vary, and where; the first that fits. */
static enum vary vary_of(const struct candidate *candidate, const struct endpoint *endpoint,
			 struct bytes *ret)
{
	struct bytes labels = endpoint_labels(endpoint);

	*ret = endpoint->port;
	if (candidate->atom->own && endpoint_is_loopback(endpoint) && is_high(endpoint->port))
		return VARY_PORT;
	*ret = labels;
	if (labels.size)
		return VARY_LABELS;
	*ret = endpoint->host;
	if (endpoint->address_size && address_is_private(endpoint->address, endpoint->address_size))
		return VARY_ADDRESS;
	return VARY_NONE;
}

static void find_part(struct candidate *candidate)
{
	struct endpoint endpoint;
	struct bytes part;

	if (!endpoint_read(buffer_bytes(&candidate->name), &endpoint))
		return;
	memcpy(candidate->address, endpoint.address, sizeof endpoint.address);
	candidate->address_size = endpoint.address_size;
	candidate->vary = vary_of(candidate, &endpoint, &part);
	if (candidate->vary != VARY_NONE)
		cut(candidate, part);
}

static int read_candidate(struct atom *atom, struct candidate *ret)
{
	scoped(pattern) struct pattern pattern = { 0 };
	struct error ignored = { 0 };

	ret->atom = atom;
	ret->is_stable = atom->runs > 1;
	if (pattern_parse(&pattern, RESOURCE_HOST, atom_pattern(atom), &ignored) < 0 ||
	    pattern_is_open(&pattern))
		return 0;
	buffer_append(&ret->name, pattern.token[0].literal.data, pattern.token[0].literal.size);
	if (buffer_status(&ret->name) < 0)
		return -ENOMEM;
	find_part(ret);
	return 0;
}

static int compare_families(const struct candidate *a, const struct candidate *b)
{
	int order = (int)a->vary - (int)b->vary;

	order = order ? order : (int)a->atom->action - (int)b->atom->action;
	order = order ? order : strcmp(atom_phase(a->atom), atom_phase(b->atom));
	order = order ? order : bytes_compare(a->head, b->head);
	order = order ? order : bytes_compare(a->tail, b->tail);
	return order ? order
		     : (a->address_size > b->address_size) - (a->address_size < b->address_size);
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;
	int order = compare_families(one, other);

	if (!order && one->vary == VARY_ADDRESS)
		order = memcmp(one->address, other->address, sizeof one->address);
	return order ? order : bytes_compare(one->part, other->part);
}

/* What the family's pattern is, with this part. */
static int write_whole(const struct family *family, const struct varying *part, struct varying *ret)
{
	const struct candidate *any = &family->candidate[0];
	int r = varying_add_literal(ret, any->head);

	r = r ? r : varying_append(ret, part);
	r = r ? r : varying_add_literal(ret, any->tail);
	return r ? r : varying_finish(ret);
}

static int replace_all(struct family *family, const struct varying *part,
		       const struct varying *whole)
{
	struct atom **atom = calloc(family->count, sizeof(*atom));
	scoped(buffer) struct buffer text = { 0 };
	size_t count = 0;
	int r;

	if (!atom)
		return -ENOMEM;
	for (size_t i = 0; i < family->count; i++) {
		struct candidate *candidate = &family->candidate[i];

		if (candidate->taken || candidate->is_stable ||
		    !varying_matches(part, candidate->part))
			continue;
		candidate->taken = true;
		atom[count++] = candidate->atom;
	}
	varying_write(whole, &text);
	r = buffer_status(&text);
	if (r == 0 && count)
		r = atoms_open(family->evidence, buffer_text(&text), atom, count);
	free(atom);
	return r;
}

int family_replace(struct family *family, struct varying *part)
{
	scoped(varying) struct varying whole = { 0 };
	int r = write_whole(family, part, &whole);

	if (r == 0 && !protect_meets(family->evidence->protection, RESOURCE_HOST,
				     family->candidate[0].atom->action, &whole.language))
		r = replace_all(family, part, &whole);
	varying_release(part);
	return r == -EINVAL ? 0 : r; /* longer than any name */
}

static int open_family(struct family *family)
{
	switch (family->candidate[0].vary) {
	case VARY_PORT:
		return family_open_ports(family);
	case VARY_LABELS:
		return family_open_labels(family);
	case VARY_ADDRESS:
		return family_open_blocks(family);
	default:
		return 0;
	}
}

static int open_families(struct evidence *evidence, struct candidate *candidate, size_t count)
{
	int r = 0;

	qsort(candidate, count, sizeof *candidate, compare_candidates);
	for (size_t i = 0, next; i < count && r == 0; i = next) {
		struct family family = { evidence, candidate + i, 1 };

		for (next = i + 1; next < count; next++, family.count++)
			if (compare_families(&candidate[i], &candidate[next]))
				break;
		if (family.count > 1)
			r = open_family(&family);
	}
	return r;
}

static bool may_vary(const struct atom *atom)
{
	return atom->resource == RESOURCE_HOST && atom->outcome == OUTCOME_OK;
}

static int open_all(struct evidence *evidence, struct candidate *candidate)
{
	size_t count = 0;
	int r = 0;

	for (struct atom *atom = evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (may_vary(atom))
			r = read_candidate(atom, &candidate[count++]);
	if (r == 0)
		r = open_families(evidence, candidate, count);
	for (size_t i = 0; i < count; i++)
		buffer_release(&candidate[i].name);
	return r;
}

int endpoints_open(struct evidence *evidence)
{
	struct candidate *candidate;
	size_t most = 0;
	int r;

	for (struct atom *atom = evidence->atom; atom; atom = atom->hh.next)
		most += may_vary(atom);
	if (!most)
		return 0;
	candidate = calloc(most, sizeof *candidate);
	r = candidate ? open_all(evidence, candidate) : -ENOMEM;
	free(candidate);
	return r;
}
