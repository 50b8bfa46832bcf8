#include "recorder/confine/confine_private.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"
#include "recorder/calls/calls.h"
#include "recorder/sink.h"
#include "recorder/tally_phase.h"
#include "recorder/trace/trace.h"
#include "recorder/wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>

int confine_open(struct confine **ret, const struct confine_options *options, struct error *err)
{
	struct confine *confine = calloc(1, sizeof *confine);

	if (!confine)
		return error_set(err, ENOMEM, "confine the agent");
	confine->options = *options;
	claims_begin(&confine->claims);
	confine->confirmed = calloc(options->policy->count + 1, sizeof *confine->confirmed);
	confine->used = calloc(options->policy->count + 1, sizeof *confine->used);
	if (!confine->confirmed || !confine->used ||
	    phase_begin(confine, bytes_of(options->phase)) < 0) {
		confine_close(confine);
		return error_set(err, ENOMEM, "confine the agent");
	}
	for (size_t i = 0; i < options->policy->count; i++)
		confine->confirmed[i] = options->confirm;
	*ret = confine;
	return 0;
}

void confine_close(struct confine *confine)
{
	if (!confine)
		return;
	denials_release(&confine->denials);
	claims_end(&confine->claims);
	names_release(&confine->names);
	phases_forget(confine);
	environments_release(&confine->environments);
	free(confine->confirmed);
	free(confine->used);
	free(confine);
}

void confine_set_wire(struct confine *confine, struct wire *wire)
{
	confine->wire = wire;
	if (wire)
		wire_set_claims(wire, &confine->claims);
}

static const char *no_program(void *context, pid_t pid)
{
	(void)context;
	(void)pid;
	return NULL;
}

struct denials *confine_denials(struct confine *confine)
{
	pid_t pid;

	while (confine_claimed(confine, no_program, NULL, &pid))
		; /* of who has ended */
	return &confine->denials;
}

const struct policy_limits *confine_limits(const struct confine *confine)
{
	return &confine->options.policy->limits;
}

void confine_deny_limit(struct confine *confine, enum denied_limit limit, int64_t asked,
			const char *program, struct bytes name)
{
	const struct denial denial = {
		.why = DENIED_LIMIT,
		.limit = limit,
		.asked = asked,
		.name = name,
		.program = bytes_of(program && *program ? program : "pare"),
	};

	denials_add(&confine->denials, &denial);
}

void confine_image(struct confine *confine, struct bytes program, struct bytes argv)
{
	struct bytes phase;

	if (phase_of_image(program, argv, &phase))
		phase_begin(confine, phase);
}

void confine_deny(const struct call *call, struct denial *denial)
{
	const char *program = call->process->program;

	denial->program = bytes_of(*program ? program : "pare"); /* before its first exec */
	denials_add(&call->confine->denials, denial);
}

static void deny(const struct call *call, const struct access *access, enum denied_why why,
		 const struct rule *nearest)
{
	struct denial denial = {
		.resource = access->resource,
		.action = access->action,
		.why = why,
		.name = access->name,
		.nearest = nearest,
	};

	confine_deny(call, &denial);
}

static int64_t refusal(const struct call *call, const struct access *access)
{
	/* Programs know file systems without it, and make a file with a name. */
	if ((call->row->leave == leave_open || call->row->leave == leave_openat2) &&
	    (call->flags & O_TMPFILE) == O_TMPFILE)
		return -EOPNOTSUPP;
	return access->resource == RESOURCE_PROCESS || access->resource == RESOURCE_KERNEL
		       ? -EPERM
		       : -EACCES;
}

enum denied_why confine_rule(struct confine *confine, const struct rule *rule,
			     const struct access *access)
{
	if (rule->expires_ns && clock_now_ns() >= rule->expires_ns)
		return DENIED_EXPIRED;
	return gate_is_open(confine, rule, access) ? DENIED_NOT : DENIED_GATE;
}

