/* What is recorded is read again as it was, whatever the names are made of. */
#include "tests/unit/store_fixture.h"

#include <errno.h>

static void assert_bytes(struct bytes got, struct bytes want)
{
	assert_int_equal(!got.data, !want.data);
	assert_int_equal(got.size, want.size);
	if (want.size)
		assert_memory_equal(got.data, want.data, want.size);
}

static void assert_same_access(const struct access *got, const struct access *want)
{
	assert_int_equal(got->seq, want->seq);
	assert_int_equal(got->image, want->image);
	assert_bytes(got->phase, want->phase.data ? want->phase : BYTES(""));
	assert_int_equal(got->call, want->call);
	assert_int_equal(got->resource, want->resource);
	assert_int_equal(got->action, want->action);
	assert_bytes(got->name, want->name);
	assert_bytes(got->requested, want->requested);
	assert_bytes(got->peer, want->peer);
	assert_int_equal(got->outcome, want->outcome);
	assert_int_equal(got->error, want->error);
	assert_int_equal(got->count, want->count);
	assert_int_equal(got->bytes, want->bytes);
	assert_int_equal(got->first_ns, want->first_ns);
	assert_int_equal(got->last_ns, want->last_ns);
	assert_int_equal(got->peak_second, want->peak_second);
	assert_int_equal(got->peak_minute, want->peak_minute);
	assert_int_equal(got->peak_hour, want->peak_hour);
	assert_int_equal(got->own, want->own);
	assert_int_equal(got->via, want->via);
	assert_true(got->dev == want->dev);
	assert_true(got->ino == want->ino);
}

/* Every field has a value of its own, so that two that are mixed up show. */
static struct access full_access(void)
{
	return (struct access){
		.seq = 9,
		.image = 1,
		.phase = BYTES("plan"),
		.call = 4,
		.resource = RESOURCE_HOST,
		.action = ACTION_CONNECT,
		.name = BYTES("tcp/example.com:443"),
		.requested = BYTES("tcp/93.184.216.34:443"),
		.peer = BYTES("93.184.216.34"),
		.outcome = OUTCOME_FAILED,
		.error = ECONNREFUSED,
		.count = 11,
		.bytes = INT64_MAX,
		.first_ns = INT64_C(1795244400000000001),
		.last_ns = INT64_C(1795244400000000002),
		.peak_second = 5,
		.peak_minute = 6,
		.peak_hour = 7,
		.own = true,
		.via = VIA_WIRE,
		.dev = UINT64_MAX,
		.ino = UINT64_C(1) << 63,
	};
}

struct expected {
	const struct access *access;
	int count, seen;
};

static int expect_access(void *context, const struct access *access, const struct image *image)
{
	struct expected *expected = context;

	assert_true(expected->seen < expected->count);
	assert_same_access(access, &expected->access[expected->seen++]);
	assert_int_equal(image->seq, 1);
	assert_int_equal(image->pid, 77);
	assert_int_equal(image->parent, 0);
	assert_int_equal(image->started_ns, 1500);
	assert_bytes(image->program, BYTES("/usr/bin/git"));
	assert_bytes(image->argv, BYTES("git\0status\0"));
	assert_bytes(image->cwd, BYTES("/w"));
	return 0;
}

static void assert_accesses(struct store *store, int64_t run, const struct access *want, int count)
{
	struct expected expected = { .access = want, .count = count };
	struct error err = { 0 };

	assert_done(store_each_access(store, run, expect_access, &expected, &err), &err);
	assert_int_equal(expected.seen, count);
}

/* The two of add_sample(), and room for more. */
static void sample_accesses(struct access *access)
{
	access[0] = sample_access(1, "/etc/passwd");
	access[1] = sample_access(2, "/etc/hosts");
	access[1].requested = BYTES("../etc/hosts");
	access[1].peer = BYTES("10.0.0.1");
	access[1].phase = BYTES("setup");
}

