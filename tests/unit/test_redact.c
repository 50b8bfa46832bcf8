#include "reports/redact/private.h"

#include "core/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A redactor that knows a home, a workspace below it, and some names. */
static int begin(void **state)
{
	static const char *const name[] = { "kunigunde",   "mit heinz",	 "a.b", "x1", "read",
					    "o\\d\"d\xff", "TOKEN_ANNA", "42",	NULL };
	struct redactor *redactor = calloc(1, sizeof *redactor);

	if (!redactor)
		return -1;
	memset(redactor->salt, 7, sizeof redactor->salt);
	redactor->salt[1][3] = 9;
	secrets_add(redactor, bytes_of("/srv/anna"), "$HOME");
	secrets_add(redactor, bytes_of("/srv/anna/work"), "$WS");
	for (size_t i = 0; name[i]; i++)
		secrets_add(redactor, bytes_of(name[i]), NULL);
	secrets_settle(redactor);
	*state = redactor;
	return redactor->failed;
}

static int end(void **state)
{
	redactor_close(*state);
	return 0;
}

/* What `want` has in < > is a name whose token is expected. */
static void expect(const struct redactor *redactor, const char *text, const char *want)
{
	scoped(buffer) struct buffer got = { 0 }, expected = { 0 }, again = { 0 };
	char token[TOKEN_SIZE + 1];

	for (const char *at = want; *at;) {
		size_t size = strcspn(at, "<");

		buffer_append(&expected, at, size);
		at += size;
		if (!*at)
			break;
		size = strcspn(at, ">");
		redactor_token(redactor, (struct bytes){ at + 1, size - 1 }, token);
		buffer_add(&expected, token);
		at += size + 1;
	}
	redact(redactor, bytes_of(text), &got);
	assert_string_equal(buffer_text(&got), buffer_text(&expected));
	redact(redactor, buffer_bytes(&got), &again);
	assert_string_equal(buffer_text(&again), buffer_text(&got));
}

static void names_are_hidden_wherever_they_stand(void **state)
{
	expect(*state, "kunigunde", "<kunigunde>");
	expect(*state, "of kunigunde: x1, and x12", "of <kunigunde>: <x1>, and x12");
	expect(*state, "prekunigundes", "pre<kunigunde>s"); /* long enough */
	expect(*state, "a.b a.bc", "<a.b> a.bc");
	expect(*state, "--as=mit heinz", "--as=<mit heinz>");
	expect(*state, "$TOKEN_ANNA", "$<TOKEN_ANNA>");
	expect(*state, "42 runs read 42 files", "42 runs read 42 files");
}

static void what_is_escaped_is_the_same_name(void **state)
{
	expect(*state, "o\\d\"d\xff", "<o\\d\"d\xff>");
	expect(*state, "o\\\\d\"d\\xff", "<o\\d\"d\xff>");
	expect(*state, "say\\x20mit\\x20heinz", "say\\x20<mit heinz>");
}

static void all_below_the_folders_is_hidden(void **state)
{
	expect(*state, "/srv/anna", "$HOME");
	expect(*state, "/srv/anna/work", "$WS");
	expect(*state, "/srv/anna/work/never seen", "$WS/<never> seen");
	expect(*state, "/srv/anna/workshop", "$HOME/<workshop>");
	expect(*state, "$WS/read/42", "$WS/<read>/<42>");
	expect(*state, "$HOME/mit heinz/b.c: used", "$HOME/<mit heinz>/<b.c>: used");
	expect(*state, "$HOME/b.", "$HOME/<b>.");
	expect(*state, "~/c, $TMP/d", "~/<c>, $TMP/<d>");
	expect(*state, "/home/ben/e", "/home/<ben>/<e>");
	expect(*state, "file:///home/ben", "file:///home/<ben>");
}

static void what_says_nothing_stays(void **state)
{
	expect(*state, "$WS/**", "$WS/**");
	expect(*state, "$WS/*/{uuid}/f", "$WS/*/{uuid}/<f>");
	expect(*state, "$WS/f{digit:1-3}.c, g", "$WS/<f{digit:1-3}.c>, g");
	expect(*state, "$WS/../.", "$WS/../.");
	expect(*state, "$WS", "$WS");
	expect(*state, "\\$WS/read", "\\$WS/read");
	expect(*state, "/usr/lib/libc.so.6", "/usr/lib/libc.so.6");
	expect(*state, "", "");
}

static void without_a_redactor_all_stays(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	redact(NULL, bytes_of("/srv/anna/kunigunde"), &out);
	assert_string_equal(buffer_text(&out), "/srv/anna/kunigunde");
}

/* A byte of any value at any place changes nothing but what it is in. */
static void any_bytes_are_taken(void **state)
{
	static const char byte[] = "/$WSHOME~kunigde{}:\\x20 .\xff\0a1";
	unsigned seed = 1;

	for (int i = 0; i < 20000; i++) {
		scoped(buffer) struct buffer out = { 0 };
		char text[48];
		size_t size = (size_t)(rand_r(&seed) % (int)sizeof text);

		for (size_t k = 0; k < size; k++)
			text[k] = byte[rand_r(&seed) % (int)sizeof byte];
		redact(*state, (struct bytes){ text, size }, &out);
		assert_int_equal(buffer_status(&out), 0);
		assert_null(out.size ? memmem(out.data, out.size, "kunigunde", 9) : NULL);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(names_are_hidden_wherever_they_stand),
		cmocka_unit_test(what_is_escaped_is_the_same_name),
		cmocka_unit_test(all_below_the_folders_is_hidden),
		cmocka_unit_test(what_says_nothing_stays),
		cmocka_unit_test(without_a_redactor_all_stays),
		cmocka_unit_test(any_bytes_are_taken),
	};

	return cmocka_run_group_tests(test, begin, end);
}
