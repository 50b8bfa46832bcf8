#include "tests/unit/store_fixture.h"

#include "core/store_tool.h"

struct seen {
	int count;
	int64_t first_started;
	struct tool_call last; /* texts are not kept */
	char tool[40], arguments[64], caller[20], phase[20], program[40];
	bool has_caller;
};

static void copy(char *to, size_t size, struct bytes bytes)
{
	assert_true(bytes.size < size);
	snprintf(to, size, "%.*s", (int)bytes.size, bytes.data ? bytes.data : "");
}

static int see(void *context, const struct tool_call *call, const struct image *image)
{
	struct seen *seen = context;

	if (!seen->count++)
		seen->first_started = call->started_ns;
	seen->last = *call;
	seen->has_caller = call->caller.data != NULL;
	copy(seen->tool, sizeof seen->tool, call->tool);
	copy(seen->arguments, sizeof seen->arguments, call->arguments);
	copy(seen->caller, sizeof seen->caller, call->caller);
	copy(seen->phase, sizeof seen->phase, call->phase);
	copy(seen->program, sizeof seen->program, image->program);
	return 0;
}

static struct seen seen_of(struct store *store, const struct run *run)
{
	struct seen seen = { 0 };
	struct error err = { 0 };

	assert_done(store_each_call(store, run->key, see, &seen, &err), &err);
	return seen;
}

static struct tool_call sample_call(int64_t seq)
{
	return (struct tool_call){
		.seq = seq,
		.image = 1,
		.phase = BYTES("build"),
		.tool = BYTES("files/read_file"),
		.caller = BYTES("toolu_1"),
		.arguments = BYTES("{ \"path\": \"/w/a\\u0041\" }"),
		.status = STATUS_UNKNOWN,
		.started_ns = 100 + seq,
		.sent = 77,
	};
}

static void put(struct store *store, const struct run *run, const struct tool_call *call)
{
	struct error err = { 0 };

	assert_done(store_begin(store, &err), &err);
	assert_done(store_put_call(store, run->key, call, &err), &err);
	assert_done(store_commit(store, &err), &err);
}

static void keeps_what_was_called(void **state)
{
	struct store *store = open_store("a.db", STORE_WRITE);
	struct run run = add_sample(store, "11111111111111111111111111111111");
	struct tool_call call = sample_call(2), early = sample_call(1);
	struct seen seen;

	(void)state;
	put(store, &run, &call);
	put(store, &run, &early);
	seen = seen_of(store, &run);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.first_started, 101);
	assert_int_equal(seen.last.seq, 2);
	assert_int_equal(seen.last.ended_ns, 0);
	assert_int_equal(seen.last.status, STATUS_UNKNOWN);
	assert_int_equal(seen.last.sent, 77);
	assert_string_equal(seen.tool, "files/read_file");
	assert_string_equal(seen.arguments, "{ \"path\": \"/w/a\\u0041\" }");
	assert_string_equal(seen.caller, "toolu_1");
	assert_string_equal(seen.phase, "build");
	assert_string_equal(seen.program, "/usr/bin/git");
	store_close(store);
}

static void replaces_what_an_answer_tells(void **state)
{
	struct store *store = open_store("b.db", STORE_WRITE);
	struct run run = add_sample(store, "22222222222222222222222222222222");
	struct tool_call call = sample_call(1);
	struct seen seen;

	(void)state;
	call.caller = (struct bytes){ 0 };
	call.image = 9; /* that is not there */
	put(store, &run, &call);
	call.status = STATUS_TOOL_ERROR;
	call.ended_ns = 500;
	call.received = 12;
	call.arguments = BYTES("{}"); /* what was asked does not change any more */
	put(store, &run, &call);
	seen = seen_of(store, &run);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.last.status, STATUS_TOOL_ERROR);
	assert_int_equal(seen.last.ended_ns, 500);
	assert_int_equal(seen.last.received, 12);
	assert_false(seen.has_caller);
	assert_string_equal(seen.arguments, "{ \"path\": \"/w/a\\u0041\" }");
	assert_string_equal(seen.program, "");
	store_close(store);
}

static void count_bad(void *context, bool bad, const char *line)
{
	(void)line;
	*(int *)context += bad;
}

static int64_t altered(struct store *store)
{
	struct fsck_result result = { 0 };
	struct error err = { 0 };
	int bad = 0;

	assert_done(store_fsck(store, count_bad, &bad, &result, &err), &err);
	assert_int_equal(bad > 0, result.altered > 0);
	return result.altered;
}

