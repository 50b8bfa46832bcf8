#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/facilities.h"
#include "reports/exporters/globs.h"
#include "reports/exporters/grants.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/header.h"

#include "core/error.h"

#include <errno.h>
#include <inttypes.h>

#define ACTIONS_W                                                                                  \
	(ACTION_BIT(WRITE) | ACTIONS_ENTRY | ACTION_BIT(ATTR) | ACTION_BIT(LINK) |                 \
	 ACTION_BIT(BIND) | ACTION_BIT(CONNECT) | ACTION_BIT(SEND))
/* The kernel asks for both ends of a rename to be readable, and for what is linked to have all that
 * its new name has. */
#define ACTIONS_R                                                                                  \
	(ACTION_BIT(READ) | ACTION_BIT(LIST) | ACTION_BIT(RENAME) | ACTION_BIT(LINK) |             \
	 ACTION_BIT(MAP) | ACTION_BIT(EXEC) | ACTION_BIT(CONNECT) | ACTION_BIT(SEND))
/* What nothing is needed for. */
#define ACTIONS_FREE (ACTION_BIT(STAT) | ACTION_BIT(ACCEPT))

/* apparmor.d(5), access modes; where the policy links, what is created may be a link. */
static void write_mode(unsigned actions, bool links, struct buffer *out)
{
	if (actions & ACTIONS_R)
		buffer_add_char(out, 'r');
	if (actions & ACTIONS_W)
		buffer_add_char(out, 'w');
	else if (actions & ACTION_BIT(APPEND))
		buffer_add_char(out, 'a');
	if (links && actions & ACTION_BIT(CREATE))
		buffer_add_char(out, 'l');
	if (actions & (ACTION_BIT(MAP) | ACTION_BIT(EXEC)))
		buffer_add_char(out, 'm');
	if (actions & ACTION_BIT(EXEC))
		buffer_add(out, "ix");
}

/* What can only be a folder ends with a slash; a name that comes or goes may be one. */
static const char *ending(const struct grant *grant)
{
	if (pattern_is_tree(grant->pattern) || !grant->pattern->count)
		return "";
	if (!(grant->actions & ~ACTIONS_LOOK))
		return "/";
	return grant->actions & (ACTION_BIT(LIST) | ACTIONS_ENTRY | ACTION_BIT(ATTR)) ? "{,/}" : "";
}

static bool has_links(const struct grants *grants)
{
	unsigned actions = 0;

	for (size_t i = 0; i < grants->count; i++)
		actions |= grants->grant[i].actions;
	return actions & ACTION_BIT(LINK);
}

static void write_grants(const struct grants *grants, const struct losses *losses,
			 struct buffer *out)
{
	bool links = has_links(grants);

	for (size_t i = 0; i < grants->count; i++) {
		const struct grant *grant = &grants->grant[i];

		if (grant->pattern->root != ROOT_NONE || !(grant->actions & ~ACTIONS_FREE))
			continue;
		buffer_add(out, "  \"");
		apparmor_glob(grant->pattern, out);
		buffer_printf(out, "%s\" ", ending(grant));
		write_mode(grant->actions, links, out);
		buffer_add_char(out, ',');
		comment_wider("#", losses, grant->rule, grant->rule_count, out);
		buffer_add_char(out, '\n');
	}
}

/* ---- what else there is: families of networks, capabilities, signals ---- */

struct needs {
	bool stream[2], datagram[2], raw[2]; /* IPv4, IPv6 */
	bool signal, trace;
};

static void need_host(struct needs *needs, const struct rule *rule, struct losses *losses)
{
	struct endpoint endpoint;
	enum host_kind kind;
	bool *which;

	if (!rule_endpoint(rule, &endpoint)) {
		losses_add(losses, rule, LOSS_DROPPED, "AppArmor knows no hosts of this kind");
		return;
	}
	kind = host_kind(endpoint.host);
	which = endpoint_is(&endpoint, "tcp")	? needs->stream
		: endpoint_is(&endpoint, "udp") ? needs->datagram
						: needs->raw;
	if (rule->action == ACTION_RESOLVE)
		which = needs->datagram;
	which[0] |= kind != HOST_IPV6;
	which[1] |= kind != HOST_IPV4;
	losses_add(losses, rule, LOSS_WIDENED,
		   "any host and any port: AppArmor 3 knows families and types of sockets");
}

static void change_losses(const struct rule *rule, unsigned actions, struct losses *losses)
{
	if (rule->action == ACTION_WRITE)
		losses_add(losses, rule, LOSS_WIDENED,
			   "it can also be created, deleted, and its attributes changed");
	else if ((1u << rule->action) & ACTIONS_W)
		losses_add(
			losses, rule, LOSS_WIDENED,
			"the name can be created, written, deleted, and its attributes changed%s",
			rule->action == ACTION_RENAME || rule->action == ACTION_LINK
				? "; and be read"
				: "");
	else if (rule->action == ACTION_APPEND && actions & ACTIONS_W)
		losses_add(losses, rule, LOSS_WIDENED, "all of it can be written");
}

