#include "analyzer/grants/apparmor.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Profiles of AppArmor (apparmor.d(5)): all that stand in the file, with what they include. */

#define DEPTH_MAX    32
#define INCLUDES_MAX 2000
#define INCLUDE_MIB  4
/* So much of a rule is told of it. */
#define TEXT_MAX 300

static void read_text(struct apparmor *profile, struct aa_text *text, struct aa_scope scope);

/* What stands there, and where: of what is included the line is that of the include. */
struct place {
	struct statement from;
	struct buffer text;
};

static void place_cleanup(struct place *place)
{
	buffer_release(&place->text);
}

static void locate(struct apparmor *profile, const struct aa_words *words, struct place *ret)
{
	const char *name = profile->file ? strrchr(profile->file, '/') : NULL;

	buffer_append(&ret->text, buffer_text(&words->raw),
		      words->raw.size < TEXT_MAX ? words->raw.size : TEXT_MAX);
	if (profile->file)
		buffer_printf(&ret->text, " (line %d of %s)", words->line,
			      name ? name + 1 : profile->file);
	profile->grants->failed |= ret->text.failed || words->raw.failed || words->store.failed;
	ret->from = (struct statement){ .source = profile->source,
					.grants = profile->grants,
					.text = buffer_text(&ret->text),
					.line = profile->file ? profile->line : words->line };
}

static void refuse(struct apparmor *profile, const struct aa_words *words, const char *reason)
{
	scoped(place) struct place place = { 0 };

	locate(profile, words, &place);
	granted_note(&place.from, NOTE_UNREAD, "%s", reason);
}

/* ---- includes ---- */

static void read_file(struct apparmor *profile, const char *path, void *context)
{
	const struct aa_scope *scope = context;
	scoped(buffer) struct buffer bytes = { 0 };
	struct aa_text text = { .line = 1 };
	const char *outer = profile->file;
	struct error ignored = { 0 };

	if (++profile->includes > INCLUDES_MAX)
		return;
	if (file_read(path, INCLUDE_MIB, &bytes, &ignored) < 0 ||
	    (bytes.size && memchr(bytes.data, '\0', bytes.size))) {
		struct statement from = { .source = profile->source,
					  .grants = profile->grants,
					  .text = path,
					  .line = profile->line };

		granted_note(&from, NOTE_UNREAD, "%s",
			     ignored.code ? strerror(ignored.code) : "it has a NUL");
		return;
	}
	text.text = (struct bytes){ buffer_text(&bytes), bytes.size };
	profile->file = path;
	read_text(profile, &text, *scope);
	profile->file = outer;
}

static void include(struct apparmor *profile, const struct aa_words *words, struct aa_scope scope)
{
	bool may_be_absent = words->count > 3 && !strcmp(words->word[1], "if") &&
			     !strcmp(words->word[2], "exists");
	const char *name = words->count > 1 ? words->word[words->count - 1] : "";
	int outer = profile->line;
	bool found;

	if (profile->depth == DEPTH_MAX || profile->includes > INCLUDES_MAX) {
		refuse(profile, words, "includes lead to too many others");
		return;
	}
	if (!profile->file)
		profile->line = words->line;
	profile->depth++;
	found = aa_include(profile, name, read_file, &scope);
	profile->depth--;
	profile->line = outer;
	if (!found && !may_be_absent)
		refuse(profile, words, "there is no such file here");
}

static void read_line(struct apparmor *profile, const struct aa_words *words, struct aa_scope scope)
{
	if (strstr(words->word[0], "include"))
		include(profile, words, scope);
	else if (!aa_assign(&profile->variables, words))
		refuse(profile, words, "it is no variable that is known here");
}

/* ---- rules ---- */

/* "audit deny owner": how many words that is; it adds to the scope. */
static size_t take_qualifiers(const struct aa_words *words, struct aa_scope *scope)
{
	size_t at = 0;

	for (; at < words->count; at++) {
		const char *word = words->word[at];

		if (!strcmp(word, "deny"))
			scope->is_denied = true;
		else if (!strcmp(word, "owner"))
			scope->is_owner = true;
		else if (strcmp(word, "audit") != 0 && strcmp(word, "allow") != 0 &&
			 strcmp(word, "quiet") != 0 && strncmp(word, "priority=", 9) != 0)
			return at;
	}
	return at;
}

/* Whether what the rule says is counted at all. */
static bool counts(const struct statement *from, struct aa_scope scope)
{
	if (scope.is_denied && (scope.is_child || scope.is_owner)) {
		granted_note(from, NOTE_NARROWER, "%s",
			     scope.is_child ? "a denial of this profile alone is not counted"
					    : "a denial of what the user owns is not counted");
		return false;
	}
	if (scope.is_owner)
		granted_note(from, NOTE_WIDER, "only what the same user owns");
	return true;
}

static void read_rule(struct apparmor *profile, const struct aa_words *words, struct aa_scope scope)
{
	scoped(place) struct place place = { 0 };
	size_t at = take_qualifiers(words, &scope);
	aa_read *read = at < words->count ? aa_rule_find(words->word[at]) : NULL;
	struct aa_rule rule = { .profile = profile, .from = &place.from, .scope = scope };

	locate(profile, words, &place);
	place.from.is_denied = scope.is_denied;
	at += read != NULL;
	rule.word = &words->word[at];
	rule.count = words->count - at;
	if (words->is_long)
		granted_note(&place.from, NOTE_UNREAD, "it has too many words");
	else if (!scope.in_profile && words->count && strcmp(words->word[0], "abi") != 0 &&
		 strcmp(words->word[0], "alias") != 0)
		granted_note(&place.from, NOTE_UNREAD, "it stands in no profile");
	else if (counts(&place.from, scope))
		(read ? read : aa_file)(&rule);
}

