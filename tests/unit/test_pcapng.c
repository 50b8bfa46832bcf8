/* The blocks of a capture file, byte by byte, and the file that is whole whenever it is looked at.
 */
#include "wire_fixture.h"

#include "core/error.h"
#include "recorder/wire/packet_file.h"
#include "recorder/wire/pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* `hex` is written in the order of a machine whose least significant byte comes first. */
static void assert_block(const struct buffer *out, const char *hex)
{
	scoped(buffer) struct buffer want = { 0 };

	add_hex(&want, hex);
	assert_int_equal(out->size, want.size);
	for (size_t i = 0; i < want.size; i++)
		if (out->data[i] != want.data[i])
			fail_msg("byte %zu is %02x, not %02x", i, (unsigned char)out->data[i],
				 (unsigned char)want.data[i]);
}

static void section(void **state)
{
	scoped(buffer) struct buffer out = { 0 };
	const struct pcapng_section section = {
		.hardware = bytes_of("h"),
		.os = bytes_of("abcd"),
		.application = bytes_of("pare9"),
	};

	(void)state;
	pcapng_add_section(&out, &section);
	assert_block(&out, "0a0d0d0a 3c000000 4d3c2b1a 01000000 ffffffffffffffff"
			   "0200 0100 68000000"
			   "0300 0400 61626364"
			   "0400 0500 7061726539000000"
			   "0000 0000 3c000000");
}

static void section_says_only_what_is_known(void **state)
{
	scoped(buffer) struct buffer out = { 0 };
	const struct pcapng_section section = { .comment = bytes_of("c") };

	(void)state;
	pcapng_add_section(&out, &section);
	assert_block(&out, "0a0d0d0a 28000000 4d3c2b1a 01000000 ffffffffffffffff"
			   "0100 0100 63000000"
			   "0000 0000 28000000");
}

static void interface(void **state)
{
	scoped(buffer) struct buffer out = { 0 };
	const struct pcapng_interface interface = {
		.link = LINK_SLL2,
		.snap = 262144,
		.name = bytes_of("any"),
		.description = bytes_of("of"),
	};

	(void)state;
	pcapng_add_interface(&out, &interface);
	assert_block(&out, "01000000 30000000 1401 0000 00000400"
			   "0200 0300 616e7900"
			   "0300 0200 6f660000"
			   "0900 0100 09000000"
			   "0000 0000 30000000");
}

static void raw_ip_has_another_number_in_files(void **state)
{
	scoped(buffer) struct buffer out = { 0 };
	const struct pcapng_interface interface = { .link = LINK_RAW, .snap = 1 };

	(void)state;
	pcapng_add_interface(&out, &interface);
	assert_block(&out, "01000000 20000000 6500 0000 01000000"
			   "0900 0100 09000000"
			   "0000 0000 20000000");
}

static void packet(void **state)
{
	scoped(buffer) struct buffer out = { 0 };
	const struct pcapng_packet packet = {
		.interface = 2,
		.time_ns = 0x1122334455667788,
		.size = 0x105,
		.way = FRAME_SENT,
		.frame = { "\1\2\3\4\5", 5 },
		.comment = bytes_of("curl"),
	};

	(void)state;
	pcapng_add_packet(&out, &packet);
	assert_block(&out, "06000000 3c000000 02000000 44332211 88776655 05000000 05010000"
			   "0102030405000000"
			   "0100 0400 6375726c"
			   "0200 0400 02000000"
			   "0000 0000 3c000000");
}

