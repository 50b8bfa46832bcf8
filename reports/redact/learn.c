#include "reports/redact/private.h"

#include "core/audit.h"
#include "core/block.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- names by their kind ---- */

static struct bytes last_part(struct bytes path)
{
	struct bytes part = { 0 }, next;

	while (path_next(&path, &next))
		part = next;
	return part;
}

static void learn_parts(struct redactor *redactor, struct bytes path)
{
	struct bytes part;

	while (path_next(&path, &part))
		secrets_add(redactor, part, NULL);
}

/* What stands below a folder that has a symbol. */
static void learn_path(struct redactor *redactor, struct bytes path)
{
	scoped(buffer) struct buffer symbol = { 0 };
	size_t size = path.size ? redact_folder(redactor, path, 0, &symbol) : 0;

	redactor->failed |= symbol.failed;
	if (size)
		learn_parts(redactor, (struct bytes){ path.data + size, path.size - size });
}

static bool is_own_machine(struct bytes address)
{
	static const char *const own[] = { "127.0.0.1", "::1", "0.0.0.0", "::" };

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (bytes_equal(address, bytes_of(own[i])))
			return true;
	return false;
}

/* The host of "tcp/example.com:443" and "tcp/[2001:db8::1]:443". */
static struct bytes host_of(struct bytes name)
{
	const char *slash = memchr(name.data, '/', name.size), *end;

	if (slash) {
		name.size -= (size_t)(slash + 1 - name.data);
		name.data = slash + 1;
	}
	if (name.size && *name.data == '[') {
		name.data++;
		name.size--;
		end = memchr(name.data, ']', name.size);
	} else {
		end = memchr(name.data, ':', name.size); /* before a class that says the port */
	}
	if (end)
		name.size = (size_t)(end - name.data);
	return name;
}

static bool is_address(struct bytes name, struct bytes host)
{
	uint8_t address[16];

	return address_read(host, address) || (host.data > name.data && host.data[-1] == '[');
}

/* What is open in a pattern says nothing. */
static bool is_open(struct bytes label)
{
	return !label.size || *label.data == '*' || memchr(label.data, '{', label.size);
}

/* Every label but the last of several. */
static void learn_labels(struct redactor *redactor, struct bytes host)
{
	const char *at = host.data, *end = host.data + host.size;

	while (at < end) {
		const char *dot = memchr(at, '.', (size_t)(end - at));
		struct bytes label = { at, (size_t)((dot ? dot : end) - at) };

		if (!is_open(label) && (dot || at == host.data))
			secrets_add(redactor, label, NULL);
		at = dot ? dot + 1 : end;
	}
}

static void learn_host(struct redactor *redactor, struct bytes name)
{
	struct bytes host = name.size ? host_of(name) : name;

	if (!host.size)
		return;
	if (!is_address(name, host))
		learn_labels(redactor, host);
	else if (!is_own_machine(host))
		secrets_add(redactor, host, NULL);
}

static void learn_name(struct redactor *redactor, enum resource kind, struct bytes name)
{
	if (kind == RESOURCE_HOST)
		learn_host(redactor, name);
	else if (kind == RESOURCE_VARIABLE)
		secrets_add(redactor, name, NULL);
	else
		learn_path(redactor, name);
}

/* ---- the store ---- */

static int learn_folders(void *context, const struct run *run)
{
	struct redactor *redactor = context;
	struct roots roots = roots_of_run(run);
	const struct passwd *user = getpwuid(run->uid);

	for (enum root_kind kind = ROOT_WORKSPACE; kind <= ROOT_TMP; kind++) {
		struct bytes folder = root_folder(&roots, kind);

		if (folder.size)
			secrets_add(redactor, folder, root_text(kind));
	}
	secrets_add(redactor, last_part(roots.home), NULL);
	secrets_add(redactor, last_part(roots.workspace), NULL);
	secrets_add(redactor, bytes_of(run->host), NULL);
	learn_host(redactor, bytes_of(run->host));
	if (user)
		secrets_add(redactor, bytes_of(user->pw_name), NULL);
	return 0;
}

static int learn_parts_of_run(void *context, const struct run *run)
{
	struct redactor *redactor = context;
	struct roots roots = roots_of_run(run);

	learn_path(redactor, roots.workspace); /* most often below the home */
	learn_path(redactor, run->cwd);
	return 0;
}

static int learn_resource(void *context, enum resource kind, struct bytes name)
{
	learn_name(context, kind, name);
	return 0;
}

/* ---- the audit ---- */

static void learn_rule(struct redactor *redactor, const struct rule *rule)
{
	const struct pattern *match = &rule->match;

	if (!match->is_path)
		learn_name(redactor, rule->resource,
			   match->count == 1 && match->token[0].kind == TOKEN_LITERAL
				   ? match->token[0].literal
				   : bytes_of(rule->pattern));
	for (size_t i = 0; match->root != ROOT_NONE && i < match->count; i++)
		if (match->token[i].kind == TOKEN_LITERAL)
			secrets_add(redactor, match->token[i].literal, NULL);
}

static void learn_policy(struct redactor *redactor, const struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		learn_rule(redactor, &policy->rule[i]);
}

static void learn_audit(struct redactor *redactor, const struct audit *audit)
{
	for (size_t i = 0; i < audit->source_count; i++) {
		const struct audit_source *source = &audit->source[i];

		learn_parts(redactor, bytes_of(source->name));
		secrets_add(redactor, bytes_of(source->grantor), NULL);
		learn_policy(redactor, &source->allowed);
		learn_policy(redactor, &source->denied);
	}
	for (size_t i = 0; i < audit->grant_count; i++)
		secrets_add(redactor, bytes_of(audit->grant[i].owner), NULL);
}

/* ---- all of it ---- */

static int learn(struct redactor *redactor, struct store *store, const struct run_filter *filter,
		 const struct audit *audit, struct error *err)
{
	int r = store_each_run(store, filter, learn_folders, redactor, err);

	if (r)
		return r;
	secrets_settle(redactor); /* paths are learned below the folders */
	r = store_each_run(store, filter, learn_parts_of_run, redactor, err);
	r = r ? r : store_each_resource(store, learn_resource, redactor, err);
	if (!r && audit)
		learn_audit(redactor, audit);
	secrets_settle(redactor);
	return r;
}

int redactor_open(struct redactor **ret, struct store *store, const char *agent, int64_t until_ns,
		  const struct audit *audit, struct error *err)
{
	struct run_filter filter = { .agent = agent, .since_ns = INT64_MIN, .until_ns = until_ns };
	struct redactor *redactor = calloc(1, sizeof *redactor);
	int r;

	if (!redactor)
		return error_set(err, ENOMEM, "redact a report");
	if (getrandom(redactor->salt, sizeof redactor->salt, 0) != sizeof redactor->salt)
		r = error_set(err, EIO, "draw a salt");
	else
		r = learn(redactor, store, &filter, audit, err);
	if (!r && redactor->failed)
		r = error_set(err, ENOMEM, "redact a report");
	if (r)
		redactor_close(redactor);
	else
		*ret = redactor;
	return r;
}

int redactor_learn(struct redactor *redactor, const struct audit *audit)
{
	learn_audit(redactor, audit);
	secrets_settle(redactor);
	return redactor->failed ? -ENOMEM : 0;
}

void redactor_close(struct redactor *redactor)
{
	if (!redactor)
		return;
	for (size_t i = 0; i < redactor->count; i++)
		free(redactor->secret[i].text);
	free(redactor->secret);
	explicit_bzero(redactor->salt, sizeof redactor->salt);
	free(redactor);
}
