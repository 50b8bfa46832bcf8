#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/programs.h"

#include "core/error.h"

/* Names are in letters, digits and ._+-/ (rule_program()), which Starlark takes for nothing else.
 */
static bool names_program(const struct rule *rule, struct bytes name, struct buffer *path)
{
	scoped(losses) struct losses unused = { 0 };
	scoped(program) struct program program = { 0 };

	if (!rule_program(rule, &program, &unused) || !bytes_equal(program.name, name))
		return false;
	buffer_add(path, program.path);
	return true;
}

/* Where programs of that name are; "" where a rule before has written them. */
static void write_paths(const struct policy *policy, size_t index, struct bytes name,
			struct buffer *out)
{
	for (size_t i = 0; i < policy->count; i++) {
		scoped(buffer) struct buffer path = { 0 };

		if (!names_program(&policy->rule[i], name, &path))
			continue;
		if (i < index) {
			buffer_clear(out);
			return;
		}
		buffer_printf(out, "%s\"%s\"", out->size ? ", " : "", buffer_text(&path));
	}
}

static void write_program(const struct policy *policy, size_t index, const struct losses *losses,
			  struct buffer *out)
{
	const struct rule *rule = &policy->rule[index];
	scoped(losses) struct losses unused = { 0 };
	scoped(program) struct program program = { 0 };
	scoped(buffer) struct buffer paths = { 0 };

	if (!rule_program(rule, &program, &unused))
		return;
	write_paths(policy, index, program.name, &paths);
	if (!paths.size)
		return;
	buffer_printf(out, "host_executable(name = \"%.*s\", paths = [%s])\n",
		      (int)program.name.size, program.name.data, buffer_text(&paths));
	buffer_printf(out, "prefix_rule(pattern = [\"%.*s\"], decision = \"allow\")",
		      (int)program.name.size, program.name.data);
	comment_wider("#", losses, &rule, 1, out);
	buffer_add_char(out, '\n');
}

static void program_losses(const struct rule *rule, struct losses *losses)
{
	scoped(program) struct program program = { 0 };

	if (!rule_program(rule, &program, losses))
		return;
	losses_add(losses, rule, LOSS_WIDENED,
		   "whatever program of that name comes first in PATH, unless Codex is told to "
		   "--resolve-host-executables");
	condition_losses(rule, losses);
}

int export_execpolicy(const struct policy *policy, struct buffer *out, struct losses *losses,
		      struct error *err)
{
	static const char *const use[] = {
		"Which commands Codex runs without asking: $CODEX_HOME/rules/pare.rules.  What the "
		"commands",
		"may do is another matter: --to codex.",
	};
	int r;

	foreign_losses(policy, 1u << RESOURCE_PROGRAM, "it lists commands only", losses);
	losses_add(losses, NULL, LOSS_WIDENED,
		   "what is not listed is asked about as approval_policy says, not refused");
	for (size_t i = 0; i < policy->count; i++)
		program_losses(&policy->rule[i], losses);
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r)
		return r;
	for (size_t i = 0; i < policy->count; i++)
		write_program(policy, i, losses, out);
	return buffer_status(out);
}
