/* What is protected: by the table, and by a file of the user's. */
#include "analyzer/protect.h"

#include "core/error.h"
#include "core/language.h"
#include "core/match.h"
#include "tests/unit/protect_examples.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct protection *protection;

static const struct example *example_of(const char *pattern)
{
	for (size_t i = 0; i < sizeof example / sizeof *example; i++)
		if (!strcmp(example[i].pattern, pattern))
			return &example[i];
	fail_msg("protected.def has \"%s\", and here is no example of it", pattern);
	return NULL;
}

/* A write is what every kind of row of a file is about. */
static const struct protected_object *who_protects(const char *name)
{
	struct bytes bytes = bytes_of(name);
	const struct protected_object *found =
		protect_find(protection, RESOURCE_FILE, ACTION_WRITE, bytes);

	if (!found)
		found = protect_find(protection, RESOURCE_SOCKET, ACTION_CONNECT, bytes);
	return found ? found : protect_find(protection, RESOURCE_HOST, ACTION_CONNECT, bytes);
}

static void every_row_has_an_example(void **state)
{
	const struct protected_object *row;
	size_t count = 0;

	(void)state;
	for (; (row = protection_row(protection, count)); count++) {
		const struct example *of = example_of(row->pattern);
		bool is_exception = !*row->id;

		if (is_exception != !who_protects(of->name))
			fail_msg("%s: %s", row->pattern, of->name);
		if (is_exception != !!who_protects(of->miss))
			fail_msg("%s: not %s", row->pattern, of->miss);
		if (!is_exception && strcmp(who_protects(of->name)->id, row->id) != 0)
			fail_msg("%s is of %s, not %s", of->name, who_protects(of->name)->id,
				 row->id);
	}
	assert_int_equal(count, sizeof example / sizeof *example);
}

/* What protects each name, "" for nothing. */
static const struct {
	enum resource resource;
	enum action action;
	const char *name, *id;
} protect_case[] = {
	{ RESOURCE_FILE, ACTION_READ, "/home/u/.ssh/id_ed25519", "ssh-key" },
	{ RESOURCE_FILE, ACTION_WRITE, "/root/.ssh/id_rsa", "ssh-key" },
	{ RESOURCE_FILE, ACTION_STAT, "/root/.ssh/id_rsa", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/.ssh/id_rsa.pub", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/.ssh/known_hosts", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/x.ssh/id_rsa", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/.ssh/id_rsa/deeper", "" },
	{ RESOURCE_FILE, ACTION_READ, "/etc/shadow", "shadow" },
	{ RESOURCE_FILE, ACTION_READ, "/etc/shadow-", "shadow" },
	{ RESOURCE_FILE, ACTION_READ, "/srv/etc/shadow", "" },
	{ RESOURCE_FILE, ACTION_READ, "/w/.env", "env-file" },
	{ RESOURCE_FILE, ACTION_READ, "/w/a/.env.production", "env-file" },
	{ RESOURCE_FILE, ACTION_READ, "/w/.env.example", "" },
	{ RESOURCE_FILE, ACTION_READ, "/w/x.env", "" },
	{ RESOURCE_FILE, ACTION_READ, "/w/.environment", "" },
	{ RESOURCE_FILE, ACTION_READ, "/run/secrets/a/b", "cloud" },
	{ RESOURCE_FILE, ACTION_READ, "/run/secrets", "" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.config/gcloud/a/b/credentials.db", "cloud" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.config/gcloud/legacy/x_credentials/y/z", "" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.aws/credentials", "cloud" },
	{ RESOURCE_FILE, ACTION_READ, "/proc/17/environ", "memory" },
	{ RESOURCE_FILE, ACTION_READ, "/proc/17/task/18/environ", "" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.bash_history", "history" },
	{ RESOURCE_FILE, ACTION_WRITE, "/h/.bashrc", "shell-start" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.bashrc", "" },
	{ RESOURCE_FILE, ACTION_CREATE, "/w/.git/hooks/pre-commit", "git-hook" },
	{ RESOURCE_FILE, ACTION_CREATE, "/w/.git/hooks/pre-commit.sample", "" },
	{ RESOURCE_FILE, ACTION_LIST, "/w/.git/hooks", "" },
	{ RESOURCE_FILE, ACTION_APPEND, "/h/.ssh/authorized_keys", "ssh-login" },
	{ RESOURCE_SOCKET, ACTION_CONNECT, "/run/docker.sock", "docker" },
	{ RESOURCE_SOCKET, ACTION_CONNECT, "/tmp/ssh-Xa1/agent.55", "key-agent" },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/169.254.169.254:80", "metadata" },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/[fd00:ec2::254]:80", "metadata" },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/x.169.254.169.254:80", "" },
	{ RESOURCE_PROGRAM, ACTION_EXEC, "/w/.env", "" },
	{ RESOURCE_FILE, ACTION_READ, "", "" },
};

static void protects_what_looks_like_a_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof protect_case / sizeof *protect_case; i++) {
		const struct protected_object *found =
			protect_find(protection, protect_case[i].resource, protect_case[i].action,
				     bytes_of(protect_case[i].name));
		const char *id = found ? found->id : "";

		if (strcmp(id, protect_case[i].id))
			fail_msg("%s %s: \"%s\", not \"%s\"", action_text(protect_case[i].action),
				 protect_case[i].name, id, protect_case[i].id);
	}
}

