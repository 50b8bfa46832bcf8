/* DNS messages that no resolver sends, and what answers mean.  Real ones are in the captures. */
#include "wire_fixture.h"

#include "recorder/wire/dns_answer.h"
#include "recorder/wire/dns_name.h"

#include <errno.h>

/* Reads a name that stands at `at` in the bytes. */
static int read_name(const char *hex, size_t at, struct dns_name *ret)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct cursor cursor;

	add_hex(&bytes, hex);
	cursor = cursor_of(guarded(0, bytes.data, bytes.size));
	cursor.at = at;
	return dns_name_read(&cursor, ret);
}

static const struct {
	const char *hex;
	size_t at;
	const char *text; /* NULL: malformed */
} names[] = {
	{ "00", 0, "." },
	{ "0161 00", 0, "a" },
	{ "0141 025a5b 00", 0, "a.z[" },
	{ "07 612e625c632022 00", 0, "a\\.b\\\\c\\032\\\"" },
	{ "09 28293b402400ff7f0a 00", 0, "\\(\\)\\;\\@\\$\\000\\255\\127\\010" },
	{ "0161 00 0162 c000", 3, "b.a" },
	{ "0161 00 0162 c000 c003", 7, "b.a" },
	{ "", 0, NULL },
	{ "01", 0, NULL },
	{ "0161", 0, NULL },
	{ "c000", 0, NULL },	       /* to itself */
	{ "c002 c000", 0, NULL },      /* forward */
	{ "0161 c000", 0, NULL },      /* into itself */
	{ "c002 0161 c000", 2, NULL }, /* to a pointer that leads forward */
	{ "c0", 0, NULL },
	{ "00 41 61", 1, NULL }, /* reserved kinds of labels: RFC 6891, 5 */
	{ "00 81 61", 1, NULL },
	{ "40 00", 0, NULL },
};

static void names_are_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct dns_name name;
		int status = read_name(names[i].hex, names[i].at, &name);

		if (status != (names[i].text ? 0 : -EBADMSG))
			fail_msg("%s: status %d", names[i].hex, status);
		if (!names[i].text)
			continue;
		assert_string_equal(name.text, names[i].text);
		assert_int_equal(name.size, strlen(names[i].text));
	}
}

/* A name of `size` bytes on the wire, each byte of its labels NUL. */
static void add_long_name(struct buffer *out, unsigned size)
{
	for (unsigned left = size - 1; left > 0;) {
		unsigned label = left > 64 ? 63 : left - 1;

		buffer_add_char(out, (char)label);
		for (unsigned i = 0; i < label; i++)
			buffer_add_char(out, '\0');
		left -= label + 1;
	}
	buffer_add_char(out, '\0');
}

static void the_longest_name(void **state)
{
	(void)state;
	for (unsigned size = 254; size <= 257; size++) {
		scoped(buffer) struct buffer bytes = { 0 };
		struct dns_name name;
		struct cursor cursor;
		int status;

		add_long_name(&bytes, size);
		cursor = cursor_of(guarded(0, bytes.data, bytes.size));
		status = dns_name_read(&cursor, &name);
		assert_int_equal(status, size <= 255 ? 0 : -EBADMSG);
		if (size == 255) /* four labels: 250 bytes of four characters, three dots */
			assert_int_equal(name.size, 1003);
	}
}

/* Pointer after pointer: strictly back, and still for long. */
static void pointers_are_counted(void **state)
{
	(void)state;
	for (unsigned count = 127; count <= 128; count++) {
		scoped(buffer) struct buffer bytes = { 0 };
		struct dns_name name;
		struct cursor cursor;

		add_hex(&bytes, "0161 00 00");
		add_u16(&bytes, 0xc000);
		for (unsigned i = 1; i < count; i++)
			add_u16(&bytes, 0xc000 | (2 + 2 * i));
		cursor = cursor_of(guarded(0, bytes.data, bytes.size));
		cursor.at = bytes.size - 2;
		assert_int_equal(dns_name_read(&cursor, &name), count == 127 ? 0 : -EBADMSG);
	}
}

#define HEADER(flags, questions, answers, additional)                                              \
	"0001 " flags " 000" #questions " 000" #answers " 0000 000" #additional " "
/* Offset 12: the question "a.test", type A. */
#define QUESTION "0161 0474657374 00 0001 0001 "
#define ADDRESS	 "0001 0001 0000003c 0004 c0000201 "

