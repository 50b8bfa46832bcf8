#include "recorder/record.h"

#include "core/command.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPTION_AGENT = 0x200,
	OPTION_TASK,
	OPTION_PHASE,
	OPTION_WORKSPACE,
	OPTION_DRY_RUN,
	OPTION_NET,
	OPTION_STRICT,
	OPTION_EVENTS,
	OPTION_IO_URING,
	OPTION_PCAP,
	OPTION_TIMEOUT,
	OPTION_PROCESSES,
	OPTION_MEMORY,
	OPTION_FILE_SIZE,
	OPTION_AT,
	OPTION_QUIET,
	OPTION_NO_SELF_TEST
};

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "whose run this is (default: the program's name)", 1 },
	{ "task", OPTION_TASK, "NAME", 0, "what it is doing, to group runs by", 1 },
	{ "phase", OPTION_PHASE, "NAME", 0, "the phase that the run is in", 1 },
	{ "workspace", OPTION_WORKSPACE, "DIR", 0,
	  "the folder that $WS stands for (default: the current one)", 1 },
	{ "quiet", OPTION_QUIET, 0, 0, "print no summary at the end", 2 },
	{ "dry-run", OPTION_DRY_RUN, 0, 0,
	  "keep what COMMAND does to files and processes apart: see `pare effects`", 3 },
	{ "net", OPTION_NET, "none|host", 0,
	  "of a dry run: none (default): nothing leaves it; host: what is sent is sent", 3 },
	{ "strict", OPTION_STRICT, 0, 0,
	  "stop every call and look at it there: slower, and safe from code that knows pare", 3 },
	{ "events", OPTION_EVENTS, 0, 0,
	  "keep when each access happened, not only how often: rates are replayed exactly", 3 },
	{ "io-uring", OPTION_IO_URING, "deny|allow", 0,
	  "deny (default): programs fall back to system calls; allow: its queues are read", 3 },
	{ "pcap", OPTION_PCAP, "FILE", 0,
	  "keep the agent's packets in FILE (pcapng), with the process in each one's comment", 3 },
	{ "timeout", OPTION_TIMEOUT, "T", 0, "end the whole tree after T (90s, 15m, 2h)", 4 },
	{ "max-processes", OPTION_PROCESSES, "N", 0,
	  "limit the user's processes (setrlimit(2), RLIMIT_NPROC)", 4 },
	{ "max-memory", OPTION_MEMORY, "SIZE", 0,
	  "limit the address space of each process (512M, 4G)", 4 },
	{ "max-file-size", OPTION_FILE_SIZE, "SIZE", 0, "limit the size of each file written (10M)",
	  4 },
	{ "no-self-test", OPTION_NO_SELF_TEST, 0, 0,
	  "do not test a new kernel before the first recording on it (or PARE_SELF_TEST=0)", 5 },
	{ "at", OPTION_AT, "TIME", 0,
	  "store this time for now (for fixtures and tests; stored as such)", 5 },
	COMMAND_DB_OPTION,
	{ 0 }
};

/* "10", "64k", "512M", "4G": powers of 1024. */
static int parse_size(const char *text, int64_t *ret)
{
	static const char unit[] = "kMGT";
	char *end;
	long long value;
	const char *found;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || end == text || value <= 0)
		return -EINVAL;
	if (*end) {
		found = strchr(unit, *end == 'K' ? 'k' : *end);
		if (!found || end[1])
			return -EINVAL;
		for (const char *at = unit; at <= found; at++)
			if (__builtin_mul_overflow(value, 1024, &value))
				return -EINVAL;
	}
	*ret = value;
	return 0;
}

static void take_size(struct argp_state *state, const char *name, const char *text, int64_t *ret)
{
	if (parse_size(text, ret) < 0)
		argp_error(state, "%s '%s': not a positive number with an optional k, M, G or T",
			   name, text);
}

static error_t parse_name(int key, char *text, struct argp_state *state)
{
	struct record_options *options = state->input;

	switch (key) {
	case COMMAND_DB:
		options->db = text;
		return 0;
	case OPTION_AGENT:
		options->agent = text;
		if (!*text)
			argp_error(state, "--agent: the name is empty");
		return 0;
	case OPTION_TASK:
		options->task = text;
		return 0;
	case OPTION_PHASE:
		options->phase = text;
		return 0;
	case OPTION_PCAP:
		options->pcap = text;
		return 0;
	case OPTION_WORKSPACE:
		options->workspace = text;
		return 0;
	case OPTION_NET:
		options->net = text;
		if (strcmp(text, "none") && strcmp(text, "host"))
			argp_error(state, "--net '%s': none or host", text);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_limit(int key, char *text, struct argp_state *state)
{
	struct record_options *options = state->input;

	switch (key) {
	case OPTION_TIMEOUT:
		options->timeout_ns = command_take_duration(text, state);
		return 0;
	case OPTION_AT:
		options->at_ns = command_take_time(text, state);
		return 0;
	case OPTION_PROCESSES:
		take_size(state, "--max-processes", text, &options->limits.processes);
		return 0;
	case OPTION_MEMORY:
		take_size(state, "--max-memory", text, &options->limits.memory_bytes);
		return 0;
	case OPTION_FILE_SIZE:
		take_size(state, "--max-file-size", text, &options->limits.file_bytes);
		return 0;
	default:
		return parse_name(key, text, state);
	}
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct record_options *options = state->input;

	switch (key) {
	case OPTION_QUIET:
		options->quiet = true;
		return 0;
	case OPTION_DRY_RUN:
		options->dry_run = true;
		return 0;
	case OPTION_STRICT:
		options->strict = true;
		return 0;
	case OPTION_EVENTS:
		options->events = true;
		return 0;
	case OPTION_NO_SELF_TEST:
		options->no_self_test = true;
		return 0;
	case OPTION_IO_URING:
		options->io_uring_allowed = !strcmp(text, "allow");
		if (!options->io_uring_allowed && strcmp(text, "deny"))
			argp_error(state, "--io-uring '%s': deny or allow", text);
		return 0;
	case ARGP_KEY_ARGS:
		options->argv = state->argv + state->next;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which command shall be recorded?");
		return EINVAL;
	default:
		return parse_limit(key, text, state);
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "[--] COMMAND [ARG...]",
	.doc = "Run COMMAND and record every file, process and network access of it and of all "
	       "that "
	       "it starts.\vExit status: COMMAND's own, 128 + the signal that ended it; 125 when "
	       "pare failed, 126 when COMMAND could not be executed, 127 when it was not found.",
};

void record_parse(struct record_options *ret, int argc, char **argv)
{
	argp_err_exit_status = 125; /* 2 may be the agent's own */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, ret);
	if (!ret->net || ret->dry_run)
		return;
	fputs("pare record: --net is of a --dry-run only\n", stderr);
	exit(125);
}