/* ---- blocks ---- */

static void skip_block(struct apparmor *profile, struct aa_text *text)
{
	scoped(aa_words) struct aa_words words = { 0 };
	unsigned depth = 1;

	while (depth) {
		enum aa_end end = aa_next(text, &words);

		depth += end == AA_OPEN;
		depth -= end == AA_CLOSE || end == AA_CUT;
		if (end == AA_END)
			return;
		/* What had to have a comma: its brace is still there. */
		if (end == AA_CUT)
			depth += text->at < text->text.size;
	}
	(void)profile;
}

/* "/usr/bin/x", "profile x /usr/bin/x", "^x", "hat x": the name, or NULL. */
static const char *profile_name(const struct aa_words *words)
{
	const char *first = words->count ? words->word[0] : "";

	if ((!strcmp(first, "profile") || !strcmp(first, "hat")) && words->count > 1)
		return words->word[1];
	if (*first == '^')
		return first + 1;
	return *first == '/' || !strncmp(first, "@{", 2) ? first : NULL;
}

/* A mode in which nothing is denied, by its flag; NULL. */
static const char *open_mode(const struct aa_words *words)
{
	static const char *const mode[] = { "complain", "unconfined", "default_allow", "prompt" };

	for (size_t i = 1; i < words->count; i++)
		for (size_t at = 0; at < sizeof mode / sizeof *mode; at++)
			if (strchr(words->word[i], '(') && aa_has(words->word[i], mode[at]))
				return mode[at];
	return NULL;
}

static void read_profile(struct apparmor *profile, const struct aa_words *words,
			 struct aa_text *text, struct aa_scope scope)
{
	scoped(place) struct place place = { 0 };
	const char *mode = open_mode(words);

	locate(profile, words, &place);
	scope = (struct aa_scope){ .in_profile = true,
				   .is_child = profile->profiles++ > 0,
				   .depth = scope.depth + 1 };
	if (scope.is_child)
		granted_note(&place.from, NOTE_WIDER,
			     "only what runs under this profile may do this");
	else if (aa_set(&profile->variables, "profile_name", profile_name(words)) < 0)
		profile->grants->failed = true;
	if (mode) {
		granted_note(&place.from, NOTE_NARROWER,
			     "a profile with the flag %s denies nothing: everything is granted",
			     mode);
		aa_add_everything(&place.from);
		skip_block(profile, text);
		return;
	}
	read_text(profile, text, scope);
}

static void read_block(struct apparmor *profile, const struct aa_words *words, struct aa_text *text,
		       struct aa_scope scope)
{
	struct aa_scope inner = scope;

	inner.depth++;
	if (++profile->depth > DEPTH_MAX) {
		refuse(profile, words, "blocks are nested too deep");
		skip_block(profile, text);
	} else if (scope.in_profile && take_qualifiers(words, &inner) == words->count) {
		read_text(profile, text, inner);
	} else if (profile_name(words)) {
		read_profile(profile, words, text, scope);
	} else {
		refuse(profile, words, "it is no block that is known here");
		skip_block(profile, text);
	}
	profile->depth--;
}

/* Up to the end of the block, or of the file. */
static void read_text(struct apparmor *profile, struct aa_text *text, struct aa_scope scope)
{
	scoped(aa_words) struct aa_words words = { 0 };
	bool is_block = scope.depth > 0 && text->at > 0;

	while (!profile->grants->failed) {
		switch (aa_next(text, &words)) {
		case AA_RULE:
			if (words.count)
				read_rule(profile, &words, scope);
			break;
		case AA_LINE:
			read_line(profile, &words, scope);
			break;
		case AA_OPEN:
			read_block(profile, &words, text, scope);
			break;
		case AA_CUT:
			refuse(profile, &words, "no comma ends it");
			break;
		case AA_CLOSE:
			if (is_block)
				return;
			refuse(profile, &words, "a brace ends no block");
			break;
		case AA_END:
			if (is_block)
				refuse(profile, &words, "a block does not end");
			return;
		}
	}
}

static int refuse_all(const struct source *source, const char *reason, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };

	return error_say(err, EINVAL, "%s: %s", text_safe(bytes_of(source->name), 100, &name),
			 reason);
}

int import_apparmor(const struct source *source, struct granted *ret, struct error *err)
{
	struct apparmor profile = { .source = source, .grants = ret };
	struct aa_text text = { .text = source->text, .line = 1 };

	if (source->text.size && memchr(source->text.data, '\0', source->text.size))
		return refuse_all(source, "no profile has a NUL", err);
	read_text(&profile, &text, (struct aa_scope){ 0 });
	aa_add_up(&profile);
	buffer_release(&profile.sums.capabilities);
	buffer_release(&profile.sums.no_capabilities);
	aa_variables_release(&profile.variables);
	if (!profile.profiles && !ret->failed)
		return refuse_all(source, "it has no profile of AppArmor", err);
	return 0;
}