static void place_losses(const struct rule *rule, unsigned actions, struct losses *losses)
{
	const unsigned code = ACTION_BIT(MAP) | ACTION_BIT(EXEC);

	if (rule->match.root != ROOT_NONE) {
		losses_add(losses, rule, LOSS_DROPPED,
			   "nobody said what %s is: --workspace, --home, --tmp",
			   root_text(rule->match.root));
		return;
	}
	change_losses(rule, actions, losses);
	if (rule->action == ACTION_LIST && actions & (ACTIONS_ENTRY | ACTION_BIT(ATTR)) &&
	    !(actions & ACTION_BIT(READ)))
		losses_add(losses, rule, LOSS_WIDENED, "it can also be read, if it is a file");
	if ((1u << rule->action) & code && !(actions & ACTION_BIT(READ)))
		losses_add(losses, rule, LOSS_WIDENED, "it can also be read");
}

static void need_rule(struct needs *needs, const struct rule *rule, unsigned actions,
		      struct losses *losses)
{
	needs->signal |= rule->action == ACTION_SIGNAL;
	needs->trace |= rule->action == ACTION_TRACE;
	if (rule_is_place(rule))
		place_losses(rule, actions, losses);
	else if (rule->resource == RESOURCE_HOST)
		need_host(needs, rule, losses);
	else if (rule->resource == RESOURCE_PROCESS)
		losses_add(losses, rule, LOSS_WIDENED,
			   "whatever program it runs, but only processes under this profile");
	else if (rule->resource == RESOURCE_KERNEL)
		facility_losses(rule, FACILITY_CAPABILITY, losses);
	else
		losses_add(losses, rule, LOSS_DROPPED, "AppArmor does not see it");
	condition_losses(rule, losses);
}

static void write_needs(const struct needs *needs, const char *name, struct buffer *out)
{
	for (int i = 0; i < 2; i++) {
		const char *family = i ? "inet6" : "inet";

		if (needs->stream[i])
			buffer_printf(out, "  network %s stream,\n", family);
		if (needs->datagram[i])
			buffer_printf(out, "  network %s dgram,\n", family);
		if (needs->raw[i])
			buffer_printf(out, "  network %s raw,\n", family);
	}
	if (needs->signal)
		buffer_printf(out, "  signal (send, receive) peer=\"%s\",\n", name);
	if (needs->trace)
		buffer_printf(out, "  ptrace (trace, read, tracedby, readby) peer=\"%s\",\n", name);
}

static void write_profile(const struct policy *policy, const struct grants *grants,
			  const struct needs *needs, const struct losses *losses,
			  struct buffer *out)
{
	scoped(buffer) struct buffer name = { 0 };

	buffer_add(&name, "pare-");
	apparmor_quote(bytes_of(policy->agent), &name);
	buffer_add(out, "abi <abi/3.0>,\n\n");
	buffer_printf(out, "profile \"%s\" flags=(attach_disconnected) {\n", buffer_text(&name));
	write_grants(grants, losses, out);
	write_needs(needs, buffer_text(&name), out);
	facilities_write(policy, FACILITY_CAPABILITY, "  capability %s,\n", out);
	if (policy->limits.file_bytes)
		buffer_printf(out, "  set rlimit fsize <= %" PRId64 ",\n",
			      policy->limits.file_bytes);
	if (facility_is_granted(policy, "netlink"))
		buffer_add(out, "  network netlink,\n");
	if (facility_is_granted(policy, "mount"))
		buffer_add(out, "  mount,\n  umount,\n  pivot_root,\n");
	buffer_add(out, "}\n");
	out->failed |= name.failed;
}

int export_apparmor(const struct policy *policy, struct buffer *out, struct losses *losses,
		    struct error *err)
{
	static const char *const use[] = {
		"A profile for AppArmor 3 (apparmor.d(5)): apparmor_parser -r FILE, then",
		"aa-exec -p pare-AGENT -- COMMAND.",
	};
	scoped(grants) struct grants grants = { 0 };
	struct needs needs = { 0 };
	int r;

	grants_collect(&grants, policy);
	if (grants.failed)
		return error_set(err, ENOMEM, "collect what is granted");
	losses_add(losses, NULL, LOSS_WIDENED, "every name can be looked up (stat)");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "kernel facilities that need no capability are not blocked");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "the environment, open files and the arguments of programs are not looked at");
	for (size_t i = 0; i < policy->count; i++)
		need_rule(&needs, &policy->rule[i], grants.actions[i], losses);
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r)
		return r;
	write_profile(policy, &grants, &needs, losses, out);
	return buffer_status(out);
}
