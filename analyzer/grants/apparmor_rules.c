#include "analyzer/grants/apparmor.h"
#include "analyzer/grants/whole.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The rules that are about no file. */

/* capabilities(7), without CAP_. */
static const char *const capability_name[] = {
	"audit_control",   "audit_read",   "audit_write",
	"block_suspend",   "bpf",	   "checkpoint_restore",
	"chown",	   "dac_override", "dac_read_search",
	"fowner",	   "fsetid",	   "ipc_lock",
	"ipc_owner",	   "kill",	   "lease",
	"linux_immutable", "mac_admin",	   "mac_override",
	"mknod",	   "net_admin",	   "net_bind_service",
	"net_broadcast",   "net_raw",	   "perfmon",
	"setfcap",	   "setgid",	   "setpcap",
	"setuid",	   "sys_admin",	   "sys_boot",
	"sys_chroot",	   "sys_module",   "sys_nice",
	"sys_pacct",	   "sys_ptrace",   "sys_rawio",
	"sys_resource",	   "sys_time",	   "sys_tty_config",
	"syslog",	   "wake_alarm"
};

void aa_refuse(const struct aa_rule *rule, const char *word)
{
	granted_note(rule->from, NOTE_UNREAD, "%s is not known here", word);
}

bool aa_has(const char *list, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at++)
		if ((at == list || strchr(" ,(\"", at[-1])) &&
		    (!at[size] || strchr(" ,)\"", at[size])))
			return true;
	return false;
}

static bool is_capability(const char *word)
{
	for (size_t i = 0; i < sizeof capability_name / sizeof *capability_name; i++)
		if (!strcmp(capability_name[i], word))
			return true;
	return false;
}

static void read_capability(const struct aa_rule *rule)
{
	struct aa_sums *sums = &rule->profile->sums;
	struct buffer *into = rule->scope.is_denied ? &sums->no_capabilities : &sums->capabilities;

	if (!rule->count) {
		sums->every_capability = !rule->scope.is_denied;
		if (rule->scope.is_denied)
			buffer_clear(&sums->capabilities);
	}
	for (size_t i = 0; i < rule->count; i++) {
		if (!is_capability(rule->word[i]))
			aa_refuse(rule, rule->word[i]);
		buffer_printf(into, "%s,", rule->word[i]);
	}
}

/* ---- processes ---- */

/* The value of "peer=", or NULL. */
static const char *find_peer(const struct aa_rule *rule)
{
	for (size_t i = 0; i < rule->count; i++)
		if (!strncmp(rule->word[i], "peer=", 5))
			return rule->word[i] + 5;
	return NULL;
}

/* A profile that is called by a path is that program's; of others nobody knows the programs. */
static void add_peer(const struct aa_rule *rule, unsigned actions, const char *peer)
{
	scoped(aa_globs) struct aa_globs globs = { 0 };

	if (peer && *peer == '/' && !strstr(peer, "//&") &&
	    aa_globs(&rule->profile->variables, rule->from, RESOURCE_PROCESS, peer, &globs)) {
		const char *at = buffer_text(&globs.files);

		for (const char *end = at + globs.files.size; at < end; at += strlen(at) + 1)
			granted_add(rule->from, RESOURCE_PROCESS, actions, at);
		return;
	}
	if (peer && rule->scope.is_denied) {
		granted_note(rule->from, NOTE_NARROWER, "which programs that are is not known");
		return;
	}
	if (peer)
		granted_note(rule->from, NOTE_WIDER, "only processes under that profile");
	granted_add_all(rule->from, RESOURCE_PROCESS, actions);
}

static bool names_access(const struct aa_rule *rule, const char *const *access)
{
	const char *list = rule->count && !strchr(*rule->word, '=') ? *rule->word : NULL;

	for (; list && *access; access++)
		if (aa_has(list, *access))
			return true;
	return !list;
}

static void read_signal(const struct aa_rule *rule)
{
	static const char *const sends[] = { "send", "w", "rw", "write", NULL };

	if (!names_access(rule, sends))
		return;
	for (size_t i = 0; i < rule->count; i++)
		if (!strncmp(rule->word[i], "set=", 4))
			granted_note(rule->from, NOTE_WIDER, "only these signals");
	add_peer(rule, GRANT_BIT(SIGNAL), find_peer(rule));
}

