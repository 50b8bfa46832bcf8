#ifndef RECORDER_TOOLS_TALK_H
#define RECORDER_TOOLS_TALK_H

#include "recorder/tools/lines.h"

struct masker;
struct sink;

/* A client of the Model Context Protocol and its server: which calls of tools their messages are.
 * Both eras of the protocol (2024-10-07 to 2025-11-25, and 2026-07-28) are read alike, and batches,
 * too. */
struct talk;

enum side { SIDE_CLIENT, SIDE_SERVER };

struct talk_options {
	struct sink *sink;	     /* where calls and tools are said */
	const struct masker *masker; /* of their arguments */
	int64_t image;		     /* who calls */
	const char *server;	     /* what the server is called; NULL: as it calls itself, */
	const char *program;	     /* or else this */
};

/* What they point to must live as long as it.  0 or -ENOMEM. */
int talk_open(struct talk **ret, const struct talk_options *options);
/* What a side has sent; a request goes before its answer. */
void talk_message(struct talk *talk, enum side side, const struct message *message);
/* Something of what the side has sent was not read; a gap. */
void talk_missed(struct talk *talk, enum side side, const char *what);
/* Nothing more will come: what was not answered never is. */
void talk_end(struct talk *talk);
void talk_close(struct talk *talk); /* NULL is fine */

/* Appends what the client calls itself in a message of its own; nothing where it does not say. */
void talk_client_name(const struct message *message, struct buffer *out);

#endif
