#include "analyzer/audit/auditing.h"

#include "analyzer/diff.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/store.h"
#include "core/store_grants.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Since when a source has granted something. */
struct stretch {
	UT_hash_handle hh;
	int64_t since_ns, first_ns, widened_ns, argv_ns;
	unsigned widened;
	int64_t expires_ns; /* as the last set had it; 0: never */
	size_t round;	    /* the last set of the source that had it */
	char key[];
};

struct holding {
	struct auditing *auditing;
	struct stretch *stretch;
	size_t *round; /* by source: its sets so far */
};

static void holding_cleanup(struct holding *holding)
{
	struct stretch *stretch, *next;

	HASH_ITER(hh, holding->stretch, stretch, next)
	{
		HASH_DEL(holding->stretch, stretch);
		free(stretch);
	}
	free(holding->round);
}

/* What it permits, whatever its conditions, and by which source. */
static int write_key(size_t source, const struct rule *rule, struct buffer *key)
{
	char head[] = { (char)rule->resource, (char)rule->action, (char)rule->own };

	buffer_clear(key);
	buffer_append(key, &source, sizeof source);
	buffer_append(key, head, sizeof head);
	buffer_add(key, rule->pattern);
	buffer_append(key, "", 1);
	buffer_add(key, rule->phase ? rule->phase : "");
	return buffer_status(key);
}

static struct stretch *find(const struct holding *holding, const struct buffer *key)
{
	struct stretch *stretch;

	HASH_FIND(hh, holding->stretch, key->data, key->size, stretch);
	return stretch;
}

static struct stretch *add(struct holding *holding, const struct buffer *key)
{
	struct stretch *stretch = calloc(1, sizeof *stretch + key->size);

	if (!stretch)
		return NULL;
	memcpy(stretch->key, key->data, key->size);
	HASH_ADD_KEYPTR(hh, holding->stretch, stretch->key, key->size, stretch);
	if (stretch->hh.tbl)
		return stretch;
	free(stretch);
	return NULL;
}

/* Under which conditions the rule admits more than it did in the set before. */
static unsigned widened(const struct policy *before, const struct rule *rule)
{
	const struct rule *was = policy_find_same(before, rule);

	return was ? conditions_beyond(rule, was) : 0;
}

static void note_widened(struct stretch *stretch, unsigned conditions, int64_t since_ns)
{
	if (!conditions)
		return;
	stretch->widened_ns = since_ns;
	stretch->widened = conditions;
	if (conditions & (CONDITION_ARGV | CONDITION_ARGUMENTS))
		stretch->argv_ns = since_ns;
}

/* The rule stands in the set of this round, since that time. */
static int hold(struct holding *holding, size_t source, const struct policy *before,
		const struct rule *rule, int64_t since_ns)
{
	scoped(buffer) struct buffer key = { 0 };
	size_t round = holding->round[source];
	struct stretch *stretch;

	if (write_key(source, rule, &key) < 0)
		return -ENOMEM;
	stretch = find(holding, &key);
	if (!stretch) {
		stretch = add(holding, &key);
		if (!stretch)
			return -ENOMEM;
		stretch->since_ns = stretch->first_ns = stretch->argv_ns = since_ns;
	} else if (stretch->round + 1 < round ||
		   (stretch->expires_ns && stretch->expires_ns <= since_ns)) {
		stretch->since_ns = stretch->argv_ns = since_ns;
	}
	note_widened(stretch, widened(before, rule), since_ns);
	stretch->round = round;
	stretch->expires_ns = rule->expires_ns;
	return 0;
}

static bool is_source(const struct audit_source *source, const struct stored_grants *grants)
{
	return !strcmp(source->format, grants->format) &&
	       bytes_equal(bytes_of(source->name), grants->source);
}

static int add_source(struct holding *holding, const struct stored_grants *grants, size_t *ret)
{
	struct audit *audit = holding->auditing->audit;
	size_t count = audit->source_count;
	struct audit_source *grown = reallocarray(audit->source, count + 1, sizeof *grown);
	size_t *rounds = reallocarray(holding->round, count + 1, sizeof *rounds);

	if (grown)
		audit->source = grown;
	if (rounds)
		holding->round = rounds;
	if (!grown || !rounds)
		return -ENOMEM;
	audit->source[count] = (struct audit_source){ .format = strdup(grants->format),
						      .name = strndup(grants->source.data ?: "",
								      grants->source.size) };
	holding->round[count] = 0;
	audit->source_count++;
	*ret = count;
	return audit->source[count].format && audit->source[count].name ? 0 : -ENOMEM;
}

static int find_source(struct holding *holding, const struct stored_grants *grants, size_t *ret)
{
	const struct audit *audit = holding->auditing->audit;

	for (size_t i = 0; i < audit->source_count; i++) {
		if (!is_source(&audit->source[i], grants))
			continue;
		*ret = i;
		return 0;
	}
	return add_source(holding, grants, ret);
}