static void packets_say_which_way(void **state)
{
	static const struct {
		enum frame_way way;
		uint32_t flags;
	} ways[] = {
		{ FRAME_TO_US, 0x5 },	   { FRAME_BROADCAST, 0xd }, { FRAME_MULTICAST, 0x9 },
		{ FRAME_TO_OTHERS, 0x11 }, { FRAME_SENT, 0x2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		scoped(buffer) struct buffer out = { 0 };
		uint32_t flags;

		pcapng_add_packet(&out, &(struct pcapng_packet){ .way = ways[i].way });
		assert_int_equal(out.size, 44);
		memcpy(&flags, out.data + 32, sizeof flags);
		assert_int_equal(flags, ways[i].flags);
	}
}

static void nothing_is_said_of_an_unknown_way(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	pcapng_add_packet(&out, &(struct pcapng_packet){ .way = FRAME_UNKNOWN });
	assert_block(&out, "06000000 24000000 00000000 00000000 00000000 00000000 00000000"
			   "0000 0000 24000000");
}

static void names(void **state)
{
	scoped(buffer) struct buffer four = { 0 }, six = { 0 };
	const struct address v4 = { 4, { 192, 0, 2, 1 } };
	const struct address v6 = { 16, { 0x20, 1, 0xd, 0xb8, [15] = 1 } };

	(void)state;
	pcapng_add_name(&four, &v4, bytes_of("a.b"));
	assert_block(&four, "04000000 1c000000 0100 0800 c0000201 612e6200 0000 0000 1c000000");
	pcapng_add_name(&six, &v6, bytes_of("a.b"));
	assert_block(&six, "04000000 28000000 0200 1400 20010db8000000000000000000000001 612e6200"
			   "0000 0000 28000000");
}

static void statistics(void **state)
{
	scoped(buffer) struct buffer out = { 0 };
	const struct pcapng_statistics statistics = {
		.interface = 1,
		.time_ns = 0x100000002,
		.started_ns = 0x300000004,
		.ended_ns = 0x500000006,
		.received = 7,
		.interface_dropped = 8,
		.system_dropped = 9,
		.kept = 10,
	};

	(void)state;
	pcapng_add_statistics(&out, &statistics);
	assert_block(&out, "05000000 64000000 01000000 01000000 02000000"
			   "0200 0800 03000000 04000000"
			   "0300 0800 05000000 06000000"
			   "0400 0800 0700000000000000"
			   "0500 0800 0800000000000000"
			   "0700 0800 0900000000000000"
			   "0800 0800 0a00000000000000"
			   "0000 0000 64000000");
}

static void a_text_beyond_an_option_is_cut(void **state)
{
	scoped(buffer) struct buffer out = { 0 }, comment = { 0 };
	uint16_t size;

	(void)state;
	while (comment.size < 70000)
		buffer_add_char(&comment, 'x');
	pcapng_add_packet(&out, &(struct pcapng_packet){ .way = FRAME_UNKNOWN,
							 .comment = buffer_bytes(&comment) });
	memcpy(&size, out.data + 30, sizeof size);
	assert_int_equal(size, 65535);
	assert_int_equal(out.size, 36 + 4 + 65536);
}

/* ---- the file ---- */

static char folder[] = "/tmp/pare-pcapng.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/file", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void assert_holds(const char *want)
{
	char have[64] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = read(fd, have, sizeof have - 1);

	close(fd);
	assert_true(size >= 0);
	assert_string_equal(have, want);
}

static void a_new_file_takes_the_place_of_the_old(void **state)
{
	struct packet_file file;
	struct error err = { 0 };
	struct stat st;
	int old = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	(void)state;
	assert_int_equal(write(old, "old", 3), 3);
	assert_int_equal(packet_file_open(&file, path, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_holds("");
	buffer_add(&file.out, "new");
	assert_int_equal(packet_file_write(&file), 0);
	assert_holds("new");
	packet_file_close(&file);
	assert_int_equal(fstat(old, &st), 0);
	assert_int_equal(st.st_size, 3);
	close(old);
}

static void limit_file(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What comes after a failure follows what was there before it, and the blocks that others need are
 * not lost. */
static void what_fails_leaves_nothing(void **state)
{
	struct packet_file file;
	struct error err = { 0 };

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(packet_file_open(&file, path, &err), 0);
	buffer_add(&file.first, "HEAD");
	buffer_add(&file.out, "one");
	assert_int_equal(packet_file_write(&file), 0);
	limit_file(9);
	buffer_add(&file.out, "three");
	assert_int_equal(packet_file_write(&file), -EFBIG);
	assert_holds("HEADone");
	buffer_add(&file.first, "MORE");
	buffer_add(&file.out, "lost");
	assert_int_equal(packet_file_write(&file), -EFBIG);
	assert_holds("HEADone");
	limit_file(RLIM_INFINITY);
	buffer_add(&file.out, "last");
	assert_int_equal(packet_file_write(&file), 0);
	assert_holds("HEADoneMORElast");
	packet_file_close(&file);
}

static void a_place_that_is_none_is_refused(void **state)
{
	struct packet_file file;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(packet_file_open(&file, folder, &err), -EISDIR);
	err = (struct error){ 0 };
	assert_int_equal(packet_file_open(&file, "/nowhere/at/all", &err), -ENOENT);
	assert_string_equal(err.text,
			    "write packets to /nowhere/at/all: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section),
		cmocka_unit_test(section_says_only_what_is_known),
		cmocka_unit_test(interface),
		cmocka_unit_test(raw_ip_has_another_number_in_files),
		cmocka_unit_test(packet),
		cmocka_unit_test(packets_say_which_way),
		cmocka_unit_test(nothing_is_said_of_an_unknown_way),
		cmocka_unit_test(names),
		cmocka_unit_test(statistics),
		cmocka_unit_test(a_text_beyond_an_option_is_cut),
		cmocka_unit_test(a_new_file_takes_the_place_of_the_old),
		cmocka_unit_test(what_fails_leaves_nothing),
		cmocka_unit_test(a_place_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
