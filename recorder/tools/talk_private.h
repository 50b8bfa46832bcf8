#ifndef RECORDER_TOOLS_TALK_PRIVATE_H
#define RECORDER_TOOLS_TALK_PRIVATE_H

/* What the files talk*.c share; nobody else includes this. */

#include "core/hash.h"
#include "core/vocab.h"
#include "recorder/tools/listings.h"
#include "recorder/tools/talk.h"

struct json_t;

#define ASKED_MAX 10000 /* requests without an answer; of more the oldest are given up */

enum asking { ASKING_CALL, ASKING_LIST, ASKING_HELLO };

/* A request of the client that has no answer yet. */
struct asked {
	UT_hash_handle hh;
	enum asking asking;
	struct buffer key; /* its id: skim_key() */
	bool goes_on;	   /* of a list: not the first page */
	/* of a call */
	int64_t seq, started_ns, sent;
	enum call_status status; /* CANCELLED: it was told already */
	int64_t ended_ns;
	struct buffer tool, state; /* state: what the server wants to hear again */
	struct asked *next;	   /* that wait for input of the client */
};

struct talk {
	struct talk_options options;
	struct buffer server; /* what it calls itself */
	bool is_named;	      /* it has been used: nothing else will do */
	struct asked *asked;
	struct asked *waiting; /* InputRequiredResult: the client will ask anew */
	size_t waiting_count;
	int64_t calls, last_ns;
	struct listings listings;
};

/* ---- talk_asked.c ---- */

struct asked *asked_add(struct talk *talk, enum asking asking, const struct message *message);
struct asked *asked_find(const struct talk *talk, const struct message *message, enum field id);
/* Takes it out, for the caller to free. */
void asked_take(struct talk *talk, struct asked *asked);
void asked_free(struct asked *asked);
/* Nobody waits for the answer any more. */
void asked_give_up(struct talk *talk, struct asked *asked);

/* ---- talk_call.c ---- */

void call_begin(struct talk *talk, const struct message *message);
void call_cancel(struct talk *talk, struct asked *call, int64_t time_ns);
void call_answer(struct talk *talk, struct asked *call, const struct message *message);
/* No answer will come; frees it. */
void call_give_up(struct talk *talk, struct asked *call);

/* ---- talk.c ---- */

/* "server", of which the first use decides. */
struct bytes talk_server(struct talk *talk);
/* The member as it was sent, as far as it was kept; none where it is not there. */
struct bytes message_part(const struct message *message, enum field field);
/* The same, read; NULL: it is not there, not whole or no JSON to jansson. */
struct json_t *message_json(const struct message *message, enum field field);

#endif
