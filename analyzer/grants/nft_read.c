#include "analyzer/grants/nft.h"

#include <stdlib.h>
#include <string.h>

void nft_cleanup(struct nft *nft)
{
	free(nft->token);
	free(nft->table);
	free(nft->set);
	free(nft->chain);
	free(nft->rule);
}

bool nft_token_is(const struct nft_token *token, const char *text)
{
	return (token->kind == NFT_WORD || token->kind == NFT_MARK) &&
	       bytes_equal(token->text, bytes_of(text));
}

/* Room for one more of an array whose count is a power of two, or 0, when it is full. */
static bool make_room(struct nft *nft, void **array, size_t count, size_t size)
{
	void *grown;

	if (count & (count - 1))
		return true;
	grown = reallocarray(*array, count ? count * 2 : 1, size);
	if (grown)
		*array = grown;
	else
		nft->failed = true;
	return grown;
}

#define ADD(nft, array, count, ...)                                                                \
	do {                                                                                       \
		void *room = (nft)->array;                                                         \
		if (make_room(nft, &room, (nft)->count, sizeof *(nft)->array)) {                   \
			(nft)->array = room;                                                       \
			(nft)->array[(nft)->count++] = __VA_ARGS__;                                \
		}                                                                                  \
	} while (0)

/* ---- tokens ---- */

static size_t word_size(struct bytes rest)
{
	size_t size = 0;

	while (size < rest.size && !strchr(" \t\r\n{},;=!\"#", rest.data[size]) && rest.data[size])
		size++;
	return size;
}

/* A string ends at its line at the latest. */
static size_t string_size(struct bytes rest)
{
	size_t size = 1;

	while (size < rest.size && rest.data[size] != '"' && rest.data[size] != '\n')
		size++;
	return size;
}

static size_t comment_size(struct bytes rest)
{
	const char *newline = memchr(rest.data, '\n', rest.size);

	return newline ? (size_t)(newline - rest.data) : rest.size;
}

/* How many bytes it takes. */
static size_t add_token(struct nft *nft, struct bytes rest, int line)
{
	size_t size;

	if (*rest.data == '"') {
		size = string_size(rest);
		ADD(nft, token, tokens,
		    (struct nft_token){ NFT_STRING, { rest.data + 1, size - 1 }, line });
		return size + (size < rest.size && rest.data[size] == '"');
	}
	if (*rest.data == '\n' || *rest.data == ';') {
		ADD(nft, token, tokens, (struct nft_token){ NFT_END, { rest.data, 1 }, line });
		return 1;
	}
	size = word_size(rest);
	if (size) {
		ADD(nft, token, tokens, (struct nft_token){ NFT_WORD, { rest.data, size }, line });
		return size;
	}
	size = bytes_start_with(rest, bytes_of("!=")) || bytes_start_with(rest, bytes_of("==")) ? 2
												: 1;
	ADD(nft, token, tokens, (struct nft_token){ NFT_MARK, { rest.data, size }, line });
	return size;
}

bool nft_split(struct nft *nft)
{
	struct bytes text = nft->source->text;
	int line = 1;

	for (size_t at = 0; at < text.size && !nft->failed;) {
		struct bytes rest = { text.data + at, text.size - at };

		if (bytes_start_with(rest, bytes_of("\\\n"))) {
			at += 2;
			line++;
		} else if (strchr(" \t\r", *rest.data)) {
			at++;
		} else if (*rest.data == '#') {
			at += comment_size(rest);
		} else {
			at += add_token(nft, rest, line);
			line += *rest.data == '\n';
		}
	}
	ADD(nft, token, tokens, (struct nft_token){ .kind = NFT_END, .line = line });
	return !nft->failed;
}

size_t nft_behind(const struct nft *nft, size_t at)
{
	size_t depth = 0;

	for (; at < nft->tokens; at++) {
		depth += nft_token_is(&nft->token[at], "{");
		if (nft_token_is(&nft->token[at], "}"))
			depth = depth ? depth - 1 : 0;
		if (!depth)
			return at + 1;
	}
	return nft->tokens;
}

