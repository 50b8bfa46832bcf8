#include "recorder/calls/ring.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "recorder/calls/operation.h"

/* A ring of 4 submissions and 8 completions in memory of exactly its size, so that a sanitizer
 * finds each read outside of it. */
struct fake {
	struct io_uring_params parameters;
	struct ring_shape shape;
	struct ring_memory memory;
	char *area[RING_AREAS];
};

static const struct io_uring_params sound = {
	.sq_entries = 4,
	.cq_entries = 8,
	.sq_off = { .head = 0, .tail = 4, .ring_mask = 16, .ring_entries = 24, .array = 192 },
	.cq_off = { .head = 8, .tail = 12, .ring_mask = 20, .ring_entries = 28, .cqes = 64 },
};

static void set_word(struct fake *fake, enum ring_area area, size_t offset, uint32_t value)
{
	memcpy(fake->area[area] + offset, &value, sizeof value);
}

static void begin(struct fake *ret, uint32_t flags)
{
	ret->parameters = sound;
	ret->parameters.flags = flags;
	assert_int_equal(ring_shape_of(&ret->parameters, &ret->shape), 0);
	ret->memory = (struct ring_memory){ .shape = &ret->shape, .tid = getpid() };
	for (int i = 0; i < RING_AREAS; i++) {
		ret->area[i] = calloc(1, ret->shape.size[i]);
		assert_non_null(ret->area[i]);
		ret->memory.data[i] = ret->area[i];
		ret->shape.address[i] = (uintptr_t)ret->area[i];
	}
	set_word(ret, RING_SUBMISSIONS, sound.sq_off.ring_entries, sound.sq_entries);
}

static void end(struct fake *fake)
{
	for (int i = 0; i < RING_AREAS; i++)
		free(fake->area[i]);
}

static void set_entry(struct fake *fake, unsigned index, uint64_t number)
{
	struct io_uring_sqe entry = { .user_data = number };

	memcpy(fake->area[RING_ENTRIES] + index * fake->shape.entry_bytes, &entry, sizeof entry);
}

static void set_list(struct fake *fake, unsigned place, uint32_t index)
{
	set_word(fake, RING_SUBMISSIONS, sound.sq_off.array + place * sizeof index, index);
}

static void set_result(struct fake *fake, unsigned index, uint64_t number)
{
	struct io_uring_cqe entry = { .user_data = number };

	memcpy(fake->area[RING_COMPLETIONS] + sound.cq_off.cqes + index * fake->shape.result_bytes,
	       &entry, sizeof entry);
}

/* Keeps the numbers as decimal digits. */
static void add_submission(void *context, const struct io_uring_sqe *entry)
{
	uint64_t *seen = context;

	*seen = *seen * 10 + entry->user_data;
}

static void add_completion(void *context, const struct io_uring_cqe *entry)
{
	uint64_t *seen = context;

	*seen = *seen * 10 + entry->user_data;
}

static uint64_t submissions(const struct fake *fake, uint32_t from, uint32_t limit)
{
	uint64_t seen = 0;

	assert_true(ring_submissions(&fake->memory, from, limit, add_submission, &seen) >= 0);
	return seen;
}

static uint64_t completions(const struct fake *fake, uint32_t *at)
{
	uint64_t seen = 0;

	assert_int_equal(ring_completions(&fake->memory, at, add_completion, &seen), 0);
	return seen;
}

static void fill(struct fake *fake, uint32_t tail)
{
	for (unsigned i = 0; i < 4; i++) {
		set_entry(fake, i, i + 1);
		set_list(fake, i, 3 - i);
	}
	set_word(fake, RING_SUBMISSIONS, sound.sq_off.tail, tail);
}

static void test_order(void **state)
{
	struct fake fake;

	(void)state;
	begin(&fake, 0);
	fill(&fake, 3);
	assert_int_equal(submissions(&fake, 0, 3), 432);
	assert_int_equal(submissions(&fake, 0, 2), 43);
	assert_int_equal(submissions(&fake, 1, 100), 32);
	assert_int_equal(submissions(&fake, 3, 100), 0);
	fill(&fake, 6);
	assert_int_equal(submissions(&fake, 3, 100), 143);
	end(&fake);
}

static void test_forms(void **state)
{
	static const uint32_t flags[] = { IORING_SETUP_SQE128, RING_NO_SQARRAY, RING_NO_MMAP,
					  RING_NO_MMAP | RING_NO_SQARRAY | IORING_SETUP_CQE32 };
	static const uint64_t want[] = { 432, 123, 432, 123 };

	(void)state;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		struct fake fake;
		uint32_t at = 0;

		begin(&fake, flags[i]);
		for (unsigned j = 0; j < 4; j++)
			set_entry(&fake, j, j + 1);
		for (unsigned j = 0; j < 4 && !(flags[i] & RING_NO_SQARRAY); j++)
			set_list(&fake, j, 3 - j);
		set_word(&fake, RING_SUBMISSIONS, sound.sq_off.tail, 3);
		assert_int_equal(submissions(&fake, 0, 9), want[i]);
		set_result(&fake, 0, 5);
		set_result(&fake, 1, 6);
		set_word(&fake, RING_COMPLETIONS, sound.cq_off.tail, 2);
		assert_int_equal(completions(&fake, &at), 56);
		assert_int_equal(at, 2);
		end(&fake);
	}
}

