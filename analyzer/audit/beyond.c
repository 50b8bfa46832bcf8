#include "analyzer/audit/beyond.h"

#include "analyzer/audit/memo.h"
#include "analyzer/evidence.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SOURCES_MAX 64

/* Names are asked for first, and arguments only where the name is granted. */
static bool grants(const struct audit_source *source, const struct question *question)
{
	struct asked by_name = question->asked;

	by_name.with_argv = false;
	by_name.called = NULL;
	if (policy_match(&source->denied, &question->roots, &question->asked, NULL))
		return false;
	if (!policy_match(&source->allowed, &question->roots, &by_name, NULL))
		return question->asked.with_argv || question->asked.called;
	return policy_match(&source->allowed, &question->roots, &question->asked, NULL);
}

uint64_t beyond_of(const struct auditing *auditing, const struct question *question)
{
	const struct audit *audit = auditing->audit;
	uint64_t beyond = 0;

	for (size_t i = 0; i < audit->source_count && i < SOURCES_MAX; i++)
		if ((audit->source[i].governs & 1u << question->asked.resource) &&
		    !grants(&audit->source[i], question))
			beyond |= UINT64_C(1) << i;
	return beyond;
}

void beyond_use(struct first_use *use, const struct occasion *occasion)
{
	const struct access *access = occasion->access;

	use->uses = add_saturated(use->uses, access->count);
	if (access->last_ns > use->last_ns)
		use->last_ns = access->last_ns;
	if (use->first_ns && use->first_ns <= access->first_ns)
		return;
	use->first_ns = access->first_ns;
	memcpy(use->witness.run, occasion->run->id, sizeof use->witness.run);
	use->witness.seq = access->seq;
}

/* ---- groups ---- */

struct row {
	const struct memo *memo;
	size_t source;
};

static int compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	int order = memcmp(one->memo->key, other->memo->key, 2); /* resource, action */

	if (one->source != other->source)
		return one->source < other->source ? -1 : 1;
	return order ? order : strcmp(one->memo->pattern, other->memo->pattern);
}

static bool is_like(const struct row *a, const struct row *b)
{
	return a->source == b->source && !memcmp(a->memo->key, b->memo->key, 2);
}

static int add_example(struct beyond_group *group, const struct memo *memo)
{
	if (group->example_count == EXAMPLES_MAX)
		return 0;
	group->witness[group->example_count] = memo->use.witness;
	group->example[group->example_count] = strdup(memo->pattern);
	return group->example[group->example_count++] ? 0 : -ENOMEM;
}

/* Rows of one group stand together, and in it those of one pattern. */
static int fill(const struct row *row, size_t count, struct beyond_group *group, size_t *ret)
{
	size_t groups = 0;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		bool is_same = i && is_like(&row[i - 1], &row[i]);

		if (!is_same)
			group[groups++] =
				(struct beyond_group){ .source = row[i].source,
						       .resource =
							       (enum resource)row[i].memo->key[0],
						       .action = (enum action)row[i].memo->key[1] };
		*ret = groups;
		group[groups - 1].uses =
			add_saturated(group[groups - 1].uses, row[i].memo->use.uses);
		if (is_same && !strcmp(row[i - 1].memo->pattern, row[i].memo->pattern))
			continue;
		group[groups - 1].objects++;
		r = add_example(&group[groups - 1], row[i].memo);
	}
	return r;
}

static int group_rows(struct row *row, size_t count, struct beyond_group **ret, size_t *ret_count)
{
	if (!count)
		return 0;
	*ret = calloc(count, sizeof **ret);
	if (!*ret)
		return -ENOMEM;
	qsort(row, count, sizeof *row, compare_rows);
	return fill(row, count, *ret, ret_count);
}

/* Asked with arguments, it is the same object once more. */
static bool is_counted(const struct memo *memo)
{
	return memo->is_used && (memo->use.beyond || !memo->key[3]);
}

static bool is_fresh(const struct auditing *auditing, const struct memo *memo)
{
	const struct audit *audit = auditing->audit;
	int64_t since_ns = audit->options.as_of_ns - audit->options.window_ns;

	return is_counted(memo) && !memo->key[3] && audit->first_ns < since_ns &&
	       memo->use.first_ns >= since_ns;
}

static size_t count_bits(uint64_t bits)
{
	return (size_t)__builtin_popcountll(bits);
}

static int collect_beyond(struct auditing *auditing, const struct memos *memos)
{
	size_t most = 0, count = 0;
	struct row *row;
	int r;

	for (const struct memo *memo = memos->memo; memo; memo = memo->hh.next)
		most += is_counted(memo) ? count_bits(memo->use.beyond) : 0;
	row = calloc(most + 1, sizeof *row);
	if (!row)
		return -ENOMEM;
	for (const struct memo *memo = memos->memo; memo; memo = memo->hh.next)
		for (size_t i = 0; is_counted(memo) && i < SOURCES_MAX; i++)
			if (memo->use.beyond >> i & 1)
				row[count++] = (struct row){ memo, i };
	r = group_rows(row, count, &auditing->beyond.group, &auditing->beyond.count);
	free(row);
	return r;
}

static int collect_fresh(struct auditing *auditing, const struct memos *memos)
{
	size_t most = 0, count = 0;
	struct row *row;
	int r;

	for (const struct memo *memo = memos->memo; memo; memo = memo->hh.next)
		most += is_fresh(auditing, memo);
	row = calloc(most + 1, sizeof *row);
	if (!row)
		return -ENOMEM;
	for (const struct memo *memo = memos->memo; memo; memo = memo->hh.next)
		if (is_fresh(auditing, memo))
			row[count++] = (struct row){ memo, 0 };
	r = group_rows(row, count, &auditing->beyond.fresh, &auditing->beyond.fresh_count);
	free(row);
	return r;
}

int beyond_collect(struct auditing *auditing, const struct memos *memos)
{
	int r = collect_beyond(auditing, memos);

	return r < 0 ? r : collect_fresh(auditing, memos);
}

static void release_groups(struct beyond_group *group, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < group[i].example_count; k++)
			free(group[i].example[k]);
	free(group);
}

void beyond_release(struct beyond *beyond)
{
	release_groups(beyond->group, beyond->count);
	release_groups(beyond->fresh, beyond->fresh_count);
	*beyond = (struct beyond){ 0 };
}
