#include "recorder/tools/talk.h"

#include "recorder/sink.h"
#include "recorder/tools/talk_private.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 200

static const char *side_text(enum side side)
{
	return side == SIDE_CLIENT ? "client" : "server";
}

static void gap(struct talk *talk, enum gap_kind kind, enum side side, const char *what)
{
	scoped(buffer) struct buffer detail = { 0 };

	buffer_printf(&detail, "of the %s: %s", side_text(side), what);
	sink_gap(talk->options.sink, kind, talk->options.image, buffer_bytes(&detail));
}

void talk_missed(struct talk *talk, enum side side, const char *what)
{
	gap(talk, GAP_UNREAD_MESSAGE, side, what);
}

int talk_open(struct talk **ret, const struct talk_options *options)
{
	struct talk *talk = calloc(1, sizeof *talk);

	if (!talk)
		return -ENOMEM;
	talk->options = *options;
	*ret = talk;
	return 0;
}

struct bytes message_part(const struct message *message, enum field field)
{
	const struct skim_field *seen = &message->skim->field[field];
	size_t end = seen->end < message->line.size ? seen->end : message->line.size;

	if (!seen->first || seen->begin >= end)
		return (struct bytes){ 0 };
	return (struct bytes){ message->line.data + seen->begin, end - seen->begin };
}

struct json_t *message_json(const struct message *message, enum field field)
{
	struct bytes part = message_part(message, field);

