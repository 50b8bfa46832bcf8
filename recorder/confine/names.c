/* Connections that a rule admits by the name of the host. */
#include "recorder/confine/confine_private.h"

#include "core/clock.h"
#include "recorder/calls/calls.h"
#include "recorder/wire/wire.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LATE_MS                                                                                    \
	60 /* the kernel hands packets over so late, at most: an answer may be on its way          \
	    */
#define STEP_MS 5

/* The parts of "tcp/192.0.2.1:443", "tcp/[2001:db8::1]:443". */
struct parts {
	struct bytes protocol; /* "tcp/" */
	char address[64];
	struct bytes port; /* ":443" */
};

static bool cut_parts(struct bytes name, struct parts *ret)
{
	const char *slash = memchr(name.data, '/', name.size);
	const char *colon = memrchr(name.data, ':', name.size);
	const char *from, *to = colon;

	if (!slash || !colon || colon <= slash + 1)
		return false;
	from = slash + 1;
	if (*from == '[' && to[-1] == ']') {
		from++;
		to--;
	}
	if (to <= from || (size_t)(to - from) >= sizeof ret->address)
		return false;
	memcpy(ret->address, from, (size_t)(to - from));
	ret->address[to - from] = '\0';
	ret->protocol = (struct bytes){ name.data, (size_t)(slash + 1 - name.data) };
	ret->port = (struct bytes){ colon, name.size - (size_t)(colon - name.data) };
	return true;
}

static const struct rule *match_host(const struct confine *confine, const struct access *access,
				     const struct parts *parts, const char *host)
{
	scoped(buffer) struct buffer name = { 0 };
	struct asked asked = {
		.resource = access->resource,
		.action = access->action,
		.phase = phase_name(confine),
	};

	buffer_append(&name, parts->protocol.data, parts->protocol.size);
	buffer_add(&name, host);
	buffer_append(&name, parts->port.data, parts->port.size);
	asked.name = buffer_bytes(&name);
	return policy_match(confine->options.policy, &confine->options.roots, &asked, NULL);
}

static const struct rule *match_known(const struct confine *confine, const struct call *call,
				      const struct access *access, const struct parts *parts)
{
	scoped(buffer) struct buffer hosts = { 0 };
	const struct rule *rule = NULL;

	wire_write_names(confine->wire, call->tid, call->process->image, parts->address, &hosts);
	for (size_t at = 0; !rule && at < hosts.size; at += strlen(hosts.data + at) + 1)
		rule = match_host(confine, access, parts, hosts.data + at);
	return rule;
}

const struct rule *names_admit(struct confine *confine, const struct call *call,
			       const struct access *access)
{
	const struct timespec step = { 0, STEP_MS * 1000000 };
	const struct rule *rule = NULL;
	struct parts parts;

	if (!confine->wire || !cut_parts(access->name, &parts))
		return NULL;
	for (int waited_ms = 0; waited_ms <= LATE_MS; waited_ms += STEP_MS) {
		rule = match_known(confine, call, access, &parts);
		if (rule)
			break;
		nanosleep(&step, NULL);
	}
	return rule;
}

/* ---- what clients ask for ---- */

/* Whether no rule admits it, which is then counted. */
static bool deny_claim(struct confine *confine, const struct claim *claim, const char *program)
{
	const struct asked asked = {
		.resource = RESOURCE_HOST,
		.action = ACTION_CONNECT,
		.name = claim->name,
		.phase = phase_name(confine),
		/* It may have been asked for in the one before. */
		.in_any_phase = clock_monotonic_ns() - confine->changed_ns < SECOND_NS,
	};
	struct denial denial = {
		.resource = RESOURCE_HOST,
		.action = ACTION_CONNECT,
		.why = DENIED_CLAIM,
		.name = claim->name,
		.program = bytes_of(program && *program ? program : claim->program),
	};

	if (policy_match(confine->options.policy, &confine->options.roots, &asked, &denial.nearest))
		return false;
	denials_add(&confine->denials, &denial);
	return true;
}

bool confine_claimed(struct confine *confine, const char *(*program_of)(void *context, pid_t pid),
		     void *context, pid_t *ret_pid)
{
	struct claim *claim;
	bool is_denied = false;

	while (!is_denied && (claim = claims_take(&confine->claims))) {
		is_denied = deny_claim(confine, claim, program_of(context, claim->pid));
		*ret_pid = claim->pid;
		free(claim);
	}
	return is_denied;
}
