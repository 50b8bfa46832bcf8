/* The two things under every decoder: reading within bounds, and putting pieces together. */
#include "wire_fixture.h"

#include "recorder/wire/assembly.h"
#include "recorder/wire/cursor.h"

static void numbers_are_big_endian(void **state)
{
	struct bytes bytes = guarded(0, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a", 10);
	struct cursor cursor = cursor_of(bytes);

	(void)state;
	assert_int_equal(cursor_u8(&cursor), 1);
	assert_int_equal(cursor_u16(&cursor), 0x0203);
	assert_int_equal(cursor_u24(&cursor), 0x040506);
	assert_int_equal(cursor_u32(&cursor), 0x0708090a);
	assert_true(cursor_whole(&cursor));
}

/* The examples of RFC 9000, A.1. */
static void variable_lengths(void **state)
{
	struct bytes bytes =
		guarded(0, "\xc2\x19\x7c\x5e\xff\x14\xe8\x8c\x9d\x7f\x3e\x7d\x7b\xbd\x25", 15);
	struct cursor cursor = cursor_of(bytes);

	(void)state;
	assert_true(cursor_varint(&cursor) == UINT64_C(151288809941952652));
	assert_int_equal(cursor_varint(&cursor), 494878333);
	assert_int_equal(cursor_varint(&cursor), 15293);
	assert_int_equal(cursor_varint(&cursor), 37);
	assert_true(cursor_whole(&cursor));
	assert_int_equal(cursor_varint(&cursor), 0);
	assert_true(cursor.failed);
}

/* Once beyond the end nothing reads any more, not even what would fit. */
static void failure_stays(void **state)
{
	struct cursor cursor = cursor_of(guarded(0, "\x01\x02\x03", 3)), part;

	(void)state;
	assert_int_equal(cursor_u32(&cursor), 0);
	assert_true(cursor.failed);
	assert_int_equal(cursor_u8(&cursor), 0);
	assert_int_equal(cursor_left(&cursor), 0);
	assert_false(cursor_whole(&cursor));
	part = cursor_part(&cursor, 1);
	assert_true(part.failed);
	assert_int_equal(cursor_take(&cursor, SIZE_MAX).size, 0);
	assert_int_equal(cursor_rest(&cursor).size, 0);
}

static void parts_end_early(void **state)
{
	struct cursor cursor = cursor_of(guarded(0, "\x01\x02\x03\x04", 4));
	struct cursor part = cursor_part(&cursor, 2);

	(void)state;
	assert_int_equal(cursor_u16(&part), 0x0102);
	assert_int_equal(cursor_u8(&part), 0);
	assert_true(part.failed);
	assert_int_equal(cursor_u16(&cursor), 0x0304);
	assert_true(cursor_whole(&cursor));
	cursor = (struct cursor){ 0 };
	assert_true(cursor_whole(&cursor));
	assert_int_equal(cursor_take(&cursor, 0).size, 0);
	assert_false(cursor.failed);
}

static void pieces_in_any_order(void **state)
{
	struct assembly assembly = { .limit = 10 };

	(void)state;
	assert_int_equal(assembly_add(&assembly, 4, bytes_of("ef")), 0);
	assert_int_equal(assembly_ready(&assembly).size, 0);
	assert_int_equal(assembly_add(&assembly, 0, bytes_of("ab")), 0);
	assert_int_equal(assembly_ready(&assembly).size, 2);
	assert_int_equal(assembly_add(&assembly, 2, bytes_of("cd")), 0);
	assert_int_equal(assembly.count, 1);
	assert_memory_equal(assembly_ready(&assembly).data, "abcdef", 6);
	assert_int_equal(assembly_add(&assembly, 1, bytes_of("bcd")),
			 ASSEMBLY_OVERLAP | ASSEMBLY_INSIDE);
	assert_int_equal(assembly_add(&assembly, 5, bytes_of("Xgh")),
			 ASSEMBLY_OVERLAP | ASSEMBLY_DIFFERS);
	assert_int_equal(assembly_add(&assembly, 8, bytes_of("ijkl")), ASSEMBLY_BEYOND);
	assert_int_equal(assembly_add(&assembly, 10, bytes_of("k")), ASSEMBLY_BEYOND);
	assert_int_equal(assembly_add(&assembly, UINT64_MAX, bytes_of("z")), ASSEMBLY_BEYOND);
	assert_int_equal(assembly_ready(&assembly).size, 10);
	assert_memory_equal(assembly_ready(&assembly).data, "abcdefghij", 10);
	assembly_release(&assembly);
	assert_int_equal(assembly.limit, 10);
}

static void holes_are_counted(void **state)
{
	struct assembly assembly = { .limit = 4096 };

	(void)state;
	for (unsigned i = 0; i < ASSEMBLY_RANGES; i++)
		assert_int_equal(assembly_add(&assembly, 2 * i + 1, bytes_of("x")), 0);
	assert_int_equal(assembly_add(&assembly, 4000, bytes_of("y")), ASSEMBLY_LOST);
	assert_int_equal(assembly_add(&assembly, 0, bytes_of("x")), 0);
	assert_int_equal(assembly_add(&assembly, 4000, bytes_of("y")), ASSEMBLY_LOST);
	assert_int_equal(assembly_add(&assembly, 2, bytes_of("x")), 0);
	assert_int_equal(assembly_add(&assembly, 4000, bytes_of("y")), 0);
	assembly_release(&assembly);
}

/* A simple model: a byte and whether it is there, for each place. */
enum { MODEL = 200 };

struct model {
	char byte[MODEL];
	bool there[MODEL];
};

static unsigned model_add(struct model *model, unsigned at, struct bytes piece)
{
	unsigned met = 0, old = 0, within = 0;

	for (unsigned i = 0; i < piece.size; i++) {
		if (at + i >= MODEL) {
			met |= ASSEMBLY_BEYOND;
			continue;
		}
		within++;
		if (!model->there[at + i]) {
			model->there[at + i] = true;
			model->byte[at + i] = piece.data[i];
			continue;
		}
		old++;
		met |= ASSEMBLY_OVERLAP;
		if (model->byte[at + i] != piece.data[i])
			met |= ASSEMBLY_DIFFERS;
	}
	return met | (within && old == within ? ASSEMBLY_INSIDE : 0);
}

static void model_shift(struct model *model, unsigned by)
{
	struct model old = *model;

	*model = (struct model){ 0 };
	for (unsigned i = by; i < MODEL; i++) {
		model->byte[i] = old.byte[i - by];
		model->there[i] = old.there[i - by];
	}
}

static void model_drop(struct model *model, unsigned by)
{
	struct model old = *model;

	*model = (struct model){ 0 };
	for (unsigned i = 0; i + by < MODEL; i++) {
		model->byte[i] = old.byte[i + by];
		model->there[i] = old.there[i + by];
	}
}

static void assert_as_model(const struct assembly *assembly, const struct model *model)
{
	struct bytes ready = assembly_ready(assembly);
	size_t size = 0;

	while (size < MODEL && model->there[size])
		size++;
	assert_int_equal(ready.size, size);
	if (size)
		assert_memory_equal(ready.data, model->byte, size);
	for (unsigned i = 0; i + 1 < assembly->count; i++)
		assert_true(assembly->range[i].to < assembly->range[i + 1].from);
}

static void any_pieces_are_as_a_model_says(void **state)
{
	(void)state;
	srand(5);
	for (int round = 0; round < 3000; round++) {
		struct assembly assembly = { .limit = MODEL };
		struct model model = { 0 };

		for (int i = rand() % 30; i >= 0; i--) {
			char data[2] = { (char)('a' + rand() % 2), 'c' };
			struct bytes piece = guarded(0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
						     (size_t)(rand() % 39));
			unsigned at = (unsigned)(rand() % (MODEL + 20));

			if (rand() % 8 == 0) {
				assembly_shift(&assembly, at);
				model_shift(&model, at);
			} else if (rand() % 8 == 0) {
				assembly_drop(&assembly, at);
				model_drop(&model, at);
			} else if (rand() % 4 == 0) {
				piece = (struct bytes){ data, 2 };
			}
			assert_int_equal(assembly_add(&assembly, at, piece),
					 model_add(&model, at, piece));
			assert_as_model(&assembly, &model);
		}
		assembly_release(&assembly);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(variable_lengths),
		cmocka_unit_test(failure_stays),
		cmocka_unit_test(parts_end_early),
		cmocka_unit_test(pieces_in_any_order),
		cmocka_unit_test(holes_are_counted),
		cmocka_unit_test(any_pieces_are_as_a_model_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
