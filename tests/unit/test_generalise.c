/* Names that chance made become classes; everything else stays as it is. */
#include "analyzer/propose.h"

#include "analyzer/protect.h"
#include "tests/unit/tale.h"

/* Any text that chance writes, the same for the same seed. */
static const char *chance(char text[static 24], size_t size)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	for (size_t i = 0; i < size; i++)
		text[i] = letters[(size_t)rand() % (sizeof letters - 1)];
	text[(size_t)rand() % size] = (char)('0' + rand() % 10);
	text[0] = letters[(size_t)rand() % 52];
	text[size] = '\0';
	return text;
}

static void few_files_open_no_folder(void **state)
{
	struct store *store = open_store("a.db");
	struct tale tale = { 0 };
	struct policy policy;

	(void)state;
	add(&tale, ACTION_READ, false, "/etc/passwd");
	add(&tale, ACTION_READ, false, "/etc/hosts");
	add(&tale, ACTION_READ, false, "/etc/resolv.conf");
	add(&tale, ACTION_READ, false, "/etc/nsswitch.conf");
	tell_tale(store, "1", &tale);
	policy = proposed(store);
	assert_int_equal(policy.count, 4);
	assert_false(admits(&policy, ACTION_READ, false, "/etc/shadow"));
	assert_false(admits(&policy, ACTION_READ, false, "/etc/group"));
	assert_false(admits(&policy, ACTION_READ, false, "/etc/ssh/ssh_host_rsa_key"));
	policy_release(&policy);
}

static void many_uuids_are_a_class(void **state)
{
	struct store *store = open_store("a.db");
	struct tale tale = { 0 };
	struct policy policy;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		add(&tale, ACTION_READ, false, "/srv/q/%08x-1111-4abc-8def-%012x", i * 2654435761u,
		    i * 40503u);
	add(&tale, ACTION_READ, false, "/srv/q/index.json");
	tell_tale(store, "1", &tale);
	policy = proposed(store);
	assert_int_equal(policy.count, 2);
	assert_true(
		admits(&policy, ACTION_READ, false, "/srv/q/ffffffff-aaaa-4abc-8def-ffffffffffff"));
	assert_true(admits(&policy, ACTION_READ, false, "/srv/q/index.json"));
	assert_false(admits(&policy, ACTION_READ, false, "/srv/q/other.json"));
	assert_false(admits(&policy, ACTION_WRITE, false,
			    "/srv/q/ffffffff-aaaa-4abc-8def-ffffffffffff"));
	assert_false(
		admits(&policy, ACTION_READ, false, "/srv/ffffffff-aaaa-4abc-8def-ffffffffffff"));
	assert_false(admits(&policy, ACTION_READ, false,
			    "/srv/q/ffffffff-aaaa-4abc-8def-ffffffffffff/x"));
	policy_release(&policy);
}

static struct policy of_three_runs(const unsigned order[static 3])
{
	struct store *store = open_store("a.db");
	char text[24];

	for (unsigned i = 0; i < 3; i++) {
		struct tale tale = { 0 };
		char id[2] = { (char)('1' + order[i]), '\0' };

		srand(order[i] + 1);
		add(&tale, ACTION_CREATE, true, "/tmp/cc%s.o", chance(text, 6));
		add(&tale, ACTION_WRITE, true, "/tmp/cc%s.o", text);
		add(&tale, ACTION_DELETE, true, "/tmp/cc%s.o", text);
		add(&tale, ACTION_CREATE, true, "/tmp/d-%s/fixed", chance(text, 8));
		add(&tale, ACTION_DELETE, false, "/tmp/e-%s", chance(text, 8));
		add(&tale, ACTION_READ, false, "/tmp/ccStable.o");
		add(&tale, ACTION_CREATE, true, "/w/%s/.git/hooks/pre-push", chance(text, 8));
		tell_tale(store, id, &tale);
	}
	return proposed(store);
}

