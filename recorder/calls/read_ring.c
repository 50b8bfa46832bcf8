/* io_uring_setup(2), io_uring_enter(2), io_uring_register(2): queues of operations that no system
 * call shows.  Unless that was allowed, there is no io_uring: programs fall back when the kernel
 * lacks it.  Where it is, the queue is read whenever the kernel is told to. */
#include "recorder/calls/descriptors.h"
#include "recorder/calls/memory.h"
#include "recorder/calls/rings.h"
#include "recorder/calls/sockets.h"
#include "recorder/trace/trace.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define REGISTERED_RING	  (1U << 4)  /* IORING_ENTER_REGISTERED_RING, Linux 5.18 */
#define REGISTER_BY_INDEX (1U << 31) /* IORING_REGISTER_USE_REGISTERED_RING, Linux 6.3 */

static void report_use(struct call *call, const char *facility, const char *asked)
{
	struct access access = { .resource = RESOURCE_KERNEL,
				 .action = ACTION_USE,
				 .name = bytes_of(facility),
				 .requested = bytes_of(asked) };

	call_report_access(call, &access);
}

static void report_gap(struct call *call, const char *detail)
{
	call_report_gap(call, GAP_IO_URING, detail);
}

/* What could be submitted to it without a call, or is newer than we are, is refused as by a kernel
 * that does not have it: column a is the number of entries, b the address of the parameters. */
int enter_ring_setup(struct call *call)
{
	uint32_t flags;

	if (!call->io_uring_allowed)
		return trace_skip(call, -ENOSYS);
	if (memory_read(call->tid,
			call->argument[call->row->b] + offsetof(struct io_uring_params, flags),
			&flags, sizeof flags) < 0)
		return -EFAULT;
	call->flags = flags;
	if (flags & IORING_SETUP_SQPOLL)
		return trace_skip(call, -EPERM);
	return flags & ~RING_FLAGS_KNOWN ? trace_skip(call, -EINVAL) : 0;
}

static const char *asked_for(const struct call *call)
{
	if (!call->skipped || !call->io_uring_allowed)
		return NULL;
	return call->flags & IORING_SETUP_SQPOLL ? "sqpoll" : "unknown-setup";
}

void leave_ring_setup(struct call *call)
{
	struct io_uring_params parameters;
	struct object *object = &call->object[0];
	struct ring_shape shape;
	long thread = -1;

	report_use(call, call->row->object, asked_for(call));
	if (call->result < 0 || call->abandoned)
		return;
	/* Another thread may have changed the flags behind our back; the kernel knows. */
	descriptor_info(call->tid, (int)call->result, "SqThread", 10, &thread);
	if (thread > 0)
		report_gap(call, "a thread of the kernel takes what is submitted");
	if (!call->rings || call_take_descriptor(call, 0, (int)call->result) < 0 ||
	    memory_read(call->tid, call->argument[call->row->b], &parameters, sizeof parameters) <
		    0 ||
	    ring_shape_of(&parameters, &shape) < 0 ||
	    !rings_add(call->rings, object->dev, object->ino, call->process->tgid, &shape))
		report_gap(call, "a ring whose queues are not known");
}

/* What call->extra keeps from the entry to the end: by then the descriptor may be closed. */
struct key {
	uint64_t dev, ino;
};

static struct uring *find_kept(const struct call *call)
{
	struct key key;

	if (!call->rings || call->extra.size != sizeof key)
		return NULL;
	memcpy(&key, call->extra.data, sizeof key);
	return rings_find(call->rings, key.dev, key.ino);
}

/* Keeps which ring the call means.  False where it is none at all: that fails by itself. */
static bool keep_ring(struct call *call)
{
	struct object *object = &call->object[0];
	bool is_ring;

	call->ring = call_descriptor(call, call->row->a);
	is_ring = call_take_descriptor(call, 0, call->ring) == 0 &&
		  bytes_equal(buffer_bytes(&object->name), bytes_of("anon_inode:[io_uring]"));
	buffer_clear(&object->name); /* it is none of the call's objects */
	if (is_ring)
		buffer_append(&call->extra, &(struct key){ object->dev, object->ino },
			      sizeof(struct key));
	return is_ring;
}

