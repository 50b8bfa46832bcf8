#include "reports/exporters/bwrap_variables.h"

#include "core/policy.h"
#include "core/secret_name.h"
#include "reports/exporters/shell.h"

static void write_granted(const struct policy *policy, struct buffer *out)
{
	buffer_add(out, "pare_is_granted() {\ncase $1 in\n");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule->resource != RESOURCE_VARIABLE || rule->match.count != 1)
			continue;
		shell_quote(rule->match.token[0].literal, out);
		buffer_add(out, ") return 0 ;;\n");
	}
	buffer_add(out, "esac\nreturn 1\n}\n");
}

/* The table itself, so that what the script keeps back is what `pare record` sees. */
static void write_secret(struct buffer *out)
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

void write_variables(const struct policy *policy, struct buffer *out)
{
	write_granted(policy, out);
	write_secret(out);
}
