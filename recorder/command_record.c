#include "recorder/record.h"

#include "core/command.h"
#include "core/error.h"
#include "core/text.h"
#include "recorder/calls/calls.h"
#include "recorder/dryrun/dryrun.h"
#include "recorder/fingerprint.h"
#include "recorder/obstacle.h"
#include "recorder/selftest/probe.h"
#include "recorder/selftest/self_test.h"
#include "recorder/trace/trace.h"
#include "recorder/wire/keep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const struct error *err)
{
	command_fail(err);
	return STATUS_PARE_FAILED;
}

int record_explain_failure(struct launch *launch, struct error *err)
{
	bool in_filter;
	int r = launch_failure(launch, &in_filter);

	if (r == 0)
		return 0;
	if (in_filter) {
		obstacle_filter(-r, err);
		return fail(err);
	}
	error_set(err, -r, "execute %s", launch->path);
	command_fail(err);
	return r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static int summarize_run(const struct record_options *options, const struct house *house,
			 struct store *store, const struct run *run, struct error *err)
{
	struct run read = { 0 };
	int r = 0;

	if (options->quiet || !house->summarize)
		return 0;
	r = store_find_run(store, run->id, &read, err);
	if (r == 0)
		r = house->summarize(store, &read, stderr, err);
	run_release(&read);
	return r;
}

static void say_left_out(const struct keep_counts *counts)
{
	fprintf(stderr,
		"  left out %" PRIu64 " packets of other processes, %" PRIu64
		" of which nobody can tell whose they are\n",
		counts->others, counts->unknown);
}

/* What came of --pcap. */
static void summarize_packets(const struct record_options *options)
{
	scoped(buffer) struct buffer shown = { 0 };
	const struct keep_counts *counts = keep_counts(options->keep);
	const char *path = text_safe(bytes_of(options->pcap), 0, &shown);

	if (counts->unwritten)
		fprintf(stderr, "pare: write packets to %s: %s: %" PRIu64 " are missing there\n",
			path, strerror(counts->reason), counts->unwritten);
	if (counts->lost)
		fprintf(stderr, "pare: capture packets: the kernel dropped %" PRIu64 "\n",
			counts->lost);
	if (options->quiet)
		return;
	fprintf(stderr, "Kept %" PRIu64 " packets of %" PRIu64 " bytes in %s\n", counts->kept,
		counts->kept_bytes, path);
	if (counts->others + counts->unknown)
		say_left_out(counts);
}

int record_check_system(const struct record_options *options, const struct call_table *table,
			const char *database, struct error *err)
{
	scoped(self_test) struct self_test test = { 0 };
	const char *wanted = getenv("PARE_SELF_TEST");
	struct process_status own;
	int r = process_status_read(&own, 0) && !own.tracer ? 0 : probe_system(err);

	if (r < 0 || options->no_self_test || (wanted && !strcmp(wanted, "0")) ||
	    self_test_is_remembered(database))
		return r;
	r = self_test_run(table, database, &test, err);
	if (r == 0)
		r = self_test_judge(&test, err);
	if (r == 0)
		self_test_remember(database);
	return r;
}

int record_begin(const struct record_options *options, const char *path, struct store *store,
		 struct run_identity *identity, struct error *err)
{
	scoped(fingerprint) struct fingerprint fingerprint = { 0 };
	struct run *run = &identity->run;
	int r = fingerprint_take(&fingerprint, path, options->argv, identity->workspace, store,
				 err);

	if (r == 0)
		r = store_begin(store, err);
	if (r == 0)
		r = store_add_run(store, run, err);
	if (r == 0)
		r = fingerprint_put(&fingerprint, store, run->key, err);
	if (r == 0)
		r = store_commit(store, err);
	if (r == 0 && options->keep)
		keep_set_run(options->keep, run);
	return r;
}

static int begin_dry_run(const struct record_options *record, struct launch *launch,
			 struct store *store, const struct run_identity *identity,
			 struct error *err)
{
	const struct dryrun_options options = {
		.database = store_path(store),
		.run = identity->run.id,
		.workspace = identity->workspace,
		.host_network = record->net && !strcmp(record->net, "host"),
		.become = launch_become,
		.context = launch,
	};

	return record->dry_run ? dryrun_open(&launch->dryrun, &options, err) : 0;
}

static void end_dry_run(struct launch *launch, const struct trace_result *result, const char *id,
			bool quiet)
{
	struct error err = { 0 };
	size_t count = 0;

	if (!launch->dryrun)
		return;
	if (!result->started)
		dryrun_forget(launch->dryrun);
	else if (dryrun_finish(launch->dryrun, &count, &err) < 0)
		command_fail(&err);
	if (count && !quiet)
		fprintf(stderr,
			"A dry run: %zu %s; `pare effects %.12s` shows, `pare "
			"apply` makes real, `pare discard` forgets\n",
			count, count == 1 ? "effect waits" : "effects wait", id);
	dryrun_close(launch->dryrun);
	launch->dryrun = NULL;
}

static void summarize(const struct record_options *options, const struct house *house,
		      struct store *store, const struct run *run, struct error *err)
{
	if (summarize_run(options, house, store, run, err) < 0)
		command_fail(err);
	if (options->keep)
		summarize_packets(options);
}

static int record_in(const struct record_options *options, const struct house *house,
		     struct store *store, struct launch *launch, struct error *err)
{
	struct run_identity identity;
	struct trace_result result = { 0 };
	int status, r = record_check_system(options, launch->table, store_path(store), err);

	if (r == 0)
		r = secret_key_load(&launch->key, store_path(store), err);
	if (r == 0)
		r = run_identify(&identity, options, &launch->key, err);
	if (r < 0)
		return fail(err);
	r = record_begin(options, launch->path, store, &identity, err);
	if (r == 0)
		r = begin_dry_run(options, launch, store, &identity, err);
	if (r == 0)
		r = record_run(options, launch, store, &identity.run, &result, err);
	status = r < 0 ? fail(err) : record_explain_failure(launch, err);
	if (status == 0) {
		status = result.status;
		summarize(options, house, store, &identity.run, err);
	}
	end_dry_run(launch, &result, identity.run.id, options->quiet);
	run_identity_release(&identity);
	return status;
}

/* With the program found, and the database to record it in. */
static int record_with(const struct record_options *options, const struct house *house,
		       struct launch *launch, struct error *err)
{
	struct call_table *table = malloc(sizeof *table);
	struct store *store;
	int status;

	if (!table) {
		error_set(err, ENOMEM, "record");
		return fail(err);
	}
	if (store_open(&store, options->db, STORE_WRITE, err) < 0) {
		free(table);
		return fail(err);
	}
	call_table_fill(table);
	launch->table = table;
	status = record_in(options, house, store, launch, err);
	store_close(store);
	free(table);
	return status;
}

int command_record(int argc, char **argv, const struct house *house)
{
	struct record_options options = { 0 };
	struct launch launch = { 0 };
	struct error err = { 0 };
	int status, r;

	record_parse(&options, argc, argv);
	r = launch_find(options.argv[0], &launch.path, &err);
	if (r < 0) {
		command_fail(&err);
		return r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
	}
	if (options.pcap && keep_open(&options.keep, options.pcap, &err) < 0) {
		free(launch.path);
		return fail(&err);
	}
	launch.argv = options.argv;
	launch.limits = options.limits;
	record_take_signals(&launch);
	status = record_with(&options, house, &launch, &err);
	keep_close(options.keep);
	free(launch.path);
	return status;
}
