/* What programs have found out of addresses: answers of resolvers, and hosts(5). */
#include "wire_fixture.h"

#include "recorder/wire/answers.h"
#include "recorder/wire/hosts.h"

#include <time.h>
#include <unistd.h>

/* A resolver may answer as many names as it likes with one address. */
static void many_names_of_one_address(void **state)
{
	const struct address at = { 4, { 192, 0, 2, 2 } };
	struct answers answers = { 0 };
	clock_t began = clock();
	char name[32];

	(void)state;
	for (int turn = 0; turn < 2; turn++)
		for (int i = 0; i < 90000; i++) {
			snprintf(name, sizeof name, "n%d.test", i);
			answers_add(&answers, 0, &at, bytes_of(name), 1 + i % 3, i + 1);
		}
	assert_int_equal(answers.count, 180000);
	for (int i = 0; i < 90000; i++) {
		snprintf(name, sizeof name, "n%d.test", i);
		assert_true(answers_agree(&answers, 0, &at, bytes_of(name)));
	}
	for (int i = 0; i < 1000; i++) {
		struct bytes found = answers_find(&answers, 0, &at, 0, 1000000);

		assert_true(bytes_equal(found, bytes_of("n89999.test")));
		found = answers_find(&answers, 0, &at, 1, 1000000);
		assert_true(bytes_equal(found, bytes_of("n89997.test")));
	}
	assert_true(bytes_equal(answers_find(&answers, 0, &at, 2, 6), bytes_of("n4.test")));
	assert_null(answers_find(&answers, 0, &at, 2, 1).data);
	assert_null(answers_find(&answers, 0, &at, 9, 1000000).data);
	assert_false(answers_agree(&answers, 0, &at, bytes_of("n90000.test")));
	assert_true((clock() - began) / CLOCKS_PER_SEC < 20); /* else it would be minutes */
	answers_release(&answers);
}

/* ---- hosts(5) ---- */

static void write_hosts(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_named(struct hosts *hosts, int64_t image, const char *hex, const char *name)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct address address = { 0 };
	struct target target = { 0 };

	add_hex(&bytes, hex);
	address.size = (uint8_t)bytes.size;
	memcpy(address.byte, bytes.data, bytes.size);
	hosts_find(hosts, image, &address, &target);
	assert_string_equal(target.host, name);
	assert_int_equal(target.size, strlen(name));
}

static void reads_hosts(void **state)
{
	char path[] = "/tmp/pare-hosts.XXXXXX";
	struct hosts hosts;

	(void)state;
	close(mkstemp(path));
	write_hosts(
		path,
		"# 192.0.2.9 no\n127.0.0.1\tLocalhost here\r\n192.0.2.2 one.test. two.test # x\n"
		"192.0.2.2 three.test\n192.0.2.3\n nonsense name\n"
		"fe80::1%eth0 link.test\n2001:db8::1 six.test");
	hosts_begin(&hosts);
	assert_named(&hosts, 1, "c0000202", "");
	hosts_read(&hosts, 1, path);
	assert_named(&hosts, 1, "c0000202", "one.test");
	assert_named(&hosts, 1, "7f000001", "localhost");
	assert_named(&hosts, 1, "c0000209", "");
	assert_named(&hosts, 1, "c0000203", "");
	assert_named(&hosts, 1, "20010db8000000000000000000000001", "six.test");
	assert_named(&hosts, 1, "fe800000000000000000000000000001", "link.test");
	assert_named(&hosts, 2, "c0000202", ""); /* it has not read it */
	write_hosts(path, "192.0.2.2 changed.test\n");
	hosts_read(&hosts, 2, path);
	assert_named(&hosts, 2, "c0000202", "changed.test");
	assert_named(&hosts, 1, "c0000202", "one.test");
	write_hosts(path, "");
	hosts_read(&hosts, 1, path);
	assert_named(&hosts, 1, "c0000202", "");
	unlink(path);
	hosts_read(&hosts, 2, path);
	assert_named(&hosts, 2, "c0000202", "");
	hosts_release(&hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_names_of_one_address),
		cmocka_unit_test(reads_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
