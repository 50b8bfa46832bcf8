#include "recorder/secrets/command.h"

#include "core/secret_name.h"
#include "recorder/secrets/words.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 4 /* sh -c "sh -c '...'" */

enum value_kind { NEXT, GLUED, LOGIN, SAMBA, SOURCE };

static const struct option {
	const char *program, *name;
	enum value_kind kind;
} option_row[] = {
#define OPTION(id, program, name, kind) { program, name, kind },
#include "recorder/secrets/options.def"
};

/* A command while its words go by. */
struct command {
	struct bytes program, subcommand;
	const struct option *option;	/* the next word is its value, */
	const struct secret_name *name; /* or of what has this name */
	struct bytes label;
	bool text_next; /* behind -c */
	unsigned depth; /* 0: words are arguments; else read out of a text */
};

struct search {
	const struct secret_view *view;
	struct bytes text;
	struct findings *findings;
};

void findings_add(struct findings *findings, struct finding finding)
{
	size_t capacity = findings->capacity ? findings->capacity * 2 : 16;
	struct finding *grown;

	if (findings->count == findings->capacity) {
		grown = reallocarray(findings->finding, capacity, sizeof *grown);
		if (!grown) {
			findings->failed = true;
			return;
		}
		findings->finding = grown;
		findings->capacity = capacity;
	}
	findings->finding[findings->count++] = finding;
}

void findings_release(struct findings *findings)
{
	free(findings->finding);
	*findings = (struct findings){ 0 };
}

void findings_cleanup(struct findings *findings)
{
	findings_release(findings);
}

static struct bytes text_of(const struct search *search, struct word word)
{
	return (struct bytes){ search->text.data + word.begin, word.end - word.begin };
}

static bool is_text(struct bytes text, const char *want)
{
	return bytes_equal(text, bytes_of(want));
}

static struct bytes without_dashes(struct bytes word)
{
	while (word.size && *word.data == '-') {
		word.data++;
		word.size--;
	}
	return word;
}

/* What only stands for a secret is one for programs that get it, not in the text of a shell. */
static bool take(struct search *search, const struct command *command, struct word value,
		 struct bytes label)
{
	if (value.begin >= value.end ||
	    (command->depth && secret_is_reference(text_of(search, value))))
		return false;
	findings_add(search->findings, (struct finding){ value.begin, value.end, label });
	return true;
}

static struct word unquoted(const struct search *search, struct word value)
{
	const char *data = search->text.data;

	if (value.end - value.begin >= 2 && strchr("\"'", data[value.begin]) &&
	    data[value.end - 1] == data[value.begin]) {
		value.begin++;
		value.end--;
	}
	return value;
}

static bool take_named(struct search *search, const struct command *command,
		       const struct secret_name *name, struct word value, struct bytes label)
{
	if (command->depth)
		value = unquoted(search, value);
	return secret_name_fits(name, text_of(search, value)) &&
	       !secret_is_path(search->view, text_of(search, value), name->value == SECRET_LONG) &&
	       take(search, command, value, label);
}

/* ---- options of certain programs ---- */

static bool is_program(const struct command *command, const char *want)
{
	size_t size = strcspn(want, " ");

	return bytes_equal(command->program, (struct bytes){ want, size }) &&
	       (!want[size] || is_text(command->subcommand, want + size + 1));
}

/* The part of the value that is the secret; false where none is. */
static bool find_part(const struct option *option, struct bytes text, struct word *value)
{
	const char *sign = NULL;

	switch (option->kind) {
	case NEXT:
	case GLUED:
		return true;
	case LOGIN:
		sign = memchr(text.data, ':', text.size);
		break;
	case SAMBA:
		sign = memchr(text.data, '%', text.size);
		break;
	case SOURCE:
		sign = bytes_start_with(text, bytes_of("pass:")) ? text.data + 4 : NULL;
		break;
	}
	if (sign)
		value->begin += (size_t)(sign + 1 - text.data);
	return sign;
}

static bool take_valued(struct search *search, const struct command *command,
			const struct option *option, struct word value)
{
	if (command->depth)
		value = unquoted(search, value);
	return find_part(option, text_of(search, value), &value) &&
	       take(search, command, value, bytes_of(option->name));
}

/* The value that follows the option's name in the same word. */
static bool take_glued(struct search *search, const struct command *command,
		       const struct option *option, struct word word)
{
	word.begin += strlen(option->name);
	if (option->name[1] == '-' && search->text.data[word.begin++] != '=')
		return false;
	return take_valued(search, command, option, word);
}

static bool see_program_option(struct search *search, struct command *command, struct word word)
{
	struct bytes text = text_of(search, word);

	for (size_t i = 0; i < sizeof option_row / sizeof *option_row; i++) {
		const struct option *option = &option_row[i];

		if (!bytes_start_with(text, bytes_of(option->name)) ||
		    !is_program(command, option->program))
			continue;
		if (text.size > strlen(option->name))
			return take_glued(search, command, option, word);
		command->option = option->kind == GLUED ? NULL : option;
		return true;
	}
	return false;
}

/* ---- words ---- */

/* "-c", "-lc" of shells. */
static bool is_text_option(struct bytes word)
{
	return word.size >= 2 && word.size <= 5 && word.data[0] == '-' && word.data[1] != '-' &&
	       word.data[word.size - 1] == 'c';
}

