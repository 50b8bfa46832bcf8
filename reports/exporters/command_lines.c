#include "reports/exporters/command_lines.h"

#include "core/policy.h"
#include "reports/exporters/losses.h"

#include <string.h>

/* Bytes of the text before what varies; a backslash takes the next with it. */
static size_t text_size(const char *text)
{
	size_t size = 0;

	while (text[size] && text[size] != '*' && text[size] != '{')
		size += text[size] == '\\' && text[size + 1] ? 2 : 1;
	/* The space before "**" is there only with words behind it. */
	return size && text[size - 1] == ' ' && !strcmp(text + size, "**") ? size - 1 : size;
}

bool template_next(const char *text, size_t *at, struct piece *ret)
{
	const char *here = text + *at;
	size_t size = text_size(here);
	const char *end = *here == '{' ? strchr(here, '}') : NULL;

	*ret = (struct piece){ .begins = !*at || strchr(" (", here[-1]) };
	if (!*here)
		return false;
	if (size) {
		ret->text = (struct bytes){ here, size };
	} else if (end) {
		ret->kind = PIECE_CLASS;
		if (class_read((struct bytes){ here + 1, (size_t)(end - here) - 1 }, &ret->part))
			return false;
		size = (size_t)(end - here) + 1;
	} else if (template_goes_on(here)) {
		ret->kind = PIECE_WORDS;
		size = strlen(here);
	} else {
		ret->kind = PIECE_WORD;
		size = 1;
	}
	*at += size;
	return true;
}

bool template_goes_on(const char *text)
{
	size_t size = strlen(text);

	return !strcmp(text, "**") || (size > 2 && !strcmp(text + size - 3, " **"));
}

bool template_is_open(const char *text)
{
	return text[text_size(text)];
}

size_t template_spaces(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == ' ';
	return count;
}

void command_line_losses(const struct rule *rule, struct losses *losses)
{
	if (rule->argv_count)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to give the arguments as a policy has them: command");
}
