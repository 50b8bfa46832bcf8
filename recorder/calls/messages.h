#ifndef RECORDER_CALLS_MESSAGES_H
#define RECORDER_CALLS_MESSAGES_H

#include "recorder/calls/calls.h"

/* struct msghdr of a stopped tracee, in the layout of its pointers (4 or 8 bytes): recvmsg(2). */
struct message {
	uint64_t name, name_bytes;
	uint64_t vector, vectors; /* struct iovec, and how many of them */
	uint64_t control, control_bytes;
};

/* UIO_MAXIOV: sendmmsg(2) takes no more, and no message has more vectors. */
#define MESSAGES_MAX 1024

/* Reads message number `index` of those at `address`.  0 or -EFAULT. */
int message_read(const struct call *call, uint64_t address, uint64_t index, struct message *ret);
/* What the kernel has written behind it, in a struct mmsghdr: bytes that were moved.  0 or -EFAULT.
 */
int message_moved(const struct call *call, uint64_t address, uint64_t index, uint32_t *ret);

#endif
