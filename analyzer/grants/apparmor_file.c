#include "analyzer/grants/apparmor.h"

#include <string.h>

/* Rules of files: what may be done to what a glob admits. */

/* apparmor.d(5), access modes. */
struct access {
	bool read, write, append, link, map, execute;
	bool unconfined, other, child; /* what the program then runs under */
};

static bool *flag_of(struct access *access, char letter)
{
	switch (letter) {
	case 'r':
		return &access->read;
	case 'w':
		return &access->write;
	case 'a':
		return &access->append;
	case 'l':
		return &access->link;
	case 'm':
		return &access->map;
	case 'x':
	case 'i':
		return &access->execute;
	case 'u':
	case 'U':
		return &access->unconfined;
	case 'p':
	case 'P':
		return &access->other;
	case 'c':
	case 'C':
		return &access->child;
	default:
		return NULL;
	}
}

static bool read_access(const char *text, struct access *ret)
{
	*ret = (struct access){ 0 };
	for (const char *at = text; *at; at++) {
		bool *flag = flag_of(ret, *at);

		if (!flag && *at != 'k')
			return false;
		if (flag)
			*flag = true;
	}
	return *text && (!(ret->unconfined || ret->other || ret->child) || strchr(text, 'x'));
}

static unsigned file_actions(const struct access *access, bool is_denied)
{
	unsigned actions = access->read ? GRANT_BIT(READ) : 0;

	if (access->write)
		actions |= GRANT_CHANGE;
	if (access->append)
		actions |= GRANT_BIT(APPEND);
	if (access->link && !is_denied)
		actions |= GRANT_BIT(CREATE);
	if (access->map)
		actions |= GRANT_BIT(MAP);
	return actions;
}

static unsigned folder_actions(const struct access *access)
{
	unsigned actions = access->read ? GRANT_BIT(LIST) : 0;

	if (access->write)
		actions |=
			GRANT_BIT(CREATE) | GRANT_BIT(DELETE) | GRANT_BIT(RENAME) | GRANT_BIT(ATTR);
	return actions;
}

static void add_each(const struct statement *from, enum resource resource, unsigned actions,
		     const struct buffer *patterns)
{
	const char *at = buffer_text(patterns);

	for (const char *end = at + patterns->size; at < end; at += strlen(at) + 1)
		granted_add(from, resource, actions, at);
}

static void add_files(const struct statement *from, const struct access *access,
		      const struct aa_globs *globs)
{
	unsigned file = file_actions(access, from->is_denied), folder = folder_actions(access);

	add_each(from, RESOURCE_FILE, file, &globs->files);
	add_each(from, RESOURCE_FILE, folder, &globs->folders);
	add_each(from, RESOURCE_FILE, file | folder, &globs->both);
}

/* What is executed, and sockets, are no folders. */
static void add_others(const struct statement *from, enum resource resource, unsigned actions,
		       const struct aa_globs *globs)
{
	add_each(from, resource, actions, &globs->files);
	add_each(from, resource, actions, &globs->both);
}

static void note_execution(const struct aa_rule *rule, const struct access *access)
{
	if (rule->scope.is_denied)
		return;
	if (access->unconfined)
		granted_note(rule->from, NOTE_NARROWER,
			     "the program runs unconfined: nothing here limits what it does");
	else if (access->other)
		granted_note(rule->from, NOTE_NARROWER,
			     "the program runs under a profile of its own");
}

static void note_change(const struct aa_rule *rule, const struct access *access)
{
	struct aa_sums *sums = &rule->profile->sums;

	if (access->link && !access->write && !rule->scope.is_denied)
		granted_note(rule->from, NOTE_WIDER, "it can be created as a hard link only");
	if (access->read || !access->write || rule->scope.is_denied || sums->rename_noted)
		return;
	sums->rename_noted = true;
	granted_note(rule->from, NOTE_WIDER,
		     "to rename what this and other rules let be written, it has to be readable");
}

static void add_access(const struct aa_rule *rule, const struct access *access, const char *glob)
{
	scoped(aa_globs) struct aa_globs files = { 0 };
	const unsigned reach = GRANT_BIT(CONNECT) | GRANT_BIT(SEND) | GRANT_BIT(BIND);
	const struct aa_variables *variables = &rule->profile->variables;

	if (!aa_globs(variables, rule->from, RESOURCE_FILE, glob, &files))
		return;
	add_files(rule->from, access, &files);
	if (access->write)
		add_others(rule->from, RESOURCE_SOCKET, reach, &files);
	if (access->execute)
		add_others(rule->from, RESOURCE_PROGRAM, GRANT_ALL, &files);
	note_execution(rule, access);
	note_change(rule, access);
}

static void refuse(const struct aa_rule *rule)
{
	granted_note(rule->from, NOTE_UNREAD, "it is no rule that is known here");
}

/* "l /new -> /old": the one name for what the other has. */
static void add_pair(const struct aa_rule *rule, const char *link, const char *target)
{
	scoped(aa_globs) struct aa_globs links = { 0 }, targets = { 0 };
	const struct aa_variables *variables = &rule->profile->variables;

	if (!aa_globs(variables, rule->from, RESOURCE_FILE, link, &links) ||
	    !aa_globs(variables, rule->from, RESOURCE_FILE, target, &targets))
		return;
	if (!rule->scope.is_denied) {
		add_others(rule->from, RESOURCE_FILE, GRANT_BIT(CREATE), &links);
		granted_note(rule->from, NOTE_WIDER, "it can be created as a hard link only");
	}
	add_others(rule->from, RESOURCE_FILE, GRANT_BIT(LINK), &targets);
}

void aa_link(const struct aa_rule *rule)
{
	const char *const *word = rule->word;

	if (*word && !strcmp(*word, "subset"))
		word++;
	if (word[0] && word[1] && word[2] && !word[3] && !strcmp(word[1], "->"))
		add_pair(rule, word[0], word[2]);
	else
		refuse(rule);
}

static bool is_name(const char *word)
{
	return word && (*word == '/' || !strncmp(word, "@{", 2));
}

static void add_everything(const struct statement *from)
{
	granted_add(from, RESOURCE_FILE, GRANT_ALL, "/");
	granted_add(from, RESOURCE_FILE, GRANT_ALL, "/**");
	granted_add(from, RESOURCE_PROGRAM, GRANT_ALL, "/**");
	granted_add(from, RESOURCE_SOCKET, GRANT_ALL & ~GRANT_BIT(ACCEPT), "/**");
}

/* "-> profile", or nothing. */
static bool is_target(const char *const *word)
{
	return !*word || (!strcmp(*word, "->") && word[1] && !word[2]);
}

static void read_names(const struct aa_rule *rule, const char *const *word)
{
	bool leads = is_name(word[0]);
	const char *name = word[leads ? 0 : 1], *modes = word[leads ? 1 : 0];
	struct access access;

	if (!is_name(name) || !modes || !read_access(modes, &access) || !is_target(word + 2))
		refuse(rule);
	else if (word[2] && !access.execute)
		add_pair(rule, name, word[3]);
	else
		add_access(rule, &access, name);
}

void aa_file(const struct aa_rule *rule)
{
	const char *const *word = rule->word;

	if (*word && (!strcmp(*word, "safe") || !strcmp(*word, "unsafe")))
		word++;
	if (!rule->count)
		add_everything(rule->from);
	else if (!*word || !word[1])
		refuse(rule);
	else
		read_names(rule, word);
}
