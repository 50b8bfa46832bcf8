#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/trees.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>

/* Which rights of landlock(7) an action takes, on the path itself or on what is in it.  The ABI is
 * the first that has the right. */
static const struct {
	const char *right;
	unsigned here, inside;
	int abi;
} right_row[] = {
	/* first: loaders have it, too */
	{ "execute", ACTION_BIT(EXEC), ACTION_BIT(EXEC), 1 },
	{ "write_file", ACTION_BIT(WRITE) | ACTION_BIT(APPEND),
	  ACTION_BIT(WRITE) | ACTION_BIT(APPEND) | ACTION_BIT(CREATE), 1 },
	{ "read_file", ACTION_BIT(READ) | ACTION_BIT(MAP) | ACTION_BIT(EXEC),
	  ACTION_BIT(READ) | ACTION_BIT(MAP) | ACTION_BIT(EXEC), 1 },
	{ "read_dir", ACTION_BIT(LIST), ACTION_BIT(LIST), 1 },
	{ "remove_dir", 0, ACTION_BIT(DELETE) | ACTION_BIT(RENAME), 1 },
	{ "remove_file", 0, ACTION_BIT(DELETE) | ACTION_BIT(RENAME), 1 },
	{ "make_dir", 0, ACTION_BIT(CREATE) | ACTION_BIT(RENAME), 1 },
	{ "make_reg", 0, ACTION_BIT(CREATE) | ACTION_BIT(RENAME) | ACTION_BIT(LINK), 1 },
	{ "make_sock", 0, ACTION_BIT(CREATE) | ACTION_BIT(BIND), 1 },
	{ "make_fifo", 0, ACTION_BIT(CREATE), 1 },
	{ "make_sym", 0, ACTION_BIT(CREATE), 1 },
	{ "make_char", 0, 0, 1 },
	{ "make_block", 0, 0, 1 },
	{ "refer", 0, ACTION_BIT(RENAME) | ACTION_BIT(LINK), 2 },
	{ "truncate", ACTION_BIT(WRITE), ACTION_BIT(WRITE) | ACTION_BIT(CREATE), 3 },
};

#define RIGHTS (sizeof right_row / sizeof *right_row)

/* The loader of programs, which the kernel opens to be executed when it starts one; that is
 * recorded as mapped: "ld-linux-x86-64.so.2", "ld-musl-x86_64.so.1". */
static bool is_loader(const struct tree *tree)
{
	const char *slash = strrchr(tree->path, '/');

	return tree->here & ACTION_BIT(MAP) && slash && !strncmp(slash, "/ld-", 4);
}

static json_t *rights_of(const struct tree *tree)
{
	json_t *list = json_array();

	for (size_t i = 0; i < RIGHTS; i++)
		if (tree->here & right_row[i].here || tree->inside & right_row[i].inside ||
		    (!i && is_loader(tree)))
			json_array_append_new(list, json_string(right_row[i].right));
	return list;
}

static json_t *paths_json(const struct trees *trees)
{
	json_t *list = json_array();

	for (size_t i = 0; i < trees->count; i++) {
		json_t *rights = rights_of(&trees->tree[i]);

		if (json_array_size(rights))
			json_array_append_new(list,
					      json_pack("{s:O, s:[s]}", "allowedAccess", rights,
							"parent", trees->tree[i].path));
		json_decref(rights);
	}
	return list;
}

static void host_losses(const struct rule *rule, struct losses *losses)
{
	struct endpoint endpoint;

	if (rule->action == ACTION_RESOLVE)
		losses_add(losses, rule, LOSS_WIDENED,
			   "Landlock sees no UDP and no names: anything can be looked up");
	else if (!rule_endpoint(rule, &endpoint))
		losses_add(losses, rule, LOSS_DROPPED, "a host that varies");
	else if (!endpoint_is(&endpoint, "tcp"))
		losses_add(losses, rule, LOSS_WIDENED,
			   "Landlock sees TCP only: everything else can be sent anywhere");
	else if (!endpoint_port(&endpoint))
		losses_add(losses, rule, LOSS_DROPPED, "it has no port that Landlock could name");
	else if (rule->action != ACTION_ACCEPT)
		losses_add(losses, rule, LOSS_WIDENED, "any host at that port");
}

