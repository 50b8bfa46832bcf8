/* Which names, options and values are secrets, and which only look like it.  In what is wanted
 * each secret reads [secret]; the secrets here are made up. */
#include "core/secret_name.h"
#include "recorder/secrets/environment.h"
#include "recorder/secrets/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const struct secret_key key = { { 1, 2, 3 } };
static const struct secret_view view = { &key, 0 };

static const struct {
	const char *name, *value;
	bool is_secret;
} name_case[] = {
	{ "GITHUB_TOKEN", "abcdefgh1", true },
	{ "github-token", "abcdefgh1", true },
	{ "MY_API_KEY", "abcdefgh1", true },
	{ "spring.datasource.password", "x", true },
	{ "apiKey", "abcdefgh1", true },
	{ "PGPASSWORD", "postgres", true },
	{ "DB_PASS", "x", true },
	{ "CLIENT_SECRET", "x", true },
	{ "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", true },
	{ "VAULT_CREDENTIALS", "user:word1", true },
	/* near misses: names */
	{ "SSH_AUTH_SOCK", "/tmp/ssh-1/agent.2", false },
	{ "TERM_SESSION_ID", "w0t0p0:ABCDEF-1234", false },
	{ "KEYBOARD_LAYOUT", "us_international1", false },
	{ "XKB_DEFAULT_LAYOUT", "us_international1", false },
	{ "PATH", "/usr/bin:/bin", false },
	{ "GIT_ASKPASS", "/usr/bin/askpass1", false },
	{ "SSH_ASKPASS", "/usr/bin/askpass1", false },
	{ "PASSWORD_STORE_DIR", "/home/u/.password-store1", false },
	{ "TOKENIZERS_PARALLELISM", "something1", false },
	{ "MAX_TOKENS", "4096abcdefg", false },
	{ "CLAUDE_CODE_MAX_OUTPUT_TOKENS", "32000abcdefg", false },
	{ "GPG_KEY", "A035C8C19219BA821ECEA86B64E628F8D684696D", false },
	{ "GPG_KEY_ID", "A035C8C19219BA82", false },
	{ "SSH_PUBLIC_KEY", "ssh-ed25519:AAAAC3Nz1", false },
	{ "PRIMARY_KEY", "customer_id1", false },
	{ "MONKEY", "abcdefgh1", false },
	{ "TURKEY", "abcdefgh1", false },
	{ "OLDPWD", "/home/someone1", false },
	{ "PWD", "/home/someone1", false },
	{ "SECRETARY", "abcdefgh1", false },
	{ "AWS_SHARED_CREDENTIALS_FILE", "/home/u/.aws/credentials1", false },
	{ "DB_PASSWORD_FILE", "/run/secrets/db1", false },
	{ "XDG_ACTIVATION_TOKEN", "kwin-11-abcdef", false },
	{ "", "abcdefgh1", false },
	/* near misses: values */
	{ "GITHUB_TOKEN", "", false },
	{ "PASSWORD", "", false },
	{ "ALLOW_EMPTY_PASSWORD", "yes", false },
	{ "DISABLE_SECRET", "True", false },
	{ "SORT_BY_KEY", "name", false },
	{ "LIMIT_TOKEN", "100000000", false },
	{ "TLS_KEY", "client-key.pem", false },
	{ "A_KEY", "last name of a person", false },
};

static void names_say_what_a_value_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof name_case / sizeof *name_case; i++) {
		const struct secret_name *row = secret_name_find(bytes_of(name_case[i].name));
		bool is_secret = row && secret_name_fits(row, bytes_of(name_case[i].value));

		if (is_secret != name_case[i].is_secret)
			fail_msg("%s=%s: %s", name_case[i].name, name_case[i].value,
				 is_secret ? "taken for a secret" : "not taken for one");
	}
}

