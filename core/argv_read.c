#include "core/argv_private.h"
#include "core/error.h"
#include "core/pattern_private.h"
#include "core/text.h"
#include "core/varying.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE_MAX (4 * ARGV_BYTES_MAX)
#define BLANKS	      " \t\r\n"

struct parser {
	const char *text, *at;
	struct error *err;
};

static int refuse(const struct parser *parser, const char *why, struct bytes about)
{
	scoped(buffer) struct buffer whole = { 0 }, part = { 0 };

	text_safe(bytes_of(parser->text), 160, &whole);
	return error_say(parser->err, EINVAL, "read arguments \"%s\": \"%s\" %s",
			 buffer_text(&whole), text_safe(about, 60, &part), why);
}

static int no_memory(const struct parser *parser)
{
	return error_set(parser->err, ENOMEM, "read arguments");
}

static void skip_blanks(struct parser *parser)
{
	parser->at += strspn(parser->at, BLANKS);
}

/* The raw bytes of text in which no reserved character stands for itself. */
static int unescape(const struct parser *parser, struct bytes text, struct buffer *out)
{
	for (size_t i = 0; i < text.size;) {
		struct bytes rest = { text.data + i, text.size - i };

		if (strchr(PATTERN_RESERVED "<>&", *rest.data))
			return refuse(parser, "is reserved: write it escaped",
				      (struct bytes){ rest.data, 1 });
		i += pattern_escape_size(rest);
	}
	if (text_unescape(text, out) < 0)
		return refuse(parser, "has a backslash that begins no known escape", text);
	if (out->size && memchr(out->data, '\0', out->size))
		return refuse(parser, "has a NUL in it", text);
	return buffer_status(out) < 0 ? no_memory(parser) : 0;
}

/* The text up to the first of these characters that is not escaped. */
static size_t size_before(struct bytes text, const char *stop)
{
	size_t at = 0;

	while (at < text.size && !strchr(stop, text.data[at]))
		at += pattern_escape_size((struct bytes){ text.data + at, text.size - at });
	return at < text.size ? at : text.size;
}

static struct bytes take(struct bytes *rest, size_t size)
{
	struct bytes taken = { rest->data, size };

	rest->data += size;
	rest->size -= size;
	return taken;
}

static int add_part(const struct parser *parser, struct varying *varying, struct bytes *rest)
{
	scoped(buffer) struct buffer raw = { 0 };
	struct bytes text = take(rest, size_before(*rest, "{"));
	const char *end;
	struct part part;
	int r;

	if (text.size) {
		r = unescape(parser, text, &raw);
		return r < 0 ? r : varying_add_literal(varying, buffer_bytes(&raw));
	}
	end = memchr(rest->data, '}', rest->size);
	if (!end ||
	    class_read((struct bytes){ rest->data + 1, (size_t)(end - rest->data) - 1 }, &part) < 0)
		return refuse(parser, "is no class: they are written {hex:8}, {digit:1-4}, {uuid}",
			      *rest);
	take(rest, (size_t)(end - rest->data) + 1);
	return varying_add_class(varying, part.class, part.min, part.max);
}

static int read_varying(const struct parser *parser, struct bytes text, struct argv_item *item)
{
	struct bytes rest = text;
	int r = 0;

	item->varying = calloc(1, sizeof *item->varying);
	if (!item->varying)
		return no_memory(parser);
	while (r == 0 && rest.size)
		r = add_part(parser, item->varying, &rest);
	if (r == 0 && varying_finish(item->varying) < 0)
		return refuse(parser, "is longer than any name", text);
	return r == -ENOMEM ? no_memory(parser) : r;
}

static int read_literal(const struct parser *parser, struct bytes text, char **ret)
{
	scoped(buffer) struct buffer raw = { 0 };
	int r = unescape(parser, text, &raw);

	if (r < 0)
		return r;
	*ret = raw.size ? buffer_steal(&raw) : strdup("");
	return *ret ? 0 : no_memory(parser);
}

