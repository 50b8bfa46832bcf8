#include "core/shell_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No shell grammar library for C is in Debian (morbig is OCaml, golang-mvdan-sh-dev Go): this reads
 * the part of sh(1) that all shells of argv.def read alike, and knows where it ends. */

#define TEXT_BYTES_MAX (64 * 1024)
#define COMMANDS_MAX   256

static const char *const special[] = {
#define SHELL_WORD(text) text,
#include "core/shell_word.def"
};

struct shell {
	struct shell_lexer lexer;
	struct shell_token token;
	struct argv_item *script;
	unsigned depth;
	struct argv folder; /* "cd sub &&", in which what follows is run */
	enum shell_kind before;
	size_t commands;
	bool moved;
};

/* A simple command being read: views into `store`. */
struct simple {
	struct buffer store;
	struct bytes *word;
	size_t count, assignments;
	struct argv redirections;
};

static void simple_release(struct simple *simple)
{
	buffer_release(&simple->store);
	free(simple->word);
	argv_release(&simple->redirections);
}

/* The words stand behind each other, each with a NUL; cut once all are there. */
static int keep_word(struct simple *simple, const struct buffer *text)
{
	buffer_append(&simple->store, buffer_text(text), text->size + 1);
	simple->count++;
	return buffer_status(&simple->store);
}

static int cut_words(struct simple *simple)
{
	const char *at = simple->store.data;

	simple->word = calloc(simple->count + 1, sizeof *simple->word);
	if (!simple->word)
		return -ENOMEM;
	for (size_t i = 0; i < simple->count; i++, at += strlen(at) + 1)
		simple->word[i] = bytes_of(at);
	return 0;
}

static bool is_special(struct bytes name)
{
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if (bytes_equal(name, bytes_of(special[i])))
			return true;
	return false;
}

/* A name that is looked up as a program, or a builtin that only prints. */
static bool is_command_name(struct bytes name)
{
	static const char bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./+-";

	for (size_t i = 0; i < name.size; i++)
		if (!memchr(bytes, name.data[i], sizeof bytes - 1))
			return false;
	return name.size && !strchr("+-", *name.data) && !is_special(name);
}

/* "printf -v NAME" sets a variable. */
static bool sets_variable(const struct simple *simple, struct bytes name)
{
	size_t at = simple->assignments + 1;

	return bytes_equal(name, bytes_of("printf")) && at < simple->count &&
	       simple->word[at].size && *simple->word[at].data == '-';
}

static bool runs_its_input(struct bytes name)
{
	enum program_kind kind = argv_program_kind(name);

	return kind == PROGRAM_SHELL || kind == PROGRAM_CODE || kind == PROGRAM_WRAPPER;
}

/* ---- one simple command ---- */

/* The token is a redirection: its target is read.  0, 1, -ENOMEM. */
static int read_redirection(struct shell *shell, struct simple *simple)
{
	struct argv_item item = { .kind = ARGV_REDIRECT };

	item.lead = strdup(buffer_text(&shell->token.text));
	shell_next(&shell->lexer, &shell->token);
	if (shell->token.kind == SHELL_WORD)
		item.text = strdup(buffer_text(&shell->token.text));
	if (!item.lead || (shell->token.kind == SHELL_WORD && !item.text)) {
		argv_item_free(&item);
		return -ENOMEM;
	}
	if (!item.text || !*item.text) {
		argv_item_free(&item);
		return 1;
	}
	return argv_add_item(&simple->redirections, &item);
}

/* Reads words up to an operator, which stays in the token. */
static int read_simple(struct shell *shell, struct simple *simple)
{
	int r = 0;

	for (; r == 0; shell_next(&shell->lexer, &shell->token)) {
		if (shell->token.kind == SHELL_REDIRECT) {
			r = read_redirection(shell, simple);
			continue;
		}
		if (shell->token.kind != SHELL_WORD)
			break;
		if (shell->token.assigned && simple->count == simple->assignments)
			simple->assignments++;
		r = keep_word(simple, &shell->token.text);
	}
	if (r == 0 && (shell->token.kind == SHELL_UNKNOWN || simple->count == simple->assignments))
		r = 1;
	return r ? r : cut_words(simple);
}

static int copy_items(struct argv *to, const struct argv *from)
{
	int r = 0;

	for (size_t i = 0; i < from->count && r == 0; i++) {
		const struct argv_item *item = &from->item[i];
		struct argv_item copy = { .kind = item->kind,
					  .lead = item->lead ? strdup(item->lead) : NULL,
					  .text = item->text ? strdup(item->text) : NULL };

		if ((item->lead && !copy.lead) || (item->text && !copy.text)) {
			argv_item_free(&copy);
			return -ENOMEM;
		}
		r = argv_add_item(to, &copy);
	}
	return r;
}