/* One record after a question, malformed or not; status of reading it. */
static const struct {
	const char *what, *record;
	bool good;
} records[] = {
	{ "an address", "c00c" ADDRESS, true },
	{ "an address of three bytes", "c00c 0001 0001 0000003c 0003 c00002", false },
	{ "an IPv6 address of four bytes", "c00c 001c 0001 0000003c 0004 c0000201", false },
	{ "data that is not all there", "c00c 0001 0001 0000003c 0004 c00002", false },
	{ "an alias", "c00c 0005 0001 0000003c 0002 c00e", true },
	{ "an alias with something behind", "c00c 0005 0001 0000003c 0003 c00e00", false },
	{ "an alias longer than its data", "c00c 0005 0001 0000003c 0003 04746573 7400", false },
	{ "a type that is not known", "c00c ff01 0001 0000003c 0003 010203", true },
	{ "a service", "c00c 0041 0001 0000003c 0003 0001 00", true },
	{ "a service without a target", "c00c 0041 0001 0000003c 0002 0001", false },
	{ "keys that ascend", "c00c 0041 0001 0000003c 000f 0001 00 0003 0002 01bb fff0 0002 0102",
	  true },
	{ "a key twice", "c00c 0041 0001 0000003c 000f 0001 00 0003 0002 01bb 0003 0002 01bb",
	  false },
	{ "keys that descend", "c00c 0041 0001 0000003c 000d 0001 00 0003 0002 01bb 0002 0000",
	  false },
	{ "a port of one byte", "c00c 0041 0001 0000003c 0008 0001 00 0003 0001 bb", false },
	{ "a port of three bytes", "c00c 0041 0001 0000003c 000a 0001 00 0003 0003 01bb00", false },
	{ "hints of five bytes", "c00c 0041 0001 0000003c 000c 0001 00 0004 0005 c000020100",
	  false },
	{ "no hints", "c00c 0041 0001 0000003c 0007 0001 00 0006 0000", false },
	{ "no protocols", "c00c 0041 0001 0000003c 0007 0001 00 0001 0000", false },
	{ "an empty protocol", "c00c 0041 0001 0000003c 0008 0001 00 0001 0001 00", false },
	{ "a protocol that is cut", "c00c 0041 0001 0000003c 0009 0001 00 0001 0002 0268", false },
	{ "a value longer than the record", "c00c 0041 0001 0000003c 0009 0001 00 0003 0004 01bb",
	  false },
};

static void records_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		scoped(buffer) struct buffer bytes = { 0 };
		struct dns_entry entry;
		struct dns dns;
		int status;

		add_hex(&bytes, HEADER("8180", 1, 1, 0) QUESTION);
		add_hex(&bytes, records[i].record);
		assert_int_equal(dns_read(guarded(0, bytes.data, bytes.size), &dns), 0);
		assert_int_equal(dns_next(&dns, &entry), 1);
		assert_string_equal(entry.name.text, "a.test");
		status = dns_next(&dns, &entry);
		if (status != (records[i].good ? 1 : -EBADMSG))
			fail_msg("%s: %d", records[i].what, status);
		assert_int_equal(dns_next(&dns, &entry), records[i].good ? 0 : -EBADMSG);
	}
}

static void read_hex(struct buffer *bytes, const char *hex, struct dns *ret)
{
	add_hex(bytes, hex);
	assert_int_equal(dns_read(guarded(0, bytes->data, bytes->size), ret), 0);
}

static void services_are_understood(void **state)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct dns_entry entry;
	struct dns dns;

	(void)state;
	read_hex(&bytes,
		 HEADER("8180", 0, 1, 0) "00 0040 0001 0000003c 002f 0001 0162 00"
					 "0001 000a 02 0a0a 02 6833 03 612c62"
					 "0003 0002 01bb 0004 0008 c0000201 c0000202 0005 0002 beef"
					 "ff00 0000",
		 &dns);
	assert_int_equal(dns_next(&dns, &entry), 1);
	assert_string_equal(entry.target.text, "b");
	assert_string_equal(entry.service.alpn.text, "h3,a\\044b");
	assert_true(entry.service.alpn.grease);
	assert_int_equal(entry.service.port, 443);
	assert_int_equal(entry.service.ipv4.size, 8);
	assert_true(entry.service.ech);
	assert_int_equal(dns_next(&dns, &entry), 0);
}

/* RFC 6891: twelve bits of rcode; RFC 6762: the top bit of classes; RFC 2136: types without data.
 */
static void extensions(void **state)
{
	scoped(buffer) struct buffer bytes = { 0 }, mdns = { 0 }, update = { 0 };
	struct dns_entry entry;
	struct dns dns;

	(void)state;
	read_hex(&bytes, HEADER("8180", 0, 0, 1) "00 0029 8200 01008000 0000", &dns);
	assert_int_equal(dns_next(&dns, &entry), 1);
	assert_int_equal(dns.rcode, 16);
	assert_int_equal(entry.class, 0x8200);
	read_hex(&mdns,
		 HEADER("0000", 1, 1, 0) "0161 00 0001 8001 c00c 0001 8001 00000001 0004 01020304",
		 &dns);
	assert_int_equal(dns_next(&dns, &entry), 1);
	assert_true(entry.top && entry.class == 1);
	assert_int_equal(dns_next(&dns, &entry), 1);
	assert_true(entry.top && entry.class == 1);
	read_hex(&update, HEADER("2800", 0, 1, 0) "0161 00 0001 00fe 00000000 0000", &dns);
	assert_int_equal(dns.opcode, 5);
	assert_int_equal(dns_next(&dns, &entry), 1);
}

