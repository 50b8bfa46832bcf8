#include "recorder/calls/ring.h"

#include "recorder/calls/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* IORING_MAX_ENTRIES, IORING_MAX_CQ_ENTRIES: io_uring/io_uring.c. */
#define SUBMISSIONS_MAX 32768
#define COMPLETIONS_MAX 65536
#define OFFSET_MAX	65536 /* the counters lie in the first page */

static bool is_count(uint32_t count, uint32_t limit)
{
	return count && count <= limit && !(count & (count - 1));
}

static size_t larger(size_t one, size_t other)
{
	return one > other ? one : other;
}

/* Where a counter or a list ends; `ret` grows to hold it.  False where that cannot be. */
static bool reach(size_t *ret, uint32_t offset, size_t size)
{
	if (offset > OFFSET_MAX || offset % sizeof(uint32_t))
		return false;
	*ret = larger(*ret, offset + size);
	return true;
}

static bool measure(struct ring_shape *shape)
{
	const struct io_sqring_offsets *sq = &shape->sq;
	const struct io_cqring_offsets *cq = &shape->cq;
	size_t word = sizeof(uint32_t), *size = shape->size;
	size_t list = shape->flags & RING_NO_SQARRAY ? 0 : shape->sq_entries * word;

	size[RING_ENTRIES] = shape->sq_entries * shape->entry_bytes;
	return reach(&size[RING_SUBMISSIONS], sq->head, word) &&
	       reach(&size[RING_SUBMISSIONS], sq->tail, word) &&
	       reach(&size[RING_SUBMISSIONS], sq->ring_entries, word) &&
	       /* It lies behind the completions. */
	       (!list || (sq->array < (1U << 24) && sq->array % word == 0)) &&
	       reach(&size[RING_COMPLETIONS], cq->tail, word) &&
	       reach(&size[RING_COMPLETIONS], cq->cqes, shape->cq_entries * shape->result_bytes);
}

int ring_shape_of(const struct io_uring_params *parameters, struct ring_shape *ret)
{
	struct ring_shape shape = { .flags = parameters->flags,
				    .sq = parameters->sq_off,
				    .cq = parameters->cq_off,
				    .sq_entries = parameters->sq_entries,
				    .cq_entries = parameters->cq_entries };

	shape.entry_bytes = sizeof(struct io_uring_sqe) << !!(shape.flags & IORING_SETUP_SQE128);
	shape.result_bytes = sizeof(struct io_uring_cqe) << !!(shape.flags & IORING_SETUP_CQE32);
	if (!is_count(shape.sq_entries, SUBMISSIONS_MAX) ||
	    !is_count(shape.cq_entries, COMPLETIONS_MAX) || !measure(&shape))
		return -EINVAL;
	if (!(shape.flags & RING_NO_SQARRAY))
		shape.size[RING_SUBMISSIONS] =
			larger(shape.size[RING_SUBMISSIONS],
			       shape.sq.array + shape.sq_entries * sizeof(uint32_t));
	/* "resv2" is user_addr since Linux 6.5. */
	shape.address[RING_ENTRIES] = shape.sq.resv2;
	shape.address[RING_SUBMISSIONS] = shape.address[RING_COMPLETIONS] = shape.cq.resv2;
	*ret = shape;
	return 0;
}

/* With IORING_FEAT_SINGLE_MMAP (Linux 5.4) the first two are the same memory, and each of their
 * offsets leads there. */
int ring_memory_open(struct ring_memory *ret, const struct ring_shape *shape, int fd, pid_t tid)
{
	static const off_t offset[] = { IORING_OFF_SQ_RING, IORING_OFF_CQ_RING, IORING_OFF_SQES };
	struct ring_memory memory = { .shape = shape, .tid = tid };

	for (int i = 0; i < RING_AREAS && !(shape->flags & RING_NO_MMAP); i++) {
		void *data = mmap(NULL, shape->size[i], PROT_READ, MAP_SHARED, fd, offset[i]);
		int r = errno;

		if (data == MAP_FAILED) {
			ring_memory_cleanup(&memory);
			return -r;
		}
		memory.data[i] = data;
	}
	*ret = memory;
	return 0;
}

