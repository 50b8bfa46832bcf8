/* Runs the seccomp filter over every number of every entry, as seccomp(2) would, and compares the
 * verdict with the table. */
#include "recorder/trace/filter.c"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include <cmocka.h>

static struct call_table table;
static struct program program;

/* Classic BPF, as far as the filter uses it; fails on anything else, and on a jump outside. */
static uint32_t run(const struct seccomp_data *data)
{
	uint32_t a = 0, steps = 0;

	for (unsigned at = 0; at < program.count; at++) {
		const struct sock_filter *in = &program.instruction[at];
		bool yes = in->code == (BPF_JMP | BPF_JEQ | BPF_K) ? a == in->k : a >= in->k;

		assert_true(++steps < BPF_MAXINSNS);
		switch (in->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(in->k % 4 == 0 && in->k < sizeof *data);
			memcpy(&a, (const char *)data + in->k, sizeof a);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= in->k;
			break;
		case BPF_JMP | BPF_JA:
			at += in->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
			at += yes ? in->jt : in->jf;
			break;
		case BPF_RET | BPF_K:
			return in->k;
		default:
			fail_msg("instruction %u: code %#x", at, in->code);
		}
	}
	fail_msg("ran over the end");
	return 0;
}

static struct seccomp_data call_of(enum entry entry, unsigned number)
{
	struct seccomp_data data = { .nr = (int)number, .arch = AUDIT_ARCH_X86_64 };

	if (entry == ENTRY_X32)
		data.nr |= X32_BIT;
	if (entry == ENTRY_I386)
		data.arch = AUDIT_ARCH_I386;
	return data;
}

static bool is_among(const struct requests *among, uint64_t value)
{
	for (size_t i = 0; i < among->count; i++)
		if (among->request[i].number == (uint32_t)value)
			return true;
	return false;
}

static bool holds(const struct condition *condition, const struct seccomp_data *data)
{
	uint64_t value = data->args[condition->argument];

	if (condition->test == TEST_NONE)
		return true;
	if (condition->test == TEST_AMONG)
		return is_among(condition->among, value);
	if (condition->test == TEST_NOT_EQUAL && condition->mask == UINT32_MAX)
		return value != 0;
	return ((value & condition->mask) == condition->value) == (condition->test == TEST_EQUAL);
}

static bool all_hold(const struct call_row *row, const struct seccomp_data *data)
{
	bool all = true;

	for (size_t i = 0; i < CONDITIONS_MAX; i++) {
		bool one = holds(&row->when[i], data);

		if (row->when[i].or_next)
			one |= holds(&row->when[++i], data);
		all &= one;
	}
	return all;
}

static void check(enum entry entry, unsigned number, const struct seccomp_data *data)
{
	bool want =
		number >= CALL_NUMBER_LIMIT || table.number[entry][number].class != CALL_HARMLESS;
	const struct call_row *row = call_table_row(&table, entry, number);

	if (row)
		want = all_hold(row, data);
	if (run(data) != (want ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW))
		fail_msg("entry %d, call %u (%s), arguments %#llx %#llx %#llx %#llx: %s", entry,
			 number, row ? row->name : "-", data->args[0], data->args[1], data->args[2],
			 data->args[3], want ? "should stop" : "should pass");
}

static void every_number(void **state)
{
	(void)state;
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++)
		for (unsigned number = 0; number < 2 * CALL_NUMBER_LIMIT; number++) {
			struct seccomp_data data = call_of(entry, number);

			check(entry, number, &data);
			memset(data.args, 0xff, sizeof data.args);
			check(entry, number, &data);
		}
}

/* Each argument takes values that decide, the others stay; also the half that an int does not
 * use. */
static void every_condition(void **state)
{
	static const uint64_t value[] = { 0,	1,	    2,	   4,	       22,
					  0x20, 0x00800000, 1 | 4, 1ULL << 32, (1ULL << 32) | 22 };

	(void)state;
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++)
		for (unsigned number = 0; number < CALL_NUMBER_LIMIT; number++)
			for (unsigned i = 0; i < 6 * sizeof value / sizeof *value; i++) {
				struct seccomp_data data = call_of(entry, number);

				data.args[2] = 4; /* PROT_EXEC */
				data.args[i % 6] = value[i / 6];
				check(entry, number, &data);
				data.args[2] = 3; /* PROT_READ | PROT_WRITE */
				check(entry, number, &data);
				data.args[3] = 1; /* MAP_SHARED */
				check(entry, number, &data);
				data.args[3] = 1 | 32; /* MAP_ANONYMOUS */
				check(entry, number, &data);
			}
}

/* A number and its neighbours; the upper half of the argument is not looked at. */
static void check_requests(enum entry entry, unsigned number, const struct condition *when)
{
	for (size_t i = 0; i < when->among->count; i++)
		for (int off = -1; off <= 1; off++) {
			struct seccomp_data data = call_of(entry, number);
			uint64_t value = when->among->request[i].number + (uint64_t)off;

			data.args[when->argument] = value;
			check(entry, number, &data);
			data.args[when->argument] = value | 1ULL << 40;
			check(entry, number, &data);
		}
}

static void every_request(void **state)
{
	unsigned lists = 0;

	(void)state;
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++)
		for (unsigned number = 0; number < CALL_NUMBER_LIMIT; number++) {
			const struct call_row *row = call_table_row(&table, entry, number);

			if (!row || row->when[0].test != TEST_AMONG)
				continue;
			check_requests(entry, number, &row->when[0]);
			lists++;
		}
	assert_true(lists >= 2 * ENTRY_COUNT);
}