/* DENIED_NOT where the policy admits it; else why not, and the rule that came nearest. */
static enum denied_why look_up(struct call *call, const struct access *access,
			       const struct rule **ret_rule)
{
	struct confine *confine = call->confine;
	struct asked asked = {
		.resource = access->resource,
		.action = access->action,
		.name = access->name,
		.phase = phase_name(confine),
		.own = access->own,
	};
	const struct rule *rule =
		policy_match(confine->options.policy, &confine->options.roots, &asked, ret_rule);

	if (!rule && access->resource == RESOURCE_HOST)
		rule = names_admit(confine, call, access);
	if (!rule)
		return DENIED_NO_RULE;
	*ret_rule = rule;
	return confine_rule(confine, rule, access);
}

/* A resolver connects a socket of UDP to each address that it has found, sends nothing, and sorts
 * them by what that says (getaddrinfo(3), RFC 6724).  It is refused, because later a send(2) would
 * not be seen, but it is no need of what wants to connect there by TCP. */
static bool is_of_resolver(struct call *call, const struct access *access)
{
	scoped(buffer) struct buffer name = { 0 };
	const struct rule *rule = NULL;
	struct access other = *access;

	if (access->resource != RESOURCE_HOST || access->action != ACTION_CONNECT ||
	    !bytes_start_with(access->name, bytes_of("udp/")))
		return false;
	buffer_add(&name, "tcp/");
	buffer_append(&name, access->name.data + name.size, access->name.size - name.size);
	other.name = buffer_bytes(&name);
	return look_up(call, &other, &rule) == DENIED_NOT;
}

/* What the call itself makes is its own for what else it does. */
static bool will_be_own(struct call *call, const struct access *access, struct bytes moved_from)
{
	struct confine *confine = call->confine;
	bool own = own_as_met(confine, access, moved_from, call->object[1].exists);

	if (access->action == ACTION_CREATE && own)
		confine->making = access->name;
	return own || (confine->making.size && bytes_equal(confine->making, access->name));
}

void confine_question(struct call *call, const struct access *access, struct bytes moved_from)
{
	struct confine *confine = call->confine;
	const struct rule *rule = NULL;
	struct access asked = *access;
	enum denied_why why;

	if (confine->answer || !access->name.size || access_is_covered(access))
		return;
	asked.own = will_be_own(call, access, moved_from);
	why = look_up(call, &asked, &rule);
	if (why == DENIED_NOT)
		why = rate_take(confine, rule);
	if (why == DENIED_NOT)
		return;
	confine->answer =
		is_of_resolver(call, &asked) ? -ENETUNREACH : settled_by_itself(call, &asked);
	if (confine->answer)
		return;
	confine->answer = refusal(call, &asked);
	deny(call, &asked, why, rule);
}

/* What was found when the call was entered, so that its end finds it anew. */
struct found {
	size_t requested, name, absolute;
	bool exists, by_descriptor, unnamed;
	uint64_t dev, ino;
	mode_t mode;
};

static struct found keep(const struct object *object)
{
	return (struct found){ object->requested.size,
			       object->name.size,
			       object->absolute.size,
			       object->exists,
			       object->by_descriptor,
			       object->unnamed,
			       object->dev,
			       object->ino,
			       object->mode };
}

static void cut(struct buffer *buffer, size_t size)
{
	if (buffer->size <= size)
		return;
	buffer->size = size;
	buffer->data[size] = '\0';
}

static void restore(struct object *object, const struct found *found)
{
	cut(&object->requested, found->requested);
	if (!found->name)
		buffer_clear(&object->name);
	if (!found->absolute)
		buffer_clear(&object->absolute);
	object->exists = found->exists;
	object->by_descriptor = found->by_descriptor;
	object->unnamed = found->unnamed;
	object->dev = found->dev;
	object->ino = found->ino;
	object->mode = found->mode;
}

