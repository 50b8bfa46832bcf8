#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/facilities.h"
#include "reports/exporters/header.h"
#include "reports/exporters/limits.h"
#include "reports/exporters/trees.h"

#include "core/action_call.h"
#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* What is hidden, so that only what is bound again can be seen of it.  The system itself (/usr, and
 * what is linked to it) stays. */
static const char *const hidden[] = { "/boot", "/etc", "/home", "/media", "/mnt", "/opt",
				      "/root", "/run", "/srv",	"/tmp",	  "/var" };

static bool takes(struct bytes path)
{
	return path_is_without(path, "\"\\:");
}

/* systemd.syntax(7): quotes hold blanks; % begins a specifier. */
static void write_quoted(const char *text, struct buffer *out)
{
	for (; *text; text++) {
		if (*text == '%')
			buffer_add_char(out, '%');
		buffer_add_char(out, *text);
	}
}

static void write_path(const char *key, const char *path, struct buffer *out)
{
	buffer_printf(out, "%s=\"-", key);
	write_quoted(path, out);
	buffer_add(out, "\"\n");
}

static void write_trees(const struct trees *trees, const struct losses *losses, struct buffer *out)
{
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		buffer_printf(out, "TemporaryFileSystem=%s:ro\n", hidden[i]);
	for (size_t i = 0; i < trees->count; i++) {
		const struct tree *tree = &trees->tree[i];
		scoped(buffer) struct buffer wider = { 0 };

		comment_wider("#", losses, tree->rule, tree->rule_count, &wider);
		if (wider.size)
			buffer_printf(out, "%s\n", buffer_text(&wider) + 2);
		write_path(tree_is_written(tree) ? "BindPaths" : "BindReadOnlyPaths", tree->path,
			   out);
	}
}

/* Programs, and libraries, which are mapped to be executed. */
static bool is_executed(const struct rule *rule)
{
	return (rule->action == ACTION_EXEC || rule->action == ACTION_MAP) &&
	       rule->match.root == ROOT_NONE && pattern_literal_count(&rule->match);
}

static void program_losses(const struct policy *policy, struct losses *losses)
{
	for (size_t i = 0; i < policy->count; i++)
		if (is_executed(&policy->rule[i]) && pattern_is_open(&policy->rule[i].match))
			losses_add(losses, &policy->rule[i], LOSS_WIDENED,
				   "all below the last folder before the part that varies can be "
				   "executed");
}

static void write_programs(const struct policy *policy, struct buffer *out)
{
	scoped(buffer) struct buffer path = { 0 };

	buffer_add(out, "NoExecPaths=/\n");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];
		size_t count = pattern_literal_count(&rule->match);

		if (!is_executed(rule))
			continue;
		buffer_clear(&path);
		pattern_raw(&rule->match, count, &path);
		if (takes(buffer_bytes(&path)))
			write_path("ExecPaths", buffer_text(&path), out);
	}
	out->failed |= path.failed;
}

/* ---- the network ---- */

static void host_losses(const struct rule *rule, struct losses *losses)
{
	struct endpoint endpoint;

	if (rule->action == ACTION_RESOLVE)
		losses_add(losses, rule, LOSS_DROPPED, "systemd does not look into packets");
	else if (!rule_endpoint(rule, &endpoint))
		losses_add(losses, rule, LOSS_DROPPED, "a host that varies");
	else if (rule_is_listening(rule))
		losses_add(losses, rule, LOSS_WIDENED, "at any address of the machine");
	else if (host_kind(endpoint.host) == HOST_NAME)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "a name is not an address: add IPAddressAllow= for those it has, and "
			   "keep them true");
	else
		losses_add(losses, rule, LOSS_WIDENED, "any port of the address, by any protocol");
}

