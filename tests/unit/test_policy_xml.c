#include "core/error.h"
#include "core/policy.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define RAW(text) ((struct bytes){ (text), sizeof(text) - 1 })
#define FOLDER	  "tests/policies"

static const struct roots bob = { RAW("/home/bob/work"), RAW("/home/bob"), RAW("/tmp") };

static void slurp(const char *path, struct buffer *out)
{
	FILE *file = fopen(path, "re");
	char block[4096];
	size_t size;

	if (!file)
		fail_msg("open %s: %s (tests run from the top folder)", path, strerror(errno));
	while ((size = fread(block, 1, sizeof block, file)) > 0)
		buffer_append(out, block, size);
	fclose(file);
}

/* A broken policy says what is wrong: NAME.want is how its message begins. */
static void check_broken(const char *file)
{
	scoped(buffer) struct buffer path = { 0 }, document = { 0 }, want = { 0 };
	struct policy policy = { 0 };
	struct error err = { 0 };
	int r;

	buffer_printf(&path, FOLDER "/%s", file);
	slurp(buffer_text(&path), &document);
	buffer_clear(&path);
	buffer_printf(&path, FOLDER "/%.*s.want", (int)(strlen(file) - 4), file);
	slurp(buffer_text(&path), &want);
	want.data[want.size - 1] = '\0'; /* the newline */
	r = policy_read_memory(&policy, buffer_bytes(&document), file, &err);
	if (r != -EINVAL || strncmp(err.text, want.data, strlen(want.data)) != 0)
		fail_msg("%s: %d\n  said   %s\n  wanted %s", file, r, err.text, want.data);
	assert_null(strchr(err.text, '\n'));
	assert_null(policy.rule);
}

static int ends_with_xml(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return size > 4 && !strcmp(entry->d_name + size - 4, ".xml");
}

