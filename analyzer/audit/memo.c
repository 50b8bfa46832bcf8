#include "analyzer/audit/memo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct collecting {
	const struct auditing *auditing;
	const struct asked *asked;
	const struct audit_source *source;
	uint32_t first; /* the number of the source's first grant */
	uint32_t *grant;
	size_t count, capacity;
	bool failed;
};

/* Arguments are asked for apart from names: of each access by the one who knows both. */
static bool is_asked_so(const struct rule *rule, const struct asked *asked)
{
	if (rule->resource == RESOURCE_PROGRAM)
		return asked->with_argv == (rule->argv_count != 0);
	if (rule->resource == RESOURCE_TOOL)
		return (asked->called != NULL) == !arguments_are_free(&rule->arguments);
	return true;
}

/* The grant of a rule: grants stand in the order of rules, less those that have expired. */
static bool find_grant(const struct collecting *collecting, const struct rule *rule, uint32_t *ret)
{
	const struct audit *audit = collecting->auditing->audit;
	size_t low = collecting->first, high = audit->grant_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct audit_grant *grant = &audit->grant[middle];

		if (&audit->source[grant->source] > collecting->source ||
		    (&audit->source[grant->source] == collecting->source && grant->rule >= rule))
			high = middle;
		else
			low = middle + 1;
	}
	*ret = (uint32_t)low;
	return low < audit->grant_count && audit->grant[low].rule == rule;
}

static void collect(void *context, const struct rule *rule)
{
	struct collecting *collecting = context;
	size_t capacity = collecting->capacity ? collecting->capacity * 2 : 4;
	uint32_t number, *grown = collecting->grant;

	if (!is_asked_so(rule, collecting->asked) || !find_grant(collecting, rule, &number))
		return;
	if (collecting->count == collecting->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown) {
			collecting->failed = true;
			return;
		}
		collecting->grant = grown;
		collecting->capacity = capacity;
	}
	grown[collecting->count++] = number;
}

static int compare(const void *a, const void *b)
{
	const uint32_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

static int match(const struct auditing *auditing, const struct question *question,
		 struct memo *memo)
{
	struct collecting collecting = { .auditing = auditing, .asked = &question->asked };
	const struct audit *audit = auditing->audit;

	for (size_t i = 0; i < audit->source_count; i++) {
		collecting.source = &audit->source[i];
		policy_match_each(&audit->source[i].allowed, &question->roots, &question->asked,
				  collect, &collecting);
	}
	memo->grant = collecting.grant;
	memo->count = collecting.count;
	if (memo->count)
		qsort(memo->grant, memo->count, sizeof *memo->grant, compare);
	return collecting.failed ? -ENOMEM : 0;
}

static int write_key(const struct question *question, struct buffer *key)
{
	const struct asked *asked = &question->asked;
	char head[] = { (char)asked->resource, (char)asked->action, (char)asked->own,
			(char)asked->with_argv };

	buffer_clear(key);
	buffer_append(key, head, sizeof head);
	buffer_append(key, &question->root, sizeof question->root);
	buffer_append(key, &asked->name.size, sizeof asked->name.size);
	buffer_append(key, asked->name.data, asked->name.size);
	buffer_append(key, &asked->phase.size, sizeof asked->phase.size);
	if (asked->phase.size)
		buffer_append(key, asked->phase.data, asked->phase.size);
	if (asked->argv.size)
		buffer_append(key, asked->argv.data, asked->argv.size);
	return buffer_status(key);
}

static void memo_free(struct memo *memo)
{
	free(memo->grant);
	free(memo->pattern);
	free(memo);
}

static struct memo *memo_new(const struct auditing *auditing, const struct question *question,
			     const struct buffer *key)
{
	scoped(buffer) struct buffer pattern = { 0 };
	struct memo *memo = calloc(1, sizeof *memo + key->size);

	if (!memo)
		return NULL;
	memcpy(memo->key, key->data, key->size);
	pattern_of_name(&question->roots, question->asked.resource, question->asked.name, &pattern);
	memo->pattern = buffer_steal(&pattern);
	memo->use.beyond = beyond_of(auditing, question);
	if (memo->pattern && match(auditing, question, memo) == 0)
		return memo;
	memo_free(memo);
	return NULL;
}

struct memo *memo_find(struct memos *memos, const struct auditing *auditing,
		       const struct question *question)
{
	struct buffer *key = &memos->key;
	struct memo *memo;

	if (write_key(question, key) < 0)
		return NULL;
	HASH_FIND(hh, memos->memo, key->data, key->size, memo);
	if (memo)
		return memo;
	memo = memo_new(auditing, question, key);
	if (!memo)
		return NULL;
	HASH_ADD_KEYPTR(hh, memos->memo, memo->key, key->size, memo);
	if (memo->hh.tbl)
		return memo;
	memo_free(memo);
	return NULL;
}

void memos_release(struct memos *memos)
{
	struct memo *memo, *next;

	HASH_ITER(hh, memos->memo, memo, next)
	{
		HASH_DEL(memos->memo, memo);
		memo_free(memo);
	}
	buffer_release(&memos->key);
}
