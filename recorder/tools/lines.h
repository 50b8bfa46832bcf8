#ifndef RECORDER_TOOLS_LINES_H
#define RECORDER_TOOLS_LINES_H

#include "recorder/tools/skim.h"

/* Takes the bytes of one direction apart into messages: one a line (Model Context Protocol, stdio
 * transport). */

#define LINES_KEPT ((size_t)16 * 1024 * 1024) /* more of one is not kept */
#define LINES_HEAD ((size_t)64 * 1024)	      /* but for its beginning */

struct message {
	struct bytes line; /* without the "\n"; where it is not whole, its head */
	bool whole;
	size_t size;	   /* bytes, without the "\n" */
	int64_t time_ns;   /* when its last byte came */
	struct skim *skim; /* of all of it; malformed: it is no JSON */
};

typedef void message_visit(void *context, const struct message *message);

/* Zero it to begin. */
struct lines {
	struct buffer line;
	struct skim skim;
	size_t size;
	bool lost; /* bytes are missing: nothing is read until the line ends */
};

/* What came at that time.  Messages that end in it are visited in their order; blank lines are
 * none. */
void lines_feed(struct lines *lines, struct bytes data, int64_t time_ns, message_visit *visit,
		void *context);
/* Bytes are missing here. */
void lines_lose(struct lines *lines);
/* Whether a message has begun and not ended. */
bool lines_are_open(const struct lines *lines);
void lines_release(struct lines *lines);

#endif
