#include "core/clock.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/store_private.h"
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check {
	struct store *store;
	fsck_report *report;
	void *context;
	struct fsck_result result;
};

static void say(struct check *check, int64_t *counter, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* One line; a bad one is counted. */
static void say(struct check *check, int64_t *counter, const char *format, ...)
{
	char line[640];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (counter)
		(*counter)++;
	check->report(check->context, counter != NULL, line);
}

/* A damaged database may fail any question; the check then goes on with the next. */
static void say_failed(struct check *check, const struct error *err)
{
	say(check, &check->result.damaged, "%s", err->text);
}

/* ---- the database ---- */

static void check_pages(struct check *check)
{
	scoped(query) struct query query = { 0 };
	scoped(buffer) struct buffer shown = { 0 };
	struct error err = { 0 };
	int status = query_open(&query, check->store, STATEMENT_INTEGRITY, &err);

	if (!status)
		while ((status = query_step(&query, &err)) > 0) {
			const char *line = query_text(&query);

			if (strcmp(line, "ok"))
				say(check, &check->result.damaged, "the database is damaged: %s",
				    text_safe(bytes_of(line), 300, &shown));
		}
	if (status)
		say_failed(check, &err);
}

static void check_references(struct check *check)
{
	scoped(query) struct query query = { 0 };
	scoped(buffer) struct buffer table = { 0 }, parent = { 0 };
	struct error err = { 0 };
	int status = query_open(&query, check->store, STATEMENT_ORPHANS, &err);

	if (!status)
		while ((status = query_step(&query, &err)) > 0) {
			text_safe(bytes_of(query_text(&query)), 40, &table);
			text_safe(bytes_of(query_text(&query)), 40, &parent);
			say(check, &check->result.damaged,
			    "table %s refers to rows of table %s that are not there: %lld times",
			    buffer_text(&table), buffer_text(&parent),
			    (long long)query_int(&query));
		}
	if (status)
		say_failed(check, &err);
}

/* ---- the chain ---- */

struct seal {
	int64_t id, run, sealed_ns;
	char previous[DIGEST_HEX_SIZE], digest[DIGEST_HEX_SIZE], uuid[33];
	bool run_is_there;
};

static void read_seal(struct query *query, struct seal *ret)
{
	ret->id = query_int(query);
	ret->run = query_int(query);
	snprintf(ret->previous, sizeof ret->previous, "%s", query_text(query));
	snprintf(ret->digest, sizeof ret->digest, "%s", query_text(query));
	ret->sealed_ns = query_int(query);
	ret->run_is_there = !query_is_null(query);
	snprintf(ret->uuid, sizeof ret->uuid, "%s", query_text(query));
}

static void check_content(struct check *check, const struct seal *seal)
{
	scoped(buffer) struct buffer shown = { 0 };
	char evidence[DIGEST_HEX_SIZE], digest[DIGEST_HEX_SIZE];
	struct error err = { 0 };
	int status = store_digest_evidence(check->store, seal->run, evidence, &err);

	if (!status)
		status = store_digest_seal(check->store, seal->run, evidence, seal->previous,
					   seal->sealed_ns, digest, &err);
	if (status)
		say_failed(check, &err);
	else if (strcmp(digest, seal->digest))
		say(check, &check->result.altered, "run %s was altered after it was sealed",
		    text_safe(bytes_of(seal->uuid), 40, &shown));
}

static void check_seal(struct check *check, const struct seal *seal, const struct seal *before)
{
	char time[CLOCK_TEXT_SIZE];

	if (strcmp(seal->previous, before->digest) && before->id)
		say(check, &check->result.altered,
		    "seal %lld does not follow seal %lld: a sealed run was removed or sealed anew",
		    (long long)seal->id, (long long)before->id);
	else if (strcmp(seal->previous, before->digest))
		say(check, &check->result.altered,
		    "seal %lld follows one that is not there: a sealed run was removed",
		    (long long)seal->id);
	if (seal->run_is_there)
		check_content(check, seal);
	else
		say(check, &check->result.altered, "the run of seal %lld (%s) was removed",
		    (long long)seal->id, clock_format(seal->sealed_ns, time));
}

/* Runs that were sealed and then cut from the end leave no broken link, but the count of seals
 * that SQLite keeps (AUTOINCREMENT). */
static void check_end(struct check *check, const struct seal *last)
{
	scoped(query) struct query query = { 0 };
	struct error err = { 0 };
	int status = query_open(&query, check->store, STATEMENT_SEALS_EVER, &err);
	int64_t ever;

	if (!status)
		status = query_step(&query, &err);
	if (status < 0) {
		say_failed(check, &err);
		return;
	}
	ever = query_int(&query);
	if (ever != last->id)
		say(check, &check->result.altered,
		    "the chain ends with seal %lld, but there was a seal %lld", (long long)last->id,
		    (long long)ever);
	if (last->id)
		say(check, NULL, "the last seal is %lld, %s", (long long)last->id, last->digest);
}

static void check_chain(struct check *check)
{
	scoped(query) struct query query = { 0 };
	struct seal seal, before = { 0 };
	struct error err = { 0 };
	int status = query_open(&query, check->store, STATEMENT_EACH_SEAL, &err);

	if (!status)
		while ((status = query_step(&query, &err)) > 0) {
			read_seal(&query, &seal);
			check_seal(check, &seal, &before);
			check->result.sealed++;
			before = seal;
		}
	if (status)
		say_failed(check, &err);
	else
		check_end(check, &before);
}

static void say_unsealed(struct check *check, const char *id, bool alive, bool ended)
{
	if (ended) {
		say(check, &check->result.altered, "run %s ended, but its seal was removed", id);
	} else if (alive) {
		say(check, NULL, "run %s is being recorded", id);
	} else {
		check->result.incomplete++;
		say(check, NULL, "run %s is incomplete: its recorder died, so it has no seal", id);
	}
}

static void check_unsealed(struct check *check)
{
	scoped(query) struct query query = { 0 };
	scoped(buffer) struct buffer id = { 0 };
	struct error err = { 0 };
	bool alive;
	int status = query_open(&query, check->store, STATEMENT_UNSEALED, &err);

	if (!status)
		while ((status = query_step(&query, &err)) > 0) {
			text_safe(bytes_of(query_text(&query)), 40, &id);
			alive = store_recorder_lives(query_text(&query));
			say_unsealed(check, buffer_text(&id), alive, !query_is_null(&query));
		}
	if (status)
		say_failed(check, &err);
}

static void count_runs(struct check *check)
{
	scoped(query) struct query query = { 0 };
	struct error err = { 0 };
	int status = query_open(&query, check->store, STATEMENT_COUNT_RUNS, &err);

	if (!status)
		status = query_step(&query, &err);
	if (status < 0)
		say_failed(check, &err);
	else
		check->result.runs = query_int(&query);
}

void store_verify(struct store *store, fsck_report *report, void *context, struct fsck_result *ret)
{
	struct check check = { .store = store, .report = report, .context = context };

	check_pages(&check);
	check_references(&check);
	count_runs(&check);
	check_chain(&check);
	check_unsealed(&check);
	*ret = check.result;
}

int store_fsck(struct store *store, fsck_report *report, void *context, struct fsck_result *ret,
	       struct error *err)
{
	/* One snapshot; recorders go on meanwhile. */
	int status = store_execute(store, STATEMENT_BEGIN_READ, err);

	if (status)
		return status;
	store_verify(store, report, context, ret);
	store_rollback(store);
	return 0;
}