static void test_round(void **state)
{
	struct fake fake;
	uint32_t at = UINT32_MAX;

	(void)state;
	begin(&fake, 0);
	fill(&fake, 2);
	assert_int_equal(submissions(&fake, UINT32_MAX, 9), 143);
	for (unsigned i = 0; i < 8; i++)
		set_result(&fake, i, i + 1);
	set_word(&fake, RING_COMPLETIONS, sound.cq_off.tail, 1);
	assert_int_equal(completions(&fake, &at), 81);
	assert_int_equal(completions(&fake, &at), 0);
	/* More than have room: the older ones are gone. */
	set_word(&fake, RING_COMPLETIONS, sound.cq_off.tail, 1000);
	assert_int_equal(completions(&fake, &at), 12345678);
	assert_int_equal(at, 1000);
	end(&fake);
}

/* Whatever stands in the counters, no more is read than there is room for. */
static void test_hostile_counters(void **state)
{
	struct fake fake;

	(void)state;
	begin(&fake, 0);
	srandom(1);
	for (int i = 0; i < 100000; i++) {
		uint32_t at = (uint32_t)random() * 2;
		uint64_t seen = 0;

		for (unsigned j = 0; j < 4; j++)
			set_list(&fake, j, random() % 4 ? (uint32_t)random() % 5 : UINT32_MAX);
		set_word(&fake, RING_SUBMISSIONS, sound.sq_off.tail, (uint32_t)random() * 2);
		set_word(&fake, RING_COMPLETIONS, sound.cq_off.tail, (uint32_t)random() * 2);
		assert_in_range(
			ring_submissions(&fake.memory, at, UINT32_MAX, add_submission, &seen), 0,
			4);
		assert_int_equal(ring_completions(&fake.memory, &at, add_completion, &seen), 0);
	}
	end(&fake);
}

static void test_index_outside(void **state)
{
	struct fake fake;

	(void)state;
	begin(&fake, 0);
	fill(&fake, 4);
	set_list(&fake, 2, 4);
	assert_int_equal(submissions(&fake, 0, 9), 43);
	end(&fake);
}

static void test_meddled(void **state)
{
	struct fake fake;
	uint32_t head;

	(void)state;
	begin(&fake, 0);
	set_word(&fake, RING_SUBMISSIONS, sound.sq_off.head, 77);
	assert_int_equal(ring_head(&fake.memory, &head), 0);
	assert_int_equal(head, 77);
	set_word(&fake, RING_SUBMISSIONS, sound.sq_off.ring_entries, 5);
	assert_int_equal(ring_head(&fake.memory, &head), -EINVAL);
	end(&fake);
}

/* Memory that the process has given and taken away. */
static void test_gone(void **state)
{
	struct fake fake;
	uint32_t head, at = 0;
	uint64_t seen = 0;

	(void)state;
	begin(&fake, RING_NO_MMAP);
	for (int i = 0; i < RING_AREAS; i++)
		fake.shape.address[i] = UINT64_MAX - 4;
	assert_int_equal(ring_head(&fake.memory, &head), -EFAULT);
	assert_int_equal(ring_submissions(&fake.memory, 0, 9, add_submission, &seen), -EFAULT);
	assert_int_equal(ring_completions(&fake.memory, &at, add_completion, &seen), -EFAULT);
	end(&fake);
}

static void refuse(struct io_uring_params parameters)
{
	struct ring_shape shape;

	assert_int_equal(ring_shape_of(&parameters, &shape), -EINVAL);
}

static void test_parameters(void **state)
{
	static const uint32_t count[] = { 0, 3, 65535, 1U << 17, 1U << 31, UINT32_MAX };
	static const uint32_t offset[] = { 2, 1U << 17, UINT32_MAX - 3, UINT32_MAX };
	struct io_uring_params bad;

	(void)state;
	for (size_t i = 0; i < sizeof count / sizeof *count; i++) {
		bad = sound;
		bad.sq_entries = count[i];
		refuse(bad);
		bad = sound;
		bad.cq_entries = count[i];
		refuse(bad);
	}
	for (size_t i = 0; i < sizeof offset / sizeof *offset; i++) {
		uint32_t *field[] = { &bad.sq_off.head, &bad.sq_off.tail, &bad.sq_off.ring_entries,
				      &bad.cq_off.tail, &bad.cq_off.cqes };

		for (size_t j = 0; j < sizeof field / sizeof *field; j++) {
			bad = sound;
			*field[j] = offset[i];
			refuse(bad);
		}
	}
	bad = sound;
	bad.sq_off.array = UINT32_MAX - 3;
	refuse(bad);
}

/* Each row of uring.def can be made a call of, and there is one for each number so far. */
static void test_operations(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= 64; i++) {
		const struct operation *operation = operation_of((uint8_t)i);

		assert_int_not_equal(operation->kind, OPERATION_UNKNOWN);
		assert_non_null(operation->name);
		if (operation->kind == OPERATION_AS)
			assert_string_equal(call_row_named(operation->call)->name, operation->call);
	}
	assert_int_equal(operation_of(UINT8_MAX)->kind, OPERATION_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_order),	      cmocka_unit_test(test_forms),
		cmocka_unit_test(test_round),	      cmocka_unit_test(test_hostile_counters),
		cmocka_unit_test(test_index_outside), cmocka_unit_test(test_meddled),
		cmocka_unit_test(test_gone),	      cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_operations),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
