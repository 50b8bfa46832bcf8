#include "reports/exporters/bwrap_losses.h"

#include "reports/exporters/conditions.h"

/* What is left of a kernel facility in a namespace without capabilities. */
static const struct {
	const char *name;
	bool kept;
} private_row[] = {
	/* Needs no privilege, and bubblewrap does not block it. */
	{ "io_uring", true },
	{ "keyring", true },
	{ "netlink", true },
	{ "perf", true },
	{ "userfaultfd", true },
	/* Only what a process may do to itself. */
	{ "identity", false },
	/* Only inside namespaces that the agent makes. */
	{ "chroot", false },
	{ "mount", false },
};

void plan_kernel(struct plan *plan, const struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == RESOURCE_KERNEL &&
		    rule_names(&policy->rule[i], "namespace"))
			plan->nested = true;
}

void kernel_losses(const struct plan *plan, const struct rule *rule, struct losses *losses)
{
	if (rule_names(rule, "namespace")) {
		losses_add(losses, rule, LOSS_NARROWED,
			   "a namespace made in the sandbox cannot have a /proc of its own");
		return;
	}
	for (size_t i = 0; i < sizeof private_row / sizeof *private_row; i++) {
		if (!rule_names(rule, private_row[i].name))
			continue;
		if (private_row[i].kept)
			return;
		if (plan->nested || rule_names(rule, "identity")) {
			losses_add(losses, rule, LOSS_NARROWED,
				   "only what needs no privilege outside the sandbox");
			return;
		}
	}
	losses_add(losses, rule, LOSS_DROPPED,
		   "needs a privilege, and a sandbox of bubblewrap has none");
}

/* Appends the folder that the place's entry is in, or for a tree the folder itself. */
static void write_folder(const struct pattern *pattern, struct buffer *out)
{
	struct pattern folder = *pattern;

	folder.count--;
	pattern_write(&folder, out);
}

static void tree_losses(const struct rule *rule, unsigned actions, struct losses *losses)
{
	const unsigned all = ACTION_BIT(WRITE) | ACTIONS_ENTRY;
	unsigned action = 1u << rule->action;

	if (action & (ACTIONS_CHANGE | ACTION_BIT(LINK)) && (actions & all) != all)
		losses_add(losses, rule, LOSS_WIDENED,
			   "all below the folder can be written, created, renamed and deleted");
	if (action & ACTIONS_READ || actions & ACTIONS_READ)
		return;
	if (rule->risk < RISK_HIGH || actions & ACTIONS_EDIT)
		losses_add(losses, rule, LOSS_WIDENED, "all below the folder can also be read");
	else
		losses_add(losses, rule, LOSS_DROPPED,
			   "it would make all below the folder readable");
}

static void entry_losses(const struct rule *rule, struct losses *losses)
{
	scoped(buffer) struct buffer folder = { 0 };

	if (!place_has_room(&rule->match)) {
		losses_add(losses, rule, LOSS_DROPPED,
			   "it would make the folder above it writable, and that is none of the "
			   "agent's");
		return;
	}
	write_folder(&rule->match, &folder);
	losses_add(losses, rule, LOSS_WIDENED,
		   "the whole directory %s is writable: names that are free in it can be created, "
		   "written, renamed and deleted",
		   buffer_text(&folder));
}

static void edit_losses(const struct rule *rule, unsigned actions, struct losses *losses)
{
	if (!(actions & ACTIONS_READ))
		losses_add(losses, rule, LOSS_WIDENED, "it can also be read");
	if (actions & ACTION_BIT(WRITE))
		return;
	if (rule->action == ACTION_APPEND)
		losses_add(losses, rule, LOSS_WIDENED,
			   "all of it can be written, not only its end");
	if (rule->action == ACTION_ATTR && !(actions & ACTIONS_ENTRY))
		losses_add(losses, rule, LOSS_WIDENED,
			   "it can also be written; a folder, with names that come and go");
}

static void look_losses(const struct plan *plan, const struct rule *rule, unsigned actions,
			struct losses *losses)
{
	struct place place = { &rule->match, rule->match.count };

	if (plan_has(plan, PLACE_ROOM, place) || actions & ~ACTIONS_LOOK)
		return;
	if (rule->action == ACTION_LIST)
		losses_add(losses, rule, LOSS_NARROWED, "lists only what the policy grants");
	else if (actions & ACTION_BIT(LIST) || plan_has(plan, PLACE_WAY, place))
		return;
	else if (plan_has(plan, PLACE_HIDE, place))
		losses_add(losses, rule, LOSS_NARROWED,
			   "only that a file is there: size, times and owner are not shown");
	else if (plan_has(plan, PLACE_GLANCE, place))
		losses_add(losses, rule, LOSS_WIDENED,
			   "a file can also be read, unless only its owner may read it");
	else
		losses_add(losses, rule, LOSS_WIDENED, "a file can also be read");
}

