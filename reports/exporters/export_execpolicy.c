#include "reports/exporters/command_lines.h"
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

/* The words of a template up to the first that varies. */
static struct bytes fixed_words(const char *text)
{
	const char *star = strchr(text, '*');
	size_t size = star ? (size_t)(star - text) : strlen(text);

	while (size && text[size - 1] == ' ')
		size--;
	return (struct bytes){ text, size };
}

static void write_words(struct bytes name, struct bytes words, struct buffer *out)
{
	buffer_printf(out, "prefix_rule(pattern = [\"%.*s\"", (int)name.size, name.data);
	for (size_t at = 0; at < words.size;) {
		const char *space = memchr(words.data + at, ' ', words.size - at);
		size_t size = (space ? (size_t)(space - words.data) : words.size) - at;

		buffer_printf(out, ", \"%.*s\"", (int)size, words.data + at);
		at += size + 1;
	}
}

/* What follows the words in a template that begins with them, or NULL. */
static const char *behind(const char *text, struct bytes words)
{
	if (strncmp(text, words.data, words.size))
		return NULL;
	text += words.size;
	return *text == ' ' ? text + 1 : *text ? NULL : text;
}

/* Whether the words begin with what whatever may follow in a template. */
static bool is_free(const char *text, struct bytes words)
{
	struct bytes fixed = fixed_words(text);

	return template_goes_on(text) && fixed.size <= words.size &&
	       !memcmp(fixed.data, words.data, fixed.size) &&
	       (!fixed.size || fixed.size == words.size || words.data[fixed.size] == ' ');
}

static bool goes_on(const struct rule *rule, struct bytes words, struct bytes option)
{
	for (size_t i = 0; i < rule->argv_count; i++) {
		const char *next = behind(rule->argv[i], words);

		if (is_free(rule->argv[i], words))
			return true;

		if (next && strcspn(next, " =") == option.size &&
		    !memcmp(next, option.data, option.size))
			return true;
	}
	return false;
}

/* What follows a prefix is free, but the stricter of two rules counts: so the options that the
 * program is known to have (core/argv.def) are forbidden behind it, where no template has them. */
static void write_forbidden(const struct rule *rule, struct bytes name, struct bytes words,
			    struct buffer *out)
{
	const char *space = memchr(words.data, ' ', words.size);
	struct bytes first = { words.data, space ? (size_t)(space - words.data) : words.size };
	const struct program *row = program_find(name, first);
	scoped(buffer) struct buffer options = { 0 };

	for (const char *at = row ? row->options : ""; *at; at += strspn(at, " |")) {
		struct bytes option = { at, strcspn(at, " |:=[") };

		if (!goes_on(rule, words, option))
			buffer_printf(&options, "%s\"%.*s\"", options.size ? ", " : "",
				      (int)option.size, option.data);
		at += strcspn(at, " |");
	}
	if (!options.size)
		return;
	write_words(name, words, out);
	buffer_printf(out, ", [%s]], decision = \"forbidden\")\n", buffer_text(&options));
}

static bool is_new(const struct rule *rule, size_t index, struct bytes words)
{
	while (index--)
		if (behind(rule->argv[index], words))
			return false;
	return true;
}

/* Behind each of its words: a shorter template may allow what follows there. */
static void write_all_forbidden(const struct rule *rule, struct bytes name, size_t index,
				struct buffer *out)
{
	struct bytes words = fixed_words(rule->argv[index]);

	for (size_t size = 1; size <= words.size; size++) {
		struct bytes part = { words.data, size };

		if ((size == words.size || words.data[size] == ' ') && is_new(rule, index, part))
			write_forbidden(rule, name, part, out);
	}
}

static void write_prefix(const struct rule *rule, struct bytes name, struct bytes words,
			 const struct losses *losses, struct buffer *out)
{
	write_words(name, words, out);
	buffer_add(out, "], decision = \"allow\")");
	comment_wider("#", losses, &rule, 1, out);
	buffer_add_char(out, '\n');
}

/* "()" alone and a template that varies from its first word would allow any arguments. */
static bool has_prefix(const struct rule *rule, const char *text)
{
	scoped(losses) struct losses unused = { 0 };

	return strcmp(text, "()") && fixed_words(text).size &&
	       template_is_plain(rule, text, &unused);
}

static void write_prefixes(const struct rule *rule, struct bytes name, const struct losses *losses,
			   struct buffer *out)
{
	for (size_t i = 0; i < rule->argv_count; i++) {
		if (!has_prefix(rule, rule->argv[i]))
			continue;
		write_prefix(rule, name, fixed_words(rule->argv[i]), losses, out);
		write_all_forbidden(rule, name, i, out);
	}
	if (!rule->argv_count)
		write_prefix(rule, name, bytes_of(""), losses, out);
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

static void template_losses(const struct rule *rule, const char *text, struct losses *losses)
{
	if (!strcmp(text, "()") || !fixed_words(text).size)
		losses_add(losses, rule, LOSS_DROPPED,
			   "a prefix of no words would allow any arguments");
	else if (template_is_plain(rule, text, losses) && !template_goes_on(text))
		losses_add(losses, rule, LOSS_WIDENED,
			   "whatever follows \"%.*s\", but for known options right behind it",
			   (int)fixed_words(text).size, text);
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
		template_losses(rule, rule->argv[i], losses);
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
		   "what is not listed is asked about as approval_policy says, not refused, and "
		   "what Codex takes for safe (cat, ls, git status) is not even asked about");
	for (size_t i = 0; i < policy->count; i++)
		program_losses(&policy->rule[i], losses);
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r)
		return r;
	for (size_t i = 0; i < policy->count; i++)
		write_program(policy, i, losses, out);
	return buffer_status(out);
}
