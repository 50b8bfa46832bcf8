#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include "core/bytes.h"
#include "core/vocab.h"

struct error;
struct run;
struct varying;

/* The one meaning of a pattern, used by every part.
 *
 * A path pattern (file, program, process, and a unix socket that is a path) is matched component
 * by component, never as a string prefix:
 *     /usr/lib/x.so      literal components
 *     $WS/src/a.c        $WS, $HOME or $TMP as the first component: bound when matched
 *     /etc/ssl/STAR      (a lone *) exactly one component; never "", ".", "..", never "/"
 *     /etc/ssl/STARSTAR  (a lone **) as the last component: everything below, not the folder
 *     /tmp/cc{alnum:6}.o one component with classes in it (core/class.def): so many bytes of the
 *                        class, or "{digit:1-4}" from so many to so many, or a shape, "{uuid}"
 * In a literal the characters * ? [ ] { } $ @ are written with a backslash before them, and all
 * other bytes as text_escape(TEXT_SAFE) writes them.  A path pattern is absolute, has no empty,
 * "." or ".." component, and no slash at its end (but for "/").
 *
 * A host may have classes, too, and a block of addresses in the place of one, both compared with
 * the whole name; a second slash that would make a block of a literal is written \x2f:
 *     tcp/{hex:8}.cdn.example.com:443   tcp/10.1.2.0/28:5432   tcp/[fd00::10/124]:5432
 *
 * The names of tools, facilities and variables may have classes, too: github/{any:1-128}.
 * Any other name (tcp/host:443, mount, GITHUB_TOKEN, pipe:[7]) is one literal in the same
 * escaping, compared whole.  The @ that begins an abstract socket's name needs no backslash; a
 * slash in a file, program or process name that is no absolute path is written \x2f.  Characters
 * that cannot be seen are refused unless escaped. */

/* What the symbolic roots stand for.  A root that is empty or "/" is never used. */
struct roots {
	struct bytes workspace, home, tmp;
};

struct roots roots_of_run(const struct run *run); /* borrows from the run */

enum root_kind { ROOT_NONE, ROOT_WORKSPACE, ROOT_HOME, ROOT_TMP };

/* "$WS", "$HOME", "$TMP"; "" for ROOT_NONE. */
const char *root_text(enum root_kind kind);
/* The folder without a slash at its end; none where the root may not be used. */
struct bytes root_folder(const struct roots *roots, enum root_kind kind);
/* Whether `name` is the folder or below it, component-wise; ret_rest gets "" or "/...". */
bool name_is_below(struct bytes name, struct bytes folder, struct bytes *ret_rest);
/* Whether `name` is absolute and has no NUL, no empty, "." or ".." component. */
bool name_is_canonical(struct bytes name);

enum token_kind { TOKEN_LITERAL, TOKEN_VARYING, TOKEN_ANY, TOKEN_SUBTREE };

struct token {
	enum token_kind kind;
	struct bytes literal;	 /* raw bytes, in the pattern's one allocation */
	struct varying *varying; /* of its own; core/varying.h */
};

struct pattern {
	enum resource resource;
	bool is_path;
	enum root_kind root; /* the first component, where it is symbolic */
	struct token *token; /* path: one per component after the root; else exactly one */
	size_t count;
};

/* Reads the text form.  Returns 0, or -EINVAL with a sentence that names the pattern and what is
 * wrong with it. */
int pattern_parse(struct pattern *ret, enum resource resource, const char *text, struct error *err);
/* Appends the text form that pattern_of_name() would have chosen: one per meaning. */
void pattern_write(const struct pattern *pattern, struct buffer *out);
void pattern_release(struct pattern *pattern);
void pattern_cleanup(struct pattern *pattern); /* for scoped(pattern) */

/* Whether `name` (raw bytes, resolved) is one that the pattern admits under these roots. */
bool pattern_matches(const struct pattern *pattern, const struct roots *roots, struct bytes name);
/* Whether a component of a name is one that the token admits: of a subtree, the first. */
bool token_admits(const struct token *token, struct bytes component);
/* Takes the first component off a path ("/a/b" gives "a" and leaves "/b"). */
bool path_next(struct bytes *rest, struct bytes *ret);
/* Components of a path. */
size_t path_depth(struct bytes path);
/* How many components two paths begin with in common. */
size_t path_common(struct bytes a, struct bytes b);
/* An order over what tokens admit: 0 where it is the same. */
int token_compare(const struct token *a, const struct token *b);
/* Whether the pattern admits more than one name. */
bool pattern_is_open(const struct pattern *pattern);
/* How near a name is: leading components in common (roots resolved), for "came nearest". */
size_t pattern_nearness(const struct pattern *pattern, const struct roots *roots,
			struct bytes name);
/* Appends the name a literal pattern stands for under these roots (raw bytes).
 * Returns 0, -EINVAL when the pattern is open or its root is not bound. */
int pattern_expand(const struct pattern *pattern, const struct roots *roots, struct buffer *out);

/* Appends the text of a component (or of any part of a name) that is exactly these bytes. */
void pattern_write_literal(struct bytes raw, struct buffer *out);

struct language;
/* Appends what the pattern admits, its root bound to a folder, or, where `roots` is NULL, as the
 * text of its name ("$WS"), which compares with that alone. */
void pattern_language(const struct pattern *pattern, const struct roots *roots,
		      struct language *out);

/* Appends the text of the pattern that admits exactly `name`, its longest root made symbolic
 * ($WS before $HOME before $TMP where they are equal). */
void pattern_of_name(const struct roots *roots, enum resource resource, struct bytes name,
		     struct buffer *out);

#endif
