#include "analyzer/grants/codex.h"

#include <string.h>

/* Permission profiles, and the sandbox modes that were there before. */

#define WRITE_ALL (SANDBOX_READ | GRANT_CHANGE)

/* Profiles that extend each other. */
#define EXTENDS_MAX 16

static bool is_glob(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr("*?[]", text.data[i]))
			return true;
	return false;
}

static struct bytes without_stars(struct bytes path)
{
	if (path.size > 3 && !memcmp(path.data + path.size - 3, "/**", 3))
		path.size -= 3;
	return path;
}

static void add_place(struct codex *codex, const struct statement *from, enum root_kind root,
		      struct bytes path, unsigned actions)
{
	struct nest_place place = { .from = *from, .actions = actions };

	nest_add(&codex->places, &place, root, path);
}

/* What ":minimal" is on Linux (codex-rs/linux-sandbox/src/bwrap.rs). */
static void add_minimal(struct codex *codex, const struct statement *from, unsigned actions)
{
	static const char *const path[] = {
		"/bin", "/sbin",  "/usr",	"/etc",
		"/lib", "/lib64", "/nix/store", "/run/current-system/sw"
	};

	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		add_place(codex, from, ROOT_NONE, bytes_of(path[i]), actions);
}

static enum root_kind root_of(struct bytes path)
{
	if (bytes_equal(path, bytes_of(":workspace_roots")) ||
	    bytes_equal(path, bytes_of(":project_roots")))
		return ROOT_WORKSPACE;
	if (bytes_equal(path, bytes_of(":tmpdir")))
		return ROOT_TMP;
	if (bytes_equal(path, bytes_of("~")) || bytes_start_with(path, bytes_of("~/")))
		return ROOT_HOME;
	return ROOT_NONE;
}

/* A path of a filesystem table, and what is below it there. */
static void add_path(struct codex *codex, const struct statement *from, struct bytes path,
		     struct bytes below, unsigned actions)
{
	scoped(buffer) struct buffer whole = { 0 };
	enum root_kind root = root_of(path);

	if (root == ROOT_HOME)
		buffer_append(&whole, path.data + 1, path.size - 1);
	else if (root == ROOT_NONE)
		buffer_append(&whole, path.data, path.size);
	if (whole.size > 1 && whole.data[whole.size - 1] == '/')
		whole.size--;
	if (below.size && (whole.size != 1 || root))
		buffer_add_char(&whole, '/');
	buffer_append(&whole, below.data, below.size);
	if (buffer_status(&whole) < 0)
		codex->grants->failed = true;
	else
		add_place(codex, from, root, buffer_bytes(&whole), actions);
}

static bool add_special(struct codex *codex, const struct statement *from, struct bytes path,
			unsigned actions)
{
	if (bytes_equal(path, bytes_of(":root")))
		add_place(codex, from, ROOT_NONE, bytes_of("/"), actions);
	else if (bytes_equal(path, bytes_of(":minimal")))
		add_minimal(codex, from, actions);
	else if (bytes_equal(path, bytes_of(":slash_tmp")))
		add_place(codex, from, ROOT_NONE, bytes_of("/tmp"), actions);
	else
		return false;
	return true;
}

static bool read_access(const struct toml *entry, unsigned *ret)
{
	if (toml_is(entry, "read"))
		*ret = SANDBOX_READ;
	else if (toml_is(entry, "write"))
		*ret = WRITE_ALL;
	else if (toml_is(entry, "deny") || toml_is(entry, "none"))
		*ret = 0;
	else
		return false;
	return true;
}

static void read_entry(struct codex *codex, struct bytes path, struct bytes below,
		       const struct toml *entry)
{
	struct statement from = codex_at(codex, entry);
	struct bytes last = below.size ? below : path;
	unsigned actions;

	if (!read_access(entry, &actions)) {
		granted_note(&from, NOTE_UNREAD, "it is none of read, write and deny");
	} else if (actions && is_glob(without_stars(last))) {
		granted_note(&from, NOTE_UNREAD, "globs can only deny");
	} else if (!actions && is_glob(last)) {
		codex_deny(&from, path, below);
	} else if (below.size) {
		add_path(codex, &from, path, without_stars(below), actions);
	} else if (!add_special(codex, &from, path, actions)) {
		add_path(codex, &from, without_stars(path), below, actions);
	}
}

static void read_filesystem(struct codex *codex, const struct toml *table)
{
	for (const struct toml *entry = table ? table->child : NULL; entry; entry = entry->next) {
		struct bytes path = buffer_bytes(&entry->key);

		if (bytes_equal(path, bytes_of("glob_scan_max_depth")))
			continue;
		if (entry->kind != TOML_TABLE) {
			read_entry(codex, path, (struct bytes){ 0 }, entry);
			continue;
		}
		for (const struct toml *below = entry->child; below; below = below->next) {
			struct bytes name = buffer_bytes(&below->key);
			bool is_itself = bytes_equal(name, bytes_of("."));

			read_entry(codex, path, is_itself ? (struct bytes){ 0 } : name, below);
		}
	}
}

/* ---- profiles ---- */

static void add_workspace(struct codex *codex, const struct statement *from, bool tmp,
			  bool slash_tmp)
{
	static const char *const kept[] = { "/.git", "/.agents", "/.codex" };

	add_place(codex, from, ROOT_NONE, bytes_of("/"), SANDBOX_READ);
	add_place(codex, from, ROOT_WORKSPACE, bytes_of(""), WRITE_ALL);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		add_place(codex, from, ROOT_WORKSPACE, bytes_of(kept[i]), SANDBOX_READ);
	if (tmp)
		add_place(codex, from, ROOT_TMP, bytes_of(""), WRITE_ALL);
	if (slash_tmp)
		add_place(codex, from, ROOT_NONE, bytes_of("/tmp"), WRITE_ALL);
}

