#ifndef CORE_ARGV_H
#define CORE_ARGV_H

#include "core/match.h"

struct error;

/* What a program may be executed with.  A command line is brought into a form in which two that
 * are known to mean the same are equal (core/argv.def says of which programs that is known), and
 * compared word by word: never as text, never by what it begins with.  A template's text has one
 * space between words:
 *     push origin main          the words behind the program's name; options that are known come
 *                               before operands, each on its own ("ls -la" is "-a -l"), those
 *                               that a program reads in any order sorted
 *     ()                        no arguments at all
 *     -o $WS/out --file=$TMP/x  a path below a symbolic root, at the beginning of a word, behind
 *                               its first "=" or behind "-I": canonical paths only
 *     -j{digit:1} {uuid}        classes, as in patterns; a word that begins with one never
 *                               matches what begins with "-"
 *     STAR                      (a lone *) one word that begins with a letter, a digit or a byte
 *                               above 127: no option, no path, no empty word
 *     push STARSTAR             (a lone **, last) any further words, also none: what enforcers'
 *                               prefixes say, never proposed
 *     ''                        an empty word
 *     -c (git status) (make)    of a shell: the simple commands that the text may consist of
 *     -c (cd sub && make >log)  with the folder changed before, and a redirection
 *     @git-upload-pack          where the program was called by a name that matters
 * In words the characters of patterns (core/match.h), blanks, and ( ) < > & are escaped.
 *
 * POSIXLY_CORRECT in the environment makes programs read options otherwise; like all of
 * the environment it is no part of a command line. */

enum argv_kind { ARGV_WORD, ARGV_CALLED, ARGV_AND, ARGV_REDIRECT, ARGV_SCRIPT, ARGV_REST };

struct argv;

/* One word, or the text of a shell.  Strings are owned; none holds a NUL. */
struct argv_item {
	enum argv_kind kind;
	char *lead; /* before the root ("--file=", "-I"), or a redirection ("2>"); else NULL */
	enum root_kind root;
	char *text;		 /* raw; NULL where it varies */
	struct varying *varying; /* text and classes behind the root, or NULL */
	bool any;		 /* a lone * */
	struct argv *command;	 /* ARGV_SCRIPT: simple commands, sorted, each once */
	size_t count;
};

struct argv {
	struct argv_item *item;
	size_t count;
};

/* Arguments of more bytes were cut by the recorder: they fit nothing. */
#define ARGV_BYTES_MAX ((size_t)256 * 1024)

/* To make one: an item is taken over, also on failure.  0, -ENOMEM. */
int argv_add_item(struct argv *argv, struct argv_item *item);
/* A command of an ARGV_SCRIPT, where its place is, once; taken over. */
int argv_add_command_of(struct argv_item *script, struct argv *command);
void argv_item_free(struct argv_item *item); /* what it owns */

/* Reads the text of a template: 0, -EINVAL with a sentence, -ENOMEM. */
int argv_read(struct argv *ret, const char *text, struct error *err);
void argv_write(const struct argv *argv, struct buffer *out);
/* One word, as it stands in a template. */
void argv_write_word(struct bytes word, struct buffer *out);
void argv_release(struct argv *argv);
void argv_cleanup(struct argv *argv); /* for scoped(argv) */

/* The canonical form of `arguments` (each ended by a NUL, the first the name that the program was
 * called by) of the program of that resolved name.  0, -ENOMEM; -E2BIG or -EINVAL: cut, or none
 * at all, so nobody knows what it was. */
int argv_of_command(struct argv *ret, struct bytes program, struct bytes arguments);
/* Makes paths below the roots symbolic, as pattern_of_name() does.  0, -ENOMEM. */
int argv_make_symbolic(struct argv *argv, const struct roots *roots);

/* Whether the template admits the command (canonical, its paths as they were). */
bool argv_matches(const struct argv *argv, const struct roots *roots, const struct argv *command);
/* Whether a lone * admits the word. */
bool argv_word_is_plain(const char *text);
/* Whether it admits more than one command. */
bool argv_is_open(const struct argv *argv);
/* How near a command is: the more of the first words, the nearer. */
size_t argv_nearness(const struct argv *argv, const struct roots *roots,
		     const struct argv *command);
/* An order that is 0 only where both have the same text. */
int argv_compare(const struct argv *a, const struct argv *b);

/* ---- what a table knows of programs (core/argv.def) ---- */

enum program_kind { PROGRAM_UNKNOWN, PROGRAM_KNOWN, PROGRAM_SHELL, PROGRAM_CODE, PROGRAM_WRAPPER };

/* By the last component of its name, without a version ("python3.11" is python). */
enum program_kind argv_program_kind(struct bytes program);
/* Whether the item is what an option that is known to take a value is given.  `program` executes
 * it; no data: the first item names the program, as in the text of a shell. */
bool argv_is_value(const struct argv *argv, size_t index, struct bytes program);

/* The files that code of a table's filter is run over. */
struct argv_inputs {
	size_t first; /* these words and all behind but redirections; as many as there are: none */
	bool changed; /* they are written, too */
};

/* Which words are those, of a command whose arguments begin at `first`.  There are none where it is
 * not certain that the code does the same with any file, whatever that holds. */
struct argv_inputs argv_inputs(const struct argv *argv, size_t first, struct bytes program);

#endif
