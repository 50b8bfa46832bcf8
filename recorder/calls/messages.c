#include "recorder/calls/messages.h"

#include "recorder/calls/memory.h"

#include <string.h>

/* Seven words of a pointer's size, the second an unsigned with padding where that is wider. */
enum {
	WORD_NAME,
	WORD_NAME_BYTES,
	WORD_VECTOR,
	WORD_VECTORS,
	WORD_CONTROL,
	WORD_CONTROL_BYTES,
	WORDS = 7
};

static uint64_t word_of(const char *bytes, unsigned pointer_bytes, unsigned index)
{
	uint64_t value = 0;

	memcpy(&value, bytes + index * pointer_bytes, pointer_bytes);
	return value;
}

/* struct mmsghdr: a msghdr and an unsigned, aligned. */
static uint64_t step_of(const struct call *call)
{
	return (WORDS + 1) * call_pointer_bytes(call);
}

int message_read(const struct call *call, uint64_t address, uint64_t index, struct message *ret)
{
	unsigned pointer_bytes = call_pointer_bytes(call);
	char bytes[WORDS * sizeof(uint64_t)];
	int r = memory_read(call->tid, address + index * step_of(call), bytes,
			    WORDS * pointer_bytes);

	if (r < 0)
		return r;
	ret->name = word_of(bytes, pointer_bytes, WORD_NAME);
	ret->name_bytes = (uint32_t)word_of(bytes, pointer_bytes, WORD_NAME_BYTES);
	ret->vector = word_of(bytes, pointer_bytes, WORD_VECTOR);
	ret->vectors = word_of(bytes, pointer_bytes, WORD_VECTORS);
	ret->control = word_of(bytes, pointer_bytes, WORD_CONTROL);
	ret->control_bytes = word_of(bytes, pointer_bytes, WORD_CONTROL_BYTES);
	return 0;
}

int message_moved(const struct call *call, uint64_t address, uint64_t index, uint32_t *ret)
{
	uint64_t behind = WORDS * call_pointer_bytes(call);

	return memory_read(call->tid, address + index * step_of(call) + behind, ret, sizeof *ret);
}