static void add_own(struct codex *codex, const struct statement *from)
{
	struct nest_place place = { .from = *from, .adds = true };

	nest_add_devices(&codex->places, &place, bytes_of("/dev"));
	nest_add_processes(&codex->places, &place, bytes_of("/proc"));
}

static void add_free(struct codex *codex, const struct statement *from)
{
	codex->is_free = true;
	add_place(codex, from, ROOT_NONE, bytes_of("/"), GRANT_ALL);
	granted_add(from, RESOURCE_SOCKET, GRANT_ALL, "/**");
	codex_open_network(codex, from);
}

/* True: it is one of those that Codex has itself. */
static bool add_built_in(struct codex *codex, const struct statement *from, const char *name)
{
	if (!strcmp(name, ":read-only"))
		add_place(codex, from, ROOT_NONE, bytes_of("/"), SANDBOX_READ);
	else if (!strcmp(name, ":workspace"))
		add_workspace(codex, from, true, true);
	else if (!strcmp(name, ":danger-full-access"))
		add_free(codex, from);
	else
		return false;
	return true;
}

static void read_roots(struct codex *codex, const struct toml *roots)
{
	if (!codex_typed(codex, roots, TOML_TABLE))
		return;
	for (const struct toml *root = roots->child; root; root = root->next) {
		struct statement from = codex_at(codex, root);

		if (codex_is_true(codex, root))
			granted_note(&from, NOTE_NARROWER,
				     "what holds in the workspace holds in this folder, too");
	}
}

static const struct toml *find_permissions(struct codex *codex, const struct statement *from,
					   const char *name)
{
	const struct toml *all = toml_get(codex->root, "permissions");
	const struct toml *found = toml_get(all, name);

	if (!found || found->kind != TOML_TABLE) {
		granted_note(from, NOTE_UNREAD, "there are no permissions of that name");
		return NULL;
	}
	return found;
}

/* The others can be chosen when Codex is started. */
static void note_others(struct codex *codex, const struct toml *const *chain, size_t count)
{
	const struct toml *all =
		codex_typed(codex, toml_get(codex->root, "permissions"), TOML_TABLE);

	for (const struct toml *one = all ? all->child : NULL; one; one = one->next) {
		struct statement from = codex_at(codex, one);
		size_t i = 0;

		while (i < count && chain[i] != one)
			i++;
		if (i == count)
			granted_note(&from, NOTE_UNREAD,
				     "other permissions, in force only where they are chosen");
	}
}

/* The profile and those that it extends, the outermost first.  Of the network the innermost
 * counts. */
static void read_chain(struct codex *codex, const struct statement *from, const char *name)
{
	const struct toml *chain[EXTENDS_MAX], *network = NULL;
	size_t count = 0;

	while (!add_built_in(codex, from, name)) {
		const struct toml *found = find_permissions(codex, from, name);
		const struct toml *base = toml_get(found, "extends");

		if (!found)
			break;
		chain[count++] = found;
		network = network ? network : toml_get(found, "network");
		if (!base || !codex_string(codex, base))
			break;
		if (count == EXTENDS_MAX) {
			granted_note(from, NOTE_UNREAD, "too many extend each other");
			break;
		}
		name = buffer_text(&base->text);
	}
	note_others(codex, chain, count);
	while (count--) {
		codex_check(codex, CODEX_PERMISSIONS, chain[count]);
		read_filesystem(codex, codex_typed(codex, toml_get(chain[count], "filesystem"),
						   TOML_TABLE));
		read_roots(codex, toml_get(chain[count], "workspace_roots"));
	}
	if (!codex->is_free)
		codex_network(codex, codex_typed(codex, network, TOML_TABLE));
}

void codex_permissions(struct codex *codex, const char *name, const struct toml *chosen)
{
	struct statement from = codex_at(codex, chosen);

	if (!chosen)
		from.text = name;
	read_chain(codex, &from, name);
	if (!codex->is_free)
		add_own(codex, &from);
}

/* ---- the older modes ---- */

static void read_workspace_write(struct codex *codex, const struct statement *from)
{
	const struct toml *more =
		codex_typed(codex, toml_get(codex->root, "sandbox_workspace_write"), TOML_TABLE);
	const struct toml *roots = codex_typed(codex, toml_get(more, "writable_roots"), TOML_ARRAY);

	codex_check(codex, CODEX_WORKSPACE_WRITE, more);
	add_workspace(codex, from, !codex_is_true(codex, toml_get(more, "exclude_tmpdir_env_var")),
		      !codex_is_true(codex, toml_get(more, "exclude_slash_tmp")));
	for (const struct toml *root = roots ? roots->child : NULL; root; root = root->next) {
		struct statement at = codex_at(codex, root);

		at.text = "writable_roots";
		if (codex_string(codex, root))
			add_path(codex, &at, codex_text(root), (struct bytes){ 0 }, WRITE_ALL);
	}
	if (codex_is_true(codex, toml_get(more, "network_access"))) {
		struct statement at = codex_at(codex, toml_get(more, "network_access"));

		codex_open_network(codex, &at);
	}
}

void codex_sandbox(struct codex *codex, const struct toml *mode)
{
	struct statement from = codex_at(codex, mode);

	if (toml_is(mode, "workspace-write")) {
		read_workspace_write(codex, &from);
	} else if (toml_is(mode, "read-only")) {
		add_built_in(codex, &from, ":read-only");
	} else if (toml_is(mode, "danger-full-access")) {
		add_free(codex, &from);
		return;
	} else {
		granted_note(&from, NOTE_UNREAD,
			     "it is none of read-only, workspace-write and danger-full-access");
		return;
	}
	add_own(codex, &from);
}