static bool meets(const struct protection *by, enum action action, const char *text)
{
	scoped(pattern) struct pattern pattern = { 0 };
	scoped(language) struct language language = { 0 };
	struct error err = { 0 };

	if (pattern_parse(&pattern, RESOURCE_FILE, text, &err) < 0)
		fail_msg("%s", err.text);
	pattern_language(&pattern, NULL, &language);
	return protect_meets(by, RESOURCE_FILE, action, &language);
}

static void patterns_meet_what_is_protected(void **state)
{
	(void)state;
	assert_true(meets(protection, ACTION_READ, "/etc/*"));
	assert_true(meets(protection, ACTION_READ, "/etc/**"));
	assert_true(meets(protection, ACTION_READ, "/etc/{lower:6}"));
	assert_false(meets(protection, ACTION_READ, "/etc/{lower:5}"));
	assert_false(meets(protection, ACTION_STAT, "/etc/{lower:6}"));
	assert_true(meets(protection, ACTION_WRITE, "/etc/{lower:6}"));
	assert_false(meets(protection, ACTION_READ, "$HOME/.ssh/id_{lower:3}.pub"));
	assert_true(meets(protection, ACTION_READ, "$HOME/.ssh/id_{lower:3}"));
}

/* What is reached beyond `known` is named. */
static const char *reached(const char *text, const char *known, struct buffer *witness)
{
	scoped(pattern) struct pattern pattern = { 0 }, before = { 0 };
	scoped(language) struct language language = { 0 }, old = { 0 };
	const struct language *without = &old;
	const struct protected_object *found;
	struct error err = { 0 };
	size_t row = 0;

	assert_int_equal(pattern_parse(&pattern, RESOURCE_FILE, text, &err), 0);
	assert_int_equal(pattern_parse(&before, RESOURCE_FILE, known, &err), 0);
	pattern_language(&pattern, NULL, &language);
	pattern_language(&before, NULL, &old);
	buffer_clear(witness);
	found = protect_reached(protection, RESOURCE_FILE, ACTION_READ, &language, &without, 1,
				&row, witness);
	return found ? found->id : "";
}

static void what_is_newly_reached_is_named(void **state)
{
	scoped(buffer) struct buffer witness = { 0 };

	(void)state;
	assert_string_equal(reached("/etc/{lower:6}", "/etc/hosts", &witness), "shadow");
	assert_string_equal(buffer_text(&witness), "/etc/shadow");
	assert_string_equal(reached("/etc/{lower:6}", "/etc/shadow", &witness), "");
	assert_string_equal(reached("/etc/{lower:6}", "/etc/{lower:1-9}", &witness), "");
	assert_string_equal(reached("/h/.ssh/*", "/h/.ssh/known_hosts", &witness), "ssh-key");
	assert_string_equal(buffer_text(&witness), "/h/.ssh/id_");
	assert_string_equal(reached("/h/.ssh/{lower:3}.pub", "/h/x", &witness), "");
}

/* ---- the user's own ---- */

static int open_text(struct protection **ret, const char *text, size_t size, struct error *err)
{
	char name[] = "/tmp/pare-protected.XXXXXX";
	int descriptor = mkstemp(name), r;

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, size), (ssize_t)size);
	close(descriptor);
	r = protection_open(ret, name, err);
	unlink(name);
	return r;
}

