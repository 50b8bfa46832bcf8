#ifndef ANALYZER_GRANTS_APPARMOR_H
#define ANALYZER_GRANTS_APPARMOR_H

#include "analyzer/grants/grants.h"

/* Profiles of AppArmor: apparmor.d(5). */

/* ---- words (apparmor_text.c) ---- */

/* A file that is being read. */
struct aa_text {
	struct bytes text;
	size_t at;
	int line;
};

enum aa_end {
	AA_RULE,  /* a comma */
	AA_LINE,  /* of an include or a variable */
	AA_OPEN,  /* a brace that begins a block */
	AA_CLOSE, /* that ends one: no words */
	AA_CUT,	  /* a brace or the end where a comma had to be */
	AA_END,	  /* of the file: no words */
};

#define AA_WORDS 256

/* A rule, an include, or the head of a block, without quotes and comments. */
struct aa_words {
	const char *word[AA_WORDS + 1]; /* NULL behind the last */
	size_t count;
	struct buffer store, raw; /* raw: the words with spaces between */
	bool is_long;		  /* there were more */
	int line;
};

enum aa_end aa_next(struct aa_text *text, struct aa_words *ret);
void aa_words_cleanup(struct aa_words *words); /* for scoped(aa_words) */

/* ---- variables (apparmor_variables.c) ---- */

struct aa_variables {
	struct aa_variable *variable;
	size_t count;
};

/* "@{X} = a b": the words of such a line.  False: it is none. */
bool aa_assign(struct aa_variables *variables, const struct aa_words *words);
int aa_set(struct aa_variables *variables, const char *name, const char *value);
/* Appends a glob as granted_add_glob() knows them: variables as braces of their values, escapes as
 * the bytes they stand for.  False: it is none, which is noted. */
bool aa_expand(const struct aa_variables *variables, const struct statement *from, const char *glob,
	       struct buffer *ret);
void aa_variables_release(struct aa_variables *variables);

/* ---- globs (apparmor_glob.c) ---- */

/* What a glob admits, as patterns that are each ended by a NUL: names that end with a slash are
 * folders, all others are not. */
struct aa_globs {
	struct buffer files, folders, both;
};

bool aa_globs(const struct aa_variables *variables, const struct statement *from,
	      enum resource resource, const char *glob, struct aa_globs *ret);
void aa_globs_cleanup(struct aa_globs *globs); /* for scoped(aa_globs) */

/* ---- a profile ---- */

/* By family, inet and inet6, and by type of socket. */
enum { AA_STREAM, AA_DATAGRAM, AA_RAW, AA_TYPES };

/* What is added up until the end. */
struct aa_sums {
	bool network[2][AA_TYPES], no_network[2][AA_TYPES];
	bool mount, netlink, userns;
	bool all_sockets; /* abstract ones, of any name */
	bool rename_noted;
	struct buffer capabilities, no_capabilities; /* ",setuid,chown," */
	bool every_capability;
	int abi;
};

struct aa_scope {
	bool in_profile, is_child, is_denied, is_owner;
	int depth;
};

struct apparmor {
	const struct source *source;
	struct granted *grants;
	struct aa_variables variables;
	struct aa_sums sums;
	const char *file; /* that is included; NULL */
	int line;	  /* of the include */
	int depth;
	unsigned includes;
	unsigned profiles;
};

/* A rule, without its qualifiers. */
struct aa_rule {
	struct apparmor *profile;
	const struct statement *from;
	struct aa_scope scope;
	const char *const *word; /* NULL behind the last */
	size_t count;
};

/* The rules (apparmor_file.c, apparmor_network.c, apparmor_rules.c). */
typedef void aa_read(const struct aa_rule *rule);
aa_read aa_file, aa_link, aa_network, aa_unix;
/* Notes that a word is not known. */
void aa_refuse(const struct aa_rule *rule, const char *word);
/* NULL: it is no rule that is known. */
aa_read *aa_rule_find(const char *keyword);

/* What the sums come to, at the end of the last profile. */
void aa_add_up(struct apparmor *profile);
/* Everything that AppArmor has a say in. */
void aa_add_everything(const struct statement *from);
/* "a, b": whether the text within parentheses, or a lone word, has the word. */
bool aa_has(const char *list, const char *word);

/* What an include stands for (apparmor_include.c), in the order that it is read: each is given to
 * `read`.  False: there is none of that name. */
typedef void aa_visit(struct apparmor *profile, const char *path, void *context);
bool aa_include(struct apparmor *profile, const char *name, aa_visit *visit, void *context);

#endif