/* The latest set takes the place of the one before; `ret_before` gets what that allowed. */
static int replace(struct audit_source *source, const struct stored_grants *grants,
		   struct policy *ret_before, struct error *err)
{
	int r;

	*ret_before = source->allowed;
	source->allowed = (struct policy){ 0 };
	policy_release(&source->denied);
	free(source->grantor);
	source->grantor = strdup(grants->grantor);
	source->first_ns = source->first_ns ? source->first_ns : grants->granted_ns;
	source->granted_ns = grants->granted_ns;
	source->imported_ns = grants->imported_ns;
	source->governs = grants->governs;
	source->unread = 0;
	if (!source->grantor)
		return error_set(err, ENOMEM, "read the grants");
	r = policy_read_memory(&source->allowed, grants->allowed, "the grants", err);
	return r ? r : policy_read_memory(&source->denied, grants->denied, "the grants", err);
}

static int count_unread(void *context, const struct stored_note *note)
{
	struct audit_source *source = context;

	source->unread += !strcmp(note->kind, "unread");
	return 0;
}

static int take_set(void *context, const struct stored_grants *grants)
{
	struct holding *holding = context;
	struct auditing *auditing = holding->auditing;
	scoped(policy) struct policy before = { 0 };
	struct audit_source *source;
	size_t at;
	int r;

	if (grants->granted_ns > auditing->audit->options.as_of_ns)
		return 0;
	if (find_source(holding, grants, &at) < 0)
		return error_set(auditing->err, ENOMEM, "read the grants");
	source = &auditing->audit->source[at];
	holding->round[at]++;
	r = replace(source, grants, &before, auditing->err);
	for (size_t i = 0; i < source->allowed.count && !r; i++)
		if (hold(holding, at, &before, &source->allowed.rule[i], grants->granted_ns) < 0)
			r = error_set(auditing->err, ENOMEM, "read the grants");
	return r ? r
		 : store_each_grant_note(auditing->store, grants->key, count_unread, source,
					 auditing->err);
}

/* "P-" and the beginning of a digest: the same in every audit. */
static int identify(const struct audit_source *source, const struct buffer *key, char *ret,
		    size_t size)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest *digest;

	if (digest_open(&digest) < 0)
		return -ENOMEM;
	digest_bytes(digest, bytes_of(source->format));
	digest_bytes(digest, bytes_of(source->name));
	digest_bytes(digest,
		     (struct bytes){ key->data + sizeof(size_t), key->size - sizeof(size_t) });
	digest_close(digest, hex);
	snprintf(ret, size, "P-%.8s", hex);
	return 0;
}

static int add_grant(struct holding *holding, size_t at, const struct rule *rule)
{
	scoped(buffer) struct buffer key = { 0 };
	struct audit *audit = holding->auditing->audit;
	struct audit_grant *grant = &audit->grant[audit->grant_count];
	const struct stretch *stretch;

	if (rule->expires_ns && rule->expires_ns <= audit->options.as_of_ns)
		return 0;
	if (write_key(at, rule, &key) < 0)
		return -ENOMEM;
	stretch = find(holding, &key);
	*grant = (struct audit_grant){ .rule = rule, .source = at };
	if (stretch) {
		grant->granted_ns = stretch->since_ns;
		grant->first_granted_ns = stretch->first_ns;
		grant->widened_ns = stretch->widened_ns;
		grant->widened = stretch->widened;
		grant->argv_ns = stretch->argv_ns;
	}
	audit->grant_count++;
	return identify(&audit->source[at], &key, grant->id, sizeof grant->id);
}

static int add_grants(struct holding *holding)
{
	struct audit *audit = holding->auditing->audit;
	size_t count = 0;

	for (size_t i = 0; i < audit->source_count; i++)
		count += audit->source[i].allowed.count;
	audit->grant = calloc(count + 1, sizeof *audit->grant);
	holding->auditing->note = calloc(count + 1, sizeof *holding->auditing->note);
	if (!audit->grant || !holding->auditing->note)
		return -ENOMEM;
	for (size_t i = 0; i < audit->source_count; i++)
		for (size_t k = 0; k < audit->source[i].allowed.count; k++)
			if (add_grant(holding, i, &audit->source[i].allowed.rule[k]) < 0)
				return -ENOMEM;
	return 0;
}

int audit_holding(struct auditing *auditing)
{
	scoped(holding) struct holding holding = { .auditing = auditing };
	scoped(buffer) struct buffer safe = { 0 };
	const struct audit *audit = auditing->audit;
	int r = store_each_grants(auditing->store, audit->options.agent, take_set, &holding,
				  auditing->err);

	if (r)
		return r;
	if (!audit->source_count)
		return error_say(auditing->err, ENOENT,
				 "audit agent %s: it was granted nothing up to that day; `pare "
				 "import` reads what an enforcer grants it",
				 text_safe(bytes_of(audit->options.agent), 60, &safe));
	return add_grants(&holding) < 0 ? error_set(auditing->err, ENOMEM, "read the grants") : 0;
}
