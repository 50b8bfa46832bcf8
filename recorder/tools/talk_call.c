#include "recorder/tools/talk_private.h"

#include "recorder/sink.h"
#include "recorder/tools/arguments.h"

#include <jansson.h>
#include <stdlib.h>

static void say(struct talk *talk, const struct asked *call, struct bytes caller,
		struct bytes arguments, int64_t received)
{
	const struct tool_call said = {
		.seq = call->seq,
		.image = talk->options.image,
		.phase = bytes_of(""),
		.tool = buffer_bytes(&call->tool),
		.caller = caller,
		.arguments = arguments,
		.status = call->status,
		.started_ns = call->started_ns,
		.ended_ns = call->ended_ns,
		.sent = call->sent,
		.received = received,
	};

	sink_call(talk->options.sink, &said);
}

/* The access that the call is, once it is known what came of it. */
static void say_access(struct talk *talk, const struct asked *call, int64_t time_ns)
{
	const struct observation observation = {
		.access = {
			.image = talk->options.image,
			.resource = RESOURCE_TOOL,
			.action = ACTION_CALL,
			.name = buffer_bytes(&call->tool),
			.outcome = status_outcome(call->status),
			.via = VIA_TOOL,
		},
		.time_ns = time_ns,
		.count = 1,
	};

	sink_access(talk->options.sink, &observation);
}

static void end(struct talk *talk, struct asked *call, enum call_status status, int64_t time_ns,
		int64_t received)
{
	call->status = status;
	call->ended_ns = time_ns;
	say(talk, call, (struct bytes){ 0 }, bytes_of(""), received);
	say_access(talk, call, time_ns);
}

void call_give_up(struct talk *talk, struct asked *call)
{
	if (call->status == STATUS_UNKNOWN)
		say_access(talk, call, talk->last_ns);
	asked_free(call);
}

void call_cancel(struct talk *talk, struct asked *call, int64_t time_ns)
{
	if (call->status == STATUS_UNKNOWN)
		end(talk, call, STATUS_CANCELLED, time_ns, 0);
}

static void find_caller(const struct message *message, struct buffer *out)
{
	static const char *const member[] = {
#define CALLER(member, source) member,
#include "recorder/tools/callers.def"
	};
	json_t *meta = message_json(message, FIELD_META);

	for (size_t i = 0; !out->size && i < sizeof member / sizeof *member; i++) {
		const json_t *id = json_object_get(meta, member[i]);

		buffer_append(out, json_string_value(id), json_string_length(id));
	}
	json_decref(meta);
}

/* Says the call, now that it is made. */
static void say_made(struct talk *talk, const struct asked *call, const struct message *message)
{
	scoped(buffer) struct buffer arguments = { 0 }, caller = { 0 };
	struct bytes sent = message_part(message, FIELD_ARGUMENTS);
	bool whole = true;
	int r = 0;

	if (skim_has(message->skim, FIELD_ARGUMENTS))
		r = arguments_mask(talk->options.masker, sent, &arguments, &whole);
	else
		buffer_add(&arguments, "{}");
	if (r < 0 || !whole)
		sink_gap(talk->options.sink, GAP_LONG_MESSAGE, talk->options.image,
			 buffer_bytes(&call->tool));
	if (r < 0)
		buffer_clear(&arguments);
	find_caller(message, &caller);
	say(talk, call, caller.size ? buffer_bytes(&caller) : (struct bytes){ 0 },
	    buffer_bytes(&arguments), 0);
}

static void name_tool(struct talk *talk, const struct message *message, struct buffer *out)
{
	struct bytes server = talk_server(talk);

	buffer_append(out, server.data, server.size);
	buffer_add_char(out, '/');
	skim_string(message->skim, FIELD_NAME, out);
}

/* A call that the server has answered with a wish for input, which this brings. */
static struct asked *find_waiting(struct talk *talk, const struct message *message,
				  struct bytes tool)
{
	struct bytes state = buffer_bytes(&message->skim->text[FIELD_STATE]);

	if (!skim_has(message->skim, FIELD_RESPONSES) && !skim_has(message->skim, FIELD_STATE))
		return NULL;
	for (struct asked **link = &talk->waiting; *link; link = &(*link)->next) {
		struct asked *call = *link;

		if (!bytes_equal(buffer_bytes(&call->tool), tool) ||
		    !bytes_equal(buffer_bytes(&call->state), state))
			continue;
		*link = call->next;
		talk->waiting_count--;
		return call;
	}
	return NULL;
}

static void go_on(struct talk *talk, struct asked *waited, const struct message *message)
{
	struct asked *call = asked_add(talk, ASKING_CALL, message);

	if (!call) {
		call_give_up(talk, waited);
		return;
	}
	call->seq = waited->seq;
	call->status = STATUS_UNKNOWN;
	call->started_ns = waited->started_ns;
	call->sent = waited->sent + (int64_t)message->size;
	call->tool = waited->tool;
	waited->tool = (struct buffer){ 0 };
	asked_free(waited);
}

static void make(struct talk *talk, const struct message *message, struct buffer *tool)
{
	struct asked unasked = { 0 };
	struct asked *call = asked_add(talk, ASKING_CALL, message);
	bool is_asked = call != NULL;

	if (!is_asked) /* without an id: nobody wants an answer */
		call = &unasked;
	call->seq = ++talk->calls;
	call->status = STATUS_UNKNOWN;
	call->started_ns = message->time_ns;
	call->sent = (int64_t)message->size;
	call->tool = *tool;
	*tool = (struct buffer){ 0 };
	say_made(talk, call, message);
	if (is_asked)
		return;
	say_access(talk, call, message->time_ns);
	buffer_release(&call->tool);
}

void call_begin(struct talk *talk, const struct message *message)
{
	scoped(buffer) struct buffer tool = { 0 };
	struct asked *waited;

	name_tool(talk, message, &tool);
	if (buffer_status(&tool) < 0)
		return;
	waited = find_waiting(talk, message, buffer_bytes(&tool));
	if (waited)
		go_on(talk, waited, message);
	else
		make(talk, message, &tool);
}

static void wait_for_input(struct talk *talk, struct asked *call, const struct message *message)
{
	const struct buffer *state = &message->skim->text[FIELD_NEXT_STATE];

	if (talk->waiting_count >= ASKED_MAX) {
		call_give_up(talk, call);
		return;
	}
	buffer_clear(&call->state);
	if (skim_has(message->skim, FIELD_NEXT_STATE))
		buffer_append(&call->state, state->data, state->size);
	call->next = talk->waiting;
	talk->waiting = call;
	talk->waiting_count++;
}

static enum call_status status_of(const struct message *message)
{
	char error = message->skim->field[FIELD_ERROR].first;

	if (error && error != 'n') /* "error": null is none */
		return STATUS_PROTOCOL_ERROR;
	return message->skim->field[FIELD_IS_ERROR].first == 't' ? STATUS_TOOL_ERROR : STATUS_OK;
}

void call_answer(struct talk *talk, struct asked *call, const struct message *message)
{
	asked_take(talk, call);
	if (skim_is(message->skim, FIELD_KIND, "input_required") &&
	    call->status == STATUS_UNKNOWN) {
		wait_for_input(talk, call, message);
		return;
	}
	if (call->status == STATUS_UNKNOWN)
		end(talk, call, status_of(message), message->time_ns, (int64_t)message->size);
	else /* cancelled: it came too late */
		say(talk, call, (struct bytes){ 0 }, bytes_of(""), (int64_t)message->size);
	asked_free(call);
}
