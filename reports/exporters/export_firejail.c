#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/facilities.h"
#include "reports/exporters/header.h"
#include "reports/exporters/limits.h"
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

static const char *const top[] = { "boot", "etc", "home", "media", "mnt", "opt",
				   "root", "run", "srv",  "tmp",   "var" };

static bool is_run(const char *name)
{
	return !strcmp(name, "run");
}

static bool is_in(const char *path, const char *name)
{
	size_t size = strlen(name);

	return path[0] == '/' && !strncmp(path + 1, name, size) && path[1 + size] == '/';
}

/* A folder with something of the policy's shows that alone; any other shows nothing. */
static void write_tops(const struct trees *trees, struct buffer *out)
{
	for (size_t i = 0; i < sizeof top / sizeof *top; i++) {
		bool used = false;

		for (size_t at = 0; at < trees->count; at++)
			used |= is_in(trees->tree[at].path, top[i]);
		/* firejail needs its own folder in /run: nothing else is shown of it. */
		if (!used)
			buffer_printf(out, "%s /%s%s\n", is_run(top[i]) ? "whitelist" : "blacklist",
				      top[i], is_run(top[i]) ? "/pare-none" : "");
	}
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

/* private-bin takes names in the folders of programs; a link to a program has to be there, too. */
static void write_programs(const struct policy *policy, struct buffer *out)
{
	scoped(buffer) struct buffer path = { 0 };

	buffer_add(out, "private-bin pare-none");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];
		const char *slash;

		if (!may_be_program(rule))
			continue;
		buffer_clear(&path);
		pattern_raw(&rule->match, rule->match.count, &path);
		slash = strrchr(buffer_text(&path), '/');
		if (slash && slash[1] && takes(buffer_bytes(&path)) &&
		    is_program_folder(buffer_text(&path), (size_t)(slash - buffer_text(&path))))
			buffer_printf(out, ",%s", slash + 1);
	}
	buffer_add_char(out, '\n');
	out->failed |= path.failed;
}

static void other_losses(const struct policy *policy, bool network, struct losses *losses)
{
	losses_add(
		losses, NULL, LOSS_WIDENED,
		"all of /usr/lib and /usr/share can be read, of /proc and /sys what anybody may; "
		"programs run with any arguments; variables are passed on");
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

static void write_limits(const struct policy_limits *limits, struct buffer *out)
{
	scoped(losses) struct losses told = { 0 };
	int64_t seconds = limit_whole_seconds(limits->time_ns, &told);

	if (seconds)
		buffer_printf(out, "timeout %02" PRId64 ":%02" PRId64 ":%02" PRId64 "\n",
			      seconds / 3600, seconds / 60 % 60, seconds % 60);
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
	other_losses(policy, network, losses);
	limit_whole_seconds(policy->limits.time_ns, losses);
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
