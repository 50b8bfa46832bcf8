#include "reports/audit_more.h"

#include "reports/json.h"

#include <string.h>

void audit_add_causes(const struct audit *audit, const struct terminal *terminal,
		      struct buffer *out)
{
	buffer_add(out, "OWASP LLM06:2025, excessive agency:\n");
	for (size_t i = 0; i < audit->cause_count; i++) {
		const struct audit_cause *cause = &audit->cause[i];
		scoped(buffer) struct buffer line = { 0 };

		buffer_printf(&line, "  %s  %s: ", cause->id, cause->title);
		if (!cause->is_assessed) {
			buffer_add(&line, "not assessed, ");
			buffer_add(&line, cause->missing);
		} else if (cause->findings) {
			terminal_add_count(cause->findings, "finding", "findings", &line);
			buffer_printf(&line, ", the worst is %s", severity_text(cause->worst));
		} else {
			buffer_add(&line, "nothing found");
		}
		buffer_add_char(&line, '\n');
		terminal_wrap(terminal, buffer_bytes(&line), out);
	}
}

static void add_kinds(const char *kinds, struct buffer *out)
{
	json_key("kinds", out);
	json_open('[', out);
	while (*kinds) {
		size_t size = strcspn(kinds, " ");

		json_bytes((struct bytes){ kinds, size }, out);
		kinds += size + (kinds[size] == ' ');
	}
	json_close(']', out);
}

void audit_add_causes_json(const struct audit *audit, struct buffer *out)
{
	json_key("owasp_llm06", out);
	json_open('[', out);
	for (size_t i = 0; i < audit->cause_count; i++) {
		const struct audit_cause *cause = &audit->cause[i];

		json_open('{', out);
		audit_json_text("id", cause->id, out);
		audit_json_text("title", cause->title, out);
		json_key("assessed", out);
		json_bool(cause->is_assessed, out);
		audit_json_text("not_assessed", cause->missing, out);
		audit_json_number("findings", cause->findings, out);
		audit_json_text("worst", cause->findings ? severity_text(cause->worst) : NULL, out);
		add_kinds(cause->kinds, out);
		json_close('}', out);
	}
	json_close(']', out);
}
