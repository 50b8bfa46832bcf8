#ifndef RECORDER_CALLS_RING_H
#define RECORDER_CALLS_RING_H

#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The two queues of a ring of io_uring: io_uring(7), linux/io_uring.h.  They are memory of the
 * agent, which may write anything there at any time; so may it have written the sizes and offsets
 * that the kernel has told it.  Nothing of it is believed before it has been held against the size
 * of the memory, and each value is read once. */

/* Newer than Debian 12's header. */
#define RING_NO_MMAP	(1U << 14) /* Linux 6.5: the process gives the memory */
#define RING_NO_SQARRAY (1U << 16) /* Linux 6.6: submissions stand in the order of the queue */
/* What io_uring_setup(2) is let have.  Left out: SQPOLL, bit 1, submits without a call; bit 15
 * leaves no descriptor; bits 18 and up (Linux 6.18) make entries of several sizes. */
#define RING_FLAGS_KNOWN (0x3ffffU & ~(1U << 15) & ~IORING_SETUP_SQPOLL)

enum ring_area { RING_SUBMISSIONS, RING_COMPLETIONS, RING_ENTRIES, RING_AREAS };

struct ring_shape {
	uint32_t flags; /* IORING_SETUP_... */
	struct io_sqring_offsets sq;
	struct io_cqring_offsets cq;
	uint32_t sq_entries, cq_entries;  /* powers of two */
	size_t entry_bytes, result_bytes; /* of a submission, of a completion */
	size_t size[RING_AREAS];	  /* bytes of each area */
	uint64_t address[RING_AREAS];	  /* RING_NO_MMAP */
};

/* From what io_uring_setup(2) gave out.  0, or -EINVAL where it cannot be. */
int ring_shape_of(const struct io_uring_params *parameters, struct ring_shape *ret);

/* The memory of a ring as we can read it. */
struct ring_memory {
	const struct ring_shape *shape;
	pid_t tid;		      /* RING_NO_MMAP: read from this process */
	const char *data[RING_AREAS]; /* else: mapped by us */
};

/* `fd`: our own descriptor of the ring; not used with RING_NO_MMAP.  0 or -errno. */
int ring_memory_open(struct ring_memory *ret, const struct ring_shape *shape, int fd, pid_t tid);
void ring_memory_cleanup(struct ring_memory *memory);

typedef void ring_submission(void *context, const struct io_uring_sqe *entry);
typedef void ring_completion(void *context, const struct io_uring_cqe *entry);

/* Where the kernel will go on taking submissions, as the memory says. */
int ring_head(const struct ring_memory *memory, uint32_t *ret);
/* Visits at most `limit` submissions from position `from` to the end of the queue; what lies
 * outside of the ring ends it, as it does for the kernel.  The number visited, or -errno. */
int ring_submissions(const struct ring_memory *memory, uint32_t from, uint32_t limit,
		     ring_submission *visit, void *context);
/* Visits the completions since position *at, those that the program has taken already, too, as far
 * as they have not been overwritten; moves *at behind them.  0 or -errno. */
int ring_completions(const struct ring_memory *memory, uint32_t *at, ring_completion *visit,
		     void *context);

#endif