static void write_address(const struct rule *rule, struct buffer *out)
{
	struct endpoint endpoint;

	if (!rule_endpoint(rule, &endpoint) || rule->action == ACTION_RESOLVE)
		return;
	if (rule_is_sending(rule) && host_kind(endpoint.host) != HOST_NAME)
		buffer_printf(out, "IPAddressAllow=%.*s\n", (int)endpoint.host.size,
			      endpoint.host.data);
	if (rule->action == ACTION_BIND && endpoint_port(&endpoint) &&
	    (endpoint_is(&endpoint, "tcp") || endpoint_is(&endpoint, "udp")))
		buffer_printf(out, "SocketBindAllow=%.*s:%u\n", (int)endpoint.protocol.size,
			      endpoint.protocol.data, endpoint_port(&endpoint));
}

static void write_network(const struct policy *policy, struct buffer *out)
{
	buffer_add(out, "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n");
	if (!policy_needs_network(policy)) {
		buffer_add(out, "PrivateNetwork=yes\n");
		return;
	}
	buffer_add(out, "IPAddressDeny=any\nSocketBindDeny=any\n");
	for (size_t i = 0; i < policy->count; i++)
		write_address(&policy->rule[i], out);
}

/* ---- variables ---- */

static struct bytes variable_name(const struct rule *rule)
{
	return rule->match.token ? rule->match.token[0].literal : bytes_of("");
}

/* systemd.exec(5), PassEnvironment=. */
static bool is_passed(const struct rule *rule)
{
	struct bytes name = variable_name(rule);

	return rule->resource == RESOURCE_VARIABLE && host_is_plain(name) &&
	       !memchr(name.data, '.', name.size) && !memchr(name.data, '-', name.size);
}

/* Of secrets in arguments a unit says nothing. */
static void variable_losses(const struct rule *rule, struct losses *losses)
{
	if (!is_passed(rule) && !bytes_start_with(variable_name(rule), bytes_of("argv:")))
		losses_add(losses, rule, LOSS_DROPPED, "systemd passes on no such name");
}

static void write_variables(const struct policy *policy, struct buffer *out)
{
	for (size_t i = 0; i < policy->count; i++) {
		struct bytes name = variable_name(&policy->rule[i]);

		if (is_passed(&policy->rule[i]))
			buffer_printf(out, "PassEnvironment=%.*s\n", (int)name.size, name.data);
	}
}

/* ---- the rest ---- */

static void rule_losses(const struct rule *rule, bool network, struct losses *losses)
{
	if (rule->resource == RESOURCE_HOST && network)
		host_losses(rule, losses);
	else if (rule->resource == RESOURCE_KERNEL)
		facility_losses(rule, FACILITY_CAPABILITY, losses);
	else if (rule->resource == RESOURCE_SOCKET && network)
		losses_add(losses, rule, LOSS_WIDENED, "every abstract socket");
	else if (rule->resource == RESOURCE_SOCKET)
		losses_add(losses, rule, LOSS_NARROWED, "only abstract sockets of the unit itself");
	else if (rule->action == ACTION_TRACE)
		losses_add(losses, rule, LOSS_WIDENED, "every process of the same user");
	else if (rule->resource == RESOURCE_TOOL)
		losses_add(losses, rule, LOSS_DROPPED, "systemd does not see tool calls");
	else if (rule->resource == RESOURCE_VARIABLE)
		variable_losses(rule, losses);
}

static void other_losses(const struct policy *policy, struct losses *losses)
{
	bool network = policy_needs_network(policy);

	losses_add(losses, NULL, LOSS_WIDENED,
		   "all of /usr can be read, and of folders of / that are none of the system's "
		   "usual, of /proc and /sys what anybody may, and every name be looked up; "
		   "programs run with any arguments");
	losses_add(
		losses, NULL, LOSS_WIDENED,
		"/dev has the usual devices (null, zero, random, terminals, the system's log) and "
		"shared memory");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "what can be executed or mapped can be read, and what can be mapped be "
		   "executed; a path stands for all below it where it is a folder");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "kernel facilities that need no privilege are not blocked, but for those that "
		   "calls of their own use");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "every process of the same user can be signalled, and read and changed through "
		   "/proc%s",
		   network ? ", and every abstract socket be used" : "");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule_is_place(rule))
			continue;
		rule_losses(rule, network, losses);
		condition_losses(rule, losses);
	}
}