struct statement nft_statement(const struct nft *nft, struct nft_span words, struct buffer *text)
{
	const struct nft_token *first = &nft->token[words.from];

	for (size_t at = words.from; at < words.to; at++) {
		const struct nft_token *token = &nft->token[at];

		buffer_add(text, at > words.from ? " " : "");
		buffer_append(text, token->text.data, token->text.size);
	}
	return (struct statement){ .source = nft->source,
				   .grants = nft->grants,
				   .text = buffer_text(text),
				   .line = first->line };
}

static void note(const struct nft *nft, struct nft_span words, const char *reason)
{
	scoped(buffer) struct buffer text = { 0 };
	struct statement from = nft_statement(nft, words, &text);

	granted_note(&from, NOTE_UNREAD, "%s", reason);
}

/* ---- what stands in a table ---- */

/* To the end of a statement, blocks in it counted whole. */
static size_t statement_end(const struct nft *nft, size_t at)
{
	while (at < nft->tokens && nft->token[at].kind != NFT_END &&
	       !nft_token_is(&nft->token[at], "}"))
		at = nft_behind(nft, at);
	return at < nft->tokens ? at : nft->tokens - 1;
}

static const struct nft_token *token_at(const struct nft *nft, size_t at)
{
	return &nft->token[at < nft->tokens ? at : nft->tokens - 1];
}

/* "type filter hook output priority filter", "policy drop"; false: it is a rule. */
static bool read_property(struct nft *nft, struct nft_chain *chain, size_t at)
{
	const struct nft_token *value = token_at(nft, at + 1);

	if (nft_token_is(&nft->token[at], "type")) {
		chain->type = value->text;
		if (nft_token_is(token_at(nft, at + 2), "hook"))
			chain->hook = token_at(nft, at + 3)->text;
		return true;
	}
	if (nft_token_is(&nft->token[at], "policy")) {
		chain->drops = nft_token_is(value, "drop");
		return true;
	}
	return nft_token_is(&nft->token[at], "comment") || nft_token_is(&nft->token[at], "devices");
}

static void read_chain(struct nft *nft, size_t table, struct bytes name, struct nft_span body)
{
	struct nft_chain chain = { .table = table,
				   .name = name,
				   .line = token_at(nft, body.from)->line,
				   .rules = { nft->rules, nft->rules } };
	size_t end;

	for (size_t at = body.from; at < body.to; at = end + 1) {
		end = statement_end(nft, at);
		if (end == at || read_property(nft, &chain, at))
			continue;
		ADD(nft, rule, rules, (struct nft_span){ at, end });
	}
	chain.rules.to = nft->rules;
	ADD(nft, chain, chains, chain);
}

static void read_set(struct nft *nft, size_t table, struct bytes name, struct nft_span body)
{
	struct nft_set set = { .table = table, .name = name };
	size_t end;

	for (size_t at = body.from; at < body.to; at = end + 1) {
		end = statement_end(nft, at);
		if (nft_token_is(&nft->token[at], "comment"))
			set.comment = token_at(nft, at + 1)->text;
		/* elements = { ... } */
		if (nft_token_is(&nft->token[at], "elements") && at + 3 < end)
			set.elements = (struct nft_span){ at + 3, end - 1 };
	}
	ADD(nft, set, sets, set);
}

/* Whose names say how something is counted or handed on, and what others refer to. */
static bool is_object(const struct nft_token *token)
{
	static const char *const word[] = { "map",   "limit",	  "quota",  "counter",
					    "ct",    "flowtable", "meter",  "secmark",
					    "flags", "synproxy",  "comment" };

	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (nft_token_is(token, word[i]))
			return true;
	return false;
}

