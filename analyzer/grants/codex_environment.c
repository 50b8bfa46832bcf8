#include "analyzer/grants/codex.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

/* [shell_environment_policy]: what of its own environment Codex hands on.  Names are compared
 * without regard to case. */

/* What "core" is (codex-rs/protocol/src/shell_environment.rs). */
static const char *const core_name[] = { "PATH", "SHELL",  "TMPDIR",   "TEMP",	  "TMP", "HOME",
					 "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "USER" };
/* Taken away where `ignore_default_excludes` is false. */
static const char *const secret_glob[] = { "*KEY*", "*SECRET*", "*TOKEN*" };

#define NAMES_MAX 100

struct environment {
	struct codex *codex;
	const struct toml *include, *exclude, *set;
	bool keeps_secrets;
};

static bool fits(const char *glob, const char *name)
{
	return !fnmatch(glob, name, FNM_CASEFOLD | FNM_NOESCAPE);
}

static bool fits_any(const struct toml *list, const char *name)
{
	for (const struct toml *glob = list ? list->child : NULL; glob; glob = glob->next)
		if (glob->kind == TOML_STRING && fits(buffer_text(&glob->text), name))
			return true;
	return false;
}

static bool is_included(const struct environment *environment, const char *name)
{
	return !environment->include || !environment->include->child ||
	       fits_any(environment->include, name);
}

static bool is_excluded(const struct environment *environment, const char *name)
{
	for (size_t i = 0; i < sizeof secret_glob / sizeof *secret_glob; i++)
		if (!environment->keeps_secrets && fits(secret_glob[i], name))
			return true;
	return fits_any(environment->exclude, name);
}

/* A star is of `least` to `most` bytes. */
static void write_glob(const char *glob, size_t least, size_t most, struct buffer *out)
{
	for (; *glob; glob++) {
		if (*glob == '*' && most)
			buffer_printf(out, "{any:%zu-%zu}", least, most);
		else if (*glob == '?')
			buffer_add(out, "{any:1}");
		else if (*glob != '*')
			pattern_write_literal((struct bytes){ glob, 1 }, out);
	}
}

/* "AWS_*": a pattern of names; "?" is any one byte. */
static void add_glob(const struct statement *from, const char *glob)
{
	size_t stars = 0, fixed;
	scoped(buffer) struct buffer pattern = { 0 };

	for (const char *at = glob; *at; at++)
		stars += *at == '*';
	fixed = strlen(glob) - stars;
	if (strpbrk(glob, "[]\\") || fixed >= NAMES_MAX) {
		granted_note(from, NOTE_UNREAD, "it is no plain pattern of names");
		return;
	}
	write_glob(glob, !fixed, stars ? (NAMES_MAX - fixed) / stars : 0, &pattern);
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else if (pattern.size)
		granted_add(from, RESOURCE_VARIABLE, GRANT_ALL, buffer_text(&pattern));
}

static void add_core(const struct environment *environment, const struct statement *from)
{
	for (size_t i = 0; i < sizeof core_name / sizeof *core_name; i++)
		if (is_included(environment, core_name[i]) &&
		    !is_excluded(environment, core_name[i]))
			granted_add(from, RESOURCE_VARIABLE, GRANT_ALL, core_name[i]);
}

/* What is set is there though it be excluded: a denial would take it away. */
static bool takes_set(const struct environment *environment, const char *glob)
{
	for (const struct toml *one = environment->set ? environment->set->child : NULL; one;
	     one = one->next)
		if (fits(glob, buffer_text(&one->key)))
			return true;
	return false;
}

static void deny_glob(const struct environment *environment, const struct statement *from,
		      const char *glob)
{
	struct statement denied = *from;

	denied.is_denied = true;
	if (takes_set(environment, glob))
		granted_note(from, NOTE_WIDER, "it takes away %s, of which one is set anew", glob);
	else
		add_glob(&denied, glob);
}

static void add_inherited(const struct environment *environment, const struct statement *from)
{
	const struct toml *include = environment->include;

	for (const struct toml *glob = include ? include->child : NULL; glob; glob = glob->next) {
		struct statement at = codex_at(environment->codex, glob);

		at.text = "include_only";
		if (codex_string(environment->codex, glob))
			add_glob(&at, buffer_text(&glob->text));
	}
	if (!include || !include->child)
		add_glob(from, "*");
}

static void deny_excluded(const struct environment *environment, const struct statement *from)
{
	const struct toml *exclude = environment->exclude;

	for (size_t i = 0; i < sizeof secret_glob / sizeof *secret_glob; i++)
		if (!environment->keeps_secrets)
			deny_glob(environment, from, secret_glob[i]);
	for (const struct toml *glob = exclude ? exclude->child : NULL; glob; glob = glob->next) {
		struct statement at = codex_at(environment->codex, glob);

		at.text = "exclude";
		if (codex_string(environment->codex, glob))
			deny_glob(environment, &at, buffer_text(&glob->text));
	}
}

static void inherit_all(const struct environment *environment, const struct statement *from)
{
	add_inherited(environment, from);
	deny_excluded(environment, from);
}

static void add_set(const struct environment *environment)
{
	for (const struct toml *one = environment->set ? environment->set->child : NULL; one;
	     one = one->next) {
		struct statement from = codex_at(environment->codex, one);
		scoped(buffer) struct buffer pattern = { 0 };

		if (!is_included(environment, buffer_text(&one->key)))
			continue;
		pattern_write_literal(buffer_bytes(&one->key), &pattern);
		granted_add(&from, RESOURCE_VARIABLE, GRANT_ALL, buffer_text(&pattern));
		from.grants->failed |= pattern.failed;
	}
}

void codex_environment(struct codex *codex)
{
	const struct toml *table =
		codex_typed(codex, toml_get(codex->root, "shell_environment_policy"), TOML_TABLE);
	const struct toml *inherit = toml_get(table, "inherit");
	const struct toml *ignores = toml_get(table, "ignore_default_excludes");
	struct environment environment = {
		.codex = codex,
		.include = codex_typed(codex, toml_get(table, "include_only"), TOML_ARRAY),
		.exclude = codex_typed(codex, toml_get(table, "exclude"), TOML_ARRAY),
		.set = codex_typed(codex, toml_get(table, "set"), TOML_TABLE),
		.keeps_secrets = !ignores || codex_is_true(codex, ignores),
	};
	struct statement from = codex_at(codex, inherit ? inherit : table);

	if (!table)
		from.text = "shell_environment_policy (inherit all)";
	codex_check(codex, CODEX_ENVIRONMENT, table);
	if (toml_is(inherit, "core"))
		add_core(&environment, &from);
	else if (!inherit || toml_is(inherit, "all"))
		inherit_all(&environment, &from);
	else if (!toml_is(inherit, "none"))
		granted_note(&from, NOTE_UNREAD, "it is none of all, core and none");
	add_set(&environment);
	if (environment.include || environment.exclude)
		granted_note(&from, NOTE_NARROWER, "also names that differ only in case");
}