	if (!message->whole || !part.data)
		return NULL;
	return json_loadb(part.data, part.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

/* Names of agents and servers: a slash would part them in two. */
static void add_name(const json_t *name, struct buffer *out)
{
	const char *text = json_string_value(name);
	size_t size = json_string_length(name);

	for (size_t i = 0; i < size && i < NAME_MAX_BYTES; i++)
		buffer_add_char(out, text[i] == '/' || !text[i] ? '_' : text[i]);
}

/* Of who has them, in either era. */
static void read_name(const json_t *object, const char *member, const char *meta_member,
		      struct buffer *out)
{
	const json_t *info = json_object_get(object, member);

	if (!info)
		info = json_object_get(json_object_get(object, "_meta"), meta_member);
	add_name(json_object_get(info, "name"), out);
}

void talk_client_name(const struct message *message, struct buffer *out)
{
	json_t *params = message_json(message, FIELD_PARAMS);

	read_name(params, "clientInfo", "io.modelcontextprotocol/clientInfo", out);
	json_decref(params);
}

static void read_server_name(struct talk *talk, const struct message *message)
{
	json_t *result = message_json(message, FIELD_RESULT);

	if (!talk->is_named && !talk->server.size)
		read_name(result, "serverInfo", "io.modelcontextprotocol/serverInfo",
			  &talk->server);
	json_decref(result);
}

struct bytes talk_server(struct talk *talk)
{
	talk->is_named = true;
	if (talk->options.server)
		return bytes_of(talk->options.server);
	return talk->server.size ? buffer_bytes(&talk->server) : bytes_of(talk->options.program);
}

static void take_list(struct talk *talk, const struct asked *list, const struct message *message)
{
	const struct listing_place place = {
		.sink = talk->options.sink,
		.masker = talk->options.masker,
		.server = talk_server(talk),
		.time_ns = message->time_ns,
	};
	bool last = !skim_has(message->skim, FIELD_NEXT_CURSOR) ||
		    message->skim->field[FIELD_NEXT_CURSOR].first == 'n';
	json_t *tools = message_json(message, FIELD_TOOLS);

	if (tools ? listings_page(&talk->listings, tools, !list->goes_on, last, &place) < 0
		  : skim_has(message->skim, FIELD_RESULT))
		talk_missed(talk, SIDE_SERVER, "a list of its tools");
	json_decref(tools);
}

static void take_request(struct talk *talk, const struct message *message)
{
	struct asked *asked;

	if (skim_is(message->skim, FIELD_METHOD, "tools/call")) {
		call_begin(talk, message);
	} else if (skim_is(message->skim, FIELD_METHOD, "tools/list")) {
		asked = asked_add(talk, ASKING_LIST, message);
		if (asked)
			asked->goes_on = message->skim->field[FIELD_CURSOR].first == '"';
	} else if (skim_is(message->skim, FIELD_METHOD, "initialize") ||
		   skim_is(message->skim, FIELD_METHOD, "server/discover")) {
		asked_add(talk, ASKING_HELLO, message);
	} else if (skim_is(message->skim, FIELD_METHOD, "notifications/cancelled")) {
		asked = asked_find(talk, message, FIELD_CANCELLED_ID);
		if (asked && asked->asking == ASKING_CALL)
			call_cancel(talk, asked, message->time_ns);
	}
}

static void take_answer(struct talk *talk, const struct message *message)
{
	struct asked *asked = asked_find(talk, message, FIELD_ID);

	if (!asked)
		return;
	if (asked->asking == ASKING_CALL) {
		call_answer(talk, asked, message);
		return;
	}
	asked_take(talk, asked);
	if (asked->asking == ASKING_LIST)
		take_list(talk, asked, message);
	else
		read_server_name(talk, message);
	asked_free(asked);
}

/* Requests of the server to the client (sampling, elicitation, roots) have ids of their own, and
 * are no calls of tools. */
static void take(struct talk *talk, enum side side, const struct message *message)
{
	bool is_request = skim_has(message->skim, FIELD_METHOD);

	if (side == SIDE_CLIENT && is_request)
		take_request(talk, message);
	else if (side == SIDE_SERVER && !is_request && skim_has(message->skim, FIELD_ID))
		take_answer(talk, message);
}

static void take_item(struct talk *talk, enum side side, const json_t *item, int64_t time_ns)
{
	struct skim skim = { 0 };
	scoped(text) char *text = json_dumps(item, JSON_COMPACT | JSON_ENCODE_ANY);
	struct message message = { .line = bytes_of(text), .whole = true, .time_ns = time_ns };

	message.size = message.line.size;
	message.skim = &skim;
	if (text) {
		skim_feed(&skim, message.line);
		skim_end(&skim);
		take(talk, side, &message);
	}
	skim_release(&skim);
}

/* Batches were in the protocol of 2025-03-26. */
static void take_batch(struct talk *talk, enum side side, const struct message *message)
{
	json_t *batch = message_json(message, FIELD_ROOT);

	if (!batch)
		talk_missed(talk, side, "a batch");
	for (size_t i = 0; i < json_array_size(batch); i++)
		take_item(talk, side, json_array_get(batch, i), message->time_ns);
	json_decref(batch);
}

void talk_message(struct talk *talk, enum side side, const struct message *message)
{
	char first = message->skim->field[FIELD_ROOT].first;

	talk->last_ns = message->time_ns;
	if (message->skim->malformed)
		talk_missed(talk, side, "a line that is no JSON");
	else if (first == '[')
		take_batch(talk, side, message);
	else if (first == '{')
		take(talk, side, message);
	else
		talk_missed(talk, side, "a line that is no message");
	if (!message->whole)
		gap(talk, GAP_LONG_MESSAGE, side, "a message");
}

void talk_end(struct talk *talk)
{
	struct asked *asked, *next;

	for (asked = talk->asked; asked; asked = next) {
		next = asked->hh.next;
		asked_give_up(talk, asked);
	}
	for (; talk->waiting; talk->waiting = next) {
		next = talk->waiting->next;
		call_give_up(talk, talk->waiting);
	}
	talk->waiting_count = 0;
}

void talk_close(struct talk *talk)
{
	if (!talk)
		return;
	talk_end(talk);
	listings_release(&talk->listings);
	buffer_release(&talk->server);
	free(talk);
}