static void keeps_every_field(void **state)
{
	struct store *store = open_store("fields.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct access want[3];
	struct error err = { 0 };

	(void)state;
	assert_int_equal(strlen(run.id), 32);
	assert_int_equal(strspn(run.id, "0123456789abcdef"), 32);
	sample_accesses(want);
	want[2] = full_access();
	assert_done(store_put_access(store, run.key, &want[2], &err), &err);
	store_close(store);

	store = open_store("fields.db", STORE_READ);
	assert_accesses(store, run.key, want, 3);
	store_close(store);
}

static void replaces_what_grows(void **state)
{
	struct store *store = open_store("update.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct access want[3];
	struct error err = { 0 };

	(void)state;
	sample_accesses(want);
	want[2] = full_access();
	assert_done(store_put_access(store, run.key, &want[2], &err), &err);
	want[2].count = 12;
	want[2].bytes = 99;
	want[2].first_ns--;
	want[2].last_ns++;
	want[2].peak_second = want[2].peak_minute = want[2].peak_hour = 12;
	want[2].own = false;
	want[2].via = VIA_TRACE;
	want[2].dev = 1;
	want[2].ino = 2;
	want[2].peer = BYTES("10.9.9.9");
	assert_done(store_put_access(store, run.key, &want[2], &err), &err);
	assert_accesses(store, run.key, want, 3);
	store_close(store);
}

static void keeps_hostile_names(void **state)
{
	static char longest[4000];
	struct store *store = open_store("names.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct access want[8];
	struct error err = { 0 };
	const struct bytes name[] = {
		BYTES("/tmp/\xff\xfe\x80 not UTF-8"),
		BYTES("/tmp/two\nlines\r\x1b[31m"),
		{ longest, sizeof longest },
		BYTES("with\0a NUL"),
		BYTES(""),
		BYTES("'; DROP TABLE access; --"),
	};

	(void)state;
	memset(longest, 'x', sizeof longest);
	sample_accesses(want);
	for (int i = 0; i < 6; i++) {
		want[2 + i] = sample_access(3 + i, "");
		want[2 + i].name = name[i];
		want[2 + i].requested = BYTES("a\0b");
		assert_done(store_put_access(store, run.key, &want[2 + i], &err), &err);
	}
	assert_accesses(store, run.key, want, 8);
	store_close(store);
	store = open_store("names.db", STORE_READ);
	assert_accesses(store, run.key, want, 8);
	store_close(store);
}

static void same_request_is_none(void **state)
{
	struct store *store = open_store("same.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct access want[3];
	struct error err = { 0 };

	(void)state;
	sample_accesses(want);
	want[2] = sample_access(3, "/same");
	want[2].requested = BYTES("/same");
	assert_done(store_put_access(store, run.key, &want[2], &err), &err);
	want[2].requested = (struct bytes){ 0 };
	assert_accesses(store, run.key, want, 3);
	store_close(store);
}

static int expect_image(void *context, const struct image *image)
{
	int *seen = context;

	++*seen;
	assert_int_equal(image->seq, *seen);
	if (*seen == 2) {
		assert_int_equal(image->parent, 1);
		assert_int_equal(image->pid, 78);
		assert_bytes(image->argv, BYTES("sh\0-c\0\0\xff\0"));
	}
	return 0;
}

static int expect_gap(void *context, const struct gap *gap)
{
	int *seen = context;

	if (++*seen == 1)
		return 0;
	assert_int_equal(gap->seq, 2);
	assert_int_equal(gap->kind, GAP_IO_URING);
	assert_int_equal(gap->image, 1);
	assert_bytes(gap->detail, BYTES("\xff\0"));
	assert_int_equal(gap->count, 8);
	assert_int_equal(gap->first_ns, 6);
	assert_int_equal(gap->last_ns, 9);
	return 0;
}

static void keeps_images_and_gaps(void **state)
{
	struct store *store = open_store("images.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct image image = {
		.seq = 2,
		.parent = 1,
		.pid = 78,
		.program = BYTES("/bin/sh"),
		.argv = BYTES("sh\0-c\0\0\xff\0"),
	};
	struct gap gap = { .seq = 2, .kind = GAP_IO_URING, .image = 1, .detail = BYTES("\xff\0") };
	struct error err = { 0 };
	int seen = 0;

	(void)state;
	gap.first_ns = 6;
	assert_done(store_add_image(store, run.key, &image, &err), &err);
	assert_done(store_put_gap(store, run.key, &gap, &err), &err);
	gap.count = 8;
	gap.last_ns = 9;
	assert_done(store_put_gap(store, run.key, &gap, &err), &err);
	assert_done(store_each_image(store, run.key, expect_image, &seen, &err), &err);
	assert_int_equal(seen, 2);
	seen = 0;
	assert_done(store_each_gap(store, run.key, expect_gap, &seen, &err), &err);
	assert_int_equal(seen, 2);
	assert_true(store_add_image(store, run.key, &image, &err) < 0); /* seq is taken */
	store_close(store);
}

static void forgets_what_was_taken_back(void **state)
{
	struct store *store = open_store("back.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct access want[3];
	struct error err = { 0 };

	(void)state;
	sample_accesses(want);
	want[2] = sample_access(3, "/taken/back");
	want[2].requested = BYTES("back");
	for (int i = 0; i < 2; i++) {
		assert_done(store_begin(store, &err), &err);
		assert_done(store_put_access(store, run.key, &want[2], &err), &err);
		if (!i)
			store_rollback(store);
	}
	assert_done(store_commit(store, &err), &err);
	assert_accesses(store, run.key, want, 3);
	store_close(store);
	assert_int_equal(count_rows("back.db", "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(keeps_every_field),
		cmocka_unit_test(replaces_what_grows),
		cmocka_unit_test(keeps_hostile_names),
		cmocka_unit_test(same_request_is_none),
		cmocka_unit_test(keeps_images_and_gaps),
		cmocka_unit_test(forgets_what_was_taken_back),
	};

	return cmocka_run_group_tests_name("store", test, enter_folder, leave_folder);
}