static bool see_option(struct search *search, struct command *command, struct word word)
{
	struct bytes text = text_of(search, word), name = without_dashes(text);

	if (text.size < 2 || text.data[0] != '-')
		return false;
	if (see_program_option(search, command, word))
		return true;
	if (name.size < 2 || memchr(name.data, '=', name.size)) {
		command->text_next = is_text_option(text);
		return command->text_next;
	}
	command->text_next = is_text_option(text);
	command->name = secret_name_find(name);
	command->label = text;
	return command->name;
}

static bool see_assignment(struct search *search, const struct command *command, struct word word)
{
	struct bytes text = text_of(search, word);
	const char *sign = memchr(text.data, '=', text.size);
	const struct secret_name *row;
	struct bytes name;

	if (!sign)
		return false;
	name = secret_name_before(text, (size_t)(sign - text.data));
	if (name.data + name.size != sign || without_dashes(text).data != name.data)
		return false;
	row = secret_name_find(name);
	word.begin += (size_t)(sign + 1 - text.data);
	return row && take_named(search, command, row, word,
				 (struct bytes){ text.data, (size_t)(sign - text.data) });
}

/* The value of the option before; another option instead means that it has none. */
static bool see_value(struct search *search, struct command *command, struct word word)
{
	const struct option *option = command->option;
	const struct secret_name *name = command->name;
	struct bytes text = text_of(search, word);

	command->option = NULL;
	command->name = NULL;
	if ((!option && !name) || bytes_start_with(text, bytes_of("--")))
		return false;
	if (option)
		return take_valued(search, command, option, word);
	return take_named(search, command, name, word, command->label);
}

static void see_plain(struct command *command, struct bytes word)
{
	static const char *const wrapper[] = { "sudo",	"env",	 "exec",    "time",
					       "nohup", "xargs", "command", "nice" };
	const char *slash = memrchr(word.data, '/', word.size);

	if (!word.size || *word.data == '-' || memchr(word.data, '=', word.size))
		return;
	if (command->program.size) {
		if (!command->subcommand.size)
			command->subcommand = word;
		return;
	}
	if (slash)
		word = (struct bytes){ slash + 1, word.size - (size_t)(slash + 1 - word.data) };
	for (size_t i = 0; i < sizeof wrapper / sizeof *wrapper; i++)
		if (is_text(word, wrapper[i]))
			return;
	command->program = word;
}

static void scan(struct search *search, struct word word)
{
	struct bytes text = text_of(search, word);
	struct finding finding;
	size_t at = 0;

	while (secret_find(text, at, &finding)) {
		at = finding.end;
		finding.begin += word.begin;
		finding.end += word.begin;
		findings_add(search->findings, finding);
	}
}

static bool has_blanks(struct bytes text)
{
	return memchr(text.data, ' ', text.size) || memchr(text.data, '\n', text.size) ||
	       memchr(text.data, '\t', text.size);
}

static void see_text(struct search *search, unsigned depth, struct word word);

static void see_word(struct search *search, struct command *command, struct word word)
{
	struct bytes text = text_of(search, word);
	bool is_code = command->text_next;

	command->text_next = false;
	see_plain(command, text);
	if (!is_code && (see_value(search, command, word) || see_option(search, command, word) ||
			 see_assignment(search, command, word)))
		return;
	/* Once for all of it: what is found may have blanks of its own. */
	if (command->depth == 0)
		scan(search, word);
	if (has_blanks(text) && command->depth < DEPTH_MAX)
		see_text(search, command->depth + 1, word);
}

static void see_text(struct search *search, unsigned depth, struct word word)
{
	struct words words = { .text = text_of(search, word) };
	struct command command = { .depth = depth };
	struct word next;

	while (words_next(&words, &next)) {
		if (next.begins_command)
			command = (struct command){ .depth = depth };
		next.begin += word.begin;
		next.end += word.begin;
		see_word(search, &command, next);
	}
}

static int compare(const void *a, const void *b)
{
	const struct finding *one = a, *other = b;

	if (one->begin != other->begin)
		return one->begin < other->begin ? -1 : 1;
	if (one->end != other->end)
		return one->end > other->end ? -1 : 1;
	return bytes_compare(one->name, other->name);
}

/* What two rules found is one secret. */
static void merge(struct findings *findings)
{
	struct finding *finding = findings->finding;
	size_t kept = 0;

	if (!findings->count)
		return;
	qsort(finding, findings->count, sizeof *finding, compare);
	for (size_t i = 1; i < findings->count; i++) {
		if (finding[i].begin >= finding[kept].end)
			finding[++kept] = finding[i];
		else if (finding[i].end > finding[kept].end)
			finding[kept].end = finding[i].end;
	}
	findings->count = kept + 1;
}

void command_find(const struct secret_view *view, struct bytes arguments, struct findings *ret)
{
	struct search search = { view, arguments, ret };
	struct command command = { 0 };
	size_t begin = 0;

	while (begin < arguments.size) {
		const char *end = memchr(arguments.data + begin, '\0', arguments.size - begin);
		size_t size = end ? (size_t)(end - arguments.data) - begin : arguments.size - begin;

		see_word(&search, &command, (struct word){ begin, begin + size, false });
		begin += size + 1;
	}
	merge(ret);
}
