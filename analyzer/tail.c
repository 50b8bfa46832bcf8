#include "analyzer/tail.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Folders of two digits, before that is no counting. */
#define PAIRS_MIN 3
#define TAIL_MIN  8

/* ---- hashes that are spread over folders ---- */

void spread_key(struct bytes name, struct buffer *out)
{
	if (name.size == 2 && class_has(CLASS_HEX, name.data[0]) &&
	    class_has(CLASS_HEX, name.data[1]))
		buffer_add(out, "xx");
}

int spread_infer(const struct bytes *names, size_t count, struct varying *ret)
{
	struct varying varying = { 0 };
	bool letters = false;
	int r;

	for (size_t i = 0; i < count; i++)
		letters = letters || !isdigit((unsigned char)names[i].data[0]) ||
			  !isdigit((unsigned char)names[i].data[1]);
	if (count < PAIRS_MIN || !letters)
		return 1;
	r = varying_add_class(&varying, CLASS_HEX, 2, 2);
	return varying_give(&varying, r, ret);
}

/* ---- words with separators in them ---- */

/* What stands behind the first word and its separator, and before the first dot. */
struct tail {
	size_t start, size;
};

static bool is_mixed(struct bytes text)
{
	bool lower = false, upper = false;

	for (size_t at = 0; at < text.size; at++) {
		lower = lower || islower((unsigned char)text.data[at]);
		upper = upper || isupper((unsigned char)text.data[at]);
		if (!class_has(CLASS_TOKEN, text.data[at]))
			return false;
	}
	return lower && upper;
}

/* "B-104SJs" of cart-B-104SJs.js. */
static bool find_tail(struct bytes name, struct tail *ret)
{
	const char *dot = name.size ? memchr(name.data, '.', name.size) : NULL;
	size_t end = dot ? (size_t)(dot - name.data) : name.size, start = 0;

	while (start < end && islower((unsigned char)name.data[start]))
		start++;
	if (!start || start >= end || !strchr("-._~+", name.data[start]))
		return false;
	start++;
	*ret = (struct tail){ start, end - start };
	return end - start >= TAIL_MIN &&
	       is_mixed((struct bytes){ name.data + start, end - start });
}

void tail_key(struct bytes name, struct buffer *out)
{
	struct tail tail;
	size_t end;

	if (!find_tail(name, &tail))
		return;
	end = tail.start + tail.size;
	buffer_append(out, name.data, tail.start);
	buffer_printf(out, "(%zu)", tail.size);
	buffer_append(out, name.data + end, name.size - end);
}

int tail_infer(const struct bytes *names, size_t count, struct varying *ret)
{
	struct varying varying = { 0 };
	struct bytes name = names[0];
	struct tail tail;
	size_t end;
	int r;

	if (count < 2 || !find_tail(name, &tail))
		return 1;
	end = tail.start + tail.size;
	r = varying_add_literal(&varying, (struct bytes){ name.data, tail.start });
	if (r == 0)
		r = varying_add_class(&varying, CLASS_TOKEN, tail.size, tail.size);
	if (r == 0)
		r = varying_add_literal(&varying,
					(struct bytes){ name.data + end, name.size - end });
	return varying_give(&varying, r, ret);
}

void tail_note(struct bytes name, struct tails *tails)
{
	struct tail tail;

	if (!find_tail(name, &tail) || tail.size > VARYING_MAX)
		return;
	for (size_t at = tail.start; at < tail.start + tail.size; at++)
		if (name.data[at] == '-' || name.data[at] == '_')
			tails->has[tail.size] = true;
}

static bool is_called_for(const struct part *part, const struct tails *tails)
{
	return !part->literal.size && part->min == part->max && part->max <= VARYING_MAX &&
	       tails->has[part->max] && (part->class == CLASS_ALNUM || part->class == CLASS_BASE37);
}

int tail_widen(struct varying *varying, const struct tails *tails)
{
	struct varying wide = { 0 };
	bool wider = false;
	int r = 0;

	for (size_t i = 0; i < varying->count; i++)
		wider = wider || is_called_for(&varying->part[i], tails);
	if (!wider)
		return 0;
	for (size_t i = 0; i < varying->count && r == 0; i++) {
		struct part part = varying->part[i];

		if (is_called_for(&part, tails))
			part.class = CLASS_TOKEN;
		r = varying_add_part(&wide, &part);
	}
	r = varying_give(&wide, r, &wide);
	if (r)
		return r < 0 ? r : 0;
	varying_release(varying);
	*varying = wide;
	return 0;
}
