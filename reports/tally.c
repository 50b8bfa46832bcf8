#include "reports/tally.h"

#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTCOME_ANY, RESOURCE_ANY = 0, ACTION_ANY = 0 };

const struct section summary_section[] = {
#define SECTION(id, outcome, resource, action, or_action, shown, lines, title, one, many)          \
	{ #id,                                                                                     \
	  title,                                                                                   \
	  one,                                                                                     \
	  many,                                                                                    \
	  OUTCOME_##outcome,                                                                       \
	  RESOURCE_##resource,                                                                     \
	  ACTION_##action,                                                                         \
	  ACTION_##or_action,                                                                      \
	  SHOWN_##shown,                                                                           \
	  lines },
#include "reports/summary.def"
#undef SECTION
};
const size_t summary_section_count = sizeof summary_section / sizeof *summary_section;

struct tallying {
	struct tally *tally;
	const struct run *run;
	struct buffer name, key; /* of the access at hand */
};

static bool fits(int want, int code)
{
	return want == 0 || want == code;
}

static size_t section_of(const struct access *access)
{
	size_t i = 0;

	/* The last row takes all. */
	while (i + 1 < summary_section_count &&
	       !(fits(summary_section[i].outcome, (int)access->outcome) &&
		 fits(summary_section[i].resource, (int)access->resource) &&
		 (fits(summary_section[i].action, (int)access->action) ||
		  fits(summary_section[i].or_action, (int)access->action))))
		i++;
	return i;
}

static bool lies_below(struct bytes name, struct bytes folder)
{
	return folder.size > 1 && bytes_start_with(name, folder) &&
	       (name.size == folder.size || name.data[folder.size] == '/');
}

static enum place place_of(struct bytes path)
{
	static const struct {
		const char *folder;
		enum place place;
	} known[] = {
		{ "/etc", PLACE_SETTINGS }, { "/usr", PLACE_SYSTEM },	{ "/lib", PLACE_SYSTEM },
		{ "/lib64", PLACE_SYSTEM }, { "/lib32", PLACE_SYSTEM }, { "/bin", PLACE_SYSTEM },
		{ "/sbin", PLACE_SYSTEM },  { "/proc", PLACE_SYSTEM },	{ "/sys", PLACE_SYSTEM },
		{ "/dev", PLACE_SYSTEM },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (lies_below(path, bytes_of(known[i].folder)))
			return known[i].place;
	return PLACE_ELSEWHERE;
}

/* Writes the name with the longest root of the run that it lies below made symbolic. */
static enum place name_symbolically(const struct run *run, struct bytes name, struct buffer *out)
{
	const struct {
		struct bytes folder;
		const char *symbol;
		enum place place;
	} root[] = {
		{ run->workspace, "$WS", PLACE_WORKSPACE },
		{ run->home, "$HOME", PLACE_HOME },
		{ run->tmp, "$TMP", PLACE_TMP },
	};
	size_t best = sizeof root / sizeof *root, size = 0;

	for (size_t i = 0; i < sizeof root / sizeof *root; i++)
		if (root[i].folder.size > size && lies_below(name, root[i].folder)) {
			best = i;
			size = root[i].folder.size;
		}
	buffer_clear(out);
	if (size)
		buffer_add(out, root[best].symbol);
	buffer_append(out, name.data + size, name.size - size);
	return size ? root[best].place : place_of(name);
}

static struct tally_row *add_row(struct tallying *tallying, const struct tally_row *like)
{
	struct tally *tally = tallying->tally;
	size_t head = tallying->key.size - tallying->name.size;
	struct tally_row *row = malloc(sizeof *row + tallying->key.size);
	char *key;

	if (!row)
		return NULL;
	key = (char *)(row + 1);
	*row = *like;
	memcpy(key, tallying->key.data, tallying->key.size);
	row->name = (struct bytes){ key + head, tallying->name.size };
	HASH_ADD_KEYPTR(hh, tally->index, key, tallying->key.size, row);
	if (!row->hh.tbl) {
		free(row);
		return NULL;
	}
	tally->row_count++;
	return row;
}

/* The row that the access counts in, made where it is the first. */
static struct tally_row *find_row(struct tallying *tallying, const struct access *access)
{
	size_t at = section_of(access);
	enum shown shown = summary_section[at].shown;
	struct tally_row like = { .section = at, .own = true }, *row;
	struct buffer *key = &tallying->key;