static void mount_losses(const struct rule *rule, unsigned actions, struct losses *losses)
{
	enum place_mount mount = place_mount(&rule->match);

	if (mount == MOUNT_PROC && ((1u << rule->action) & ACTIONS_CHANGE))
		losses_add(losses, rule, LOSS_DROPPED,
			   "the kernel's own part of /proc is read-only in the sandbox");
	if (mount == MOUNT_SHM)
		losses_add(losses, rule, LOSS_NARROWED,
			   "in a /dev/shm of its own, empty at first and gone afterwards");
	if (mount == MOUNT_DEVICE && !(actions & ACTION_BIT(WRITE)))
		losses_add(losses, rule, LOSS_WIDENED, "the device can also be written");
}

void place_losses(const struct plan *plan, const struct rule *rule, unsigned actions,
		  struct losses *losses)
{
	unsigned action = 1u << rule->action;
	bool tree = pattern_is_tree(&rule->match);

	if (place_mount(&rule->match) != MOUNT_NONE) {
		mount_losses(rule, actions, losses);
		return;
	}
	if (tree) {
		tree_losses(rule, actions, losses);
		return;
	}
	if (action & ACTIONS_LOOK)
		look_losses(plan, rule, actions, losses);
	if (action & ACTIONS_EDIT)
		edit_losses(rule, actions, losses);
	if (action & (ACTIONS_ENTRY | ACTION_BIT(BIND)))
		entry_losses(rule, losses);
	if (rule->action == ACTION_LINK)
		losses_add(losses, rule, LOSS_NARROWED, "only to a name in the same directory");
	if (pattern_is_open(&rule->match) && !(action & ACTIONS_ENTRY))
		losses_add(losses, rule, LOSS_NARROWED, "only what is there at the start");
}

static void socket_losses(const struct plan *plan, const struct rule *rule, struct losses *losses)
{
	if (plan->network)
		losses_add(losses, rule, LOSS_WIDENED,
			   "every abstract socket: they belong to the network");
	else
		losses_add(losses, rule, LOSS_NARROWED, "only abstract sockets inside the sandbox");
}

static void rule_losses(const struct plan *plan, const struct rule *rule, unsigned actions,
			struct losses *losses)
{
	if (rule_is_place(rule))
		place_losses(plan, rule, actions, losses);
	else if (rule->resource == RESOURCE_HOST)
		host_losses(plan, rule, losses);
	else if (rule->resource == RESOURCE_SOCKET)
		socket_losses(plan, rule, losses);
	else if (rule->resource == RESOURCE_PROCESS)
		losses_add(losses, rule, LOSS_NARROWED, "only processes inside the sandbox");
	else if (rule->resource == RESOURCE_KERNEL)
		kernel_losses(plan, rule, losses);
	else if (rule->resource == RESOURCE_TOOL)
		losses_add(losses, rule, LOSS_DROPPED,
			   "a sandbox does not see tool calls: give the rule to what makes them");
	condition_losses(rule, losses);
}

/* What is true of every policy, or of all of this one. */
static void whole_losses(const struct plan *plan, struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED,
		   "open files and the environment are passed on, but for variables whose names "
		   "say that they are secrets and that the policy does not name");
	losses_add(losses, NULL, LOSS_WIDENED, "secrets in arguments are not looked for");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "processes inside the sandbox may signal and trace each other");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "kernel facilities that need no privilege (io_uring, keyrings) are not blocked");
	if (plan->set[PLACE_READ].count || plan->set[PLACE_TREE].count)
		losses_add(losses, NULL, LOSS_WIDENED,
			   "a file that can be read can be executed as its mode allows, and one "
			   "that can be executed can be read");
	if (plan->set[PLACE_ROOM].count)
		losses_add(losses, NULL, LOSS_WIDENED,
			   "in a writable directory the names of other entries are seen, and its "
			   "symbolic links can be read and replaced");
	if (plan->proc)
		losses_add(losses, NULL, LOSS_WIDENED,
			   "all of /proc can be read, with the sandbox's processes only%s",
			   plan->proc_writable ? ", and what is theirs be written" : "");
	if (plan->devices)
		losses_add(losses, NULL, LOSS_WIDENED,
			   "/dev has null, zero, full, random, urandom and a terminal of its own");
	if (plan->network)
		losses_add(losses, NULL, LOSS_WIDENED,
			   "the host's network is there whole, abstract sockets too");
}

void plan_losses(const struct plan *plan, const struct policy *policy, struct losses *losses)
{
	whole_losses(plan, losses);
	for (size_t i = 0; i < policy->count; i++)
		rule_losses(plan, &policy->rule[i], plan->actions[i], losses);
}
