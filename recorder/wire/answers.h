#ifndef RECORDER_WIRE_ANSWERS_H
#define RECORDER_WIRE_ANSWERS_H

#include "core/bytes.h"
#include "recorder/wire/ip.h"

#include <stdint.h>

/* Which names led to which addresses: what resolvers answered to whom. */
struct answers {
	struct answered *answer;
	struct answered_list *list; /* of those to one asker for one address */
	size_t count;		    /* of answers */
};

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
void answers_release(struct answers *answers);

#endif
