#include "recorder/record.h"

#include "core/error.h"
#include "recorder/calls/served.h"
#include "recorder/confine/confine.h"
#include "recorder/dryrun/dryrun.h"
#include "recorder/fast/fast.h"
#include "recorder/trace/trace.h"
#include "recorder/wire/wire.h"
#include "recorder/writer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#define TICK_US 100000

static volatile sig_atomic_t end_requested, ticked;

/* A key on the terminal reaches the agent itself, which may want to live: only a signal that was
 * sent to pare is meant for pare. */
static void on_end(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	if (info->si_code <= 0)
		end_requested = 1;
}

static void on_tick(int signal)
{
	(void)signal;
	ticked = 1;
}

void record_take_signals(struct launch *launch)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction end = { .sa_sigaction = on_end, .sa_flags = SA_SIGINFO };
	struct sigaction tick = { .sa_handler = on_tick };
	sigset_t taken;

	launch->ignored = launch_ignored_signals();
	sigprocmask(SIG_SETMASK, NULL, &launch->mask_before);
	sigemptyset(&taken);
	sigaddset(&taken, SIGALRM);
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
		sigaddset(&taken, ending[i]);
		if (!(launch->ignored & UINT64_C(1) << (ending[i] - 1))) /* nohup(1) */
			sigaction(ending[i], &end, NULL);
	}
	sigaction(SIGALRM, &tick, NULL);
	sigprocmask(SIG_UNBLOCK, &taken, NULL);
	/* A full disk and a reader that went away are errors, not reasons to die. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

static void start_ticking(void)
{
	struct itimerval timer = { { 0, TICK_US }, { 0, TICK_US } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void stop_ticking(void)
{
	struct itimerval timer = { 0 };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static int trace(const struct record_options *options, struct launch *launch, struct writer *writer,
		 struct fast *fast, struct wire *wire, struct trace_result *ret, struct error *err)
{
	char run_root[32];
	struct trace_options trace = {
		.sink = writer_sink(writer),
		.table = launch->table,
		.key = &launch->key,
		.fast = fast,
		.wire = wire,
		.confine = options->confine,
		.io_uring_allowed = options->io_uring_allowed,
		.no_new_privs = launch->wall || launch_needs_no_new_privs(),
		.dryrun = launch->dryrun,
		.run_root = launch->dryrun ? run_root : NULL,
		.init = launch->dryrun ? dryrun_init(launch->dryrun) : 0,
		.timeout_ns = options->timeout_ns,
		.end = &end_requested,
		.tick = &ticked,
	};
	int r;

	if (launch->dryrun)
		snprintf(run_root, sizeof run_root, "/proc/self/fd/%d",
			 dryrun_root(launch->dryrun));
	r = launch_start(launch, err);
	if (r < 0)
		return r;
	start_ticking();
	r = trace_run(launch->pid, &trace, ret, err);
	stop_ticking();
	if (ret->ended_by_us)
		sink_gap(trace.sink, GAP_KILLED, 0,
			 bytes_of(end_requested ? "asked to by a signal" : "--timeout"));
	return r;
}

static void end_fast(struct fast *fast, struct sink *sink, struct trace_result *result)
{
	struct fast_counts counts = { 0 };

	fast_stop(fast, &counts);
	fast_close(fast);
	result->calls += counts.calls;
	for (int64_t i = 0; i < counts.broken; i++)
		sink_gap(sink, GAP_LOST, 0, bytes_of("an entry of the log"));
}

static int open_fast(struct fast **ret, const struct record_options *options,
		     const struct launch *launch, struct error *err)
{
	struct region_place place = { -1, -1, NULL };

	if (options->strict)
		return 0;
	if (launch->dryrun) {
		place.root = dryrun_root(launch->dryrun);
		place.file = dryrun_region(launch->dryrun);
		place.path = dryrun_region_path();
	}
	return fast_open(ret, launch->table, options->events, &place, err);
}

static void report_note(void *context, struct bytes note)
{
	sink_gap(context, GAP_DRY_RUN, 0, note);
}

static void report_notes(const struct launch *launch, struct sink *sink)
{
	if (launch->dryrun)
		dryrun_each_note(launch->dryrun, report_note, sink);
}

/* Everything between the first row of the run and the last. */
static int follow(const struct record_options *options, struct launch *launch,
		  struct writer *writer, struct trace_result *ret, struct error *err)
{
	struct fast *fast = NULL;
	struct wire *wire = NULL;
	int r = open_fast(&fast, options, launch, err);

	report_notes(launch, writer_sink(writer));
	if (r == 0)
		r = wire_open(&wire, writer_sink(writer), options->keep, err);
	if (r == 0 && options->confine)
		confine_set_wire(options->confine, wire);
	if (r == 0 && fast) {
		launch->trusted = region_trusted_address(fast_region(fast));
		r = fast_start(fast, writer_sink(writer), wire, err);
	}
	if (r == 0)
		r = trace(options, launch, writer, fast, wire, ret, err);
	if (fast)
		end_fast(fast, writer_sink(writer), ret);
	if (options->confine)
		confine_set_wire(options->confine, NULL);
	wire_close(wire);
	return r;
}

static int seal(struct writer *writer, struct run *run, const struct trace_result *result,
		struct error *err)
{
	run->status = result->status;
	run->stops = result->stops;
	run->calls = result->calls;
	run->usage = result->usage;
	return writer_seal(writer, run, err);
}

int record_run(const struct record_options *options, struct launch *launch, struct store *store,
	       struct run *run, struct trace_result *ret, struct error *err)
{
	struct error writer_error = { 0 };
	struct writer *writer;
	int r = writer_start(&writer, store, run->key, options, err);

	if (r < 0)
		return r;
	served_open_run(writer_sink(writer));
	r = follow(options, launch, writer, ret, err);
	ret->usage.file_bytes = served_now() ? -1 : 0; /* nobody may be there to answer */
	served_open_run(NULL);
	run->ended_ns = sink_now_ns(writer_sink(writer));
	if (writer_stop(writer, &writer_error) < 0)
		r = error_say(err, EIO, "store the run: %s; it stays, marked incomplete",
			      writer_error.text);
	else if (r == 0)
		r = seal(writer, run, ret, err);
	writer_free(writer);
	return r;
}
