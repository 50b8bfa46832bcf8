#include "analyzer/grants/filter.h"
#include "analyzer/grants/mounts.h"
#include "analyzer/grants/sources.h"
#include "core/action_call.h"
#include "core/error.h"
#include "core/facility.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* What a filter of system calls lets through: which facilities of the kernel, and what kinds of
 * access at all.  Of the facilities alone it is the one who says so; of what is accessed it
 * knows nothing. */

/* Of those whose row has no call of their own: the calls that they come down to. */
static const struct {
	const char *facility, *calls;
} other_row[] = {
	{ "capabilities", "capset" },
	{ "identity", "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid "
		      "setfsgid" },
	{ "landlock", "landlock_restrict_self" },
	{ "seccomp", "seccomp prctl" },
};

static const char *calls_of(const struct facility *facility)
{
	if (*facility->calls)
		return facility->calls;
	for (size_t i = 0; i < sizeof other_row / sizeof *other_row; i++)
		if (!strcmp(other_row[i].facility, facility->name))
			return other_row[i].calls;
	return "ioctl";
}

/* What the filter says of some calls together: which of them it lets through. */
struct answer {
	bool some, all, partly; /* partly: by some arguments, or for some */
};

static void take(struct answer *answer, enum verdict verdict)
{
	answer->some = answer->some || verdict != VERDICT_REFUSED;
	answer->all = answer->all && verdict != VERDICT_REFUSED;
	answer->partly = answer->partly || verdict == VERDICT_PARTLY;
}

static struct answer ask(const struct filter *filter, const char *calls)
{
	struct answer answer = { .all = true };

	while (*calls) {
		size_t size = strcspn(calls, " ");
		scoped(buffer) struct buffer name = { 0 };
		struct probe probe = { 0 };

		buffer_append(&name, calls, size);
		probe.call = buffer_text(&name);
		take(&answer, filter_ask(filter, &probe));
		filter->grants->failed |= name.failed;
		calls += size + strspn(calls + size, " ");
	}
	return answer;
}

static void note_partly(const struct statement *from, const struct answer *answer)
{
	if (answer->partly)
		granted_note(from, NOTE_WIDER,
			     "only with some arguments, or with a capability that the filter asks "
			     "for");
	else if (!answer->all)
		granted_note(from, NOTE_WIDER, "only some of its calls are allowed");
}

/* ---- sockets ---- */

static enum verdict ask_socket(const struct filter *filter, int family, int type)
{
	struct probe probe = { .call = "socket",
			       .known = { true, type != 0 },
			       .argument = { (uint64_t)family, (uint64_t)type } };

	return filter_ask(filter, &probe);
}

static bool has_family(const struct filter *filter, int family)
{
	return ask_socket(filter, family, SOCK_STREAM) != VERDICT_REFUSED ||
	       ask_socket(filter, family, SOCK_DGRAM) != VERDICT_REFUSED;
}

/* ---- facilities ---- */

/* clone(2) and clone3(2) make namespaces, too; the flags of the second stand in memory. */
static struct answer ask_namespaces(const struct filter *filter)
{
	struct answer answer = ask(filter, "unshare setns clone3");
	struct probe probe = { .call = "clone", .known = { true }, .argument = { 0x10000000 } };

	take(&answer, filter_ask(filter, &probe));
	return answer;
}

static struct answer ask_facility(const struct filter *filter, const struct facility *facility)
{
	struct answer answer = { .all = true };

	if (!strcmp(facility->name, "namespace"))
		return ask_namespaces(filter);
	if (!strcmp(facility->name, "netlink")) {
		take(&answer, ask_socket(filter, AF_NETLINK, 0));
		return answer;
	}
	if (strcmp(facility->name, "raw-socket") != 0)
		return ask(filter, calls_of(facility));
	take(&answer, ask_socket(filter, AF_PACKET, 0));
	if (!answer.some)
		take(&answer, ask_socket(filter, AF_INET, SOCK_RAW));
	return answer;
}