static void note_answer(void *context, const struct dns_answer *answer)
{
	buffer_printf(context, "%s %s %u.%u/%u%s\n", answer->question.text, answer->name.text,
		      answer->address.byte[0], answer->address.byte[3], answer->address.size,
		      answer->hint ? " hint" : "");
}

/* Names by their offsets: a.test 0c, b.test 1f (in `ALIAS`, which is the first answer). */
#define ALIAS "c00c 0005 0001 00000001 0004 0162 c00e " /* at 18, its data at 24 */

static const struct {
	const char *what, *message, *answers;
} answers[] = {
	{ "one", HEADER("8180", 1, 1, 0) QUESTION "c00c" ADDRESS, "a.test a.test 192.1/4\n" },
	{ "large letters",
	  HEADER("8180", 1, 1, 0) "0141 0474457374 00 0001 0001 0161 047445735400" ADDRESS,
	  "a.test a.test 192.1/4\n" },
	{ "an alias", HEADER("8180", 1, 2, 0) QUESTION ALIAS "c024" ADDRESS,
	  "a.test b.test 192.1/4\n" },
	{ "the alias last", HEADER("8180", 1, 2, 0) QUESTION "0162 c00e" ADDRESS ALIAS,
	  "a.test b.test 192.1/4\n" },
	{ "aliases in a ring",
	  HEADER("8180", 1, 2, 0) QUESTION ALIAS "c024 0005 0001 00000001 0002 c00c", "" },
	{ "nobody asked", HEADER("8180", 1, 1, 1) QUESTION "c00c" ADDRESS "0163 c00e" ADDRESS,
	  "a.test a.test 192.1/4\n" },
	{ "another class", HEADER("8180", 1, 1, 0) QUESTION "c00c 0001 0003 00000001 0004 c0000201",
	  "" },
	{ "an error", HEADER("8183", 1, 1, 0) QUESTION "c00c" ADDRESS, "" },
	{ "a question only", HEADER("0100", 1, 1, 0) QUESTION "c00c" ADDRESS, "" },
	{ "mDNS",
	  HEADER("8400", 0, 1, 1) "0161 05 6c6f63616c 00 0001 8001 00000001 0004 c0000207"
				  "0162 c00e 0001 8001 00000001 0004 c0000208",
	  "a.local a.local 192.7/4\nb.local b.local 192.8/4\n" },
	{ "a service elsewhere",
	  HEADER("8180", 1, 1, 1) QUESTION "c00c 0041 0001 00000001 0005 0000 0162 00"
					   "0162 00 001c 0001 00000001 0010"
					   "20000000 00000000 00000000 00000000",
	  "a.test b 32.0/16\n" },
	{ "a service with hints",
	  HEADER("8180", 1, 1, 0) QUESTION
	  "c00c 0041 0001 00000001 000b 0001 00 0004 0004 c0000209",
	  "a.test a.test 192.9/4 hint\n" },
	{ "what stands before a fault", HEADER("8180", 1, 2, 0) QUESTION "c00c" ADDRESS "c00c 0001",
	  "a.test a.test 192.1/4\n" },
};

static void answers_are_for_questions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		scoped(buffer) struct buffer bytes = { 0 }, out = { 0 };

		add_hex(&bytes, answers[i].message);
		dns_answers(guarded(0, bytes.data, bytes.size), note_answer, &out);
		if (strcmp(buffer_text(&out), answers[i].answers))
			fail_msg("%s: got \"%s\"", answers[i].what, buffer_text(&out));
	}
}

static void frames_of_tcp(void **state)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct bytes message;
	size_t at = 0;

	(void)state;
	add_hex(&bytes, "000c 000000000000000000000000 000d 01020304050607080910111213 000b");
	for (size_t size = 0; size < 14; size++) {
		at = 0;
		assert_int_equal(dns_frame(guarded(0, bytes.data, size), &at, &message),
				 READING_MORE);
		assert_int_equal(at, 0);
	}
	for (int i = 0; i < 2; i++) {
		struct bytes stream = guarded(0, bytes.data, bytes.size);

		assert_int_equal(dns_frame(stream, &at, &message), READING_DONE);
		assert_int_equal(message.size, 12 + i);
	}
	assert_int_equal(dns_frame(guarded(0, bytes.data, bytes.size), &at, &message), READING_NOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_text),
		cmocka_unit_test(the_longest_name),
		cmocka_unit_test(pointers_are_counted),
		cmocka_unit_test(records_are_checked),
		cmocka_unit_test(services_are_understood),
		cmocka_unit_test(extensions),
		cmocka_unit_test(answers_are_for_questions),
		cmocka_unit_test(frames_of_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