static void broken_policies_say_why(void **state)
{
	struct dirent **entry = NULL;
	int count = scandir(FOLDER, &entry, ends_with_xml, alphasort);

	(void)state;
	assert_true(count > 50);
	for (int i = 0; i < count; i++) {
		check_broken(entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
}

static void read_back(const struct buffer *document, struct policy *ret)
{
	struct error err = { 0 };

	if (policy_read_memory(ret, buffer_bytes(document), "again", &err))
		fail_msg("%s", err.text);
}

static void write_out(const struct policy *policy, struct buffer *ret)
{
	struct error err = { 0 };

	if (policy_write(policy, ret, &err))
		fail_msg("%s", err.text);
}

/* Writes, reads and writes again; the two are the same. */
static void round_trip(const struct policy *policy, struct policy *ret)
{
	scoped(buffer) struct buffer first = { 0 }, second = { 0 };

	write_out(policy, &first);
	read_back(&first, ret);
	write_out(ret, &second);
	assert_int_equal(first.size, second.size);
	assert_string_equal(buffer_text(&first), buffer_text(&second));
	assert_int_equal(first.data[first.size - 1], '\n');
}

static void add_name(struct policy *policy, struct bytes name)
{
	struct rule rule = { .resource = RESOURCE_FILE, .action = ACTION_READ };
	struct buffer pattern = { 0 };

	pattern_of_name(&bob, RESOURCE_FILE, name, &pattern);
	rule.pattern = buffer_steal(&pattern);
	rule.justification = strdup("]]></justification><rule/>&amp; \"'\xff\n \xe2\x80\xae<!--");
	rule.phase = strdup("a&b<c>\"\x01\\");
	assert_int_equal(policy_add(policy, &rule), 0);
}

static const struct bytes hostile[] = {
	RAW("/a/new\nline\ttab\r"),
	RAW("/a/\"quotes'"),
	RAW("/a/<script>alert(1)<"),
	RAW("/a/&lt;&amp;&#10;&x;"),
	RAW("/a/]]>--><!--"),
	RAW("/a/\xff\xfe\xc0\x80\xed\xa0\x80"),
	RAW("/a/\xe2\x80\xaegnp.exe"),
	RAW("/a/\x1b[2J\x07\x7f\xc2\x9b"),
	RAW("/a/\xef\xbf\xbe\xef\xbf\xbf\xef\xbb\xbf"),
	RAW("/ / a/  b/c "),
	RAW("/a/e\xcc\x81\xcc\x81\xcc\x81\xcc\x81"),
	RAW("/a/\\x41\\u{41}\\"),
	RAW("/a/*/**/$WS/@own/{a,b}/[x]?"),
	RAW("/home/bob/p\xd0\xb0ypal"),
	RAW("/a/\0nul"),
	RAW("/a/../b"),
	RAW("pipe:[1]"),
};

static bool admits(const struct policy *policy, struct bytes name)
{
	const struct asked asked = { RESOURCE_FILE,	    ACTION_READ, name,
				     RAW("a&b<c>\"\x01\\"), false,	 NULL };

	return policy_match(policy, &bob, &asked, NULL);
}

static void hostile_names_come_back(void **state)
{
	scoped(policy) struct policy policy = { .agent = strdup("</policy>&\"\xff\n\\") };
	scoped(policy) struct policy again = { 0 };
	struct error err = { 0 };
	char longest[4001];

	(void)state;
	memset(longest, '<', sizeof longest);
	longest[0] = '/';
	add_name(&policy, (struct bytes){ longest, sizeof longest });
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		add_name(&policy, hostile[i]);
	assert_int_equal(policy_finish(&policy, NULL, &err), 0);
	round_trip(&policy, &again);
	assert_string_equal(again.agent, policy.agent);
	assert_string_equal(again.rule[0].justification, policy.rule[0].justification);
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		assert_true(admits(&again, hostile[i]));
	assert_true(admits(&again, (struct bytes){ longest, sizeof longest }));
}

/* A word added to vocab.def needs its line in policy.rng. */
static void every_permission_can_be_written(void **state)
{
	scoped(policy) struct policy policy = { .agent = strdup("bot") };
	scoped(policy) struct policy again = { 0 };
	struct error err = { 0 };
	size_t pairs = 0;

	(void)state;
	for (const struct word *resource = resource_word; resource->code; resource++)
		for (const struct word *action = action_word; action->code; action++) {
			struct rule rule = { .resource = (enum resource)resource->code,
					     .action = (enum action)action->code };

			if (!resource_has_action(rule.resource, rule.action))
				continue;
			rule.pattern = strdup("/a");
			assert_int_equal(policy_add(&policy, &rule), 0);
			pairs++;
		}
	assert_true(pairs > 20);
	assert_int_equal(policy_finish(&policy, NULL, &err), 0);
	round_trip(&policy, &again);
	assert_int_equal(again.count, pairs);
	for (size_t i = 0; i < pairs; i++) {
		assert_int_equal(again.rule[i].resource, policy.rule[i].resource);
		assert_int_equal(again.rule[i].action, policy.rule[i].action);
	}
}

static const char full[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<policy xmlns=\"urn:pare:policy:1\" agent=\"bot\" "
	"created=\"2026-11-21T07:00:00.000000001Z\" "
	"parent=\"0123456789012345678901234567890123456789012345678901234567890123\" "
	"evidence=\"abcdef6789012345678901234567890123456789012345678901234567890123\">\n"
	"  <basis runs=\"3\" incomplete=\"1\" gaps=\"2\" first=\"2026-01-01T00:00:00.000000000Z\" "
	"last=\"2026-02-01T00:00:00.000000000Z\"/>\n"
	"  <rule id=\"by-hand\" resource=\"host\" action=\"connect\" gate=\"confirm\" "
	"risk=\"critical\" phase=\"build\" rate=\"60\" burst=\"10\" "
	"expires=\"2027-01-01T00:00:00.000000000Z\">\n"
	"    <pattern>tcp/api.example.com:443</pattern>\n"
	"    <justification>the model</justification>\n"
	"    <evidence runs=\"3\" count=\"70\" first=\"2026-01-01T00:00:00.000000000Z\" "
	"last=\"2026-02-01T00:00:00.000000000Z\"/>\n"
	"  </rule>\n"
	"</policy>\n";

static void every_field_is_kept(void **state)
{
	scoped(buffer) struct buffer in = { 0 }, out = { 0 };
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	buffer_add(&in, full);
	read_back(&in, &policy);
	assert_int_equal(policy.runs, 3);
	assert_int_equal(policy.incomplete_runs, 1);
	assert_int_equal(policy.gaps, 2);
	assert_int_equal(policy.created_ns % 1000, 1);
	assert_int_equal(policy.rule[0].line, 4);
	assert_int_equal(policy.rule[0].rate_per_minute, 60);
	assert_int_equal(policy.rule[0].burst, 10);
	assert_int_equal(policy.rule[0].count, 70);
	write_out(&policy, &out);
	assert_string_equal(buffer_text(&out), full);
}

/* What people write by hand: layout, comments, no ids, dates. */
static void hand_written_is_read(void **state)
{
	scoped(buffer) struct buffer in = { 0 };
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	buffer_add(&in,
		   "<!-- mine --><p:policy xmlns:p='urn:pare:policy:1' agent='bot'><!-- a -->\n"
		   "<p:rule action='read' resource='file' expires='2027-01-01'>\n"
		   "<p:pattern>\n\t$WS/a b  </p:pattern><p:justification>\n one\n two"
		   "</p:justification></p:rule></p:policy>");
	read_back(&in, &policy);
	assert_string_equal(policy.rule[0].pattern, "$WS/a b");
	assert_string_equal(policy.rule[0].justification, "one two");
	assert_int_equal(policy.rule[0].expires_ns, INT64_C(1798761600) * 1000000000);
	assert_int_equal(policy.rule[0].risk, RISK_LOW);
}

static void late_lines_are_numbered(void **state)
{
	scoped(buffer) struct buffer in = { 0 };
	struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	buffer_add(&in, "<policy xmlns=\"urn:pare:policy:1\" agent=\"bot\">");
	for (unsigned i = 0; i < 70000; i++)
		buffer_add_char(&in, '\n');
	buffer_add(&in, "<rule resource=\"file\" action=\"read\"><pattern>/..</pattern></rule>"
			"</policy>");
	assert_int_equal(policy_read_memory(&policy, buffer_bytes(&in), "p", &err), -EINVAL);
	assert_memory_equal(err.text, "p:70001: ", 9);
}

/* Made to hurt the reader: depth, length. */
static void bombs_are_refused(void **state)
{
	scoped(buffer) struct buffer deep = { 0 }, text = { 0 };
	struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		buffer_add(&deep, "<policy xmlns=\"urn:pare:policy:1\" agent=\"b\">");
	assert_int_equal(policy_read_memory(&policy, buffer_bytes(&deep), "p", &err), -EINVAL);
	buffer_add(&text, "<policy xmlns=\"urn:pare:policy:1\" agent=\"b\"><rule resource=\"file\" "
			  "action=\"read\"><pattern>/");
	for (unsigned i = 0; i < 1000000; i++)
		buffer_add(&text, "0123456789a");
	buffer_add(&text, "</pattern></rule></policy>");
	err = (struct error){ 0 };
	assert_int_equal(policy_read_memory(&policy, buffer_bytes(&text), "p", &err), -EINVAL);
}

static void refuses_file(const char *path, int want, const char *reason)
{
	struct policy policy = { 0 };
	struct error err = { 0 };

	assert_int_equal(policy_read(&policy, path, &err), want);
	if (!strstr(err.text, reason))
		fail_msg("%s: %s", path, err.text);
}

static void files_are_read_with_care(void **state)
{
	char folder[] = "/tmp/pare-test.XXXXXX";
	int descriptor;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	refuses_file("missing.xml", -ENOENT, "read missing.xml: No such file or directory");
	refuses_file(".", -EISDIR, "read .: Is a directory");
	refuses_file("/dev/zero", -EINVAL, "it is no regular file");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	refuses_file("fifo", -EINVAL, "it is no regular file");
	descriptor = open("large", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(descriptor, 65 << 20), 0);
	refuses_file("large", -EFBIG, "it is larger than 64 MiB");
	assert_int_equal(ftruncate(descriptor, 0), 0);
	refuses_file("large", -EINVAL, "large: is empty, not a policy");
	close(descriptor);
	assert_int_equal(unlink("fifo") | unlink("large") | chdir("/") | rmdir(folder), 0);
}

static void digest_of_text(const char *document, char hex[static DIGEST_HEX_SIZE])
{
	scoped(buffer) struct buffer in = { 0 };
	scoped(policy) struct policy policy = { 0 };
	struct error err = { 0 };

	buffer_add(&in, document);
	read_back(&in, &policy);
	assert_int_equal(policy_digest(&policy, hex, &err), 0);
}

#define RULE(action)  "<rule resource=\"file\" action=\"" action "\"><pattern>/a</pattern></rule>"
#define POLICY(rules) "<policy xmlns=\"urn:pare:policy:1\" agent=\"bot\">" rules "</policy>"

/* The value is what `xmllint --c14n | sha256sum` says of the written document. */
static void the_digest_is_of_the_meaning(void **state)
{
	char one[DIGEST_HEX_SIZE], two[DIGEST_HEX_SIZE];

	(void)state;
	digest_of_text(POLICY(RULE("read") RULE("list")), one);
	digest_of_text(POLICY("<!-- other layout -->\n" RULE("list") "\n\n" RULE("read")), two);
	assert_string_equal(one, two);
	digest_of_text(POLICY(RULE("read") RULE("stat")), two);
	assert_string_not_equal(one, two);
	digest_of_text(full, two);
	assert_string_equal(two,
			    "5d4908b3937159a9e677c4a7c6235bcdc953926bfadad2ca66054cf602d1d887");
}

static void unfinished_is_not_written(void **state)
{
	struct rule rule = { .resource = RESOURCE_FILE, .action = ACTION_READ };
	scoped(policy) struct policy policy = { .agent = strdup("bot") };
	scoped(buffer) struct buffer out = { 0 };
	struct error err = { 0 };

	(void)state;
	rule.pattern = strdup("/a");
	assert_int_equal(policy_add(&policy, &rule), 0);
	assert_int_equal(policy_write(&policy, &out, &err), -EINVAL);
	err = (struct error){ 0 };
	assert_int_equal(policy_finish(&policy, NULL, &err), 0);
	free(policy.agent);
	policy.agent = NULL; /* what the grammar needs is missing */
	assert_int_equal(policy_write(&policy, &out, &err), -EINVAL);
	assert_int_equal(out.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_policies_say_why),
		cmocka_unit_test(hostile_names_come_back),
		cmocka_unit_test(every_permission_can_be_written),
		cmocka_unit_test(every_field_is_kept),
		cmocka_unit_test(hand_written_is_read),
		cmocka_unit_test(late_lines_are_numbered),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(the_digest_is_of_the_meaning),
		cmocka_unit_test(unfinished_is_not_written),
		cmocka_unit_test(files_are_read_with_care), /* leaves the folder */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
