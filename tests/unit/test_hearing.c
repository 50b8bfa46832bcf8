/* What a call has moved over a socket: read from memory, which here is our own. */
#include "recorder/calls/hearing_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/net.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static struct hearing *hearing;

static int open_hearing(void **state)
{
	(void)state;
	return hearing_open(&hearing);
}

static int close_hearing(void **state)
{
	(void)state;
	hearing_close(hearing);
	return 0;
}

static struct process self;

static struct call call_of(enum entry entry, int64_t result, uint64_t second, uint64_t third)
{
	self.tgid = getpid();
	return (struct call){
		.tid = getpid(),
		.process = &self,
		.entry = entry,
		.result = result,
		.argument = { 5, second, third },
	};
}

static uint64_t at(const void *address)
{
	return (uint64_t)(uintptr_t)address;
}

static struct iovec part_of(const char *text)
{
	return (struct iovec){ (void *)(uintptr_t)text, strlen(text) };
}

static bool gather(void *context, const struct talk_piece *piece)
{
	struct buffer *out = context;

	buffer_printf(out, "[%zu %.*s", piece->size, (int)piece->bytes.size, piece->bytes.data);
	if (piece->remote.ss_family)
		buffer_printf(out, " %u",
			      ntohs(((const struct sockaddr_in *)&piece->remote)->sin_port));
	buffer_add(out, "]");
	return true;
}

/* The pieces of a call by this number, as text. */
static void expect(struct call call, long number, const char *want)
{
	scoped(buffer) struct buffer got = { 0 };
	struct talk talk = talk_of(hearing, &call, (uint64_t)number);

	assert_int_not_equal(talk.form, TALK_NONE);
	talk_pieces(&call, &talk, gather, &got);
	assert_string_equal(buffer_text(&got), want);
}

static void bytes(void **state)
{
	struct call call = call_of(ENTRY_X86_64, 5, at("hello, all"), 10);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };

	(void)state;
	expect(call, SYS_write, "[5 hello]");
	expect(call, SYS_read, "[5 hello]");
	expect(call, SYS_sendto, "[5 hello]");
	call.argument[4] = at(&to);
	expect(call, SYS_sendto, "[5 hello 53]");
	expect(call, SYS_recvfrom, "[5 hello 53]");
	call.argument[1] = 8; /* nothing is there */
	expect(call, SYS_write, "[5 ]");
	expect(call, SYS_sendfile, "[5 ]");
}

static void vectors(void **state)
{
	const struct iovec part[] = { part_of("hel"), part_of(""), part_of("lo, all"),
				      part_of("no") };
	struct call call = call_of(ENTRY_X86_64, 8, at(part), 4);

	(void)state;
	expect(call, SYS_writev, "[8 hello, a]");
	call.argument[2] = UINT64_MAX; /* of many that are empty */
	call.result = 11;
	expect(call, SYS_readv, "[11 hello, alln]");
}

static void messages(void **state)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(443) };
	struct iovec part[] = { part_of("one"), part_of("two"), part_of("three") };
	struct mmsghdr message[] = {
		{ { .msg_iov = part, .msg_iovlen = 2, .msg_name = &to, .msg_namelen = sizeof to },
		  6 },
		{ { .msg_iov = part + 2, .msg_iovlen = SIZE_MAX }, 4 },
	};

	(void)state;
	expect(call_of(ENTRY_X86_64, 5, at(message), 0), SYS_sendmsg, "[5 onetw 443]");
	expect(call_of(ENTRY_X86_64, 2, at(message), 2), SYS_sendmmsg, "[6 onetwo 443][4 thre]");
	expect(call_of(ENTRY_X86_64, 1, at(message), 2), SYS_recvmmsg, "[6 onetwo 443]");
}

/* The structures of 32-bit programs, and their one call for all. */
static void small_pointers(void **state)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint32_t *word = (uint32_t *)low, address = (uint32_t)(uintptr_t)low;
	struct call call = call_of(ENTRY_I386, 6, 0, 0);

	(void)state;
	assert_true(low != MAP_FAILED);
	memcpy(low + 256, "onetwo", 6);
	memcpy(word, (const uint32_t[]){ address + 256, 3, address + 259, 3 }, 16);
	call.argument[1] = address;
	call.argument[2] = 2;
	expect(call, 146 /* writev */, "[6 onetwo]");
	memcpy(word + 16, (const uint32_t[]){ 0, 0, address, 2, 0, 0, 0 }, 28);
	call.argument[1] = address + 64;
	expect(call, 370 /* sendmsg */, "[6 onetwo]");
	memcpy(word + 32, (const uint32_t[]){ 5, address + 256, 6, 0 }, 16);
	call.argument[0] = SYS_SEND;
	call.argument[1] = address + 128;
	expect(call, 102 /* socketcall */, "[6 onetwo]");
	munmap(low, 4096);
}

static void other_calls(void **state)
{
	struct call call = call_of(ENTRY_X86_64, 0, 0, 0);

	(void)state;
	assert_int_equal(talk_of(hearing, &call, SYS_getpid).form, TALK_NONE);
	assert_int_equal(talk_of(hearing, &call, UINT64_MAX).form, TALK_NONE);
	assert_int_equal(talk_of(hearing, &call, SYS_dup2).form, TALK_COPY);
	call.entry = ENTRY_I386;
	call.argument[0] = SYS_BIND;
	assert_int_equal(talk_of(hearing, &call, 102).form, TALK_NONE);
}

static void held_by(struct process *process, const char *want)
{
	scoped(buffer) struct buffer got = { 0 };

	for (size_t i = 0; i < held_count(process); i++)
		buffer_printf(&got, "%d:%d ", process->held->one[i].descriptor,
			      (int)process->held->one[i].inode);
	assert_string_equal(buffer_text(&got), want);
}

static void descriptors(void **state)
{
	struct process process = { 0 }, child = { 0 };

	(void)state;
	assert_true(held_add(&process, 3, 30));
	assert_true(held_is_new(process.held));
	held_set_known(process.held);
	assert_true(held_add(&process, 4, 40));
	assert_true(held_is_new(process.held));
	assert_true(held_add(&process, 3, 31)); /* in place of what it was */
	held_by(&process, "4:40 3:31 ");
	child.held = held_copy(process.held);
	held_let_go_range(&process, 0, 3);
	held_by(&process, "4:40 ");
	assert_null(held_find(&process, 3));
	held_let_go_range(&process, 4, UINT32_MAX);
	assert_null(process.held);
	held_by(&child, "4:40 3:31 ");
	hearing_executed(hearing, &child); /* nobody listens to those */
	assert_null(child.held);
	assert_null(held_copy(NULL));
	for (int i = 0; held_add(&process, i, 1); i++)
		assert_true(i < 100000);
	held_release(process.held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes),       cmocka_unit_test(vectors),
		cmocka_unit_test(messages),    cmocka_unit_test(small_pointers),
		cmocka_unit_test(other_calls), cmocka_unit_test(descriptors),
	};

	return cmocka_run_group_tests(tests, open_hearing, close_hearing);
}
