#include "recorder/secrets/mask.h"

#include "recorder/secrets/command.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define KNOWN_MAX	64
#define KNOWN_BYTES_MIN 6
#define KNOWN_WORD_MIN	16

/* Where each known value comes next. */
struct sought {
	struct bytes text;
	const struct hold *hold[KNOWN_MAX];
	size_t next[KNOWN_MAX]; /* SIZE_MAX: nowhere */
	size_t count;
};

/* "postgres" is a password of many databases, and a name in many commands. */
static bool is_telling(struct bytes value)
{
	if (value.size < KNOWN_BYTES_MIN)
		return false;
	for (size_t i = 0; i < value.size; i++)
		if (!((value.data[i] | 32) >= 'a' && (value.data[i] | 32) <= 'z'))
			return true;
	return value.size >= KNOWN_WORD_MIN;
}

static size_t find_next(struct bytes text, size_t at, struct bytes value)
{
	const char *found = at < text.size
				    ? memmem(text.data + at, text.size - at, value.data, value.size)
				    : NULL;

	return found ? (size_t)(found - text.data) : SIZE_MAX;
}

static void seek(struct sought *sought, struct bytes text, const struct holds *known)
{
	sought->text = text;
	for (size_t i = 0; known && i < known->count && sought->count < KNOWN_MAX; i++) {
		if (!is_telling(known->hold[i].value))
			continue;
		sought->hold[sought->count] = &known->hold[i];
		sought->next[sought->count++] = find_next(text, 0, known->hold[i].value);
	}
}

/* The first known value at `at` or later; the longest of those that begin there. */
static bool next_known(struct sought *sought, size_t at, struct finding *ret)
{
	bool found = false;

	for (size_t i = 0; i < sought->count; i++) {
		const struct hold *hold = sought->hold[i];
		size_t end;

		if (sought->next[i] < at)
			sought->next[i] = find_next(sought->text, at, hold->value);
		if (sought->next[i] == SIZE_MAX)
			continue;
		end = sought->next[i] + hold->value.size;
		if (!found || sought->next[i] < ret->begin ||
		    (sought->next[i] == ret->begin && end > ret->end))
			*ret = (struct finding){ sought->next[i],
						 end,
						 { hold->name, hold->name_size } };
		found = true;
	}
	return found;
}

/* The first of both kinds, and what overlaps it. */
static bool next_secret(struct sought *sought, const struct findings *findings, size_t *index,
			size_t at, struct finding *ret)
{
	struct finding known = { SIZE_MAX, SIZE_MAX, { 0 } };
	bool is_known = next_known(sought, at, &known);

	while (*index < findings->count && findings->finding[*index].end <= at)
		++*index;
	if (*index == findings->count) {
		*ret = known;
		return is_known;
	}
	*ret = findings->finding[*index];
	if (ret->begin < at)
		ret->begin = at;
	if (known.begin < ret->begin) {
		size_t end = ret->begin < known.end && ret->end > known.end ? ret->end : known.end;

		*ret = known;
		ret->end = end;
	} else if (known.begin < ret->end && known.end > ret->end) {
		ret->end = known.end;
	}
	return true;
}

/* What gave the secret away must not be one itself. */
static struct bytes label_of(struct bytes name)
{
	struct finding ignored;

	return secret_find(name, 0, &ignored) ? bytes_of("argument") : name;
}

int secret_mask(const struct secret_view *view, struct bytes arguments, const struct holds *known,
		struct buffer *out, struct holds *holds)
{
	scoped(findings) struct findings findings = { 0 };
	struct sought sought = { .count = 0 };
	struct finding secret;
	size_t at = 0, index = 0;

	command_find(view, arguments, &findings);
	seek(&sought, arguments, known);
	while (next_secret(&sought, &findings, &index, at, &secret)) {
		struct bytes value = { arguments.data + secret.begin, secret.end - secret.begin };
		char peer[FINGERPRINT_SIZE];

		secret_fingerprint(view->key, value, peer);
		buffer_append(out, arguments.data + at, secret.begin - at);
		buffer_printf(out, "[%s]", peer);
		holds_add(holds, "argv:", label_of(secret.name), peer, (struct bytes){ 0 });
		at = secret.end;
	}
	buffer_append(out, arguments.data + at, arguments.size - at);
	return findings.failed || holds->failed ? -ENOMEM : buffer_status(out);
}
