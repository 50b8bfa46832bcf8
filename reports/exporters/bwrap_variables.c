#include "reports/exporters/bwrap_variables.h"

#include "core/bwrap_script.h"
#include "core/policy.h"
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

void write_variables(const struct policy *policy, struct buffer *out)
{
	write_granted(policy, out);
	bwrap_script_secrets(out);
}
