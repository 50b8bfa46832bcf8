#ifndef RECORDER_WIRE_ANSWERS_H
#define RECORDER_WIRE_ANSWERS_H

#include "core/bytes.h"
#include "recorder/wire/ip.h"

#include <pthread.h>
#include <stdint.h>

/* Which names led to which addresses: what resolvers answered to whom. */
struct answers {
	struct answered *answer;
	struct answered_list *list; /* of those to one asker for one address */
	size_t count;		    /* of answers */
	pthread_mutex_t lock;	    /* of who adds, and of other threads that look */
};

void answers_begin(struct answers *answers);

/* Each network namespace (`space`: spaces.h) may have the same addresses for others.
 * `question` is the name that was asked for.  However many names an address has, none of these
 * takes longer for it. */
void answers_add(struct answers *answers, uint32_t space, const struct address *address,
		 struct bytes question, int64_t image, int64_t time_ns);
/* The name that led to the address, asked by `image` (0: by anyone) not after `time_ns`: the last
 * one.  NULL data: none. */
struct bytes answers_find(const struct answers *answers, uint32_t space,
			  const struct address *address, int64_t image, int64_t time_ns);
/* Whether anyone was given the address for this name. */
bool answers_agree(const struct answers *answers, uint32_t space, const struct address *address,
		   struct bytes name);
/* Appends all names that led to the address, each with a NUL behind, the last one first; from
 * another thread than that which adds them. */
void answers_write(struct answers *answers, uint32_t space, const struct address *address,
		   struct buffer *out);
void answers_release(struct answers *answers);

#endif