void ring_memory_cleanup(struct ring_memory *memory)
{
	for (int i = 0; i < RING_AREAS; i++)
		if (memory->data[i])
			munmap((void *)(uintptr_t)memory->data[i], memory->shape->size[i]);
}

static int read_at(const struct ring_memory *memory, enum ring_area area, size_t offset, void *ret,
		   size_t size)
{
	const struct ring_shape *shape = memory->shape;

	if (offset > shape->size[area] || size > shape->size[area] - offset)
		return -EFAULT;
	if (shape->flags & RING_NO_MMAP)
		return memory_read(memory->tid, shape->address[area] + offset, ret, size);
	memcpy(ret, memory->data[area] + offset, size);
	return 0;
}

/* Counters that the other side writes: what it wrote before is to be seen, too. */
static int read_counter(const struct ring_memory *memory, enum ring_area area, uint32_t offset,
			uint32_t *ret)
{
	int r = read_at(memory, area, offset, ret, sizeof *ret);

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return r;
}

/* Whether the sizes are those of this ring: nobody may have meddled with what setup gave out. */
static int check(const struct ring_memory *memory)
{
	uint32_t entries = 0;
	int r = read_counter(memory, RING_SUBMISSIONS, memory->shape->sq.ring_entries, &entries);

	if (r == 0 && entries != memory->shape->sq_entries)
		r = -EINVAL;
	return r;
}

int ring_head(const struct ring_memory *memory, uint32_t *ret)
{
	int r = check(memory);

	return r < 0 ? r : read_counter(memory, RING_SUBMISSIONS, memory->shape->sq.head, ret);
}

/* Where submission number `position` stands among the entries. */
static int find_entry(const struct ring_memory *memory, uint32_t position, uint32_t *ret)
{
	const struct ring_shape *shape = memory->shape;

	position &= shape->sq_entries - 1;
	*ret = position;
	if (shape->flags & RING_NO_SQARRAY)
		return 0;
	return read_at(memory, RING_SUBMISSIONS, shape->sq.array + position * sizeof *ret, ret,
		       sizeof *ret);
}

int ring_submissions(const struct ring_memory *memory, uint32_t from, uint32_t limit,
		     ring_submission *visit, void *context)
{
	const struct ring_shape *shape = memory->shape;
	uint32_t tail, count, done = 0, index;
	int r = read_counter(memory, RING_SUBMISSIONS, shape->sq.tail, &tail);

	if (r < 0)
		return r;
	count = tail - from;
	if (count > shape->sq_entries)
		count = shape->sq_entries;
	for (; done < count && done < limit; done++) {
		struct io_uring_sqe entry;

		r = find_entry(memory, from + done, &index);
		if (r == 0 && index >= shape->sq_entries)
			break;
		if (r == 0)
			r = read_at(memory, RING_ENTRIES, index * shape->entry_bytes, &entry,
				    sizeof entry);
		if (r < 0)
			return r;
		visit(context, &entry);
	}
	return (int)done;
}

int ring_completions(const struct ring_memory *memory, uint32_t *at, ring_completion *visit,
		     void *context)
{
	const struct ring_shape *shape = memory->shape;
	uint32_t tail = 0, from = *at;
	int r = read_counter(memory, RING_COMPLETIONS, shape->cq.tail, &tail);

	if (r < 0)
		return r;
	if (tail - from > shape->cq_entries)
		from = tail - shape->cq_entries;
	for (; r == 0 && from != tail; from++) {
		size_t place = (from & (shape->cq_entries - 1)) * shape->result_bytes;
		struct io_uring_cqe entry;

		r = read_at(memory, RING_COMPLETIONS, shape->cq.cqes + place, &entry, sizeof entry);
		if (r == 0)
			visit(context, &entry);
	}
	*at = tail;
	return r;
}
