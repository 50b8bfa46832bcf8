#include "core/bwrap_script.h"

#include "core/embed.h"
#include "core/secret_name.h"
#include "core/varying.h"

EMBED(bwrap_script, "core/bwrap.sh.in");

struct bytes bwrap_script_fixed(void)
{
	return bytes_of(bwrap_script_data);
}

void bwrap_script_secrets(struct buffer *out)
{
	static const char *const verdict[] = {
		[SECRET_PLAIN] = "return 1",
		[SECRET_LONG] = "pare_is_long \"$2\"",
		[SECRET_ANY] = "pare_is_any \"$2\"",
	};

	buffer_add(out, "pare_is_secret() {\ncase $1 in\n");
	for (size_t i = 0; i < secret_name_count; i++)
		buffer_printf(out, "%s) %s ;;\n", secret_name_row[i].pattern,
			      verdict[secret_name_row[i].value]);
	buffer_add(out, "*) return 1 ;;\nesac\n}\n");
}

void bwrap_script_class(const struct part *part, struct buffer *out)
{
	const char *text = class_text(part->class);

	if (class_is_shape(part->class)) {
		for (; *text; text++)
			buffer_add(out, *text == 'x' ? "[0-9a-f]" : *text == '9' ? "[0-9]" : "-");
		return;
	}
	buffer_add_char(out, '[');
	/* A dash that means itself stands last. */
	for (const char *at = text; *at; at += 2)
		if (*at != '-')
			buffer_printf(out, at[0] == at[1] ? "%c" : "%c-%c", at[0], at[1]);
	if (class_has(part->class, '-'))
		buffer_add_char(out, '-');
	buffer_printf(out, "]\\{%zu,%zu\\}", part->min, part->max);
}