/* An assignment may change how options are read: then they stay as they are. */
static int add_words(struct argv *argv, const struct simple *simple, unsigned depth)
{
	size_t head = simple->assignments + 1;
	struct words before = { simple->word, head, depth };
	struct words behind = { simple->word + head, simple->count - head, depth };
	int r = argv_add_verbatim(argv, &before);

	if (r < 0)
		return r;
	return simple->assignments ? argv_add_verbatim(argv, &behind)
				   : argv_add_arguments(argv, simple->word[head - 1], &behind);
}

static int add_simple(struct shell *shell, const struct simple *simple)
{
	scoped(argv) struct argv argv = { 0 };
	int r = copy_items(&argv, &shell->folder);

	if (r == 0)
		r = add_words(&argv, simple, shell->depth);
	if (r == 0)
		r = copy_items(&argv, &simple->redirections);
	return r < 0 ? r : argv_add_command_of(shell->script, &argv);
}

/* Nothing stands before it but others of its kind. */
static bool is_first_move(const struct shell *shell)
{
	return shell->before == SHELL_END || (shell->before == SHELL_AND && shell->moved);
}

/* "cd sub" and nothing more. */
static bool names_a_folder(const struct simple *simple)
{
	return simple->count == 2 && !simple->assignments && !simple->redirections.count &&
	       simple->word[1].size && *simple->word[1].data != '-';
}

/* "cd sub && ...": what follows is run there.  Elsewhere, or with more words, it is not certain
 * where the rest is run. */
static int move(struct shell *shell, const struct simple *simple)
{
	struct words words = { simple->word, 2, 0 };
	int r;

	if (!is_first_move(shell) || !names_a_folder(simple))
		return 1;
	shell->moved = true;
	if (shell->token.kind == SHELL_END)
		return add_simple(shell, simple);
	if (shell->token.kind != SHELL_AND)
		return 1;
	r = argv_add_verbatim(&shell->folder, &words);
	return r < 0 ? r : argv_add_word(&shell->folder, ARGV_AND, bytes_of(""));
}

static int take_simple(struct shell *shell, const struct simple *simple)
{
	struct bytes name = simple->word[simple->assignments];

	if (++shell->commands > COMMANDS_MAX)
		return 1;
	if (bytes_equal(name, bytes_of("cd")))
		return move(shell, simple);
	if (!is_command_name(name) || sets_variable(simple, name))
		return 1;
	/* What comes through the pipe may be code. */
	if (shell->before == SHELL_PIPE && runs_its_input(name))
		return 1;
	return add_simple(shell, simple);
}

/* ---- a list of them ---- */

static void skip_lines(struct shell *shell)
{
	while (shell->token.kind == SHELL_LINE)
		shell_next(&shell->lexer, &shell->token);
}

/* Moves over what stands between two commands.  1 where that is not certain; what ends the text
 * leaves SHELL_END in the token. */
static int read_connector(struct shell *shell)
{
	enum shell_kind kind = shell->token.kind;

	if (kind == SHELL_END)
		return 0;
	shell_next(&shell->lexer, &shell->token);
	skip_lines(shell);
	if (shell->token.kind == SHELL_END && (kind == SHELL_NEXT || kind == SHELL_LINE))
		return 0;
	if (shell->moved && kind != SHELL_AND && kind != SHELL_PIPE)
		return 1;
	shell->before = kind;
	return shell->token.kind == SHELL_END && kind != SHELL_BACKGROUND;
}

static int read_command(struct shell *shell)
{
	struct simple simple = { 0 };
	int r = read_simple(shell, &simple);

	if (r == 0)
		r = take_simple(shell, &simple);
	simple_release(&simple);
	return r ? r : read_connector(shell);
}

int shell_parse(struct bytes text, unsigned depth, struct argv_item *script)
{
	struct shell shell = {
		.lexer = { text, 0 }, .script = script, .depth = depth, .before = SHELL_END
	};
	int r = 0;

	/* A masked secret may have been anything. */
	if (text.size > TEXT_BYTES_MAX || memmem(text.data, text.size, "[secret:", 8))
		return 1;
	shell_next(&shell.lexer, &shell.token);
	skip_lines(&shell);
	if (shell.token.kind == SHELL_END)
		r = 1;
	while (r == 0 && shell.token.kind != SHELL_END)
		r = read_command(&shell);
	buffer_release(&shell.token.text);
	argv_release(&shell.folder);
	if (r == 0 && !script->count)
		r = 1;
	return r;
}
