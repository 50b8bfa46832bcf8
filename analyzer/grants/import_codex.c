#include "analyzer/grants/codex.h"
#include "core/error.h"

#include <errno.h>
#include <string.h>

#define SAYS_ALL                                                                                   \
	(1u << RESOURCE_FILE | 1u << RESOURCE_PROGRAM | 1u << RESOURCE_HOST |                      \
	 1u << RESOURCE_SOCKET | 1u << RESOURCE_VARIABLE | 1u << RESOURCE_TOOL)

/* ---- what is in force ---- */

/* [profiles.NAME] that `profile` names; the others can be chosen when Codex is started. */
static void choose_profile(struct codex *codex)
{
	const struct toml *name = toml_get(codex->root, "profile");
	const struct toml *profiles =
		codex_typed(codex, toml_get(codex->root, "profiles"), TOML_TABLE);

	for (const struct toml *one = profiles ? profiles->child : NULL; one; one = one->next) {
		struct statement from = codex_at(codex, one);

		codex_check(codex, CODEX_PROFILE, one);
		if (name && toml_is(name, buffer_text(&one->key)))
			codex->profile = codex_typed(codex, one, TOML_TABLE);
		else
			granted_note(&from, NOTE_UNREAD,
				     "another profile, in force only with --profile");
	}
	if (name && !codex->profile) {
		struct statement from = codex_at(codex, name);

		granted_note(&from, NOTE_UNREAD, "there is no such profile");
	}
}

static void read_features(struct codex *codex)
{
	const struct toml *features = codex_setting(codex, "features");
	const struct toml *proxy = toml_get(features, "network_proxy");

	if (proxy && proxy->kind == TOML_TABLE) {
		codex->is_proxied = codex_is_true(codex, toml_get(proxy, "enabled"));
		if (codex->is_proxied)
			codex_check(codex, CODEX_NETWORK, proxy);
	} else {
		codex->is_proxied = codex_is_true(codex, proxy);
	}
}

/* Whether the workspace is one that somebody has said anything about. */
static const struct toml *find_project(const struct codex *codex)
{
	const struct toml *projects = toml_get(codex->root, "projects");
	struct bytes workspace = codex->source->roots.workspace;

	for (const struct toml *one = projects && projects->kind == TOML_TABLE ? projects->child
									       : NULL;
	     one; one = one->next)
		if (bytes_equal(buffer_bytes(&one->key), workspace) && toml_get(one, "trust_level"))
			return one;
	return NULL;
}

/* sandbox_mode goes before default_permissions; where neither is there, the trust in the project
 * decides. */
static void read_sandbox(struct codex *codex)
{
	const struct toml *mode = codex_setting(codex, "sandbox_mode");
	const struct toml *chosen = toml_get(codex->root, "default_permissions");
	const struct toml *project;

	if (mode) {
		codex_sandbox(codex, mode);
	} else if (chosen) {
		if (codex_string(codex, chosen))
			codex_permissions(codex, buffer_text(&chosen->text), chosen);
	} else {
		project = find_project(codex);
		codex_permissions(codex, project ? ":workspace" : ":read-only",
				  project ? project : toml_get(codex->root, "projects"));
	}
}

/* ---- what is asked ---- */

/* Outside the sandbox, once somebody has said yes. */
static void add_escalation(struct codex *codex, const struct toml *policy)
{
	struct statement from = codex_at(codex, policy);

	if (!policy)
		from.text = "approval_policy (on-request)";
	from.gate = GATE_CONFIRM;
	granted_add(&from, RESOURCE_FILE, GRANT_ALL, "/");
	granted_add(&from, RESOURCE_FILE, GRANT_ALL, "/**");
	granted_add(&from, RESOURCE_PROGRAM, GRANT_ALL, "/**");
	granted_add(&from, RESOURCE_SOCKET, GRANT_ALL, "/**");
	granted_add_any_host(&from, GRANT_ALL);
}

/* Every command is asked about, but for those that Codex knows to do no harm. */
static void ask_always(struct codex *codex, const struct toml *policy)
{
	struct policy *allowed = &codex->grants->allowed;
	struct statement from = codex_at(codex, policy);

	for (size_t i = 0; i < allowed->count; i++)
		if (allowed->rule[i].resource == RESOURCE_PROGRAM)
			allowed->rule[i].gate = GATE_CONFIRM;
	granted_note(&from, NOTE_NARROWER,
		     "commands that Codex takes for harmless are not asked "
		     "about");
}

static void read_reviewer(struct codex *codex)
{
	const struct toml *reviewer = codex_setting(codex, "approvals_reviewer");
	struct statement from = codex_at(codex, reviewer);

	if (reviewer && !toml_is(reviewer, "user"))
		granted_note(&from, NOTE_NARROWER, "what is asked is answered by a model, too");
}

/* Called once all else is granted. */
static void read_approval(struct codex *codex)
{
	const struct toml *policy = codex_setting(codex, "approval_policy");
	const struct toml *granular = toml_get(policy, "granular");
	struct statement from = codex_at(codex, policy);

	if (codex->is_free || toml_is(policy, "never"))
		return;
	if (granular) {
		codex_check(codex, CODEX_GRANULAR, granular);
		if (!codex_is_true(codex, toml_get(granular, "sandbox_approval")))
			return;
	} else if (toml_is(policy, "untrusted")) {
		ask_always(codex, policy);
	} else if (policy && !toml_is(policy, "on-request") && !toml_is(policy, "on-failure")) {
		granted_note(&from, NOTE_UNREAD, "it is none of untrusted, on-request and never");
	}
	add_escalation(codex, policy);
	read_reviewer(codex);
}

static void read_notify(struct codex *codex)
{
	const struct toml *notify = codex_typed(codex, toml_get(codex->root, "notify"), TOML_ARRAY);

	if (notify && notify->child)
		codex_command(codex, notify->child, notify->child->next, true);
}

int import_codex(const struct source *source, struct granted *ret, struct error *err)
{
	scoped(toml) struct toml *root = NULL;
	struct codex codex = { .source = source, .grants = ret };
	int r = toml_read(source->text, source->name, &root, err);

	if (r < 0)
		return r;
	ret->governs |= SAYS_ALL;
	codex.root = root;
	codex_check(&codex, CODEX_ROOT, root);
	choose_profile(&codex);
	read_features(&codex);
	read_sandbox(&codex);
	nest_grant(&codex.places, ret);
	nest_cleanup(&codex.places);
	codex_environment(&codex);
	codex_servers(&codex);
	read_notify(&codex);
	read_approval(&codex);
	return ret->failed ? error_set(err, ENOMEM, "keep the grants") : 0;
}
