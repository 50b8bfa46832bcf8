/* The seccomp filter: which calls stop.  For each way into the kernel, first the calls whose
 * arguments decide, then ranges of numbers.  Architecture and number come first, so that the
 * kernel keeps its bitmap of calls that always pass and does not run the filter for them
 * (seccomp_cache_prepare, Linux 5.11). */
#include "recorder/trace/trace.h"

#include "recorder/calls/calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define X32_BIT 0x40000000

struct program {
	struct sock_filter instruction[BPF_MAXINSNS];
	unsigned short count;
	bool overflow;
};

static void add(struct program *program, uint16_t code, uint8_t yes, uint8_t no, uint32_t k)
{
	if (program->count == BPF_MAXINSNS) {
		program->overflow = true;
		return;
	}
	program->instruction[program->count++] = (struct sock_filter){ code, yes, no, k };
}

static void load(struct program *program, size_t offset)
{
	add(program, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void answer(struct program *program, bool stop)
{
	add(program, BPF_RET | BPF_K, 0, 0, stop ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW);
}

/* Whether a number stops at all; with conditions it depends. */
static bool stops(const struct call_table *table, enum entry entry, unsigned number)
{
	return table->number[entry][number].class != CALL_HARMLESS;
}

static bool is_conditional(const struct call_table *table, enum entry entry, unsigned number)
{
	const struct call_row *row = table->number[entry][number].row;

	return row && row->when[0].test != TEST_NONE;
}

/* Goes on where the number in the accumulator is one of them. */
static void add_numbers(struct program *program, const struct requests *among)
{
	program->overflow |= among->count > UINT8_MAX;
	for (size_t i = 0; i < among->count; i++)
		add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint8_t)(among->count - i), 0,
		    among->request[i].number);
	answer(program, false);
}

/* Passes on unless the argument fits.  Conditions look at the low 32 bits: a flag or an int; a
 * pointer that must be set is asked for in both halves. */
static void add_test(struct program *program, const struct condition *condition)
{
	size_t low = offsetof(struct seccomp_data, args) + 8 * condition->argument;

	load(program, low);
	if (condition->test == TEST_AMONG) {
		add_numbers(program, condition->among);
		return;
	}
	if (condition->test == TEST_NOT_EQUAL && condition->mask == UINT32_MAX) {
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0);
		load(program, low + 4);
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
		answer(program, false);
		return;
	}
	if (condition->mask != UINT32_MAX)
		add(program, BPF_ALU | BPF_AND | BPF_K, 0, 0, condition->mask);
	if (condition->test == TEST_EQUAL)
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, condition->value);
	else
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, condition->value);
	answer(program, false);
}

/* Goes on where the bits of `either` are set, over the test of the next. */
static void add_either(struct program *program, const struct condition *either)
{
	unsigned short jump;

	load(program, offsetof(struct seccomp_data, args) + 8 * either->argument);
	add(program, BPF_ALU | BPF_AND | BPF_K, 0, 0, either->mask);
	jump = program->count;
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, either->value);
	add_test(program, either + 1);
	program->instruction[jump].jf = (uint8_t)(program->count - jump - 1);
}

static void add_conditional(struct program *program, const struct call_row *row, unsigned number)
{
	unsigned short jump = program->count;

	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, number);
	for (size_t i = 0; i < CONDITIONS_MAX && row->when[i].test != TEST_NONE; i++)
		if (row->when[i].or_next)
			add_either(program, &row->when[i++]);
		else
			add_test(program, &row->when[i]);
	answer(program, true);
	program->overflow |= program->count - jump - 1 > UINT8_MAX;
	program->instruction[jump].jf = (uint8_t)(program->count - jump - 1);
}

/* With the number in the accumulator: the answer for every number of one entry. */
static void add_entry(struct program *program, const struct call_table *table, enum entry entry)
{
	unsigned from = 0;

	for (unsigned number = 0; number < CALL_NUMBER_LIMIT; number++)
		if (is_conditional(table, entry, number))
			add_conditional(program, table->number[entry][number].row, number);
	for (unsigned number = 1; number < CALL_NUMBER_LIMIT; number++) {
		if (stops(table, entry, number) == stops(table, entry, from))
			continue;
		add(program, BPF_JMP | BPF_JGE | BPF_K, 1, 0, number);
		answer(program, stops(table, entry, from));
		from = number;
	}
	/* Beyond the table nothing is known: stop and count. */
	add(program, BPF_JMP | BPF_JGE | BPF_K, 1, 0, CALL_NUMBER_LIMIT);
	answer(program, stops(table, entry, from));
	answer(program, true);
}

/* A jump over more than 255 instructions; returns where its distance is to be put. */
static unsigned short add_far_jump(struct program *program)
{
	add(program, BPF_JMP | BPF_JA, 0, 0, 0);
	return (unsigned short)(program->count - 1);
}

static void land(struct program *program, unsigned short jump)
{
	program->instruction[jump].k = program->count - jump - 1u;
}

/* Turns every stop since `from` into a jump to the end, where a call that came from `trusted` goes
 * on: the recorder's hook has logged it. */
static void trust(struct program *program, unsigned short from, uint64_t trusted)
{
	unsigned short end = program->count;

	for (unsigned short at = from; at < end; at++) {
		struct sock_filter *in = &program->instruction[at];

		if (in->code == (BPF_RET | BPF_K) && in->k == SECCOMP_RET_TRACE)
			*in = (struct sock_filter){ BPF_JMP | BPF_JA, 0, 0, end - at - 1u };
	}
	load(program, offsetof(struct seccomp_data, instruction_pointer));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, (uint32_t)trusted);
	load(program, offsetof(struct seccomp_data, instruction_pointer) + 4);
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)(trusted >> 32));
	answer(program, false);
	answer(program, true);
}

/* `trusted`: an address that x86-64 calls never stop from; 0: none. */
static int build(struct program *program, const struct call_table *table, uint64_t trusted)
{
	unsigned short other, x32, native;

	load(program, offsetof(struct seccomp_data, arch));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64);
	other = add_far_jump(program);
	load(program, offsetof(struct seccomp_data, nr));
	add(program, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_BIT);
	x32 = add_far_jump(program);
	native = program->count;
	add_entry(program, table, ENTRY_X86_64);
	if (trusted)
		trust(program, native, trusted);
	land(program, x32);
	add(program, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(uint32_t)X32_BIT);
	add_entry(program, table, ENTRY_X32);
	land(program, other);
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_I386);
	answer(program, true);
	load(program, offsetof(struct seccomp_data, nr));
	add_entry(program, table, ENTRY_I386);
	return program->overflow ? -E2BIG : 0;
}

int trace_install_filter(const struct call_table *table, uint64_t trusted)
{
	struct program program = { .count = 0 };
	struct sock_fprog filter = { 0, program.instruction };
	int r = build(&program, table, trusted);

	if (r < 0)
		return r;
	filter.len = program.count;
	/* Without SPEC_ALLOW older kernels turn speculation off for every filtered process. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		    &filter) == 0)
		return 0;
	if (errno != EACCES)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		    &filter) == 0)
		return 0;
	return -errno;
}