	if (shown == SHOWN_DETAIL || shown == SHOWN_KINDS) {
		like.action = access->action;
		like.error = access->error;
	}
	if (access->resource == RESOURCE_VARIABLE)
		snprintf(like.peer, sizeof like.peer, "%.*s", (int)access->peer.size,
			 access->peer.size ? access->peer.data : "");
	like.place = name_symbolically(tallying->run, access->name, &tallying->name);
	buffer_clear(key);
	buffer_append(key, &like.section, sizeof like.section);
	buffer_append(key, &like.action, sizeof like.action);
	buffer_append(key, &like.error, sizeof like.error);
	buffer_append(key, like.peer, sizeof like.peer);
	buffer_append(key, tallying->name.data, tallying->name.size);
	if (key->failed || tallying->name.failed)
		return NULL;
	HASH_FIND(hh, tallying->tally->index, key->data, key->size, row);
	return row ? row : add_row(tallying, &like);
}

static int count_access(void *context, const struct access *access, const struct image *image)
{
	struct tallying *tallying = context;
	struct tally_row *row = find_row(tallying, access);

	(void)image;
	if (!row)
		return -ENOMEM;
	row->count += access->count;
	row->own &= access->own;
	tallying->tally->accesses++;
	tallying->tally->uses += access->count;
	if (access->via == VIA_FAST)
		tallying->tally->unstopped += access->count;
	return 0;
}

static int count_gap(void *context, const struct gap *gap)
{
	struct tally *tally = ((struct tallying *)context)->tally;
	struct tally_gap *grown, *at = tally->gap;

	while (at < tally->gap + tally->gap_count && at->kind != gap->kind)
		at++;
	if (at == tally->gap + tally->gap_count) {
		grown = reallocarray(tally->gap, tally->gap_count + 1, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		tally->gap = grown;
		at = grown + tally->gap_count;
		*at = (struct tally_gap){ .kind = gap->kind };
		at->detail = strndup(gap->detail.size ? gap->detail.data : "", gap->detail.size);
		if (!at->detail)
			return -ENOMEM;
		tally->gap_count++;
	}
	at->rows++;
	at->count += gap->count;
	return 0;
}

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_kind(const struct tally_row *a, const struct tally_row *b)
{
	int order = by_number(a->action, b->action);

	return order ? order : by_number(a->error, b->error);
}

static bool is_personal(const struct tally_row *row)
{
	return row->place == PLACE_WORKSPACE || row->place == PLACE_HOME || row->place == PLACE_TMP;
}

/* Programs from where anybody may put them first, then the most used. */
static int by_weight(const struct tally_row *a, const struct tally_row *b)
{
	int order = by_number(is_personal(b), is_personal(a));

	return order ? order : by_number(b->count, a->count);
}

/* What comes before the place. */
static int by_section(const struct tally_row *a, const struct tally_row *b)
{
	int order = by_number((int64_t)a->section, (int64_t)b->section);
	enum shown shown = summary_section[a->section].shown;

	if (order)
		return order;
	if (shown == SHOWN_TOP)
		return by_weight(a, b);
	return shown == SHOWN_KINDS ? by_kind(a, b) : 0;
}

static int compare(const void *left, const void *right)
{
	const struct tally_row *a = *(struct tally_row *const *)left;
	const struct tally_row *b = *(struct tally_row *const *)right;
	int order = by_section(a, b);

	if (!order)
		order = by_number(a->place, b->place);
	if (!order)
		order = bytes_compare(a->name, b->name);
	if (!order)
		order = strcmp(a->peer, b->peer);
	return order ? order : by_kind(a, b);
}

static int sort_rows(struct tally *tally)
{
	size_t i = 0;

	tally->row = calloc(tally->row_count ? tally->row_count : 1, sizeof *tally->row);
	if (!tally->row)
		return -ENOMEM;
	for (struct tally_row *row = tally->index; row; row = row->hh.next)
		tally->row[i++] = row;
	qsort(tally->row, i, sizeof *tally->row, compare);
	return 0;
}

int tally_run(struct tally *ret, struct store *store, const struct run *run, struct error *err)
{
	struct tallying tallying = { .tally = ret, .run = run };
	int rc = store_each_access(store, run->key, count_access, &tallying, err);

	if (rc == 0)
		rc = store_each_gap(store, run->key, count_gap, &tallying, err);
	if (rc == 0)
		rc = sort_rows(ret);
	buffer_release(&tallying.name);
	buffer_release(&tallying.key);
	return rc < 0 ? error_set(err, -rc, "count what the run did") : 0;
}

void tally_release(struct tally *tally)
{
	struct tally_row *row, *next;

	HASH_ITER(hh, tally->index, row, next)
	{
		HASH_DEL(tally->index, row);
		free(row);
	}
	for (size_t i = 0; i < tally->gap_count; i++)
		free(tally->gap[i].detail);
	free(tally->gap);
	free(tally->row);
	*tally = (struct tally){ 0 };
}

void tally_cleanup(struct tally *tally)
{
	tally_release(tally);
}

struct tally_part tally_part(const struct tally *tally, size_t at)
{
	struct tally_part part = { .section = &summary_section[at] };
	size_t i = 0;

	while (i < tally->row_count && tally->row[i]->section < at)
		i++;
	part.row = tally->row + i;
	for (; i < tally->row_count && tally->row[i]->section == at; i++) {
		part.count++;
		part.uses += tally->row[i]->count;
		part.own += tally->row[i]->own;
		part.place[tally->row[i]->place]++;
	}
	return part;
}