static int read_root(const struct parser *parser, struct bytes *rest, struct argv_item *item)
{
	struct bytes text = take(rest, size_before(*rest, "/"));

	for (enum root_kind kind = ROOT_WORKSPACE; kind <= ROOT_TMP; kind++)
		if (bytes_equal(text, bytes_of(root_text(kind))))
			item->root = kind;
	if (item->root == ROOT_NONE)
		return refuse(parser, "is no root: these are $WS, $HOME and $TMP", text);
	return 0;
}

/* What a root may stand behind in a word, so that a path begins there. */
static bool is_lead(struct bytes lead)
{
	const char *equals = lead.size ? memchr(lead.data, '=', lead.size) : NULL;

	if (!lead.size || (equals && equals == lead.data + lead.size - 1))
		return true;
	return lead.size == 2 && *lead.data == '-' && lead.data[1] != '-';
}

static int read_rest(const struct parser *parser, struct bytes rest, struct argv_item *item)
{
	int r;

	if (size_before(rest, "{") < rest.size)
		return read_varying(parser, rest, item);
	r = read_literal(parser, rest, &item->text);
	if (r == 0 && item->root != ROOT_NONE && *item->text &&
	    !name_is_canonical(bytes_of(item->text)))
		return refuse(parser, "is no resolved path behind a root", rest);
	return r;
}

static int read_lead(const struct parser *parser, struct bytes lead, struct argv_item *item)
{
	int r = 0;

	if (item->kind == ARGV_WORD && lead.size)
		r = read_literal(parser, lead, &item->lead);
	if (r < 0)
		return r;
	if (item->kind == ARGV_WORD ? is_lead(bytes_of(item->lead)) : !lead.size)
		return 0;
	return refuse(parser, "has a root behind it, where no path begins", lead);
}

/* `text` is one word, and not empty. */
static int read_word(const struct parser *parser, struct bytes text, struct argv_item *item)
{
	struct bytes rest = text, lead;
	int r;

	item->any = bytes_equal(text, bytes_of("*"));
	if (item->any)
		return 0;
	if (bytes_equal(text, bytes_of("''")))
		rest.size = 0;
	lead = take(&rest, size_before(rest, "$"));
	if (!rest.size)
		return read_rest(parser, lead, item);
	r = read_lead(parser, lead, item);
	if (r == 0)
		r = read_root(parser, &rest, item);
	return r < 0 ? r : read_rest(parser, rest, item);
}

/* How much of the text is "2>", ">>", "2>&", "<". */
static size_t redirection_size(struct bytes text)
{
	size_t size = text.size && text.data[0] >= '0' && text.data[0] <= '9';

	if (size >= text.size || !strchr("<>", text.data[size]))
		return 0;
	size++;
	if (size < text.size && text.data[size - 1] == '>' && strchr(">&", text.data[size]))
		size++;
	return size;
}

/* Takes off what says that it is no usual word. */
static int read_kind(const struct parser *parser, bool is_first, struct bytes *rest,
		     struct argv_item *item)
{
	size_t lead = redirection_size(*rest);

	if (bytes_equal(*rest, bytes_of("**"))) {
		item->kind = ARGV_REST;
		item->any = true;
		return 0;
	}
	if (bytes_equal(*rest, bytes_of("&&"))) {
		item->kind = ARGV_AND;
		item->text = strdup("");
		return item->text ? 0 : no_memory(parser);
	}
	if (*rest->data == '@' && is_first) {
		item->kind = ARGV_CALLED;
		lead = 1;
	} else if (lead) {
		item->kind = ARGV_REDIRECT;
		item->lead = strndup(rest->data, lead);
		if (!item->lead)
			return no_memory(parser);
	}
	take(rest, lead);
	return rest->size ? 0 : refuse(parser, "needs a word behind it", *rest);
}

static int read_token(struct parser *parser, struct bytes text, struct argv *argv)
{
	struct argv_item item = { .kind = ARGV_WORD };
	struct bytes rest = text;
	int r = read_kind(parser, !argv->count, &rest, &item);

	if (r == 0 && item.kind != ARGV_AND && item.kind != ARGV_REST)
		r = read_word(parser, rest, &item);
	if (r < 0) {
		argv_item_free(&item);
		return r;
	}
	return argv_add_item(argv, &item) < 0 ? no_memory(parser) : 0;
}

