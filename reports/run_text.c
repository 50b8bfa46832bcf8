#include "reports/run_text.h"

#include "reports/json.h"

#include <signal.h>
#include <string.h>

void run_add_id(const struct terminal *terminal, const struct run *run, struct buffer *out)
{
	terminal_add_name(terminal, (struct bytes){ run->id, strnlen(run->id, 12) }, 0, out);
}

const char *run_state_text(enum run_state state)
{
	switch (state) {
	case RUN_RECORDING:
		return "recording";
	case RUN_COMPLETE:
		return "complete";
	case RUN_INCOMPLETE:
		return "incomplete";
	}
	return "?";
}

void run_add_status(const struct run *run, struct buffer *out)
{
	const char *signal = run->status > 128 ? sigabbrev_np(run->status - 128) : NULL;

	if (run->status < 0)
		buffer_add(out, run->state == RUN_RECORDING ? "still running" : "no exit seen");
	else
		buffer_printf(out, "exit %d", run->status);
	if (signal)
		buffer_printf(out, " (SIG%s)", signal);
}

enum style run_evidence_style(const struct run *run)
{
	if (run->state == RUN_INCOMPLETE)
		return STYLE_BAD;
	return run->state == RUN_RECORDING || run->gaps ? STYLE_CAUTION : STYLE_GOOD;
}

int64_t run_duration_ns(const struct run *run)
{
	return run->ended_ns ? run->ended_ns - run->started_ns : 0;
}

static void add_member(const char *key, const char *text, struct buffer *out)
{
	json_key(key, out);
	json_text(text, out);
}

static void add_bytes(const char *key, struct bytes bytes, struct buffer *out)
{
	json_key(key, out);
	json_bytes(bytes, out);
}

static void add_number(const char *key, int64_t number, bool known, struct buffer *out)
{
	json_key(key, out);
	if (known)
		json_number(number, out);
	else
		json_none(out);
}

static void add_place(const struct run *run, struct buffer *out)
{
	add_member("host", run->host, out);
	add_number("uid", run->uid, true, out);
	json_key("command", out);
	json_arguments(run->command, out);
	add_bytes("cwd", run->cwd, out);
	add_bytes("workspace", run->workspace, out);
	add_bytes("home", run->home, out);
	add_bytes("tmp", run->tmp, out);
	add_member("kernel", run->kernel, out);
	add_member("version", run->version, out);
	add_member("assurance", run->assurance, out);
	add_member("clock", run->clock, out);
}

void run_add_json(const struct run *run, struct buffer *out)
{
	bool ended = run->state == RUN_COMPLETE;

	add_member("run", run->id, out);
	add_member("agent", run->agent, out);
	add_member("task", run->task, out);
	add_member("state", run_state_text(run->state), out);
	add_number("status", run->status, run->status >= 0, out);
	json_key("started", out);
	json_time(run->started_ns, out);
	json_key("ended", out);
	json_time(run->ended_ns, out);
	add_number("duration_ns", run_duration_ns(run), ended, out);
	add_number("gaps", run->gaps, true, out);
	add_number("stops", run->stops, ended, out);
	add_number("calls", run->calls, ended, out);
	add_place(run, out);
}
