#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/facilities.h"
#include "reports/exporters/header.h"
#include "reports/exporters/trees.h"

#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* What firejail refuses in names (invalid_filename() in its util.c), what it reads as a macro or a
 * comment, and blanks, which it joins. */
static bool takes(struct bytes path)
{
	return path_is_without(path, " \t\\&!?\"'<>%^(){};,*[]#$`|");
}

/* Shows something of the folder of / that the path is in. */
static void show_top(const char *path, struct buffer *seen, struct buffer *out)
{
	scoped(buffer) struct buffer line = { 0 };

	buffer_printf(&line, "noblacklist /%.*s\n", (int)strcspn(path + 1, "/"), path + 1);
	if (!memmem(buffer_text(seen), seen->size, line.data, line.size)) {
		buffer_append(seen, line.data, line.size);
		buffer_append(out, line.data, line.size);
	}
	out->failed |= line.failed;
}

/* A folder of / with something of the policy's shows that alone; any other but the system's shows
 * nothing.  firejail needs its own in /run: nothing else is shown of that. */
static void write_tops(const struct trees *trees, struct buffer *out)
{
	static const char *const system[] = { "/usr", "/bin",  "/sbin", "/lib*",
					      "/dev", "/proc", "/sys",	"/run" };
	scoped(buffer) struct buffer seen = { 0 };

	for (size_t i = 0; i < sizeof system / sizeof *system; i++)
		show_top(system[i], &seen, out);
	for (size_t i = 0; i < trees->count; i++)
		show_top(trees->tree[i].path, &seen, out);
	buffer_add(out, "blacklist /*\nwhitelist /run/pare-none\n");
	out->failed |= seen.failed;
}

static void write_trees(const struct trees *trees, const struct losses *losses, struct buffer *out)
{
	for (size_t i = 0; i < trees->count; i++) {
		const struct tree *tree = &trees->tree[i];
		scoped(buffer) struct buffer wider = { 0 };

		comment_wider("#", losses, tree->rule, tree->rule_count, &wider);
		if (wider.size)
			buffer_printf(out, "%s\n", buffer_text(&wider) + 2);
		buffer_printf(out, "whitelist %s\n", tree->path);
		buffer_printf(out, "%s %s\n", tree_is_written(tree) ? "read-write" : "read-only",
			      tree->path);
	}
}

static bool is_program_folder(const char *path, size_t size)
{
	static const char *const folder[] = { "/usr/bin", "/bin",	    "/usr/sbin",
					      "/sbin",	  "/usr/local/bin", "/usr/games" };

	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		if (strlen(folder[i]) == size && !memcmp(folder[i], path, size))
			return true;
	return false;
}

static bool may_be_program(const struct rule *rule)
{
	return rule_is_place(rule) && rule->match.root == ROOT_NONE &&
	       (rule->action == ACTION_EXEC || rule->action == ACTION_STAT) &&
	       !pattern_is_open(&rule->match);
}

/* private-bin takes names in the folders of programs; a link to a program has to be there, too.
 * NULL: it is none. */
static const char *program_name(const struct rule *rule, struct buffer *path)
{
	const char *slash;

	buffer_clear(path);
	if (!may_be_program(rule))
		return NULL;
	pattern_raw(&rule->match, rule->match.count, path);
	slash = strrchr(buffer_text(path), '/');
	if (!slash || !slash[1] || !takes(buffer_bytes(path)) ||
	    !is_program_folder(buffer_text(path), (size_t)(slash - buffer_text(path))))
		return NULL;
	return slash + 1;
}

static void write_programs(const struct policy *policy, struct buffer *out)
{
	scoped(buffer) struct buffer path = { 0 };

	buffer_add(out, "private-bin pare-none");
	for (size_t i = 0; i < policy->count; i++) {
		const char *name = program_name(&policy->rule[i], &path);

		if (name)
			buffer_printf(out, ",%s", name);
	}
	buffer_add_char(out, '\n');
	out->failed |= path.failed;
}

static void program_losses(const struct policy *policy, struct losses *losses)
{
	scoped(buffer) struct buffer path = { 0 };

	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].action == ACTION_STAT && program_name(&policy->rule[i], &path))
			losses_add(losses, &policy->rule[i], LOSS_WIDENED,
				   "a program can also be executed");
}