/* Each column of a call is part of what is sealed. */
static void is_sealed(void **state)
{
	static const char *const change[] = {
		"UPDATE call SET image = 2",
		"UPDATE call SET phase = (SELECT id FROM name WHERE bytes = x'')",
		"UPDATE call SET tool = (SELECT min(id) FROM resource)",
		"UPDATE call SET caller = NULL",
		"UPDATE call SET arguments = x'7b7d'",
		"UPDATE call SET status = 1",
		"UPDATE call SET started = 5",
		"UPDATE call SET ended = 5",
		"UPDATE call SET sent = 5",
		"UPDATE call SET received = 5",
		"DELETE FROM call",
	};

	(void)state;
	for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
		char name[20];
		struct store *store;
		struct run run;
		struct tool_call call = sample_call(1);
		struct error err = { 0 };

		snprintf(name, sizeof name, "seal%zu.db", i);
		store = open_store(name, STORE_WRITE);
		run = add_sample(store, "33333333333333333333333333333333");
		assert_done(store_begin(store, &err), &err);
		assert_done(store_name_key(store, BYTES(""), &(int64_t){ 0 }, &err), &err);
		assert_done(store_commit(store, &err), &err);
		put(store, &run, &call);
		end_sample(store, &run);
		assert_int_equal(altered(store), 0);
		tamper(name, change[i]);
		assert_int_equal(altered(store), 1);
		store_close(store);
	}
}

static void knows_which_calls_took_place(void **state)
{
	(void)state;
	assert_int_equal(status_outcome(STATUS_OK), OUTCOME_OK);
	assert_int_equal(status_outcome(STATUS_TOOL_ERROR), OUTCOME_OK);
	assert_int_equal(status_outcome(STATUS_PROTOCOL_ERROR), OUTCOME_FAILED);
	assert_int_equal(status_outcome(STATUS_CANCELLED), OUTCOME_UNKNOWN);
	assert_int_equal(status_outcome(STATUS_SUPPRESSED), OUTCOME_SUPPRESSED);
	assert_int_equal(status_outcome((enum call_status)0), OUTCOME_UNKNOWN);
	assert_int_equal(status_outcome((enum call_status) - 7), OUTCOME_UNKNOWN);
	assert_int_equal(status_outcome((enum call_status)999), OUTCOME_UNKNOWN);
	assert_string_equal(status_text(STATUS_CANCELLED), "cancelled");
}

struct listings_seen {
	int count;
	char text[400];
};

static int see_listing(void *context, const struct tool_listing *listing)
{
	struct listings_seen *seen = context;
	size_t size = strlen(seen->text);

	seen->count++;
	snprintf(seen->text + size, sizeof seen->text - size, "%d %.*s %s %.*s %.*s %.*s %.*s %d|",
		 (int)listing->seq, (int)listing->tool.size, listing->tool.data,
		 listing_text(listing->change), (int)listing->digest.size, listing->digest.data,
		 (int)listing->annotations.size, listing->annotations.data,
		 (int)listing->definition.size, listing->definition.data,
		 (int)listing->differs.size, listing->differs.data, (int)listing->seen_ns);
	return 0;
}

static void keeps_what_servers_say(void **state)
{
	struct store *store = open_store("tools.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct tool_listing listing = {
		.seq = 1,
		.tool = BYTES("files/read"),
		.change = LISTING_LISTED,
		.digest = BYTES("d1"),
		.annotations = BYTES("{}"),
		.definition = BYTES("{\"name\":\"read\"}"),
		.seen_ns = 5,
	};
	struct listings_seen seen = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_done(store_begin(store, &err), &err);
	assert_done(store_add_tool(store, run.key, &listing, &err), &err);
	listing = (struct tool_listing){ .seq = 2,
					 .tool = BYTES("files/read"),
					 .change = LISTING_CHANGED,
					 .digest = BYTES("d2"),
					 .definition = BYTES("{}"),
					 .differs = BYTES("/name"),
					 .seen_ns = 6 };
	assert_done(store_add_tool(store, run.key, &listing, &err), &err);
	listing = (struct tool_listing){
		.seq = 3, .tool = BYTES("files/read"), .change = LISTING_GONE, .seen_ns = 7
	};
	assert_done(store_add_tool(store, run.key, &listing, &err), &err);
	assert_done(store_commit(store, &err), &err);
	assert_done(store_each_tool(store, run.key, see_listing, &seen, &err), &err);
	assert_int_equal(seen.count, 3);
	assert_string_equal(seen.text, "1 files/read listed d1 {} {\"name\":\"read\"}  5|"
				       "2 files/read changed d2  {} /name 6|"
				       "3 files/read gone     7|");
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(keeps_what_was_called),
		cmocka_unit_test(replaces_what_an_answer_tells),
		cmocka_unit_test(is_sealed),
		cmocka_unit_test(knows_which_calls_took_place),
		cmocka_unit_test(keeps_what_servers_say),
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
