#include "core/clock.h"
#include "core/command.h"
#include "core/digest.h"
#include "core/error.h"
#include "recorder/record.h"
#include "recorder/secrets/environment.h"
#include "recorder/tools/arguments.h"
#include "recorder/tools/hook.h"
#include "recorder/tools/peer.h"
#include "recorder/tools/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More is not read into memory; it is taken, or the agent would be told that nobody reads. */
#define INPUT_MAX ((size_t)16 * 1024 * 1024)

enum { OPTION_AGENT = 0x200 };

struct options {
	const char *db, *agent;
};

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "whose hook this is", 1 }, COMMAND_DB_OPTION, { 0 }
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case COMMAND_DB:
		options->db = text;
		return 0;
	case OPTION_AGENT:
		options->agent = text;
		return 0;
	case ARGP_KEY_END:
		if (!options->agent || !*options->agent)
			argp_error(state, "whose hook is this?  --agent NAME");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.doc = "Record the call of a tool that an agent tells its hook of, as JSON on standard "
	       "input: "
	       "hooks before and after a tool, of Claude Code, Codex, Gemini CLI and OpenCode.  "
	       "The calls of a session are one run."
	       "\vNothing is printed on standard output.  Exit status: 0, or 1 when the call could "
	       "not be recorded; never 2, which would forbid the tool.",
};

static int read_input(struct buffer *out, struct error *err)
{
	char data[65536];
	bool too_long = false;
	ssize_t size;

	while ((size = read(STDIN_FILENO, data, sizeof data)) != 0) {
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return error_set(err, errno, "read the hook's input");
		too_long = too_long || out->size + (size_t)size > INPUT_MAX;
		if (!too_long)
			buffer_append(out, data, (size_t)size);
	}
	if (too_long)
		return error_set(err, EFBIG, "read the hook's input");
	return buffer_status(out) < 0 ? error_set(err, ENOMEM, "read the hook's input") : 0;
}

/* All that happens in the store, with what masks secrets at hand. */
static int record(const struct hook *hook, const struct options *options, struct store *store,
		  struct error *err)
{
	struct environment *environment;
	struct secret_key key;
	struct masker masker = { .view = { &key, 0 } };
	int r = secret_key_load(&key, store_path(store), err);

	if (r < 0)
		return r;
	r = environment_read(&environment, &masker.view, NULL);
	if (r < 0)
		return error_set(err, -r, "read the environment");
	masker.known = &environment->holds;
	r = hook->when == HOOK_OVER
		    ? session_end(store, options->agent, buffer_bytes(&hook->session), err)
		    : session_add(store, options->agent, hook, &masker, err);
	environment_leave(environment);
	return r;
}

static int run(const struct options *options, struct hook *hook, struct error *err)
{
	scoped(buffer) struct buffer input = { 0 };
	struct store *store;
	int r = read_input(&input, err);

	if (r == 0)
		r = hook_read(hook, buffer_bytes(&input), options->agent, err);
	if (r < 0 || hook->when == HOOK_OTHER)
		return r;
	r = store_open(&store, options->db, STORE_WRITE, err);
	if (r < 0)
		return r;
	r = record(hook, options, store, err);
	store_close(store);
	return r;
}

int command_hook(int argc, char **argv, const struct house *house)
{
	struct options options = { 0 };
	struct hook hook = { 0 };
	struct error err = { 0 };
	int r;

	(void)house;
	argp_err_exit_status = COMMAND_FAILED;
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	r = run(&options, &hook, &err);
	hook_release(&hook);
	return r < 0 ? command_fail(&err) : COMMAND_DONE;
}