static void each_once(const struct requests *all)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(all->request[i].number, all->request[j].number);
}

/* Numbers as the kernel's headers have them, and one row for each. */
static void requests_are_those_of_the_kernel(void **state)
{
	static const uint32_t recorded[] = {
		FICLONE,	   FICLONERANGE,      FIDEDUPERANGE, FS_IOC_SETFLAGS,
		FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR, FIFREEZE,	     TIOCSTI,
		TIOCGPTPEER,	   SIOCSIFADDR,	      BLKZEROOUT,    SECCOMP_IOCTL_NOTIF_ADDFD
	};
	static const uint32_t not_recorded[] = { TCGETS,  TCSETS,  TIOCGWINSZ,	    FIONREAD,
						 FIONBIO, FIOCLEX, FS_IOC_GETFLAGS, SIOCGIFADDR };

	(void)state;
	for (size_t i = 0; i < sizeof recorded / sizeof *recorded; i++)
		assert_true(is_among(&ioctl_requests, recorded[i]));
	for (size_t i = 0; i < sizeof not_recorded / sizeof *not_recorded; i++)
		assert_false(is_among(&ioctl_requests, not_recorded[i]));
	assert_true(is_among(&fcntl_requests, F_SETFL) && is_among(&fcntl_requests, F_SETLEASE) &&
		    is_among(&fcntl_requests, F_NOTIFY) && fcntl_requests.count < 10);
	each_once(&fcntl_requests);
	each_once(&ioctl_requests);
}

static void what_nobody_knows(void **state)
{
	struct seccomp_data data = call_of(ENTRY_X86_64, 0);

	(void)state;
	data.nr = -1;
	assert_int_equal(run(&data), SECCOMP_RET_TRACE);
	data.nr = 0x7fffffff;
	assert_int_equal(run(&data), SECCOMP_RET_TRACE);
	data.arch = 0xc00000b7; /* AArch64 */
	data.nr = 0;
	assert_int_equal(run(&data), SECCOMP_RET_TRACE);
}

/* Without these a program could not be followed, or would be followed in vain. */
static void the_table_is_filled(void **state)
{
	(void)state;
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++) {
		unsigned traced = 0, harmless = 0;

		for (unsigned number = 0; number < CALL_NUMBER_LIMIT; number++) {
			traced += table.number[entry][number].class == CALL_TRACED;
			harmless += table.number[entry][number].class == CALL_HARMLESS;
		}
		assert_true(traced > 100 && harmless > 150);
	}
	assert_string_equal(call_table_row(&table, ENTRY_X86_64, 59)->name, "execve");
	assert_string_equal(call_table_row(&table, ENTRY_X32, 520)->name, "execve");
	assert_string_equal(call_table_row(&table, ENTRY_I386, 11)->name, "execve");
	assert_null(call_table_row(&table, ENTRY_X86_64, UINT64_MAX));
}

static uint32_t answer_to(enum entry entry, const char *name, uint64_t first, uint64_t second)
{
	struct seccomp_data data = call_of(entry, (unsigned)call_number(entry, name));

	data.args[0] = first;
	data.args[1] = second;
	return run(&data);
}

/* Where there are limits, what they are about stops, too.  The last test, as it changes the table.
 */
static void what_is_limited(void **state)
{
	(void)state;
	assert_int_equal(answer_to(ENTRY_X86_64, "clone", SIGCHLD, 0), SECCOMP_RET_ALLOW);
	call_table_add_tasks(&table);
	call_table_add_limits(&table);
	memset(&program, 0, sizeof program);
	assert_int_equal(build(&program, &table, 0), 0);
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++) {
		assert_int_equal(answer_to(entry, "clone", SIGCHLD, 0), SECCOMP_RET_TRACE);
		assert_int_equal(answer_to(entry, "fork", 0, 0), SECCOMP_RET_TRACE);
		assert_int_equal(answer_to(entry, "vfork", 0, 0), SECCOMP_RET_TRACE);
		assert_int_equal(answer_to(entry, "setrlimit", RLIMIT_FSIZE, 1), SECCOMP_RET_TRACE);
		assert_int_equal(answer_to(entry, "setrlimit", RLIMIT_CORE, 1), SECCOMP_RET_ALLOW);
		assert_int_equal(answer_to(entry, "prlimit64", 0, RLIMIT_FSIZE), SECCOMP_RET_TRACE);
		assert_int_equal(answer_to(entry, "read", 0, 0), SECCOMP_RET_ALLOW);
	}
	assert_true(call_makes_task(call_table_row(&table, ENTRY_X86_64, 57)));
	assert_true(call_makes_task(call_table_row(&table, ENTRY_X86_64, 56)));
	assert_false(call_makes_task(call_table_row(&table, ENTRY_X86_64, 59)));
	every_number(NULL);
	every_condition(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number),
		cmocka_unit_test(every_condition),
		cmocka_unit_test(every_request),
		cmocka_unit_test(requests_are_those_of_the_kernel),
		cmocka_unit_test(what_nobody_knows),
		cmocka_unit_test(the_table_is_filled),
		cmocka_unit_test(what_is_limited),
	};

	call_table_fill(&table);
	if (build(&program, &table, 0) < 0)
		return 1;
	print_message("# %u instructions\n", program.count);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
