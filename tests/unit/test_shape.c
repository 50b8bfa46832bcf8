/* What names that vary have in common. */
#include "analyzer/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NAMES_MAX 8

static const struct {
	const char *want; /* NULL: nothing that chance makes */
	const char *name[NAMES_MAX];
} shape_case[] = {
	{ "cc{alnum:6}.o", { "ccAb12cd.o", "ccx9Yz0Q.o", "ccQQ3abc.o" } },
	{ "tmp{base37:8}", { "tmpab_12x9z", "tmpq8y_zz01", "tmp0rr1k2m3" } },
	{ "tmp_obj_{alnum:6}", { "tmp_obj_Ab12Cd", "tmp_obj_9xYq2Z" } },
	{ "out.{alnum:6}",
	  { "out.abCdef", "out.aQ1uio" } }, /* as mkstemp(3) draws: by chance alike */
	{ "out.node{digit:2}", { "out.node18", "out.node20" } },
	{ NULL, { "out.a_Cdef", "out.aQ_uio" } },
	{ "{uuid}.json",
	  { "01234567-89ab-cdef-0123-456789abcdef.json",
	    "ffffffff-89ab-4def-8123-456789abcdef.json" } },
	{ "pytest-{digit:1-7}", { "pytest-9", "pytest-10" } },
	{ "{hex:40}.pack",
	  { "0123456789abcdef0123456789abcdef01234567.pack",
	    "0923456789abcdef0123456789abcdef01234567.pack" } },
	{ "{date}-log", { "2026-11-29-log", "2026-11-30-log" } },
	{ "run-{digit:13}", { "run-1732861234567", "run-1732861239999" } },
	{ NULL, { "passwd", "group", "hosts", "resolv.conf" } },
	{ NULL, { "passwd", "group", "hosts" } },
	{ NULL, { "main.c", "stack.c", "list.c" } },
	{ NULL, { "README", "LICENSE" } },
	{ "{hex:2}", { "3f", "a0", "ff" } },
	{ NULL, { "3f", "a0" } },
	{ NULL, { "a" } },
};

static void try_names(const char *want, const char *const *name)
{
	scoped(varying) struct varying varying = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct bytes names[NAMES_MAX];
	size_t count = 0;
	int r;

	for (; count < NAMES_MAX && name[count]; count++)
		names[count] = bytes_of(name[count]);
	r = shape_infer(names, count, &varying);
	varying_write(&varying, &text);
	if (r != (want ? 0 : 1) || (want && strcmp(buffer_text(&text), want)))
		fail_msg("%s: %d, %s, wanted %s", name[0], r, buffer_text(&text),
			 want ? want : "nothing");
	for (size_t i = 0; r == 0 && i < count; i++)
		assert_true(varying_matches(&varying, names[i]));
}

static void names_have_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shape_case / sizeof *shape_case; i++)
		try_names(shape_case[i].want, shape_case[i].name);
}

static void keys_tell_makes_apart(void **state)
{
	scoped(buffer) struct buffer a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	shape_key(bytes_of("ccAb12cd.o"), &a);
	shape_key(bytes_of("ccXy99zz.o"), &b);
	shape_key(bytes_of("stack.o"), &c);
	assert_string_equal(buffer_text(&a), buffer_text(&b));
	assert_string_not_equal(buffer_text(&a), buffer_text(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_shapes),
		cmocka_unit_test(keys_tell_makes_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
