/* Blocks of addresses in the names of hosts: exactly these addresses, written in one way. */
#include "core/block.h"
#include "core/error.h"
#include "core/language.h"
#include "core/match.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pattern host(const char *text)
{
	struct pattern pattern = { 0 };
	struct error err = { 0 };

	if (pattern_parse(&pattern, RESOURCE_HOST, text, &err) < 0)
		fail_msg("%s", err.text);
	return pattern;
}

static bool admits(const struct pattern *pattern, const char *name)
{
	return pattern_matches(pattern, &(struct roots){ 0 }, bytes_of(name));
}

static void assert_same_text(const char *text)
{
	scoped(pattern) struct pattern pattern = host(text);
	scoped(buffer) struct buffer out = { 0 };

	pattern_write(&pattern, &out);
	assert_string_equal(buffer_text(&out), text);
}

/* Every block of /24 to /31 around an odd place, against arithmetic. */
static void admits_its_addresses_alone(void **state)
{
	(void)state;
	for (unsigned bits = 22; bits <= 31; bits++) {
		uint32_t first = 0x0a09c890U & ~(UINT32_MAX >> bits), last;
		scoped(buffer) struct buffer text = { 0 };
		scoped(pattern) struct pattern pattern = { 0 };
		struct in_addr address = { htonl(first) };

		last = first | UINT32_MAX >> bits;
		buffer_printf(&text, "tcp/%s/%u:5432", inet_ntoa(address), bits);
		pattern = host(buffer_text(&text));
		assert_true(pattern_is_open(&pattern));
		for (uint32_t at = first - 300; at <= last + 300; at++) {
			char name[64];

			address.s_addr = htonl(at);
			snprintf(name, sizeof name, "tcp/%s:5432", inet_ntoa(address));
			assert_int_equal(admits(&pattern, name), at >= first && at <= last);
		}
	}
}

static void is_of_one_protocol_and_port(void **state)
{
	scoped(pattern) struct pattern pattern = host("tcp/10.1.2.0/28:5432");

	(void)state;
	assert_true(admits(&pattern, "tcp/10.1.2.7:5432"));
	assert_false(admits(&pattern, "udp/10.1.2.7:5432"));
	assert_false(admits(&pattern, "tcp/10.1.2.7:543"));
	assert_false(admits(&pattern, "tcp/10.1.2.7:54322"));
	assert_false(admits(&pattern, "tcp/10.1.2.16:5432"));
	assert_false(admits(&pattern, "tcp/10.1.2.07:5432"));
	assert_false(admits(&pattern, "tcp/10.1.2.7.example.com:5432"));
	assert_false(admits(&pattern, "tcp/10.1.2.0/28:5432"));
}

static void knows_the_other_protocol(void **state)
{
	scoped(pattern) struct pattern pattern = host("tcp/[fd00::10/124]:5432");

	(void)state;
	assert_true(admits(&pattern, "tcp/[fd00::10]:5432"));
	assert_true(admits(&pattern, "tcp/[fd00::1f]:5432"));
	assert_false(admits(&pattern, "tcp/[fd00::20]:5432"));
	assert_false(admits(&pattern, "tcp/[fd00::f]:5432"));
	assert_false(admits(&pattern, "tcp/fd00::10:5432"));
	assert_same_text("tcp/[fd00::10/124]:5432");
	assert_same_text("udp/[fd00::/120]:1");
}

static void is_written_in_one_way(void **state)
{
	static const char *const other[] = {
		"10.1.2.1/28",
		"10.1.2.0/32",
		"10.1.2.0/7",
		"10.1.2.0/028",
		"10.1.2/28",
		"10.1.2.0/",
		"/28",
		"[fd00::10]/124",
		"fd00::10/124",
		"[fd00::/64]",
		"[FD00::/124]",
		"[fd00:0::/124]",
		"10.1.2.0/28/28",
		"",
		"10.1.2.0/999",
	};
	struct block block;

	(void)state;
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (block_read(bytes_of(other[i]), &block) == 0)
			fail_msg("%s is a block", other[i]);
	assert_int_equal(block_read(bytes_of("10.1.2.0/28"), &block), 0);
	assert_same_text("tcp/10.1.2.0/28:5432");
	assert_same_text("tcp/127.0.0.0/8:{digit:5}");
	assert_same_text("tcp/{hex:8}.cdn.example.com:443");
	/* No block, so no pattern: as it always was. */
	assert_same_text("tcp/10.1.2.1/28:5432");
}