/* Maps the queues of the ring for as long as we look at them: its closing must not wait for us. */
static int open_queues(const struct call *call, const struct uring *ring, struct ring_memory *ret)
{
	bool is_given = ring->shape.flags & RING_NO_MMAP;
	int fd, r;

	if (is_given && ring->tgid != call->process->tgid)
		return -EXDEV; /* the addresses are another's */
	fd = is_given ? -1 : socket_borrow(call, call->ring);
	if (fd < 0 && !is_given)
		return fd;
	r = ring_memory_open(ret, &ring->shape, fd, call->tid);
	if (fd >= 0)
		close(fd);
	return r;
}

struct look {
	struct uring *ring;
	struct call *call;
	bool fresh;
};

static void comes(void *context, const struct io_uring_sqe *entry)
{
	const struct look *look = context;

	ring_comes(look->ring, look->call, entry);
}

static void ended(void *context, const struct io_uring_cqe *entry)
{
	const struct look *look = context;

	ring_ended(look->ring, look->call, entry, look->fresh);
}

/* Only the kernel moves the head, and only by what it takes; entries that point outside of the ring
 * it passes over. */
static int check_head(struct look *look, const struct ring_memory *memory)
{
	uint32_t head = 0;
	int r = ring_head(memory, &head);

	if (r == 0 && !look->ring->inside && head != look->ring->sq_head) {
		report_gap(look->call, "a queue that was moved by other than its calls");
		look->ring->sq_head = head;
	}
	return r;
}

/* What the call submits, behind what others are submitting. */
static int read_queues(struct look *look, const struct ring_memory *memory, uint32_t limit)
{
	struct uring *ring = look->ring;
	int r = ring_completions(memory, &ring->cq_tail, ended, look);

	if (r == 0)
		r = check_head(look, memory);
	if (r == 0)
		r = ring_submissions(memory, ring->sq_head + ring->coming_count, limit, comes,
				     look);
	return r;
}

/* Columns: the ring, how many are submitted, flags. */
int enter_ring_enter(struct call *call)
{
	scoped(ring_memory) struct ring_memory memory = { 0 };
	uint32_t count = (uint32_t)call->argument[call->row->b];
	struct look look = { .call = call };

	call->settled = true;
	if (call->argument[call->row->c] & REGISTERED_RING) {
		report_gap(call, "a ring that is known by no descriptor");
		return 0;
	}
	if (!keep_ring(call))
		return 0;
	look.ring = find_kept(call);
	if (count && !look.ring)
		report_gap(call, "a ring that was set up elsewhere");
	/* What has ended can be seen later, too, as long as the queue does not come round. */
	if (!look.ring || (!count && !look.ring->flights))
		return 0;
	if (open_queues(call, look.ring, &memory) < 0 || read_queues(&look, &memory, count) < 0)
		report_gap(call, "queues that could not be read");
	look.ring->inside++;
	call->settled = false;
	call->flags = count;
	return 0;
}

static void see_ends(struct look *look)
{
	scoped(ring_memory) struct ring_memory memory = { 0 };

	if (look->ring->flights && open_queues(look->call, look->ring, &memory) == 0)
		ring_completions(&memory, &look->ring->cq_tail, ended, look);
}

void leave_ring_enter(struct call *call)
{
	struct look look = { .ring = find_kept(call), .call = call, .fresh = true };
	uint32_t taken = call->result > 0 ? (uint32_t)call->result : 0;

	if (!look.ring)
		return;
	look.ring->inside -= look.ring->inside > 0;
	ring_taken(look.ring, call, call->abandoned ? (uint32_t)call->flags : taken);
	if (!look.ring->inside)
		ring_forget_coming(look.ring);
	if (!call->abandoned)
		see_ends(&look);
}

/* What is registered is in use by descriptors already, but for these; column b is what is asked.
 * The first two would hide rings from us. */
int enter_ring_register(struct call *call)
{
	enum { PERSONALITY = 9, RING_FDS = 20, RESIZE_RINGS = 33, LAST = 36 };
	uint32_t what = (uint32_t)call->argument[call->row->b];

	call->flags = what & ~REGISTER_BY_INDEX;
	if (call->io_uring_allowed && (call->flags == RING_FDS || call->flags == RESIZE_RINGS))
		return trace_skip(call, -EINVAL);
	if (call->flags > LAST)
		report_gap(call, "a registration that is not known");
	call->settled = call->flags != PERSONALITY;
	return 0;
}

/* Operations can then be done with the identity that the process has now. */
void leave_ring_register(struct call *call)
{
	if (call->skipped)
		report_use(call, call->row->object, "register-rings");
	else
		report_use(call, "identity", "io_uring");
}
