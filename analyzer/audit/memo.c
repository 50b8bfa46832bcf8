#include "analyzer/audit/memo.h"

#include "analyzer/audit/beyond.h"
#include "analyzer/evidence.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the grants of one ---- */

struct collecting {
	const struct auditing *auditing;
	const struct asked *asked;
	const struct audit_source *source;
	uint32_t first; /* the number of the source's first grant */
	uint32_t *grant;
	size_t count, capacity;
	bool failed;
};

/* Arguments are asked for apart from names: of each access by the one who knows both.  Which
 * command lines a program got that may have any is wanted, too. */
static bool is_asked_so(const struct rule *rule, const struct asked *asked)
{
	if (rule->resource == RESOURCE_PROGRAM)
		return asked->with_argv || !rule->argv_count;
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

static int match(struct memos *memos, const struct auditing *auditing,
		 const struct question *question, uint32_t *ret_set)
{
	struct collecting collecting = { .auditing = auditing, .asked = &question->asked };
	const struct audit *audit = auditing->audit;
	uint64_t beyond;
	int r;

	for (size_t i = 0; i < audit->source_count; i++) {
		collecting.source = &audit->source[i];
		policy_match_each(&audit->source[i].allowed, &question->roots, &question->asked,
				  collect, &collecting);
	}
	if (collecting.count)
		qsort(collecting.grant, collecting.count, sizeof *collecting.grant, compare);
	beyond = beyond_of(auditing, question, collecting.grant, collecting.count);
	r = collecting.failed ? -ENOMEM
			      : grant_sets_find(&memos->sets, beyond, collecting.grant,
						collecting.count, ret_set);
	free(collecting.grant);
	return r;
}

/* ---- by key ---- */

#define RECENT 65536

/* Keys count up, so that multiplying spreads them (Knuth, The Art of Computer Programming, 6.4);
 * nobody who is recorded chooses them. */
static size_t hash(int64_t key, const char *phase, uint32_t root, unsigned head)
{
	uint64_t mixed = (uint64_t)key * 8 + head;

	mixed = (mixed ^ (uintptr_t)phase >> 4 ^ (uint64_t)root << 40) *
		UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(mixed >> 20);
}

static size_t hash_memo(const struct memo *memo)
{
	return hash(memo->key, memo->phase, memo->root, memo->action * 2u + memo->own);
}

static bool is_of(const struct memo *memo, const struct access *access, size_t root, bool own)
{
	return memo->key == access->key && memo->action == access->action && memo->own == own &&
	       memo->root == root && memo->phase == access->phase.data;
}

static uint32_t *recent_of(const struct memos *memos, const struct access *access, bool own)
{
	size_t at = (size_t)access->key * 4 + ((access->action + own * 2u) & 3);

	return &memos->recent[at & (RECENT - 1)];
}

struct memo *memo_find(const struct memos *memos, const struct access *access, size_t root,
		       bool own)
{
	uint32_t *recent;
	size_t at;

	if (!memos->index || access->key > memos->most_key)
		return NULL;
	recent = recent_of(memos, access, own);
	if (*recent && is_of(&memos->memo[*recent - 1], access, root, own))
		return &memos->memo[*recent - 1];
	at = hash(access->key, access->phase.data, (uint32_t)root, access->action * 2u + own);
	for (at &= memos->mask; memos->index[at]; at = (at + 1) & memos->mask) {
		if (!is_of(&memos->memo[memos->index[at] - 1], access, root, own))
			continue;
		*recent = memos->index[at];
		return &memos->memo[*recent - 1];
	}
	return NULL;
}

static void put_index(struct memos *memos, size_t number)
{
	size_t at = hash_memo(&memos->memo[number]) & memos->mask;

	while (memos->index[at])
		at = (at + 1) & memos->mask;
	memos->index[at] = (uint32_t)number + 1;
}

static int grow_index(struct memos *memos)
{
	size_t size = memos->mask ? (memos->mask + 1) * 2 : 1024;
	uint32_t *index;

	if (memos->index && memos->count * 2 < memos->mask)
		return 0;
	if (!memos->recent)
		memos->recent = calloc(RECENT, sizeof *memos->recent);
	index = calloc(size, sizeof *index);
	if (!index || !memos->recent || memos->count >= UINT32_MAX) {
		free(index);
		return -ENOMEM;
	}
	free(memos->index);
	memos->index = index;
	memos->mask = size - 1;
	for (size_t i = 0; i < memos->count; i++)
		if (memos->memo[i].key)
			put_index(memos, i);
	return 0;
}

/* By a quarter: there may be very many. */
static int grow(struct memos *memos)
{
	size_t capacity = memos->capacity + memos->capacity / 4 + 256;
	struct memo *grown;

	if (memos->count < memos->capacity)
		return 0;
	grown = reallocarray(memos->memo, capacity, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	memos->memo = grown;
	memos->capacity = capacity;
	return 0;
}

static struct memo *add(struct memos *memos, const struct auditing *auditing,
			const struct question *question)
{
	struct memo *memo;
	uint32_t set;

	if (match(memos, auditing, question, &set) < 0 || grow(memos) < 0)
		return NULL;
	memo = &memos->memo[memos->count++];
	*memo = (struct memo){ .name = question->asked.name,
			       .root = (uint32_t)question->root,
			       .set = set,
			       .resource = (uint8_t)question->asked.resource,
			       .action = (uint8_t)question->asked.action,
			       .own = question->asked.own };
	return memo;
}

struct memo *memo_add(struct memos *memos, const struct auditing *auditing,
		      const struct question *question, const struct access *access)
{
	struct memo *memo;

	if (grow_index(memos) < 0)
		return NULL;
	memo = add(memos, auditing, question);
	if (!memo)
		return NULL;
	memo->key = access->key;
	if (memos->most_key < access->key)
		memos->most_key = access->key;
	memo->phase = access->phase.data;
	put_index(memos, (size_t)(memo - memos->memo));
	return memo;
}

/* ---- by what was told ---- */

static int write_key(const struct question *question, struct buffer *key)
{
	const struct asked *asked = &question->asked;
	const char head[] = { (char)asked->resource, (char)asked->action, (char)asked->own,
			      (char)asked->with_argv };

	buffer_clear(key);
	buffer_append(key, asked->name.data, asked->name.size);
	buffer_append(key, asked->argv.data, asked->argv.size);
	buffer_append(key, asked->phase.data, asked->phase.size);
	buffer_append(key, &asked->name.size, sizeof asked->name.size);
	buffer_append(key, &asked->argv.size, sizeof asked->argv.size);
	buffer_append(key, &question->root, sizeof question->root);
	buffer_append(key, head, sizeof head);
	return buffer_status(key);
}

static struct told *add_told(struct memos *memos, const struct question *question)
{
	struct told *told = calloc(1, sizeof *told + memos->key.size);

	if (!told)
		return NULL;
	memcpy(told->key, memos->key.data, memos->key.size);
	told->name = (struct bytes){ told->key, question->asked.name.size };
	told->argv = (struct bytes){ told->key + told->name.size, question->asked.argv.size };
	HASH_ADD_KEYPTR(hh, memos->told, told->key, memos->key.size, told);
	if (told->hh.tbl)
		return told;
	free(told);
	return NULL;
}

struct memo *memo_told(struct memos *memos, const struct auditing *auditing,
		       const struct question *question)
{
	struct memo *memo;
	struct told *told;

	if (write_key(question, &memos->key) < 0)
		return NULL;
	HASH_FIND(hh, memos->told, memos->key.data, memos->key.size, told);
	if (told)
		return &memos->memo[told->memo];
	memo = add(memos, auditing, question);
	told = memo ? add_told(memos, question) : NULL;
	if (!told)
		return NULL;
	told->memo = (size_t)(memo - memos->memo);
	memo->name = told->name;
	return memo;
}

/* ---- uses ---- */

int memos_begin_run(struct memos *memos, size_t number, const char *id)
{
	size_t capacity = memos->run_capacity ? memos->run_capacity : 64;
	struct run_id *grown;

	while (capacity <= number)
		capacity *= 2;
	if (capacity != memos->run_capacity) {
		grown = reallocarray(memos->run, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		memos->run = grown;
		memos->run_capacity = capacity;
	}
	memcpy(memos->run[number].text, id, sizeof memos->run[number].text);
	return 0;
}

void memo_use(struct memo *memo, uint32_t run, const struct access *access)
{
	memo->uses = add_saturated(memo->uses, access->count);
	if (!memo->runs || access->first_ns < memo->first_ns) {
		memo->first_ns = access->first_ns;
		memo->witness_run = run;
		memo->witness_seq = access->seq;
	}
	if (memo->last_run == run)
		return;
	memo->first_run = memo->runs ? memo->first_run : run;
	memo->last_run = run;
	memo->runs++;
}

struct witness memo_witness(const struct memos *memos, const struct memo *memo)
{
	struct witness witness = { .seq = memo->witness_seq };

	memcpy(witness.run, memos->run[memo->witness_run].text, sizeof witness.run);
	return witness;
}

const struct grant_set *memo_set(const struct memos *memos, const struct memo *memo)
{
	return memos->sets.set[memo->set];
}

void memos_settle(struct memos *memos)
{
	struct memo *shrunk = reallocarray(memos->memo, memos->count + 1, sizeof *shrunk);

	if (shrunk) {
		memos->memo = shrunk;
		memos->capacity = memos->count + 1;
	}
	free(memos->index);
	free(memos->recent);
	memos->index = memos->recent = NULL;
	memos->mask = 0;
}

void memos_release(struct memos *memos)
{
	struct told *told, *next;

	HASH_ITER(hh, memos->told, told, next)
	{
		HASH_DEL(memos->told, told);
		free(told);
	}
	free(memos->memo);
	free(memos->index);
	free(memos->recent);
	free(memos->run);
	grant_sets_release(&memos->sets);
	buffer_release(&memos->key);
}