static void other_losses(const struct policy *policy, bool network, struct losses *losses)
{
	losses_add(
		losses, NULL, LOSS_WIDENED,
		"all of /usr but programs can be read, of /proc and /sys what anybody may; /dev "
		"has the usual devices (graphics, sound, terminals, the system's log) and shared "
		"memory; variables are passed on");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "what can be read can be executed, but for other programs of /usr/bin and the "
		   "like, with any arguments, and what can be executed or mapped be read");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "a path stands for all below it where it is a folder");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "kernel facilities that need no privilege are not blocked, but for those "
		   "that calls of their own use");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "processes inside the sandbox may signal and trace each other");
	if (network)
		losses_add(losses, NULL, LOSS_WIDENED,
			   "every abstract socket: they belong to the network");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule_is_place(rule))
			continue;
		if (rule->resource == RESOURCE_HOST && network)
			losses_add(losses, rule, LOSS_WIDENED,
				   "any host and any port: the whole network or none");
		else if (rule->resource == RESOURCE_KERNEL)
			facility_losses(rule, FACILITY_CAPABILITY, losses);
		else if (rule->resource == RESOURCE_PROCESS)
			losses_add(losses, rule, LOSS_NARROWED, "only inside the sandbox");
		else if (rule->resource != RESOURCE_VARIABLE && rule->resource != RESOURCE_HOST)
			losses_add(losses, rule, LOSS_DROPPED, "firejail does not see it");
		condition_losses(rule, losses);
	}
}

static void write_rest(const struct policy *policy, bool network, struct buffer *out)
{
	scoped(buffer) struct buffer kept = { 0 };

	facilities_write(policy, FACILITY_CAPABILITY, ",%s", &kept);
	if (kept.size)
		buffer_printf(out, "caps.keep %s\n", buffer_text(&kept) + 1);
	else
		buffer_add(out, "caps.drop all\n");
	buffer_add(out, "nonewprivs\nprivate-dev\nnodbus\nnogroups\n");
	if (!facility_is_granted(policy, "namespace"))
		buffer_add(out, "restrict-namespaces\n");
	buffer_add(out,
		   network ? "protocol unix,inet,inet6\n" : "protocol unix,inet,inet6\nnet none\n");
	out->failed |= kept.failed;
}

static void write_calls(const struct policy *policy, struct buffer *out)
{
	scoped(buffer) struct buffer calls = { 0 };

	for (size_t i = 0; i < facility_count; i++) {
		const struct facility *row = &facility_row[i];

		if (!*row->calls || facility_is_granted(policy, row->name))
			continue;
		for (const char *at = row->calls; *at; at++)
			buffer_add_char(&calls, *at == ' ' ? ',' : *at);
		buffer_add_char(&calls, ',');
	}
	if (calls.size)
		buffer_printf(out, "seccomp.drop %.*s\nseccomp-error-action EPERM\n",
			      (int)calls.size - 1, buffer_text(&calls));
	out->failed |= calls.failed;
}

/* Its timeout is not used: with it the status is that of whichever process ends last (0.9.72). */
static void write_limits(const struct policy_limits *limits, struct buffer *out)
{
	if (limits->file_bytes)
		buffer_printf(out, "rlimit-fsize %" PRId64 "\n", limits->file_bytes);
}

int export_firejail(const struct policy *policy, struct buffer *out, struct losses *losses,
		    struct error *err)
{
	static const char *const use[] = {
		"A profile for firejail 0.9.72 (firejail-profile(5)):",
		"firejail --profile=FILE COMMAND",
	};
	static const struct tree_style style = { .own_devices = true,
						 .whole_system = true,
						 .takes = takes };
	scoped(trees) struct trees trees = { 0 };
	bool network = policy_needs_network(policy);
	int r;

	trees_collect(&trees, policy, &style, losses);
	if (trees.failed)
		return error_set(err, ENOMEM, "collect what is granted");
	trees_prune(&trees);
	program_losses(policy, losses);
	other_losses(policy, network, losses);
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r)
		return r;
	buffer_add(out, "quiet\n");
	write_tops(&trees, out);
	write_trees(&trees, losses, out);
	write_programs(policy, out);
	write_rest(policy, network, out);
	write_calls(policy, out);
	write_limits(&policy->limits, out);
	return buffer_status(out);
}