static void add_port(json_t *list, const char *right, unsigned port)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *row = json_array_get(list, i);
		json_t *rights = json_object_get(row, "allowedAccess");

		if (json_integer_value(json_array_get(json_object_get(row, "port"), 0)) != port)
			continue;
		for (size_t at = 0; at < json_array_size(rights); at++)
			if (!strcmp(json_string_value(json_array_get(rights, at)), right))
				return;
		json_array_append_new(rights, json_string(right));
		return;
	}
	json_array_append_new(
		list, json_pack("{s:[s], s:[i]}", "allowedAccess", right, "port", (int)port));
}

static json_t *ports_json(const struct policy *policy)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];
		struct endpoint endpoint;

		if (!rule_endpoint(rule, &endpoint) || !endpoint_is(&endpoint, "tcp") ||
		    !endpoint_port(&endpoint))
			continue;
		if (rule_is_sending(rule))
			add_port(list, "connect_tcp", endpoint_port(&endpoint));
		else if (rule->action == ACTION_BIND)
			add_port(list, "bind_tcp", endpoint_port(&endpoint));
	}
	return list;
}

static void other_losses(const struct policy *policy, struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED,
		   "every name can be looked up, and attributes (mode, owner, times) be changed of "
		   "what its owner may");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "what can be executed or mapped can be read, so a loader that may be executed "
		   "runs whatever can be read; arguments, the environment and open files are not "
		   "looked at");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "a path stands for all below it where it is a folder");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "processes inside the sandbox may signal and trace each other");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "all networks but TCP can be used, and unix sockets that have a path");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "kernel facilities are not looked at, but for mounts, which are refused");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule_is_place(rule))
			continue;
		if (rule->resource == RESOURCE_HOST)
			host_losses(rule, losses);
		else if (rule->resource == RESOURCE_PROCESS || rule->resource == RESOURCE_SOCKET)
			losses_add(losses, rule, LOSS_NARROWED, "only inside the sandbox");
		else if (rule->resource == RESOURCE_KERNEL && rule_names(rule, "mount"))
			losses_add(losses, rule, LOSS_DROPPED, "Landlock refuses mounts");
		else if (rule->resource == RESOURCE_KERNEL)
			losses_add(losses, rule, LOSS_WIDENED,
				   "Landlock does not see it: so are all other facilities, but "
				   "for mounts, which it refuses");
		else
			losses_add(losses, rule, LOSS_DROPPED, "Landlock does not see it");
		condition_losses(rule, losses);
	}
}

static json_t *handled_json(void)
{
	json_t *file = json_array();

	for (size_t i = 0; i < RIGHTS; i++)
		json_array_append_new(file, json_string(right_row[i].right));
	return json_pack("[{s:o, s:[s,s], s:[s,s]}]", "handledAccessFs", file, "handledAccessNet",
			 "bind_tcp", "connect_tcp", "scoped", "abstract_unix_socket", "signal");
}

int export_landlock(const struct policy *policy, struct buffer *out, struct losses *losses,
		    struct error *err)
{
	static const struct tree_style style = { .looks = true, .takes = path_is_text };
	scoped(trees) struct trees trees = { 0 };
	json_t *header;

	trees_collect(&trees, policy, &style, losses);
	if (trees.failed)
		return error_set(err, ENOMEM, "collect what is granted");
	other_losses(policy, losses);
	header = header_json(policy, losses, err);
	if (!header)
		return -ENOMEM;
	return json_finish(json_pack("{s:o, s:i, s:o, s:o, s:o}", "pare", header, "abi", 6,
				     "ruleset", handled_json(), "pathBeneath", paths_json(&trees),
				     "netPort", ports_json(policy)),
			   out, err);
}
