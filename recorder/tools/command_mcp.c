#include "core/command.h"
#include "core/error.h"
#include "recorder/launch.h"
#include "recorder/record.h"
#include "recorder/tools/child.h"
#include "recorder/tools/record_tools.h"
#include "recorder/tools/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTION_AGENT = 0x200, OPTION_SERVER };

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0,
	  "who calls (default: what the client says it is called)", 1 },
	{ "server", OPTION_SERVER, "NAME", 0,
	  "what its tools belong to, as in the agent's configuration (default: what the server "
	  "says "
	  "it is called)",
	  1 },
	COMMAND_DB_OPTION,
	{ 0 }
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct tools_recording *recording = state->input;

	switch (key) {
	case COMMAND_DB:
		recording->db = text;
		return 0;
	case OPTION_AGENT:
		recording->agent = text;
		if (!*text)
			argp_error(state, "--agent: the name is empty");
		return 0;
	case OPTION_SERVER:
		recording->server = text;
		if (!*text || strchr(text, '/'))
			argp_error(state, "--server '%s': a name without a slash", text);
		return 0;
	case ARGP_KEY_ARGS:
		recording->argv = state->argv + state->next;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which server shall be recorded?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "-- SERVER [ARG...]",
	.doc = "Run SERVER, which speaks the Model Context Protocol on its standard input and "
	       "output, "
	       "hand on every byte as it is, and record each call of a tool: its arguments without "
	       "secrets, what came of it, how long it took."
	       "\vExit status: SERVER's own, and its signal; 125 when pare failed, 126 when SERVER "
	       "could not be executed, 127 when it was not found.",
};

/* All that threads hold on to: it may have to outlive the command. */
struct proxy {
	struct tools_recording recording;
	struct child child;
	struct relay_way to_server, to_client;
	int ended;
};

/* A standard descriptor is never free: whatever is opened next would become it. */
static int take_standard(int fd)
{
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing >= 0 && nothing != fd) {
		dup2(nothing, fd);
		close(nothing);
	}
	return kept >= 0 ? kept : open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int start_relays(struct proxy *proxy)
{
	int r;

	proxy->ended = eventfd(0, EFD_CLOEXEC);
	if (proxy->ended < 0)
		return -errno;
	proxy->to_server = (struct relay_way){ .side = SIDE_CLIENT,
					       .from = take_standard(STDIN_FILENO),
					       .to = proxy->child.to };
	proxy->to_client = (struct relay_way){ .side = SIDE_SERVER,
					       .from = proxy->child.from,
					       .to = take_standard(STDOUT_FILENO) };
	proxy->to_server.ended = proxy->to_client.ended = proxy->ended;
	proxy->to_server.copies = proxy->to_client.copies = &proxy->recording.copies;
	r = relay_start(&proxy->to_client);
	return r ? r : relay_start(&proxy->to_server);
}

static int serve(struct proxy *proxy, struct error *err)
{
	static const uint64_t one = 1;
	int status, r;

	proxy->recording.pid = proxy->child.pid;
	tools_recording_start(&proxy->recording);
	r = start_relays(proxy);
	if (r < 0) {
		error_set(err, -r, "hand messages on");
		kill(proxy->child.pid, SIGKILL);
		waitpid(proxy->child.pid, NULL, 0);
		command_fail(err);
		return STATUS_PARE_FAILED << 8;
	}
	status = child_wait(&proxy->child);
	if (write(proxy->ended, &one, sizeof one) < 0) {
		error_set(err, errno, "hand the last messages on");
		command_fail(err);
	}
	relay_finish(&proxy->to_client);
	if (tools_recording_stop(&proxy->recording, WIFSIGNALED(status) ? 128 + WTERMSIG(status)
									: WEXITSTATUS(status)) < 0)
		command_fail(&proxy->recording.error);
	return status;
}

int command_mcp(int argc, char **argv, const struct house *house)
{
	/* Not freed: a relay that waits for who has the server's input open may never end. */
	struct proxy *proxy = calloc(1, sizeof *proxy);
	struct error err = { 0 };
	int r;

	(void)house;
	if (!proxy)
		return STATUS_PARE_FAILED;
	argp_err_exit_status = STATUS_PARE_FAILED; /* 2 may be the server's own */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &proxy->recording);
	proxy->child.argv = proxy->recording.argv;
	r = launch_find(proxy->child.argv[0], &proxy->child.path, &err);
	if (r == 0) {
		child_take_signals(&proxy->child);
		proxy->recording.path = proxy->child.path;
		r = child_start(&proxy->child, &err);
	}
	if (r < 0) {
		command_fail(&err);
		return r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
	}
	child_end_like(serve(proxy, &err));
}