static void users_add_objects(void **state)
{
	static const char text[] = "# ours\n\n"
				   "secret-file /srv/pay/** pay  what people earn \r\n"
				   "secret-file\t**/My\\x20Keys/*\tkeys\tkeys of ours\n"
				   "startup-file /opt/run.d/* run-d a daemon runs it\n"
				   "secret-file **/.ssh/*.pub pub  even these\n"
				   "secret-host */vault.internal:* vault the vault\n"
				   "secret-socket /run/sign.sock sign  signs";
	struct protection *mine = NULL;
	struct error err = { 0 };
	const char *file;

	(void)state;
	if (open_text(&mine, text, sizeof text - 1, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(protection_added(mine, &file), 6);
	assert_non_null(strstr(file, "/tmp/pare-protected."));
	assert_string_equal(protection_row(mine, 0)->reason, "what people earn");
#define FINDS(kind, verb, name) protect_find(mine, RESOURCE_##kind, ACTION_##verb, bytes_of(name))
	assert_string_equal(FINDS(FILE, READ, "/srv/pay/a")->id, "pay");
	assert_null(FINDS(FILE, READ, "/srv/payer/a"));
	assert_string_equal(FINDS(FILE, READ, "/h/My Keys/k")->id, "keys");
	assert_null(FINDS(FILE, READ, "/opt/run.d/k"));
	assert_string_equal(FINDS(FILE, CREATE, "/opt/run.d/k")->id, "run-d");
	assert_string_equal(FINDS(FILE, READ, "/h/.ssh/id_rsa.pub")->id, "pub");
	assert_string_equal(FINDS(FILE, READ, "/h/.ssh/id_rsa")->id, "ssh-key");
	assert_string_equal(FINDS(HOST, CONNECT, "tcp/vault.internal:8200")->id, "vault");
	assert_string_equal(FINDS(SOCKET, CONNECT, "/run/sign.sock")->id, "sign");
	assert_true(meets(mine, ACTION_READ, "/srv/{lower:3}/{digit:4}"));
	assert_false(meets(protection, ACTION_READ, "/srv/{lower:3}/{digit:4}"));
	protection_close(mine);
}

static void faults_of_the_file_are_named(void **state)
{
	static const struct {
		const char *text, *says;
	} fault[] = {
		{ "secret-file /a a b\nsecret /b b b\n", ":2: \"secret\" is no kind of object" },
		{ "secret-file", ":1: \"\" lacks a pattern" },
		{ "secret-file a/b id why", ":1: \"a/b\" must begin with / or **/" },
		{ "secret-file $HOME/b id why", "must begin with / or **/" },
		{ "secret-file *x id why", "must begin with / or **/" },
		{ "secret-file /a\\q id why", "begins no known escape" },
		{ "secret-file /a\\x00 id why", "begins no known escape" },
		{ "\n\nsecret-file /a", ":3: \"/a\" lacks an id" },
		{ "secret-file /a Id why", "\"Id\" is no id" },
		{ "secret-file /a id \t", "\"id\" lacks a reason" },
		{ "secret-file /a id w\033[2Jhy", "characters that cannot be seen" },
		{ "secret-host vault id why", "\"vault\" is no host" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
		struct protection *none = NULL;
		struct error err = { 0 };

		assert_int_equal(open_text(&none, fault[i].text, strlen(fault[i].text), &err),
				 -EINVAL);
		if (!strstr(err.text, fault[i].says))
			fail_msg("no \"%s\" in \"%s\"", fault[i].says, err.text);
		assert_null(none);
	}
}

static void a_nul_is_named(void **state)
{
	struct protection *none = NULL;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(open_text(&none, "secret-file /a\0b id why", 23, &err), -EINVAL);
	assert_non_null(strstr(err.text, ":1: "));
	assert_int_equal(protection_open(&none, "/no/such/file", &err), -ENOENT);
}

static int open_table(void **state)
{
	struct error err = { 0 };

	(void)state;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	return protection_open(&protection, NULL, &err);
}

static int close_table(void **state)
{
	(void)state;
	protection_close(protection);
	return 0;
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(every_row_has_an_example),
		cmocka_unit_test(protects_what_looks_like_a_secret),
		cmocka_unit_test(patterns_meet_what_is_protected),
		cmocka_unit_test(what_is_newly_reached_is_named),
		cmocka_unit_test(users_add_objects),
		cmocka_unit_test(faults_of_the_file_are_named),
		cmocka_unit_test(a_nul_is_named),
	};

	return cmocka_run_group_tests_name("protect", test, open_table, close_table);
}
