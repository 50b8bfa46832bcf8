#include "analyzer/open_guard.h"

#include "analyzer/feasible.h"
#include "analyzer/open_from.h"
#include "core/error.h"
#include "core/varying.h"

static bool begins(const struct buffer *text, const char *with)
{
	return bytes_start_with(buffer_bytes(text), bytes_of(with));
}

/* The word as a pattern of files; false where nobody knows the folder. */
static bool write_pattern(const struct argv_item *item, struct buffer *out)
{
	scoped(buffer) struct buffer text = { 0 };
	size_t skipped = 0;

	varying_write(item->varying, &text);
	if (item->root != ROOT_NONE || begins(&text, "/")) {
		buffer_add(out, root_text(item->root));
	} else {
		skipped = begins(&text, "./") ? 2 : 0;
		buffer_printf(out, "%s/", root_text(ROOT_WORKSPACE));
	}
	buffer_add(out, buffer_text(&text) + skipped);
	return !begins(&text, "../") && !text.failed && !out->failed;
}

static bool word_reaches(const struct evidence *evidence, const struct argv_item *item,
			 bool changed)
{
	scoped(pattern) struct pattern pattern = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct error ignored = { 0 };

	if (!write_pattern(item, &text))
		return true;
	/* "https://host/a" */
	if (pattern_parse(&pattern, RESOURCE_FILE, buffer_text(&text), &ignored) < 0)
		return false;
	return feasible_protected(evidence, &pattern, ACTION_READ) ||
	       (changed && feasible_protected(evidence, &pattern, ACTION_WRITE));
}

bool open_guard_reaches(const struct evidence *evidence, const struct argv *argv,
			struct bytes program)
{
	const struct bytes by_first_word = { NULL, 0 };
	bool changed = open_from(argv, program).changed;

	for (size_t i = 0; i < argv->count; i++) {
		const struct argv_item *item = &argv->item[i];

		if (item->varying && word_reaches(evidence, item, changed))
			return true;
		for (size_t k = 0; k < item->count; k++)
			if (open_guard_reaches(evidence, &item->command[k], by_first_word))
				return true;
	}
	return false;
}
