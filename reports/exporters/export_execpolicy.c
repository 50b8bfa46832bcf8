#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/programs.h"

#include "core/argv_private.h"
#include "core/error.h"

#include <string.h>

/* Names are in letters, digits and ._+-/ (rule_program()), which Starlark takes for nothing else.
 */
static bool names_program(const struct rule *rule, struct bytes name, struct buffer *path)
{
	scoped(losses) struct losses unused = { 0 };
	scoped(executable) struct executable program = { 0 };

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

/* The words up to the first that varies. */
static void write_words(struct bytes name, const char *text, struct buffer *out)
{
	buffer_printf(out, "prefix_rule(pattern = [\"%.*s\"", (int)name.size, name.data);
	while (*text && *text != '*') {
		size_t size = strcspn(text, " ");

		buffer_printf(out, ", \"%.*s\"", (int)size, text);
		text += size + (text[size] == ' ');
	}
}

/* Whether a template of the rule begins with these words, of which the last is `option`. */
static bool goes_on(const struct rule *rule, const char *text, struct bytes option)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < rule->argv_count; i++) {
		const char *other = rule->argv[i];

		if (!strncmp(other, text, size) && other[size] == ' ' &&
		    !strncmp(other + size + 1, option.data, option.size))
			return true;
	}
	return false;
}

/* What follows a prefix is free, but the stricter of two rules counts: so the options that the
 * program is known to have (core/argv.def) are forbidden behind it, where no template has them. */
static void write_forbidden(const struct rule *rule, struct bytes name, const char *text,
			    struct buffer *out)
{
	struct bytes first = { text, strcspn(text, " ") };
	const struct program *row = program_find(name, first);
	scoped(buffer) struct buffer words = { 0 };

	for (const char *at = row ? row->options : ""; *at; at += strspn(at, " |")) {
		struct bytes option = { at, strcspn(at, " |:=[") };

		if (!goes_on(rule, text, option))
			buffer_printf(&words, "%s\"%.*s\"", words.size ? ", " : "",
				      (int)option.size, option.data);
		at += strcspn(at, " |");
	}
	if (!words.size)
		return;
	write_words(name, text, out);
	buffer_printf(out, ", [%s]], decision = \"forbidden\")\n", buffer_text(&words));
}

static void write_prefix(const struct rule *rule, struct bytes name, const char *text,
			 const struct losses *losses, struct buffer *out)
{
	write_words(name, text, out);
	buffer_add(out, "], decision = \"allow\")");
	comment_wider("#", losses, &rule, 1, out);
	buffer_add_char(out, '\n');
	if (*text && !strchr(text, '*'))
		write_forbidden(rule, name, text, out);
}

static void write_prefixes(const struct rule *rule, struct bytes name, const struct losses *losses,
			   struct buffer *out)
{
	scoped(losses) struct losses unused = { 0 };

	for (size_t i = 0; i < rule->argv_count; i++)
		if (strcmp(rule->argv[i], "()") && template_is_plain(rule, rule->argv[i], &unused))
			write_prefix(rule, name, rule->argv[i], losses, out);
	if (!rule->argv_count)
		write_prefix(rule, name, "", losses, out);
}

static void write_program(const struct policy *policy, size_t index, const struct losses *losses,
			  struct buffer *out)
{
	scoped(losses) struct losses unused = { 0 };
	scoped(executable) struct executable program = { 0 };
	scoped(buffer) struct buffer paths = { 0 };

	if (!rule_program(&policy->rule[index], &program, &unused))
		return;
	write_paths(policy, index, program.name, &paths);
	if (!paths.size)
		return;
	buffer_printf(out, "host_executable(name = \"%.*s\", paths = [%s])\n",
		      (int)program.name.size, program.name.data, buffer_text(&paths));
	for (size_t i = 0; i < policy->count; i++) {
		scoped(buffer) struct buffer path = { 0 };

		if (names_program(&policy->rule[i], program.name, &path))
			write_prefixes(&policy->rule[i], program.name, losses, out);
	}
}

static void program_losses(const struct rule *rule, struct losses *losses)
{
	scoped(executable) struct executable program = { 0 };

	if (!rule_program(rule, &program, losses))
		return;
	losses_add(losses, rule, LOSS_WIDENED,
		   "whatever program of that name comes first in PATH, unless Codex is told to "
		   "--resolve-host-executables");
	for (size_t i = 0; i < rule->argv_count; i++)
		if (!strcmp(rule->argv[i], "()"))
			losses_add(losses, rule, LOSS_DROPPED,
				   "a prefix of no words would allow any arguments");
		else
			template_is_plain(rule, rule->argv[i], losses);
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
