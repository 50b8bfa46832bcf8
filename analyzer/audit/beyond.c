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

/* Whether one of the grants, which are sorted, is of the source. */
static bool has_grant(const struct audit *audit, const uint32_t *grant, size_t count, size_t source)
{
	for (size_t i = 0; i < count; i++)
		if (audit->grant[grant[i]].source == source)
			return true;
	return false;
}

uint64_t beyond_of(const struct auditing *auditing, const struct question *question,
		   const uint32_t *grant, size_t count)
{
	const struct audit *audit = auditing->audit;
	uint64_t beyond = 0;

	for (size_t i = 0; i < audit->source_count && i < SOURCES_MAX; i++) {
		const struct audit_source *source = &audit->source[i];

		if (!(source->governs & 1u << question->asked.resource) ||
		    (!source->denied.count && has_grant(audit, grant, count, i)) ||
		    grants(source, question))
			continue;
		beyond |= UINT64_C(1) << i;
	}
	return beyond;
}

/* ---- groups ---- */

struct row {
	const struct memo *memo;
	size_t source, text; /* its pattern, of all texts */
};

/* What was used, in rows. */
struct rows {
	const struct memos *memos;
	const struct evidence *roots;
	struct row *row;
	size_t count, capacity;
	struct buffer text; /* each ended by a NUL */
};

static void rows_cleanup(struct rows *rows)
{
	free(rows->row);
	buffer_release(&rows->text);
}

static int add_row(struct rows *rows, const struct memo *memo, size_t source)
{
	size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
	struct row *grown = rows->row;

	if (rows->count == rows->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		rows->row = grown;
		rows->capacity = capacity;
	}
	grown[rows->count++] = (struct row){ memo, source, rows->text.size };
	pattern_of_name(&rows->roots->root[memo->root].roots, memo->resource, memo->name,
			&rows->text);
	buffer_append(&rows->text, "", 1);
	return buffer_status(&rows->text);
}

static int compare_kinds(const struct row *one, const struct row *other)
{
	if (one->source != other->source)
		return one->source < other->source ? -1 : 1;
	if (one->memo->resource != other->memo->resource)
		return one->memo->resource < other->memo->resource ? -1 : 1;
	return one->memo->action - other->memo->action;
}

/* The order of what is alike is that in which it was first used. */
static int compare_rows(const void *a, const void *b, void *context)
{
	const struct row *one = a, *other = b;
	const char *text = context;
	int order = compare_kinds(one, other);

	order = order ? order : strcmp(text + one->text, text + other->text);
	return order ? order : one->text < other->text ? -1 : one->text > other->text;
}

static int add_example(const struct rows *rows, const struct row *row, struct beyond_group *group)
{
	if (group->example_count == EXAMPLES_MAX)
		return 0;
	group->witness[group->example_count] = memo_witness(rows->memos, row->memo);
	group->example[group->example_count] = strdup(rows->text.data + row->text);
	return group->example[group->example_count++] ? 0 : -ENOMEM;
}

static struct beyond_group group_of(const struct row *row)
{
	return (struct beyond_group){ .source = row->source,
				      .resource = row->memo->resource,
				      .action = row->memo->action };
}

/* Rows of one group stand together, and in it those of one pattern. */
static int fill(const struct rows *rows, struct beyond_group *group, size_t *ret)
{
	const char *text = rows->text.data;
	size_t groups = 0;
	int r = 0;

	for (size_t i = 0; i < rows->count && r == 0; i++) {
		const struct row *row = &rows->row[i];
		bool is_same = i && !compare_kinds(row - 1, row);

		if (!is_same)
			group[groups++] = group_of(row);
		*ret = groups;
		group[groups - 1].uses = add_saturated(group[groups - 1].uses, row->memo->uses);
		if (is_same && !strcmp(text + row[-1].text, text + row->text))
			continue;
		group[groups - 1].objects++;
		r = add_example(rows, row, &group[groups - 1]);
	}
	return r;
}

/* Rows are of few kinds. */
static size_t count_kinds(const struct rows *rows)
{
	size_t count = 1;

	for (size_t i = 1; i < rows->count; i++)
		count += compare_kinds(&rows->row[i - 1], &rows->row[i]) != 0;
	return count;
}

static int group_rows(struct rows *rows, struct beyond_group **ret, size_t *ret_count)
{
	if (!rows->count)
		return 0;
	qsort_r(rows->row, rows->count, sizeof *rows->row, compare_rows, rows->text.data);
	*ret = calloc(count_kinds(rows), sizeof **ret);
	if (!*ret)
		return -ENOMEM;
	return fill(rows, *ret, ret_count);
}

/* Asked with arguments, it is the same object once more. */
static bool is_counted(const struct memos *memos, const struct memo *memo)
{
	return memo->runs && (memo_set(memos, memo)->beyond || memo->key);
}

static bool is_fresh(const struct auditing *auditing, const struct memo *memo)
{
	const struct audit *audit = auditing->audit;
	int64_t since_ns = audit->options.as_of_ns - audit->options.window_ns;

	return memo->runs && memo->key && audit->first_ns < since_ns && memo->first_ns >= since_ns;
}

static int collect_beyond(struct auditing *auditing, const struct memos *memos,
			  const struct evidence *roots)
{
	scoped(rows) struct rows rows = { .memos = memos, .roots = roots };
	int r = 0;

	for (size_t i = 0; i < memos->count; i++) {
		const struct memo *memo = &memos->memo[i];
		uint64_t beyond = is_counted(memos, memo) ? memo_set(memos, memo)->beyond : 0;

		for (size_t k = 0; beyond && k < SOURCES_MAX && r == 0; k++)
			if (beyond >> k & 1)
				r = add_row(&rows, memo, k);
	}
	return r < 0 ? r : group_rows(&rows, &auditing->beyond.group, &auditing->beyond.count);
}

static int collect_fresh(struct auditing *auditing, const struct memos *memos,
			 const struct evidence *roots)
{
	scoped(rows) struct rows rows = { .memos = memos, .roots = roots };
	int r = 0;

	for (size_t i = 0; i < memos->count && r == 0; i++)
		if (is_fresh(auditing, &memos->memo[i]))
			r = add_row(&rows, &memos->memo[i], 0);
	return r < 0 ? r
		     : group_rows(&rows, &auditing->beyond.fresh, &auditing->beyond.fresh_count);
}

int beyond_collect(struct auditing *auditing, const struct memos *memos,
		   const struct evidence *roots)
{
	int r = collect_beyond(auditing, memos, roots);

	return r < 0 ? r : collect_fresh(auditing, memos, roots);
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
	release_groups(beyond->gone, beyond->gone_count);
	*beyond = (struct beyond){ 0 };
}
