#include "recorder/confine/wall.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What headers of Linux 6.1 do not have: include/uapi/linux/landlock.h of later ones. */
#define FS_TRUNCATE	(1ULL << 14) /* ABI 3 */
#define FS_IOCTL_DEV	(1ULL << 15) /* ABI 5 */
#define NET_BIND_TCP	(1ULL << 0)  /* ABI 4 */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT	(1ULL << 0) /* ABI 6 */
#define SCOPE_SIGNAL	(1ULL << 1)
#define RULE_NET_PORT	2

#define FS_EXECUTE    LANDLOCK_ACCESS_FS_EXECUTE
#define FS_WRITE_FILE LANDLOCK_ACCESS_FS_WRITE_FILE
#define FS_READ_FILE  LANDLOCK_ACCESS_FS_READ_FILE
#define FS_READ_DIR   LANDLOCK_ACCESS_FS_READ_DIR
#define FS_REFER      LANDLOCK_ACCESS_FS_REFER
#define FS_REMOVE     (LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define FS_MAKE                                                                                    \
	(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                              \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                              \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                            \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)
#define FS_OF_FILES (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

struct ruleset_attribute {
	uint64_t fs, net, scoped;
};

struct port_attribute {
	uint64_t allowed, port;
};

/* What an action on an object needs: of the object, and of the folder that it is in. */
static const struct {
	uint64_t object, folder;
} right[] = {
	[ACTION_READ] = { FS_READ_FILE | FS_IOCTL_DEV, 0 },
	[ACTION_LIST] = { FS_READ_DIR, 0 },
	[ACTION_WRITE] = { FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV, 0 },
	[ACTION_APPEND] = { FS_WRITE_FILE | FS_IOCTL_DEV, 0 },
	[ACTION_CREATE] = { 0, FS_MAKE | FS_REFER },
	[ACTION_DELETE] = { 0, FS_REMOVE },
	[ACTION_RENAME] = { 0, FS_REMOVE | FS_REFER },
	[ACTION_LINK] = { 0, FS_REFER },
	[ACTION_MAP] = { FS_READ_FILE | FS_EXECUTE, 0 }, /* a loader is opened to be executed */
	[ACTION_EXEC] = { FS_READ_FILE | FS_EXECUTE, 0 },
};

struct build {
	const struct policy *policy;
	const struct roots *roots;
	struct ruleset_attribute handled;
	int ruleset;
};

static uint64_t fs_of_abi(int abi)
{
	int bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;

	return (1ULL << bits) - 1;
}

static bool has_rule(const struct policy *policy, enum resource resource, enum action action,
		     char first)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule->resource == resource && (!action || rule->action == action) &&
		    (!first || rule->pattern[0] == first))
			return true;
	}
	return false;
}

static struct ruleset_attribute handled_by(int abi, const struct policy *policy)
{
	struct ruleset_attribute handled = { .fs = fs_of_abi(abi) };

	if (abi >= 4)
		handled.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= 6 && !has_rule(policy, RESOURCE_SOCKET, 0, '@'))
		handled.scoped |= SCOPE_ABSTRACT;
	if (abi >= 6 && !has_rule(policy, RESOURCE_PROCESS, ACTION_SIGNAL, 0))
		handled.scoped |= SCOPE_SIGNAL;
	return handled;
}

static void cut_last(struct buffer *path)
{
	while (path->size && path->data[--path->size] != '/')
		;
	path->data[path->size] = '\0';
}

/* The names that a pattern begins with.  False where its root is not bound. */
static bool take_literals(const struct build *build, const struct pattern *pattern,
			  struct buffer *ret, bool *ret_whole)
{
	struct bytes root = root_folder(build->roots, pattern->root);
	size_t i = 0;

	if (pattern->root != ROOT_NONE && !root.size)
		return false;
	buffer_append(ret, root.data, root.size);
	for (; i < pattern->count && pattern->token[i].kind == TOKEN_LITERAL; i++) {
		buffer_add_char(ret, '/');
		buffer_append(ret, pattern->token[i].literal.data, pattern->token[i].literal.size);
	}
	*ret_whole = i == pattern->count;
	return buffer_status(ret) == 0;
}

static bool may_be_created(const struct build *build, struct bytes name)
{
	const struct asked asked = {
		.resource = RESOURCE_FILE, .action = ACTION_CREATE, .name = name, .own = true
	};

	return policy_match(build->policy, build->roots, &asked, NULL) != NULL;
}

/* Whoever may create a folder may make it anew, and then it is another: the one that it is in
 * counts.  Whether that is so. */
static bool climb_above_created(const struct build *build, struct buffer *path)
{
	for (size_t at = 1; at <= path->size; at++) {
		if (at != path->size && path->data[at] != '/')
			continue;
		if (!may_be_created(build, (struct bytes){ path->data, at }))
			continue;
		path->size = at;
		cut_last(path);
		return true;
	}
	return false;
}

/* Each process has a folder of its own there, and its children have others. */
static void climb_to_proc(struct buffer *path)
{
	if (!bytes_start_with(buffer_bytes(path), bytes_of("/proc/self")) &&
	    !bytes_start_with(buffer_bytes(path), bytes_of("/proc/thread-self")))
		return;
	buffer_clear(path);
	buffer_add(path, "/proc");
}