static void add_facilities(const struct filter *filter)
{
	for (size_t i = 0; i < facility_count; i++) {
		struct answer answer = ask_facility(filter, &facility_row[i]);
		struct statement from = { .source = filter->source,
					  .grants = filter->grants,
					  .text = facility_row[i].name };

		if (!answer.some)
			continue;
		note_partly(&from, &answer);
		granted_add(&from, RESOURCE_KERNEL, GRANT_ALL, facility_row[i].name);
	}
}

/* ---- all else ---- */

static bool is_reached(const struct filter *filter, enum resource resource)
{
	if (resource == RESOURCE_HOST)
		return has_family(filter, AF_INET) || has_family(filter, AF_INET6);
	return resource != RESOURCE_SOCKET || has_family(filter, AF_UNIX);
}

static void add_access(const struct statement *from, enum resource resource, unsigned action)
{
	if (resource == RESOURCE_HOST) {
		granted_add_any_host(from, action);
		return;
	}
	if (resource == RESOURCE_FILE)
		granted_add(from, resource, action, "/");
	granted_add(from, resource, action, "/**");
}

static void add_accesses(const struct filter *filter)
{
	for (size_t i = 0; i < action_call_count; i++) {
		const struct action_call *row = &action_call_row[i];
		struct answer answer = ask(filter, row->calls);
		struct statement from = { .source = filter->source,
					  .grants = filter->grants,
					  .text = row->calls };

		if (answer.some && is_reached(filter, row->resource))
			add_access(&from, row->resource, 1u << row->action);
	}
	if (is_reached(filter, RESOURCE_SOCKET)) {
		struct statement from = { .source = filter->source, .grants = filter->grants };

		granted_note(&from, NOTE_NARROWER, "abstract sockets, too: no pattern admits them");
	}
}

/* ---- the document ---- */

static void check_keys(const struct filter *filter, json_t *root)
{
	static const char *const known[] = {
		"defaultAction", "defaultErrnoRet", "defaultErrno", "architectures", "archMap",
		"syscalls",	 "flags",	    "pare",	    "$schema",	     NULL
	};
	const char *key;
	const json_t *value;

	json_object_foreach(root, key, value)
	{
		struct statement from = { .source = filter->source,
					  .grants = filter->grants,
					  .text = key };
		size_t i = 0;

		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (!known[i])
			granted_note(&from, NOTE_UNREAD,
				     "it is no part of a filter that is known "
				     "here");
	}
}

/* The filter itself, or the one in a runtime's config.json. */
static json_t *find_filter(const struct source *source, struct granted *grants, json_t *root)
{
	json_t *inner = json_object_get(json_object_get(root, "linux"), "seccomp");
	struct statement from = { .source = source, .grants = grants };

	if (!inner)
		return root;
	granted_note(&from, NOTE_UNREAD,
		     "of a container's configuration only linux.seccomp is "
		     "read");
	return inner;
}

static int refuse(const struct source *source, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };

	return error_say(err, EINVAL,
			 "%s: no seccomp filter: defaultAction is none of SCMP_ACT_...",
			 text_safe(bytes_of(source->name), 100, &name));
}

static int read_filter(struct filter *filter, json_t *root, struct error *err)
{
	const char *action = json_string_value(json_object_get(root, "defaultAction"));
	struct statement from = { .source = filter->source,
				  .grants = filter->grants,
				  .text = action };
	int allows = filter_action(action);

	if (!action || strncmp(action, "SCMP_ACT_", 9) != 0)
		return refuse(filter->source, err);
	if (allows < 0)
		granted_note(&from, NOTE_UNREAD, "another program decides, or nobody");
	filter->allows = allows > 0;
	check_keys(filter, root);
	filter_read(filter, json_object_get(root, "syscalls"));
	add_facilities(filter);
	add_accesses(filter);
	filter->grants->governs = 1u << RESOURCE_KERNEL;
	return filter->grants->failed ? error_set(err, ENOMEM, "keep the grants") : 0;
}

int import_seccomp(const struct source *source, struct granted *ret, struct error *err)
{
	struct filter filter = { .source = source, .grants = ret };
	json_t *root = source_json(source, err);
	int r;

	if (!root)
		return -EINVAL;
	r = read_filter(&filter, find_filter(source, ret, root), err);
	filter_cleanup(&filter);
	json_decref(root);
	return r;
}