static int read_items(struct parser *parser, unsigned depth, struct argv *argv);

/* One "(...)" of a script. */
static int read_command(struct parser *parser, unsigned depth, struct argv_item *script)
{
	scoped(argv) struct argv command = { 0 };
	const char *start = parser->at++;
	int r = 0;

	if (depth < ARGV_DEPTH_MAX)
		r = read_items(parser, depth + 1, &command);
	if (r < 0)
		return r;
	if (!command.count || *parser->at != ')')
		return refuse(parser, "is no simple command in ( )", bytes_of(start));
	parser->at++;
	skip_blanks(parser);
	return argv_add_command_of(script, &command) < 0 ? no_memory(parser) : 0;
}

/* One or more, which are one text of a shell. */
static int read_script(struct parser *parser, unsigned depth, struct argv *argv)
{
	struct argv_item item = { .kind = ARGV_SCRIPT };
	int r = 0;

	if (!argv->count)
		return refuse(parser, "is the text of a shell, and needs an option before it",
			      bytes_of(parser->at));
	while (r == 0 && *parser->at == '(')
		r = read_command(parser, depth, &item);
	if (r < 0) {
		argv_item_free(&item);
		return r;
	}
	return argv_add_item(argv, &item) < 0 ? no_memory(parser) : 0;
}

static int read_items(struct parser *parser, unsigned depth, struct argv *argv)
{
	int r = 0;

	skip_blanks(parser);
	while (r == 0 && *parser->at && *parser->at != ')') {
		struct bytes rest = bytes_of(parser->at);
		struct bytes text = { rest.data, size_before(rest, BLANKS "()") };

		if (argv->count && argv->item[argv->count - 1].kind == ARGV_REST)
			r = refuse(parser, "may only stand last", bytes_of("**"));
		else if (*parser->at == '(')
			r = read_script(parser, depth, argv);
		else
			r = read_token(parser, text, argv);
		if (r == 0 && text.size)
			parser->at += text.size;
		skip_blanks(parser);
	}
	return r;
}

/* No character that cannot be seen; line breaks are blanks. */
static int check_text(const struct parser *parser)
{
	scoped(buffer) struct buffer folded = { 0 }, ignored = { 0 };

	if (strnlen(parser->text, TEXT_SIZE_MAX + 1) > TEXT_SIZE_MAX)
		return refuse(parser, "is too long", bytes_of(""));
	buffer_add(&folded, parser->text);
	for (size_t i = 0; i < folded.size; i++)
		if (strchr(BLANKS, folded.data[i]))
			folded.data[i] = ' ';
	if (text_escape(buffer_bytes(&folded), TEXT_SAFE, &ignored) & ~(unsigned)TEXT_MIXED)
		return refuse(parser, "has characters that cannot be seen; write them so",
			      bytes_of(parser->text));
	return buffer_status(&folded) < 0 ? no_memory(parser) : 0;
}

int argv_read(struct argv *ret, const char *text, struct error *err)
{
	struct parser parser = { text, text, err };
	scoped(argv) struct argv argv = { 0 };
	int r = check_text(&parser);

	skip_blanks(&parser);
	if (r == 0 && !*parser.at)
		return refuse(&parser, "is empty; no arguments are written ()", bytes_of(""));
	if (r == 0 && !strncmp(parser.at, "()", 2)) {
		parser.at += 2;
		skip_blanks(&parser);
	} else if (r == 0) {
		r = read_items(&parser, 0, &argv);
	}
	if (r == 0 && *parser.at)
		r = refuse(&parser, "stands where nothing belongs", bytes_of(parser.at));
	if (r < 0)
		return r == -ENOMEM ? no_memory(&parser) : r;
	*ret = argv;
	argv = (struct argv){ 0 };
	return 0;
}
