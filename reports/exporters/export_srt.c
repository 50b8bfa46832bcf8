#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/settings.h"

#include "core/error.h"

#include <errno.h>

/* What programs need to start at all (README of sandbox-runtime 0.0.78: what is denied below / has
 * to be allowed again). */
static void add_system(json_t *read)
{
	static const char *const path[] = { "/usr", "/etc/alternatives", "/etc/ld.so.cache" };

	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		json_array_append_new(read, json_string(path[i]));
}

static json_t *read_paths(const struct trees *trees)
{
	json_t *read = settings_paths(trees, false), *written = settings_paths(trees, true);

	add_system(read);
	json_array_extend(read, written);
	json_decref(written);
	return read;
}

int export_srt(const struct policy *policy, struct buffer *out, struct losses *losses,
	       struct error *err)
{
	static const struct tree_style style = { .own_devices = true,
						 .whole_system = true,
						 .takes = settings_take };
	scoped(trees) struct trees trees = { 0 };
	json_t *hosts, *header;

	trees_collect(&trees, policy, &style, losses);
	if (trees.failed)
		return error_set(err, ENOMEM, "collect what is granted");
	trees_prune(&trees);
	settings_losses(policy, false, losses);
	settings_variable_losses(policy, losses);
	losses_add(losses, NULL, LOSS_WIDENED,
		   "folders of its own can be written (/tmp/claude, ~/.npm/_logs, "
		   "~/.claude/debug), and null, tty, stdout and stderr of /dev");
	losses_add(losses, NULL, LOSS_NARROWED,
		   "its own folder and TMPDIR have to be readable: add them to allowRead");
	hosts = settings_hosts(policy, true, losses);
	header = header_json(policy, losses, err);
	if (!header) {
		json_decref(hosts);
		return -ENOMEM;
	}
	return json_finish(json_pack("{s:o, s:{s:o, s:[], s:b, s:b}, s:{s:[s], s:o, s:o, s:[]}, "
				     "s:{s:o}}",
				     "pare", header, "network", "allowedDomains", hosts,
				     "deniedDomains", "strictAllowlist", 1, "allowLocalBinding", 0,
				     "filesystem", "denyRead", "/", "allowRead", read_paths(&trees),
				     "allowWrite", settings_paths(&trees, true), "denyWrite",
				     "credentials", "envVars", settings_variables(policy)),
			   out, err);
}