static void runs_bring_new_names(void **state)
{
	static const unsigned order[3] = { 0, 1, 2 };
	struct policy policy = of_three_runs(order);

	(void)state;
	assert_true(admits(&policy, ACTION_CREATE, true, "/tmp/ccQ7CdEf.o"));
	assert_true(admits(&policy, ACTION_WRITE, true, "/tmp/ccQ7CdEf.o"));
	assert_false(admits(&policy, ACTION_WRITE, false, "/tmp/ccQ7CdEf.o"));
	assert_true(admits(&policy, ACTION_DELETE, true, "/tmp/ccQ7CdEf.o"));
	assert_false(admits(&policy, ACTION_DELETE, false, "/tmp/ccQ7CdEf.o"));
	assert_false(admits(&policy, ACTION_CREATE, true, "/tmp/ccQ7CdEfg.o"));
	assert_false(admits(&policy, ACTION_READ, true, "/tmp/ccQ7CdEf.o"));
	assert_true(admits(&policy, ACTION_READ, false, "/tmp/ccStable.o"));
	assert_true(admits(&policy, ACTION_CREATE, true, "/tmp/d-x7aaaaaa/fixed"));
	assert_false(admits(&policy, ACTION_CREATE, true, "/tmp/d-x7aaaaaa/other"));
	/* What the runs did not create is deleted by its own name or not at all. */
	assert_false(admits(&policy, ACTION_DELETE, true, "/tmp/e-x7aaaaaa"));
	/* Nothing that starts by itself. */
	assert_false(admits(&policy, ACTION_CREATE, true, "/w/x7aaaaaa/.git/hooks/pre-push"));
	policy_release(&policy);
}

static void order_changes_nothing(void **state)
{
	static const unsigned order[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
	char first[DIGEST_HEX_SIZE], digest[DIGEST_HEX_SIZE];
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct policy policy = of_three_runs(order[i]);

		assert_done(policy_digest(&policy, i ? digest : first, &err), &err);
		if (i)
			assert_string_equal(first, digest);
		policy_release(&policy);
	}
}

/* `place` has one star or two, for a text of chance. */
static const char *name_at(const char *place, size_t size, char name[static 96])
{
	char text[24];
	size_t at = 0;

	chance(text, size);
	for (; *place; place++)
		at += (size_t)snprintf(name + at, 96 - at, *place == '*' ? "%s" : "%.1s",
				       *place == '*' ? text : place);
	return name;
}

static struct policy of_place(const char *place, size_t size, enum action action)
{
	struct store *store = open_store("a.db");
	char name[96];

	for (int run = 0; run < 3; run++) {
		struct tale tale = { 0 };
		char id[2] = { (char)('1' + run), '\0' };

		for (int i = 0; i < 10; i++)
			add(&tale, action, true, "%s", name_at(place, size, name));
		tell_tale(store, id, &tale);
	}
	return proposed(store);
}

static struct protection *protection;

static void try_place(const char *place, enum action action)
{
	size_t size = 6 + (size_t)rand() % 10;
	struct policy policy = of_place(place, size, action);
	char name[96];

	for (int i = 0; i < 40; i++) {
		name_at(place, size, name);
		if (protect_find(protection, RESOURCE_FILE, action, bytes_of(name)) &&
		    admits(&policy, action, true, name))
			fail_msg("%s %s", action_text(action), name);
	}
	policy_release(&policy);
}

/* Whatever the evidence, nothing protected is admitted that was not used by its very name.
 * ROUNDS=N for more. */
static void nothing_protected_is_admitted(void **state)
{
	static const char *const place[] = { "/home/ada/.ssh/id_*",
					     "/etc/shadow*",
					     "/w/*/.env",
					     "/w/.env.*",
					     "/etc/ssl/private/*.key",
					     "/home/ada/.ssh/*",
					     "/home/ada/*",
					     "/w/*/.git/hooks/pre-commit",
					     "/home/ada/.cargo/credentials*",
					     "/home/*/.ssh/id_rsa",
					     "/proc/*/environ",
					     "/w/*/.ssh/*.pem" };
	static const enum action action[] = { ACTION_READ, ACTION_WRITE, ACTION_CREATE,
					      ACTION_DELETE };
	const char *wanted = getenv("ROUNDS");
	long rounds = wanted ? strtol(wanted, NULL, 10) : 60;

	struct error err = { 0 };

	(void)state;
	assert_done(protection_open(&protection, NULL, &err), &err);
	srand(5);
	for (long round = 0; round < rounds; round++)
		try_place(place[(size_t)rand() % (sizeof place / sizeof *place)],
			  action[(size_t)rand() % 4]);
	protection_close(protection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_files_open_no_folder),
		cmocka_unit_test(many_uuids_are_a_class),
		cmocka_unit_test(runs_bring_new_names),
		cmocka_unit_test(order_changes_nothing),
		cmocka_unit_test(nothing_protected_is_admitted),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