static void read_member(struct nft *nft, size_t table, struct nft_span words)
{
	const struct nft_token *first = &nft->token[words.from];
	/* Behind the word, the name and the brace, before the other brace. */
	struct nft_span body = { words.from + 3, words.to - 1 };
	bool has_body = words.to > words.from + 3 && nft_token_is(&first[2], "{");

	if (has_body && nft_token_is(first, "chain"))
		read_chain(nft, table, first[1].text, body);
	else if (has_body && nft_token_is(first, "set"))
		read_set(nft, table, first[1].text, body);
	else if (nft_token_is(first, "flags") &&
		 nft_token_is(token_at(nft, words.from + 1), "dormant"))
		nft->table[table].is_dormant = true;
	else if (!is_object(first))
		note(nft, words, "it is no part of a table that is known here");
}

/* ---- tables ---- */

static const struct {
	const char *word;
	unsigned families;
} family_row[] = {
	{ "ip", NFT_IPV4 }, { "ip6", NFT_IPV6 }, { "inet", NFT_IPV4 | NFT_IPV6 },
	{ "arp", 0 },	    { "bridge", 0 },	 { "netdev", 0 },
};

/* "inet name" behind "table"; where the table begins. */
static size_t read_name(const struct nft *nft, size_t at, struct nft_table *ret)
{
	ret->families = NFT_IPV4;
	for (size_t i = 0; i < sizeof family_row / sizeof *family_row; i++)
		if (nft_token_is(token_at(nft, at), family_row[i].word)) {
			ret->families = family_row[i].families;
			at++;
			break;
		}
	ret->name = token_at(nft, at)->text;
	return at + 1;
}

/* A table may be there twice: what it has is added. */
static size_t find_table(struct nft *nft, const struct nft_table *table)
{
	for (size_t i = 0; i < nft->tables; i++)
		if (nft->table[i].families == table->families &&
		    bytes_equal(nft->table[i].name, table->name))
			return i;
	ADD(nft, table, tables, *table);
	return nft->tables - 1;
}

static void read_table(struct nft *nft, struct nft_span words)
{
	struct nft_table table = { 0 };
	size_t at = read_name(nft, words.from + 1, &table), end, index;

	if (!nft_token_is(token_at(nft, at), "{"))
		return;
	if (!table.families) {
		note(nft, (struct nft_span){ words.from, at }, "only IPv4 and IPv6 are read");
		return;
	}
	index = find_table(nft, &table);
	for (at++; at + 1 < words.to && !nft->failed; at = end + 1) {
		end = statement_end(nft, at);
		if (end > at)
			read_member(nft, index, (struct nft_span){ at, end });
	}
}

/* Before there is anything, nothing can be taken away. */
static bool clears(const struct nft *nft, const struct nft_token *first)
{
	return !nft->chains && (nft_token_is(first, "flush") || nft_token_is(first, "delete") ||
				nft_token_is(first, "destroy"));
}

/* A block or a string that does not end, or one that did not begin. */
static void note_ends(const struct nft *nft)
{
	size_t open = 0, last = nft->tokens - 1;
	bool is_odd = false;

	for (size_t at = 0; at < nft->tokens && !is_odd; at++) {
		const struct nft_token *token = &nft->token[at];

		open += nft_token_is(token, "{");
		is_odd = (nft_token_is(token, "}") && !open--) ||
			 (token->kind == NFT_STRING && token->text.data[token->text.size] != '"');
		last = is_odd ? at : last;
	}
	if (is_odd || open)
		note(nft, (struct nft_span){ last, last + 1 },
		     "a block or a string does not end here, or did not begin");
}

void nft_read(struct nft *nft)
{
	size_t end;

	note_ends(nft);

	for (size_t at = 0; at < nft->tokens && !nft->failed; at = end + 1) {
		const struct nft_token *first = &nft->token[at];

		end = statement_end(nft, at);
		if (end == at)
			continue;
		if (nft_token_is(first, "table"))
			read_table(nft, (struct nft_span){ at, end });
		else if (nft_token_is(first, "add") && nft_token_is(first + 1, "table"))
			read_table(nft, (struct nft_span){ at + 1, end });
		else if (!clears(nft, first))
			note(nft, (struct nft_span){ at, end },
			     "only tables with what is in them are read");
	}
}