/* Has the shape tell what the call would do, as if it were under way: a result below 0 keeps the
 * shape from looking at what only a made call has, and EINPROGRESS is a success. */
static int64_t ask(struct call *call)
{
	const struct found found[2] = { keep(&call->object[0]), keep(&call->object[1]) };
	struct hearing *hearing = call->hearing;
	struct wire *wire = call->wire;
	const struct phase_place place = phase_try(call->confine, call);

	call->confine->answer = 0;
	call->confine->making = (struct bytes){ 0 };
	call->asking = true;
	call->result = -EINPROGRESS;
	call->wire = NULL;
	call->hearing = NULL;
	for (unsigned i = 0; i < 2; i++)
		if (!call->object[i].name.size)
			call_resolve(call, i);
	call->row->leave(call);
	phase_return(call->confine, place);
	call->asking = false;
	call->result = 0;
	call->wire = wire;
	call->hearing = hearing;
	for (unsigned i = 0; i < 2; i++)
		restore(&call->object[i], &found[i]);
	return call->confine->answer;
}

static int64_t deny_always(const struct call *call, const char *what)
{
	const struct access access = {
		.resource = RESOURCE_KERNEL,
		.action = ACTION_USE,
		.name = bytes_of(what),
	};

	deny(call, &access, DENIED_ALWAYS, NULL);
	return -EPERM;
}

/* A process that answers another's calls, seccomp_unotify(2), can have them made although we have
 * not seen them. */
static bool is_listener(const struct call *call)
{
	return call->row->leave == leave_filter && call->argument[0] == SECCOMP_SET_MODE_FILTER &&
	       call->argument[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER;
}

/* The limit of files is the policy's, whatever it would be set to: that stands in memory. */
static int64_t deny_setting(const struct call *call)
{
	const char *program = call->process->program;

	confine_deny_limit(call->confine, LIMIT_FILE, 0, program, (struct bytes){ 0 });
	return -EPERM;
}

/* 0, or what the program is told instead. */
static int64_t decide(struct call *call, int entered)
{
	/* What we could not read the kernel might. */
	if (entered < 0)
		return entered == -ENOENT ? -EBADF : entered;
	/* Its flags stand in memory; C libraries fall back on clone(2), whose do not. */
	if (call->row->enter == enter_clone3)
		return -ENOSYS;
	/* A ring that was handed over: none can be set up. */
	if (call->row->enter == enter_ring_enter)
		return deny_always(call, "io_uring");
	if (is_listener(call))
		return deny_always(call, "seccomp-listener");
	if (call->row->enter == enter_limit && call->flags)
		return deny_setting(call);
	return call->settled ? 0 : ask(call);
}

void confine_call(struct call *call, int entered)
{
	int64_t answer = call->skipped ? 0 : decide(call, entered);

	if (!answer)
		return;
	if (trace_skip(call, answer) < 0)
		kill(call->process->tgid, SIGKILL);
	call->settled = false;
}

/* Whether the end of the call shows what the kernel has really found. */
static bool is_looked_at_again(const struct call *call, const struct access *access)
{
	return access->outcome == OUTCOME_OK && !access_is_covered(access) &&
	       (access->action == ACTION_EXEC || call->row->leave == leave_open ||
		call->row->leave == leave_openat2 || call->row->leave == leave_handle ||
		call->row->leave == leave_by_handle);
}

void confine_happened(struct call *call, const struct observation *observation)
{
	struct access access = observation->access;
	const struct rule *nearest = NULL;

	access.own =
		own_as_met(call->confine, &access, observation->moved_from, observation->replaced);
	if (is_looked_at_again(call, &access) && look_up(call, &access, &nearest) != DENIED_NOT) {
		deny(call, &access, DENIED_RACED, nearest);
		kill(call->process->tgid, SIGKILL);
	}
	own_follow(call->confine, observation);
}
