/* The table knows every number of the kernel's own lists (linux-libc-dev): a call of the agent that
 * it does not know is only counted. */
#include "recorder/calls/calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const list[ENTRY_COUNT] = {
	[ENTRY_X86_64] = "unistd_64.h",
	[ENTRY_X32] = "unistd_x32.h",
	[ENTRY_I386] = "unistd_32.h",
};

/* The number at the end of a line such as "#define __NR_open (__X32_SYSCALL_BIT + 2)". */
static bool read_line(const char *line, char name[static 64], unsigned *ret_number)
{
	if (sscanf(line, "#define __NR_%63s %u", name, ret_number) == 2)
		return true;
	return sscanf(line, "#define __NR_%63s (__X32_SYSCALL_BIT + %u)", name, ret_number) == 2;
}

static void check(const struct call_table *table, enum entry entry, FILE *file)
{
	char line[256], name[64];
	unsigned number, count = 0;

	while (fgets(line, sizeof line, file)) {
		if (!read_line(line, name, &number))
			continue;
		assert_true(number < CALL_NUMBER_LIMIT);
		if (table->number[entry][number].class == CALL_UNKNOWN)
			fail_msg("%s: number %u, %s, is not known", list[entry], number, name);
		count++;
	}
	assert_true(count > 300);
}

static void every_number_is_known(void **state)
{
	static struct call_table table;

	(void)state;
	call_table_fill(&table);
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++) {
		char path[128];
		FILE *file;

		snprintf(path, sizeof path, "/usr/include/x86_64-linux-gnu/asm/%s", list[entry]);
		file = fopen(path, "r");
		if (!file) {
			snprintf(path, sizeof path, "/usr/include/asm/%s", list[entry]);
			file = fopen(path, "r");
		}
		if (!file)
			skip();
		check(&table, entry, file);
		fclose(file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_number_is_known) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