/* Arguments are separated by |. */
static const struct {
	const char *arguments, *want, *names;
} command_case[] = {
	{ "tool|--token|abc-DEF-123|x", "tool|--token|[secret]|x", "argv:--token" },
	{ "tool|--token=abc-DEF-123", "tool|--token=[secret]", "argv:--token" },
	{ "tool|--password|two words", "tool|--password|[secret]", "argv:--password" },
	{ "tool|--db-password=x", "tool|--db-password=[secret]", "argv:--db-password" },
	{ "tool|-api-key|abcd1234efgh", "tool|-api-key|[secret]", "argv:-api-key" },
	{ "java|-Dspring.datasource.password=pw", "java|-Dspring.datasource.password=[secret]",
	  "argv:-Dspring.datasource.password" },
	{ "env|GITHUB_TOKEN=abcd1234efgh|gh", "env|GITHUB_TOKEN=[secret]|gh", "argv:GITHUB_TOKEN" },
	{ "docker|run|-e|DB_PASSWORD=a b;c|-p|80:80", "docker|run|-e|DB_PASSWORD=[secret]|-p|80:80",
	  "argv:DB_PASSWORD" },
	{ "docker|login|-u|me|-p|pw", "docker|login|-u|me|-p|[secret]", "argv:-p" },
	{ "mysql|-u|root|-phunter2|db", "mysql|-u|root|-p[secret]|db", "argv:-p" },
	{ "/usr/bin/curl|-u|me:pw|https://h/", "/usr/bin/curl|-u|me:[secret]|https://h/",
	  "argv:-u" },
	{ "curl|--user=me:pw", "curl|--user=me:[secret]", "argv:--user" },
	{ "openssl|enc|-pass|pass:pw", "openssl|enc|-pass|pass:[secret]", "argv:-pass" },
	{ "sudo|curl|-ume:pw", "sudo|curl|-ume:[secret]", "argv:-u" },
	{ "curl|-H|Authorization: Bearer abc", "curl|-H|Authorization: Bearer [secret]",
	  "argv:Authorization" },
	{ "curl|-Hauthorization: abc", "curl|-Hauthorization: [secret]", "argv:Authorization" },
	{ "curl|-H|X-Api-Key: k|--cookie|a", "curl|-H|X-Api-Key: [secret]|--cookie|a",
	  "argv:X-Api-Key" },
	{ "git|clone|https://me:pw@host/r", "git|clone|https://me:[secret]@host/r",
	  "argv:url-login" },
	{ "git|clone|https://0123456789abcdef0123:x-oauth-basic@host/r",
	  "git|clone|https://[secret]@host/r", "argv:url-login" },
	{ "psql|postgres://u:p:q@h:5432/d?x=1", "psql|postgres://u:[secret]@h:5432/d?x=1",
	  "argv:url-login" },
	{ "curl|https://h/?access_token=abcd1234&x=1", "curl|https://h/?access_token=[secret]&x=1",
	  "argv:access_token" },
	{ "curl|-d|{\"user\": \"me\", \"password\" : \"p w\", \"x\": 1}",
	  "curl|-d|{\"user\": \"me\", \"password\" : \"[secret]\", \"x\": 1}", "argv:password" },
	{ "x|{\\\"api_key\\\":\\\"abcd1234efgh\\\"}", "x|{\\\"api_key\\\":\\\"[secret]\\\"}",
	  "argv:api_key" },
	{ "echo|ghp_0123456789abcdefghijABCDEFGHIJ012345", "echo|[secret]", "argv:github-token" },
	{ "echo|see ghp_0123456789abcdefghijABCDEFGHIJ012345.", "echo|see [secret].",
	  "argv:github-token" },
	{ "x|sk-ant-api03-abcdefghij_klmnopqrst", "x|[secret]", "argv:anthropic-key" },
	{ "x|AKIAIOSFODNN7EXAMPLE", "x|[secret]", "argv:aws-key-id" },
	{ "x|a,xoxb-123456789012-abcdefghijkl", "x|a,[secret]", "argv:slack-bot" },
	{ "x|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "x|[secret]", "argv:jwt" },
	{ "x|-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\ntail",
	  "x|[secret]\ntail", "argv:private-key" },
	{ "x|-----BEGIN OPENSSH PRIVATE KEY-----\ncut off", "x|[secret]", "argv:private-key" },
	{ "sh|-c|curl -u me:pw https://h/ | jq .x", "sh|-c|curl -u me:[secret] https://h/ | jq .x",
	  "argv:-u" },
	{ "sh|-c|curl -H \"Authorization: Bearer abc\" https://h/",
	  "sh|-c|curl -H \"Authorization: Bearer [secret]\" https://h/", "argv:Authorization" },
	{ "bash|-lc|export MY_TOKEN='abcd1234efgh'; run --password \"p w\" --x",
	  "bash|-lc|export MY_TOKEN='[secret]'; run --password \"[secret]\" --x",
	  "argv:MY_TOKEN argv:--password" },
	{ "bash|-c|MY_TOKEN=abcd1234efgh run --all", "bash|-c|MY_TOKEN=[secret] run --all",
	  "argv:MY_TOKEN" },
	{ "sh|-c|sh -c 'mysql -phunter2 db'", "sh|-c|sh -c 'mysql -p[secret] db'", "argv:-p" },
	/* near misses */
	{ "docker|run|-p|8080:80", "docker|run|-p|8080:80", "" },
	{ "mkdir|-p|some/folder", "mkdir|-p|some/folder", "" },
	{ "mysql|-p|db", "mysql|-p|db", "" },
	{ "tar|-u|a:b", "tar|-u|a:b", "" },
	{ "git|clone|ssh://git@github.com/a/b", "git|clone|ssh://git@github.com/a/b", "" },
	{ "git|clone|git@github.com:a/b", "git|clone|git@github.com:a/b", "" },
	{ "curl|http://host:8080/@x", "curl|http://host:8080/@x", "" },
	{ "sh|-c|tool --token $TOKEN --password=\"${PW}\" -H \"Authorization: Bearer $T\"",
	  "sh|-c|tool --token $TOKEN --password=\"${PW}\" -H \"Authorization: Bearer $T\"", "" },
	{ "tool|--token|--verbose", "tool|--token|--verbose", "" },
	{ "tool|--token=", "tool|--token=", "" },
	{ "tool|--password", "tool|--password", "" },
	{ "tool|--max-tokens|4096", "tool|--max-tokens|4096", "" },
	{ "sort|--key=2,3", "sort|--key=2,3", "" },
	{ "tool|--ssh-key|/etc/passwd", "tool|--ssh-key|/etc/passwd", "" },
	{ "tool|--client-key|client-key.pem", "tool|--client-key|client-key.pem", "" },
	{ "claude|-p|fix the token: bearer of bad news, basic information only",
	  "claude|-p|fix the token: bearer of bad news, basic information only", "" },
	{ "pip|install|scikit-learn|sk-learn-with-a-very-long-name",
	  "pip|install|scikit-learn|sk-learn-with-a-very-long-name", "" },
	{ "x|task-0123456789abcdefABCDEFGH01", "x|task-0123456789abcdefABCDEFGH01", "" },
	{ "x|eyJhbGciOiJIUzI1NiJ9-without-any-dots-in-it",
	  "x|eyJhbGciOiJIUzI1NiJ9-without-any-dots-in-it", "" },
	{ "x|-----BEGIN PUBLIC KEY-----\nMIIE", "x|-----BEGIN PUBLIC KEY-----\nMIIE", "" },
	{ "git|show|0123456789abcdef0123456789abcdef01234567",
	  "git|show|0123456789abcdef0123456789abcdef01234567", "" },
	{ "x|it's an unpaired --quote", "x|it's an unpaired --quote", "" },
	{ "x|[secret:01234567]|--token=[secret:01234567]", "x|[secret]|--token=[secret]",
	  "argv:--token" },
};

/* Writes "[secret]" for each "[secret:3f9a2c71]", and | for NUL. */
static void normalize(struct bytes in, struct buffer *out)
{
	for (size_t i = 0; i < in.size; i++) {
		struct bytes rest = { in.data + i, in.size - i };

		if (bytes_start_with(rest, bytes_of("[secret:"))) {
			buffer_add(out, "[secret]");
			i += strlen("[secret:01234567]") - 1;
		} else if (in.data[i] || i + 1 < in.size) {
			buffer_add_char(out, in.data[i] ? in.data[i] : '|');
		}
	}
}

static void split(const char *text, struct buffer *out)
{
	/* " | " is a pipe of the shell. */
	for (const char *at = text; *at; at++)
		buffer_add_char(out, *at == '|' && !(at > text && at[-1] == ' ') ? '\0' : *at);
	buffer_add_char(out, '\0');
}

static void mask(struct bytes arguments, const struct holds *known, struct buffer *out,
		 struct buffer *names)
{
	scoped(buffer) struct buffer masked = { 0 };
	scoped(holds) struct holds holds = { 0 };

	assert_int_equal(secret_mask(&view, arguments, known, &masked, &holds), 0);
	normalize(buffer_bytes(&masked), out);
	for (size_t i = 0; i < holds.count; i++)
		buffer_printf(names, "%s%s", i ? " " : "", holds.hold[i].name);
}

static void commands_lose_their_secrets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof command_case / sizeof *command_case; i++) {
		scoped(buffer) struct buffer arguments = { 0 };
		scoped(buffer) struct buffer got = { 0 };
		scoped(buffer) struct buffer names = { 0 };

		split(command_case[i].arguments, &arguments);
		mask(buffer_bytes(&arguments), NULL, &got, &names);
		if (strcmp(buffer_text(&got), command_case[i].want) ||
		    strcmp(buffer_text(&names), command_case[i].names))
			fail_msg("%s\n gave %s (%s)\n  not %s (%s)", command_case[i].arguments,
				 buffer_text(&got), buffer_text(&names), command_case[i].want,
				 command_case[i].names);
	}
}