/* The calls that only tracing takes, where no rule traces. */
static void write_trace(const struct policy *policy, struct buffer *out)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].action == ACTION_TRACE)
			return;
	for (size_t i = 0; i < action_call_count; i++)
		if (action_call_row[i].action == ACTION_TRACE && action_call_row[i].only)
			buffer_printf(out, "SystemCallFilter=~%s\n", action_call_row[i].calls);
}

static void write_kernel(const struct policy *policy, struct buffer *out)
{
	static const struct {
		const char *facility, *line;
	} row[] = {
		{ "clock", "ProtectClock=yes" },	   { "hostname", "ProtectHostname=yes" },
		{ "kernel-log", "ProtectKernelLogs=yes" }, { "module", "ProtectKernelModules=yes" },
		{ "namespace", "RestrictNamespaces=yes" },
	};

	buffer_add(out,
		   "NoNewPrivileges=yes\nPrivateDevices=yes\nProtectSystem=strict\n"
		   /* These two stay the machine's in a private /dev. */
		   "TemporaryFileSystem=/dev/shm:mode=1777\nTemporaryFileSystem=/dev/mqueue:ro\n"
		   "ProtectProc=invisible\n"
		   "ProtectControlGroups=yes\nProtectKernelTunables=yes\nRestrictSUIDSGID=yes\n"
		   "LockPersonality=yes\nRestrictRealtime=yes\nSystemCallErrorNumber=EPERM\n"
		   "CapabilityBoundingSet=\n");
	facilities_write(policy, FACILITY_CAPABILITY, "CapabilityBoundingSet=CAP_%s\n", out);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (!facility_is_granted(policy, row[i].facility))
			buffer_printf(out, "%s\n", row[i].line);
	write_trace(policy, out);
	for (size_t i = 0; i < facility_count; i++)
		if (*facility_row[i].calls && !facility_is_granted(policy, facility_row[i].name) &&
		    strcmp(facility_row[i].name, "namespace"))
			buffer_printf(out, "SystemCallFilter=~%s\n", facility_row[i].calls);
}

/* The time is that of starting where the unit is of Type=oneshot (systemd.service(5)). */
static void write_limits(const struct policy_limits *limits, struct buffer *out)
{
	static const char *const key[] = { "RuntimeMaxSec", "TimeoutStartSec" };

	for (size_t i = 0; limits->time_ns && i < sizeof key / sizeof *key; i++) {
		buffer_printf(out, "%s=", key[i]);
		limit_seconds(limits->time_ns, out);
		buffer_add_char(out, '\n');
	}
	if (limits->tasks)
		buffer_printf(out, "TasksMax=%" PRId64 "\n", limits->tasks);
	if (limits->file_bytes)
		buffer_printf(out, "LimitFSIZE=%" PRId64 "\n", limits->file_bytes);
}

int export_systemd(const struct policy *policy, struct buffer *out, struct losses *losses,
		   struct error *err)
{
	static const char *const use[] = {
		"Settings of systemd.exec(5) for the unit that runs the agent: put it at",
		"    /etc/systemd/system/UNIT.service.d/pare.conf",
	};
	static const struct tree_style style = { .own_devices = true,
						 .whole_system = true,
						 .takes = takes };
	scoped(trees) struct trees trees = { 0 };
	int r;

	trees_collect(&trees, policy, &style, losses);
	if (trees.failed)
		return error_set(err, ENOMEM, "collect what is granted");
	trees_prune(&trees);
	program_losses(policy, losses);
	other_losses(policy, losses);
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r)
		return r;
	buffer_add(out, "[Service]\n");
	write_kernel(policy, out);
	write_trees(&trees, losses, out);
	write_programs(policy, out);
	write_network(policy, out);
	write_variables(policy, out);
	write_limits(&policy->limits, out);
	return buffer_status(out);
}