/* A client may claim to want a host of that name. */
static void a_name_that_looks_like_one_stays_a_name(void **state)
{
	scoped(buffer) struct buffer text = { 0 };
	scoped(pattern) struct pattern pattern = { 0 };

	(void)state;
	pattern_of_name(&(struct roots){ 0 }, RESOURCE_HOST, bytes_of("tcp/10.1.2.0/28:5432"),
			&text);
	assert_string_equal(buffer_text(&text), "tcp/10.1.2.0\\x2f28:5432");
	pattern = host(buffer_text(&text));
	assert_false(pattern_is_open(&pattern));
	assert_true(admits(&pattern, "tcp/10.1.2.0/28:5432"));
	assert_false(admits(&pattern, "tcp/10.1.2.1:5432"));
	assert_same_text("tcp/10.1.2.0\\x2f28:5432");
	assert_same_text("tcp/10.1.2.0\\x2f28:{digit:5}");
}

static void language(const char *text, struct language *out)
{
	scoped(pattern) struct pattern pattern = host(text);

	pattern_language(&pattern, &(struct roots){ 0 }, out);
	assert_false(out->failed);
}

static void compares_as_a_set(void **state)
{
	scoped(language) struct language large = { 0 }, small = { 0 }, other = { 0 }, one = { 0 };
	scoped(buffer) struct buffer witness = { 0 };

	(void)state;
	language("tcp/10.1.0.0/20:5432", &large);
	language("tcp/10.1.14.64/26:5432", &small);
	language("tcp/10.1.16.0/24:5432", &other);
	language("tcp/10.1.14.66:5432", &one);
	assert_int_equal(language_includes(&large, &small, NULL), 1);
	assert_int_equal(language_includes(&small, &one, NULL), 1);
	assert_int_equal(language_includes(&small, &large, &witness), 0);
	assert_true(language_matches(&large, buffer_bytes(&witness)));
	assert_false(language_matches(&small, buffer_bytes(&witness)));
	assert_int_equal(language_intersects(&large, &other, NULL), 0);
	buffer_clear(&witness);
	assert_int_equal(language_intersects(&large, &small, &witness), 1);
	assert_true(language_matches(&small, buffer_bytes(&witness)));
}

static void either_is_one_of_the_ways(void **state)
{
	scoped(language) struct language whole = { 0 };
	struct language way[3] = { 0 };

	(void)state;
	language_add_literal(&way[0], bytes_of("ab"));
	language_add_literal(&way[1], bytes_of("c"));
	language_add_class(&way[2], CLASS_DIGIT, 1, 3);
	language_add_literal(&whole, bytes_of("<"));
	language_add_either(&whole, way, 3);
	language_add_literal(&whole, bytes_of(">"));
	for (size_t i = 0; i < 3; i++)
		language_release(&way[i]);
	assert_true(language_matches(&whole, bytes_of("<ab>")));
	assert_true(language_matches(&whole, bytes_of("<c>")));
	assert_true(language_matches(&whole, bytes_of("<12>")));
	assert_false(language_matches(&whole, bytes_of("<abc>")));
	assert_false(language_matches(&whole, bytes_of("<>")));
	assert_false(language_matches(&whole, bytes_of("<c12>")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(admits_its_addresses_alone),
		cmocka_unit_test(is_of_one_protocol_and_port),
		cmocka_unit_test(knows_the_other_protocol),
		cmocka_unit_test(is_written_in_one_way),
		cmocka_unit_test(a_name_that_looks_like_one_stays_a_name),
		cmocka_unit_test(compares_as_a_set),
		cmocka_unit_test(either_is_one_of_the_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
