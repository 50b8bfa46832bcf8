#include "core/argv_private.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int argv_add_verbatim(struct argv *argv, const struct words *words)
{
	int r = 0;

	for (size_t i = 0; i < words->count && r == 0; i++)
		r = argv_add_word(argv, ARGV_WORD, words->word[i]);
	return r;
}

static struct words words_behind(const struct words *words, size_t count)
{
	return (struct words){ words->word + count, words->count - count, words->depth };
}

/* ---- shells ---- */

static bool begins_option(struct bytes word)
{
	return word.size && (*word.data == '-' || *word.data == '+');
}

/* Whether a word has only options that are known; ret_command: "-c" is among them. */
static bool is_shell_option(const struct program *program, struct bytes word, bool *ret_command)
{
	char letter[] = "-?";
	struct bytes ignored;

	if (word.size < 2 || *word.data != '-')
		return false;
	if (word.data[1] == '-')
		return word.size > 2 && program_option(program, word, &ignored) == OPTION_FLAG;
	for (size_t i = 1; i < word.size; i++) {
		letter[1] = word.data[i];
		if (letter[1] == 'c')
			*ret_command = true;
		else if (program_option(program, bytes_of(letter), &ignored) != OPTION_FLAG)
			return false;
	}
	return true;
}

/* Where the text of "-c" stands, or 0 where there is none that is certain. */
static size_t find_script(const struct program *program, const struct words *words)
{
	bool is_command = false;
	size_t at = 0;

	while (at < words->count && !is_command &&
	       is_shell_option(program, words->word[at], &is_command))
		at++;
	if (!is_command || at >= words->count || begins_option(words->word[at]))
		return 0;
	return at;
}

static int add_shell(struct argv *argv, const struct program *program, const struct words *words)
{
	struct argv_item script = { .kind = ARGV_SCRIPT };
	size_t at = find_script(program, words);
	struct words before = { words->word, at, words->depth }, after;
	int r = at && words->depth < ARGV_DEPTH_MAX
			? shell_parse(words->word[at], words->depth + 1, &script)
			: 1;

	if (r == 0) {
		after = words_behind(words, at + 1);
		r = argv_add_verbatim(argv, &before);
		r = r < 0 ? r : argv_add_item(argv, &script);
		return r < 0 ? r : argv_add_verbatim(argv, &after);
	}
	argv_item_free(&script);
	return r < 0 ? r : argv_add_verbatim(argv, words);
}

/* ---- what runs another command ---- */

static bool is_assignment(struct bytes word)
{
	return word.size && *word.data != '-' && memchr(word.data, '=', word.size);
}

/* Behind an option and its value; 0 where it is not known. */
static size_t option_words(const struct program *program, const struct words *words, size_t at)
{
	struct bytes word = words->word[at], name = word, ignored;
	const char *equals = memchr(word.data, '=', word.size);
	bool is_long = word.data[1] == '-';
	enum option_kind kind;

	if (is_long && equals)
		name.size = (size_t)(equals - word.data);
	else if (!is_long)
		name.size = 2;
	kind = program_option(program, name, &ignored);
	if (kind == OPTION_VALUE)
		return name.size < word.size ? 1 : 2;
	return kind == OPTION_FLAG && name.size == word.size ? 1 : 0;
}

/* Where the command begins, SIZE_MAX where that is not certain; ret_assigns: variables of its own
 * stand there. */
static size_t find_command(const struct program *program, const struct words *words,
			   bool *ret_assigns)
{
	size_t at = 0, size;

	while (at < words->count && words->word[at].size > 1 && *words->word[at].data == '-') {
		size = option_words(program, words, at);
		if (!size)
			return SIZE_MAX;
		at += size;
	}
	if (program->operands < 0) {
		*ret_assigns = at < words->count && is_assignment(words->word[at]);
		return at;
	}
	return at + (size_t)program->operands;
}

static bool is_name(const struct words *words, size_t at)
{
	return at < words->count && words->word[at].size && !is_assignment(words->word[at]);
}

static int add_wrapper(struct argv *argv, const struct program *program, const struct words *words)
{
	bool assigns = false;
	size_t at = find_command(program, words, &assigns);
	struct words before, behind;
	int r;

	if (assigns || !is_name(words, at) || words->depth >= ARGV_DEPTH_MAX)
		return argv_add_verbatim(argv, words);
	before = (struct words){ words->word, at + 1, words->depth };
	behind = words_behind(words, at + 1);
	behind.depth++;
	r = argv_add_verbatim(argv, &before);
	return r < 0 ? r : argv_add_arguments(argv, words->word[at], &behind);
}

int argv_add_arguments(struct argv *argv, struct bytes program, const struct words *words)
{
	struct bytes none = { NULL, 0 };
	const struct program *found = program_find(program, words->count ? words->word[0] : none);
	int r = 1;

	if (found && found->kind == PROGRAM_KNOWN)
		r = argv_add_known(argv, found, words);
	else if (found && found->kind == PROGRAM_SHELL)
		r = add_shell(argv, found, words);
	else if (found && found->kind == PROGRAM_WRAPPER)
		r = add_wrapper(argv, found, words);
	return r == 1 ? argv_add_verbatim(argv, words) : r;
}

/* Whether it does not matter that the program was called by that name. */
static bool is_same_name(struct bytes program, struct bytes called)
{
	struct bytes base = program_base(program), name = program_base(called);

	if (bytes_equal(base, name))
		return true;
	if (called.size && *called.data == '-')
		return false;
	if (argv_program_kind(base) == PROGRAM_UNKNOWN)
		return false;
	return bytes_equal(program_plain(base), program_plain(name)) ||
	       (argv_program_kind(base) == PROGRAM_SHELL &&
		argv_program_kind(name) == PROGRAM_SHELL);
}

static size_t split(struct bytes arguments, struct bytes *word)
{
	size_t count = 0;

	while (arguments.size) {
		size_t size = strnlen(arguments.data, arguments.size);

		word[count++] = (struct bytes){ arguments.data, size };
		arguments.data += size + 1;
		arguments.size -= size + 1;
	}
	return count;
}

static size_t count_words(struct bytes arguments)
{
	size_t count = 1;

	for (size_t i = 0; i < arguments.size; i++)
		count += !arguments.data[i];
	return count;
}

static int read_command(struct argv *argv, struct bytes program, const struct words *all)
{
	struct words words = words_behind(all, 1);
	int r = 0;

	if (!is_same_name(program, all->word[0])) {
		r = argv_add_word(argv, ARGV_CALLED, program_base(all->word[0]));
		return r < 0 ? r : argv_add_verbatim(argv, &words);
	}
	return argv_add_arguments(argv, program, &words);
}

int argv_of_command(struct argv *ret, struct bytes program, struct bytes arguments)
{
	scoped(argv) struct argv argv = { 0 };
	struct words words = { 0 };
	struct bytes *word;
	int r;

	if (arguments.size > ARGV_BYTES_MAX)
		return -E2BIG;
	if (!arguments.size || arguments.data[arguments.size - 1])
		return -EINVAL;
	word = calloc(count_words(arguments), sizeof *word);
	if (!word)
		return -ENOMEM;
	words.word = word;
	words.count = split(arguments, word);
	r = read_command(&argv, program, &words);
	free(word);
	if (r < 0)
		return r;
	*ret = argv;
	argv = (struct argv){ 0 };
	return 0;
}
