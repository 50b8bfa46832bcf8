#include "reports/companions/source.h"

#include "core/error.h"
#include "core/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_MIB 4

void source_read(const struct audit_source *source, struct source_text *ret)
{
	struct error ignored = { 0 }; /* then no line is known */

	if (*source->name == '/' && file_read(source->name, SOURCE_MIB, &ret->text, &ignored))
		buffer_release(&ret->text);
}

void source_release(struct source_text *source)
{
	buffer_release(&source->text);
}

/* "Read(/etc/fstab), line 7": 7; what the statement is, in bytes, is told as well. */
static int noted_line(const char *reason, size_t *ret_size)
{
	const char *end = strstr(reason, "; "), *mark = NULL;
	size_t size = end ? (size_t)(end - reason) : strlen(reason);
	long line;

	for (const char *at = reason; (at = strstr(at, ", line ")) && at < reason + size; at++)
		mark = at;
	*ret_size = mark ? (size_t)(mark - reason) : size;
	if (!mark || !isdigit((unsigned char)mark[strlen(", line ")]))
		return 0;
	line = strtol(mark + strlen(", line "), NULL, 10);
	return line > 0 && line < 100000000 ? (int)line : 0;
}

static int line_of(const struct buffer *text, struct bytes what)
{
	const char *at = what.size && text->size
				 ? memmem(text->data, text->size, what.data, what.size)
				 : NULL;
	int line = 1;

	if (!at)
		return 0;
	for (const char *byte = text->data; byte < at; byte++)
		line += *byte == '\n';
	return line;
}

/* In policy.rng's format. */
static int line_of_rule(const struct source_text *source, const struct rule *rule)
{
	scoped(buffer) struct buffer wanted = { 0 };
	int line;

	buffer_printf(&wanted, "id=\"%s\"", rule->id ? rule->id : "");
	line = line_of(&source->text, buffer_bytes(&wanted));
	if (line)
		return line;
	buffer_clear(&wanted);
	buffer_printf(&wanted, ">%s<", rule->pattern); /* one with a & or < is not found */
	return line_of(&source->text, buffer_bytes(&wanted));
}

int source_line(const struct source_text *source, const char *format, const struct rule *rule)
{
	const char *reason = rule->justification ? rule->justification : "";
	size_t size;
	int line = noted_line(reason, &size);

	if (line)
		return line;
	if (!strcmp(format, "pare"))
		return line_of_rule(source, rule);
	if (!strncmp(reason, "granted", size)) /* the whole of the file */
		return 0;
	return line_of(&source->text, (struct bytes){ reason, size });
}

bool source_add_uri(struct bytes name, struct bytes workspace, struct buffer *out)
{
	struct bytes rest = { 0 };
	bool is_below = workspace.size > 1 && name_is_below(name, workspace, &rest) && rest.size;

	if (is_below)
		name = (struct bytes){ rest.data + 1, rest.size - 1 };
	else if (name.size && *name.data == '/')
		buffer_add(out, "file://");
	for (size_t i = 0; i < name.size; i++) {
		unsigned char byte = (unsigned char)name.data[i];

		if (isalnum(byte) || (byte && strchr("-._~/", byte)))
			buffer_add_char(out, (char)byte);
		else
			buffer_printf(out, "%%%02X", byte);
	}
	return is_below;
}