/* The nearest that is there, or -errno. */
static int open_nearest(struct buffer *path)
{
	for (;;) {
		int fd = open(path->size ? path->data : "/", O_PATH | O_CLOEXEC);

		if (fd >= 0 || (errno != ENOENT && errno != ENOTDIR) || !path->size)
			return fd >= 0 ? fd : -errno;
		cut_last(path);
	}
}

static int add_path(const struct build *build, struct buffer *path, uint64_t rights)
{
	struct landlock_path_beneath_attr beneath = { 0 };
	struct stat st;
	int r = 0;

	beneath.parent_fd = open_nearest(path);
	if (beneath.parent_fd < 0)
		return beneath.parent_fd == -EACCES ? 0 : beneath.parent_fd; /* nor can the agent */
	beneath.allowed_access = rights & build->handled.fs;
	if (fstat(beneath.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		beneath.allowed_access &= FS_OF_FILES;
	if (beneath.allowed_access && syscall(SYS_landlock_add_rule, build->ruleset,
					      LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0)
		r = -errno;
	close(beneath.parent_fd);
	return r;
}

static bool has_right(const struct rule *rule)
{
	return (size_t)rule->action < sizeof right / sizeof *right && rule->match.is_path;
}

static int add_file_rule(const struct build *build, const struct rule *rule)
{
	scoped(buffer) struct buffer path = { 0 };
	scoped(buffer) struct buffer folder = { 0 };
	bool whole, climbed;
	int r = 0;

	if (!has_right(rule) || !take_literals(build, &rule->match, &path, &whole))
		return 0;
	climbed = path.size && climb_above_created(build, &path);
	climb_to_proc(&path);
	buffer_append(&folder, path.data, path.size);
	if (whole && !climbed && folder.size)
		cut_last(&folder);
	if (right[rule->action].object)
		r = add_path(build, &path, right[rule->action].object);
	if (r == 0 && right[rule->action].folder)
		r = add_path(build, &folder, right[rule->action].folder);
	return r;
}

/* A port in "tcp/host:443"; that of a bind may be any where it is 0. */
static int add_port_rule(const struct build *build, const struct rule *rule)
{
	const char *colon = strrchr(rule->pattern, ':');
	struct port_attribute port = { 0 };

	if (!build->handled.net || strncmp(rule->pattern, "tcp/", 4) || !colon)
		return 0;
	port.port = strtoul(colon + 1, NULL, 10);
	if (rule->action == ACTION_BIND || rule->action == ACTION_ACCEPT)
		port.allowed = NET_BIND_TCP;
	else
		port.allowed = NET_CONNECT_TCP;
	if (syscall(SYS_landlock_add_rule, build->ruleset, RULE_NET_PORT, &port, 0) < 0)
		return -errno;
	return 0;
}

static int add_rules(const struct build *build)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < build->policy->count; i++) {
		const struct rule *rule = &build->policy->rule[i];

		if (rule->resource == RESOURCE_FILE || rule->resource == RESOURCE_PROGRAM ||
		    (rule->resource == RESOURCE_SOCKET && rule->pattern[0] != '@'))
			r = add_file_rule(build, rule);
		else if (rule->resource == RESOURCE_HOST)
			r = add_port_rule(build, rule);
	}
	return r;
}

/* The kernel takes the attribute in the size that it knows. */
static size_t size_for(int abi)
{
	return abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

int wall_open(struct wall *ret, const struct policy *policy, const struct roots *roots,
	      struct error *err)
{
	struct build build = { .policy = policy, .roots = roots };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int r;

	*ret = (struct wall){ -1, 0 };
	if (abi <= 0)
		return 0;
	build.handled = handled_by((int)abi, policy);
	build.ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &build.handled, size_for((int)abi), 0);
	if (build.ruleset < 0)
		return error_set(err, errno, "make a Landlock ruleset");
	r = add_rules(&build);
	if (r < 0) {
		close(build.ruleset);
		return error_set(err, -r, "add a rule to the Landlock ruleset");
	}
	*ret = (struct wall){ build.ruleset, (int)abi };
	return 0;
}

void wall_close(struct wall *wall)
{
	if (wall->ruleset >= 0)
		close(wall->ruleset);
	wall->ruleset = -1;
}

void wall_write_missing(const struct wall *wall, struct buffer *out)
{
	static const struct {
		int abi;
		const char *what;
	} since[] = {
		{ 2, "renaming between folders" },
		{ 3, "truncating" },
		{ 4, "ports of TCP" },
		{ 5, "ioctl of devices" },
		{ 6, "abstract sockets, signals" },
	};

	if (!wall->abi) {
		buffer_add(out, "this kernel has no Landlock: only the stops hold");
		return;
	}
	buffer_printf(out,
		      "Landlock here (ABI %d) never restricts looking files up, attributes, UDP, "
		      "hosts by name",
		      wall->abi);
	for (size_t i = 0; i < sizeof since / sizeof *since; i++)
		if (wall->abi < since[i].abi)
			buffer_printf(out, ", %s", since[i].what);
	buffer_add(out, ": for these, only the stops hold");
}

int wall_enter(const struct wall *wall)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (wall->ruleset >= 0 && syscall(SYS_landlock_restrict_self, wall->ruleset, 0) < 0)
		return -errno;
	return 0;
}
