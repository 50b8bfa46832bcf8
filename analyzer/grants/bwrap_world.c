#include "analyzer/grants/bwrap.h"
#include "core/facility.h"

#include <ctype.h>
#include <string.h>

struct statement bwrap_at(const struct bwrap *bwrap, const struct line_word *word)
{
	return (struct statement){ .source = bwrap->source,
				   .grants = bwrap->grants,
				   .text = buffer_text(&word->text),
				   .line = word->line };
}

/* Whether nothing later says otherwise of the variable. */
static bool is_last(const struct line_word *option)
{
	for (const struct line_word *word = option + 2;; word++) {
		if (word->kind == WORD_END || word_is(word, "--"))
			return true;
		if (word_is(word, "--clearenv"))
			return false;
		if ((word_is(word, "--setenv") || word_is(word, "--unsetenv")) &&
		    word_equal(word + 1, option + 1))
			return false;
	}
}

void bwrap_variable(struct bwrap *bwrap, const struct line_word *option, bool is_denied)
{
	struct statement from = bwrap_at(bwrap, option);
	scoped(buffer) struct buffer pattern = { 0 };

	if (!is_last(option))
		return;
	from.is_denied = is_denied;
	pattern_write_literal(buffer_bytes(&option[1].text), &pattern);
	if (buffer_status(&pattern) < 0)
		bwrap->grants->failed = true;
	else if (pattern.size)
		granted_add(&from, RESOURCE_VARIABLE, GRANT_ALL, buffer_text(&pattern));
}

static bool needs(const struct facility *facility, const char *capability)
{
	size_t size = strlen(capability);
	const char *found = strstr(facility->capability, capability);

	return found && (found[size] == ' ' || !found[size]);
}

void bwrap_capability(struct bwrap *bwrap, const struct line_word *option)
{
	struct statement from = bwrap_at(bwrap, option);
	scoped(buffer) struct buffer name = { 0 };
	bool all = word_is(option + 1, "ALL");

	for (size_t i = 0; i < option[1].text.size; i++)
		buffer_add_char(&name, (char)tolower((unsigned char)option[1].text.data[i]));
	for (size_t i = 0; i < facility_count; i++)
		if (*facility_row[i].capability &&
		    (all || (name.size > 4 && needs(&facility_row[i], buffer_text(&name) + 4))))
			granted_add(&from, RESOURCE_KERNEL, GRANT_ALL, facility_row[i].name);
	granted_note(&from, NOTE_WIDER, "only where bwrap itself is privileged");
}
