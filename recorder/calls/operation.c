#include "recorder/calls/operation.h"

enum field { NIL, FD, HELD, FROM, ADDR, LEN, ADDR_LEN, ADDR3, OFF, FLAGS };

#define FROM_REGISTERED (1U << 31) /* SPLICE_F_FD_IN_FIXED */

static const struct operation operation[UINT8_MAX + 1] = {
#define AS(number, what, call, a, b, c, d, e, f)                                                   \
	[number] = { OPERATION_AS, #what, #call, { a, b, c, d, e, f } },
#define QUIET(number, what)  [number] = { OPERATION_QUIET, #what, NULL, { NIL } },
#define UNSEEN(number, what) [number] = { OPERATION_UNSEEN, #what, NULL, { NIL } },
#include "recorder/calls/uring.def"
};

const struct operation *operation_of(uint8_t number)
{
	return &operation[number];
}

/* An index beyond what can be is no file, as well. */
static uint64_t file_of(int32_t number, bool registered)
{
	if (!registered)
		return (uint64_t)(int64_t)number;
	return REGISTERED_FILE | ((uint32_t)number & (REGISTERED_FILE - 1));
}

static uint64_t value_of(const struct io_uring_sqe *entry, enum field field)
{
	switch (field) {
	case FD:
		return file_of(entry->fd, false);
	case HELD:
		return file_of(entry->fd, entry->flags & IOSQE_FIXED_FILE);
	case FROM:
		return file_of(entry->splice_fd_in, entry->splice_flags & FROM_REGISTERED);
	case ADDR:
		return entry->addr;
	case LEN:
		return entry->len;
	case ADDR_LEN:
		return entry->addr_len;
	case ADDR3:
		return entry->addr3;
	case OFF:
		return entry->off;
	case FLAGS:
		return entry->rw_flags;
	default:
		return 0;
	}
}

/* What the filter asks of a system call is asked of its equal here. */
static bool touches(const struct call *call)
{
	const struct condition *when = &call->row->when[0];
	uint64_t value = call->argument[when->argument];

	return when->test != TEST_NOT_EQUAL ||
	       (when->mask == UINT32_MAX ? value : value & when->mask) != when->value;
}

void operation_enter(struct call *call, const struct operation *as,
		     const struct io_uring_sqe *entry)
{
	call->row = call_row_named(as->call);
	for (size_t i = 0; i < sizeof as->field; i++)
		call->argument[i] = value_of(entry, (enum field)as->field[i]);
	/* A result that is put among the registered files is no descriptor. */
	call->distant = entry->file_index &&
			(call->row->leave == leave_open || call->row->leave == leave_openat2 ||
			 call->row->leave == leave_accept);
	if (!touches(call)) {
		call->settled = true;
		return;
	}
	call->unreadable = call->row->enter(call) < 0;
	if (!call->settled)
		call_name_objects(call);
}
