#include "reports/companions/companions.h"

#include "core/store.h"
#include "reports/audit_more.h"
#include "reports/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One finding says that this access shows something. */
struct citation {
	const struct witness *witness;
	const struct audit_finding *finding;
};

struct citations {
	struct citation *citation; /* by run, then by seq */
	size_t count;
	size_t next, end; /* of the run at hand: that are not written yet */
	const struct edition *edition;
	struct buffer text, name;
};

struct reading {
	struct citations *citations;
	const struct run *run;
};

static void citations_cleanup(struct citations *citations)
{
	free(citations->citation);
	buffer_release(&citations->text);
	buffer_release(&citations->name);
}

static int compare(const void *a, const void *b)
{
	const struct citation *one = a, *other = b;
	int order = strcmp(one->witness->run, other->witness->run);

	if (order)
		return order;
	if (one->witness->seq != other->witness->seq)
		return one->witness->seq < other->witness->seq ? -1 : 1;
	order = strcmp(one->finding->id, other->finding->id);
	return order ? order : (one->witness > other->witness) - (one->witness < other->witness);
}

static int collect(struct citations *citations, const struct audit *audit)
{
	size_t count = 0;

	for (size_t i = 0; i < audit->finding_count; i++)
		count += audit->finding[i].witness_count;
	citations->citation = calloc(count + 1, sizeof *citations->citation);
	if (!citations->citation)
		return -ENOMEM;
	for (size_t i = 0; i < audit->finding_count; i++)
		for (size_t k = 0; k < audit->finding[i].witness_count; k++)
			citations->citation[citations->count++] =
				(struct citation){ &audit->finding[i].witness[k],
						   &audit->finding[i] };
	qsort(citations->citation, citations->count, sizeof *citations->citation, compare);
	return 0;
}

static void add_name(struct citations *citations, const char *key, struct bytes name)
{
	json_key(key, &citations->text);
	json_bytes(edition_name(citations->edition, name, &citations->name), &citations->text);
	citations->text.failed |= citations->name.failed;
}

static void add_argv(struct citations *citations, struct bytes argv)
{
	struct bytes word;

	json_key("argv", &citations->text);
	json_open('[', &citations->text);
	for (size_t at = 0; at < argv.size; at += word.size + 1) {
		word.data = argv.data + at;
		word.size = strnlen(word.data, argv.size - at);
		json_bytes(edition_name(citations->edition, word, &citations->name),
			   &citations->text);
		citations->text.failed |= citations->name.failed;
	}
	json_close(']', &citations->text);
}

static void add_access(struct citations *citations, const struct access *access)
{
	struct buffer *out = &citations->text;

	audit_json_text("resource", resource_text(access->resource), out);
	audit_json_text("action", action_text(access->action), out);
	add_name(citations, "name", access->name);
	add_name(citations, "requested", access->requested.data ? access->requested : access->name);
	audit_json_text("outcome", outcome_text(access->outcome), out);
	audit_json_text("errno", access->error ? strerrorname_np(access->error) : NULL, out);
	audit_json_number("count", access->count, out);
	audit_json_time("first", access->first_ns, out);
	audit_json_time("last", access->last_ns, out);
}

/* The findings that cite it: what is shown to each; takes them off. */
static void add_findings(struct citations *citations, int64_t seq)
{
	struct buffer *out = &citations->text;

	json_key("findings", out);
	json_open('[', out);
	for (; citations->next < citations->end; citations->next++) {
		const struct citation *citation = &citations->citation[citations->next];

		if (citation->witness->seq != seq)
			break;
		json_open('{', out);
		audit_json_text("id", citation->finding->id, out);
		audit_json_text("shows", citation->witness->shows, out);
		json_close('}', out);
	}
	json_close(']', out);
}

static int add_line(void *context, const struct access *access, const struct image *image)
{
	const struct reading *reading = context;
	struct citations *citations = reading->citations;
	struct buffer *out = &citations->text;

	json_open('{', out);
	json_key("id", out);
	buffer_add_char(out, '"');
	companion_evidence(reading->run->id, access->seq, out);
	buffer_add_char(out, '"');
	audit_json_text("run", reading->run->id, out);
	audit_json_number("seq", access->seq, out);
	add_name(citations, "task", bytes_of(reading->run->task));
	add_name(citations, "program", image->program);
	add_argv(citations, image->argv);
	add_access(citations, access);
	add_findings(citations, access->seq);
	json_close('}', out);
	buffer_add_char(out, '\n');
	return 0;
}

/* The next; one that is not there any more is left out. */
static int add_cited(struct reading *reading, struct error *err)
{
	struct error missing = { 0 };
	struct citations *citations = reading->citations;
	int64_t seq = citations->citation[citations->next].witness->seq;
	int r = store_find_access(citations->edition->store, reading->run->id, seq, add_line,
				  reading, &missing);

	if (r != -ENOENT) {
		*err = r ? missing : *err;
		return r;
	}
	while (citations->next < citations->end &&
	       citations->citation[citations->next].witness->seq == seq)
		citations->next++;
	return 0;
}

/* All of one run, from the first of its citations on. */
static int add_run(struct citations *citations, struct error *err)
{
	const char *id = citations->citation[citations->next].witness->run;
	scoped(run) struct run run = { 0 };
	struct reading reading = { citations, &run };
	int r = store_find_run(citations->edition->store, id, &run, err);

	citations->end = citations->next;
	while (citations->end < citations->count &&
	       !strcmp(citations->citation[citations->end].witness->run, id))
		citations->end++;
	while (citations->next < citations->end && !r)
		r = add_cited(&reading, err);
	return r;
}

int companion_events(struct edition *edition, FILE *out, struct error *err)
{
	scoped(citations) struct citations citations = { .edition = edition };
	const struct audit *audit;
	int r = edition_audit(edition, &audit, err);

	if (r)
		return r;
	if (collect(&citations, audit) < 0)
		return error_set(err, ENOMEM, "list the evidence");
	while (citations.next < citations.count && !r)
		r = add_run(&citations, err);
	return r ? r : companion_put(&citations.text, out, err);
}