static void known_values_are_found_anywhere(void **state)
{
	scoped(holds) struct holds known = { 0 };
	scoped(buffer) struct buffer arguments = { 0 };
	scoped(buffer) struct buffer got = { 0 };
	scoped(buffer) struct buffer names = { 0 };

	(void)state;
	holds_add(&known, "", bytes_of("A_KEY"), "secret:0", bytes_of("horse battery 7"));
	holds_add(&known, "", bytes_of("B_KEY"), "secret:0", bytes_of("horse battery 7 staple"));
	holds_add(&known, "", bytes_of("C_PASSWORD"), "secret:0", bytes_of("postgres"));
	split("sh|-c|echo xhorse battery 7 staple'horse battery 7' --token=1horse battery "
	      "7|postgres",
	      &arguments);
	mask(buffer_bytes(&arguments), &known, &got, &names);
	assert_string_equal(buffer_text(&got),
			    "sh|-c|echo x[secret]'[secret]' --token=1[secret]|postgres");
	assert_string_equal(buffer_text(&names), "argv:B_KEY argv:A_KEY argv:A_KEY");
}

static void equal_values_have_equal_fingerprints(void **state)
{
	const struct secret_key other = { { 9 } };
	char a[FINGERPRINT_SIZE], b[FINGERPRINT_SIZE], c[FINGERPRINT_SIZE], d[FINGERPRINT_SIZE];

	(void)state;
	secret_fingerprint(&key, bytes_of("one"), a);
	secret_fingerprint(&key, bytes_of("one"), b);
	secret_fingerprint(&key, bytes_of("two"), c);
	secret_fingerprint(&other, bytes_of("one"), d);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_string_not_equal(a, d);
	assert_int_equal(strlen(a), strlen("secret:01234567"));
	/* openssl dgst -sha256 -mac HMAC -macopt hexkey:010203(29 times 00) */
	assert_string_equal(a, "secret:1fb9283a");
}