static void read_ptrace(const struct aa_rule *rule)
{
	static const char *const traces[] = { "trace", NULL };

	if (names_access(rule, traces))
		add_peer(rule, GRANT_BIT(TRACE), find_peer(rule));
}

/* ---- the rest ---- */

static void read_mount(const struct aa_rule *rule)
{
	if (rule->count)
		granted_note(rule->from, rule->scope.is_denied ? NOTE_NARROWER : NOTE_WIDER,
			     "what is mounted where is not looked at");
	if (!rule->scope.is_denied)
		rule->profile->sums.mount = true;
	else if (!rule->count)
		rule->profile->sums.mount = false;
}

static void read_change_profile(const struct aa_rule *rule)
{
	if (!rule->scope.is_denied)
		granted_note(rule->from, NOTE_NARROWER,
			     "it may go on under another profile, which may allow more");
}

static void read_userns(const struct aa_rule *rule)
{
	rule->profile->sums.userns = !rule->scope.is_denied;
}

/* Bytes, with K, M or G behind; 0: it is none. */
static int64_t read_size(const char *text)
{
	static const char letters[] = "KMG";
	char *end;
	int64_t size = strtoll(text, &end, 10);
	const char *letter = *end ? strchr(letters, *end) : NULL;
	int shift = letter ? 10 * (int)(letter - letters + 1) : 0;

	return size < 0 || size > INT64_MAX >> shift ? 0 : size << shift;
}

static void keep_limit(int64_t *limit, int64_t value)
{
	*limit = !*limit || value < *limit ? value : *limit;
}

/* Those that policies have, too; what is not a process's alone is counted as the agent's. */
static int64_t *find_limit(struct policy_limits *limits, const char *name)
{
	if (!strcmp(name, "fsize"))
		return &limits->file_bytes;
	if (!strcmp(name, "nproc"))
		return &limits->tasks;
	return !strcmp(name, "as") || !strcmp(name, "rss") ? &limits->memory_bytes : NULL;
}

static void read_limit(const struct aa_rule *rule)
{
	struct policy_limits *limits = &rule->profile->grants->allowed.limits;
	bool is_limit = rule->count == 4 && !strcmp(rule->word[0], "rlimit") &&
			!strcmp(rule->word[2], "<=");
	int64_t value = is_limit ? read_size(rule->word[3]) : 0;
	int64_t *limit = value ? find_limit(limits, rule->word[1]) : NULL;

	if (!is_limit)
		aa_refuse(rule, "what it sets");
	if (limit)
		keep_limit(limit, value);
}

/* Of what nothing is recorded. */
static void read_nothing(const struct aa_rule *rule)
{
	(void)rule;
}

static void read_alias(const struct aa_rule *rule)
{
	granted_note(rule->from, NOTE_UNREAD, "other names for paths are not followed");
}

static void read_abi(const struct aa_rule *rule)
{
	const char *number = rule->count ? strrchr(*rule->word, '/') : NULL;

	rule->profile->sums.abi = number ? (int)strtol(number + 1, NULL, 10) : 0;
}

static void read_all(const struct aa_rule *rule)
{
	if (rule->scope.is_denied)
		granted_note(rule->from, NOTE_NARROWER, "a denial of everything is not counted");
	else
		aa_add_everything(rule->from);
}

aa_read *aa_rule_find(const char *keyword)
{
	static const struct {
		const char *keyword;
		aa_read *read;
	} row[] = {
		{ "file", aa_file },
		{ "link", aa_link },
		{ "capability", read_capability },
		{ "network", aa_network },
		{ "unix", aa_unix },
		{ "signal", read_signal },
		{ "ptrace", read_ptrace },
		{ "mount", read_mount },
		{ "remount", read_mount },
		{ "umount", read_mount },
		{ "unmount", read_mount },
		{ "pivot_root", read_mount },
		{ "change_profile", read_change_profile },
		{ "set", read_limit },
		{ "userns", read_userns },
		{ "dbus", read_nothing },
		{ "mqueue", read_nothing },
		{ "io_uring", read_nothing },
		{ "alias", read_alias },
		{ "abi", read_abi },
		{ "all", read_all },
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (!strcmp(row[i].keyword, keyword))
			return row[i].read;
	return NULL;
}