static const char *const entry[] = { "HOME=/root",
				     "A_TOKEN=abcd1234efgh",
				     "URL=postgres://u:pw@h/d",
				     "GOOGLE_APPLICATION_CREDENTIALS=/etc/passwd",
				     "EMPTY_TOKEN=",
				     "=B_TOKEN=abcd1234efgh",
				     "=",
				     "",
				     "ghp_0123456789abcdefghijABCDEFGHIJ012345",
				     "ghp_0123456789abcdefghijABCDEFGHIJ012345_KEY=abcd1234efgh",
				     "new\nline_TOKEN=abcd1234efgh",
				     "\xff\xfe_SECRET=x",
				     "LS_COLORS=*.key=01;31:*.token=00",
				     NULL };
static const char *const held[] = { "A_TOKEN",
				    "URL",
				    "GOOGLE_APPLICATION_CREDENTIALS",
				    "=B_TOKEN",
				    "=",
				    "=",
				    "new\nline_TOKEN",
				    "\xff\xfe_SECRET" };

static void environments_are_looked_through(void **state)
{
	char **before = environ;
	struct environment *environment, *again;
	struct environments known = { 0 };

	(void)state;
	environ = (char **)entry;
	assert_int_equal(environment_read(&environment, &view, &known), 0);
	assert_int_equal(environment_read(&again, &view, &known), 0);
	environ = before;
	assert_ptr_equal(environment, again);
	environments_release(&known);
	environment_leave(again);
	for (size_t i = 0; i < environment->holds.count && i < sizeof held / sizeof *held; i++)
		assert_string_equal(environment->holds.hold[i].name, held[i]);
	assert_int_equal(environment->holds.count, sizeof held / sizeof *held);
	assert_string_equal(environment->holds.hold[2].peer, "path");
	assert_string_equal(environment->holds.hold[0].peer, environment->holds.hold[6].peer);
	environment_leave(environment);
}

/* Texts made to cost the square of their size: a quarter of a megabyte takes well below a second,
 * also under a sanitizer. */
static void hostile_texts_take_no_longer(void **state)
{
	static const char *const piece[] = { "sk-",	     "eyJ-",	    "-eyJ.",  "token=",
					     "\"token\":\"", "cookie:{",    "a://u:", "--token ",
					     "-----BEGIN ",  "Bearer ",	    "'a\" ",  "x_key=1",
					     "\\\"key\\\":", "ghp_0123456", "\"",     "a_key='" };

	(void)state;
	for (size_t i = 0; i < sizeof piece / sizeof *piece; i++) {
		scoped(buffer) struct buffer text = { 0 };
		scoped(buffer) struct buffer out = { 0 };
		scoped(holds) struct holds holds = { 0 };
		clock_t start = clock();

		while (text.size < 256 * 1024)
			buffer_add(&text, piece[i]);
		assert_int_equal(secret_mask(&view, buffer_bytes(&text), NULL, &out, &holds), 0);
		if (clock() - start > 3 * CLOCKS_PER_SEC)
			fail_msg("%s took %.1f s", piece[i],
				 (double)(clock() - start) / CLOCKS_PER_SEC);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(names_say_what_a_value_is),
		cmocka_unit_test(commands_lose_their_secrets),
		cmocka_unit_test(known_values_are_found_anywhere),
		cmocka_unit_test(equal_values_have_equal_fingerprints),
		cmocka_unit_test(environments_are_looked_through),
		cmocka_unit_test(hostile_texts_take_no_longer),
	};

	return cmocka_run_group_tests_name("secrets", test, NULL, NULL);
}
