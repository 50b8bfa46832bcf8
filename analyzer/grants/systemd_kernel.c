#include "analyzer/grants/families.h"
#include "analyzer/grants/unit.h"
#include "analyzer/grants/whole.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* System calls, capabilities, families of sockets: what of the kernel a unit may use. */

/* ---- system calls ---- */

static const struct {
	const char *name, *calls;
} call_group[] = {
#define CALL_GROUP(name, calls) { name, calls },
#include "analyzer/grants/call_groups.def"
};

static bool group_has(const char *group, size_t size, const char *call, unsigned depth);

static bool word_has(const char *word, size_t size, const char *call, unsigned depth)
{
	if (*word == '@')
		return depth && group_has(word + 1, size - 1, call, depth - 1);
	return size == strlen(call) && !memcmp(word, call, size);
}

static bool group_has(const char *group, size_t size, const char *call, unsigned depth)
{
	for (size_t i = 0; i < sizeof call_group / sizeof *call_group; i++) {
		if (strlen(call_group[i].name) != size || memcmp(call_group[i].name, group, size))
			continue;
		for (const char *at = call_group[i].calls; *at; at += strspn(at, " ")) {
			size_t length = strcspn(at, " ");

			if (word_has(at, length, call, depth))
				return true;
			at += length;
		}
	}
	return false;
}

/* "@mount:EPERM". */
bool call_is_meant(const char *word, const char *name)
{
	return word_has(word, strcspn(word, ":"), name, 4);
}

bool unit_has_call(struct unit *unit, const char *name)
{
	return unit_admits(unit, "SystemCallFilter", call_is_meant, name);
}

static void check_group(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct statement from = unit_statement(unit, setting);
	bool known = false;

	(void)context;
	word += *word == '~';
	for (size_t i = 0; i < sizeof call_group / sizeof *call_group; i++)
		known |= !strcmp(call_group[i].name, word + 1) || !strcmp(word, "@known");
	if (*word == '@' && !known && !strchr(word, ':'))
		granted_note(&from, NOTE_UNREAD, "the group %s is not known here", word);
}

/* ---- capabilities ---- */

static bool meets_capability(const char *word, const char *name)
{
	return !strncasecmp(word, "CAP_", 4) && !strcasecmp(word + 4, name);
}

static bool is_said(struct unit *unit, const char *key)
{
	bool said = false;

	for (size_t i = 0; i < unit->count; i++)
		said |= !strcmp(unit->setting[i].key, key);
	return said;
}

static void count_word(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	size_t *count = context;

	(void)unit;
	(void)setting;
	(void)word;
	++*count;
}

/* Nothing in the list: all of it is taken away. */
static bool has_none(struct unit *unit, const char *key)
{
	size_t count = 0;

	unit_each(unit, key, count_word, &count);
	return is_said(unit, key) && !count;
}

static bool has_other_user(struct unit *unit)
{
	const char *user = unit_value(unit, "User");

	if (unit_is_true(unit, "DynamicUser", false))
		return true;
	return *user && strcmp(user, "root") != 0 && strcmp(user, "0") != 0;
}

/* What a setting takes away: the clock, the log, modules. */
static bool is_protected(struct unit *unit, const char *name)
{
	static const char *const row[][2] = {
		{ "ProtectClock", "sys_time" },	   { "ProtectClock", "wake_alarm" },
		{ "ProtectKernelLogs", "syslog" }, { "ProtectKernelModules", "sys_module" },
		{ "PrivateDevices", "mknod" },	   { "PrivateDevices", "sys_rawio" }
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (!strcmp(row[i][1], name) && unit_is_true(unit, row[i][0], false))
			return true;
	return false;
}

bool unit_has_capability(struct unit *unit, const char *name)
{
	bool ambient = is_said(unit, "AmbientCapabilities") &&
		       !has_none(unit, "AmbientCapabilities") &&
		       unit_admits(unit, "AmbientCapabilities", meets_capability, name);

	if (has_none(unit, "CapabilityBoundingSet") || is_protected(unit, name))
		return false;
	/* Who is not root, and cannot become it, has the others alone. */
	if (has_other_user(unit) && !ambient && unit_is_true(unit, "NoNewPrivileges", false))
		return false;
	return unit_admits(unit, "CapabilityBoundingSet", meets_capability, name);
}

/* ---- families ---- */

static bool meets_family(const char *word, const char *name)
{
	return !strcasecmp(word, name);
}

bool unit_has_family(struct unit *unit, const char *family)
{
	return unit_has_call(unit, "socket") &&
	       unit_admits(unit, "RestrictAddressFamilies", meets_family, family);
}

static void add_family(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct statement from = unit_statement(unit, setting);
	char name[32] = "", facility[32];
	int number;

	(void)context;
	for (size_t i = 0; word[i] && i + 1 < sizeof name; i++)
		name[i] = (char)tolower((unsigned char)word[i]);
	number = strncmp(name, "af_", 3) ? 0 : family_number(name + 3);
	snprintf(facility, sizeof facility, "socket-family-%d", number);
	if (number && number != 16 && unit_has_family(unit, word))
		granted_add(&from, RESOURCE_KERNEL, GRANT_ALL, facility);
}

/* All of them, or those that are named. */
static void add_families(struct unit *unit)
{
	struct statement from = unit_statement(unit, NULL);

	unit_each(unit, "RestrictAddressFamilies", add_family, NULL);
	if (unit_has_family(unit, "AF_ANY-OTHER"))
		granted_add(&from, RESOURCE_KERNEL, GRANT_ALL, "socket-family-{digit:1-2}");
}

/* ---- facilities ---- */

static bool allows_capability(void *context, const char *facility, const char *name)
{
	(void)facility;
	return !*name || unit_has_capability(context, name);
}

static bool may_have_namespaces(struct unit *unit)
{
	const struct setting *setting = unit_find(unit, "RestrictNamespaces");
	struct statement from = unit_statement(unit, setting);

	if (!setting || unit_is_true(unit, "RestrictNamespaces", false))
		return !setting;
	if (strcspn(setting->value, "~ ") < strlen(setting->value) ||
	    islower((unsigned char)*setting->value))
		if (strcasecmp(setting->value, "no") != 0 &&
		    strcasecmp(setting->value, "false") != 0 &&
		    strcasecmp(setting->value, "off") != 0)
			granted_note(&from, NOTE_WIDER, "of namespaces only these");
	return true;
}

static bool allows_call(void *context, const char *facility, const char *name)
{
	static const char *const row[][2] = { { "hostname", "ProtectHostname" },
					      { "clock", "ProtectClock" },
					      { "kernel-log", "ProtectKernelLogs" },
					      { "module", "ProtectKernelModules" } };
	struct unit *unit = context;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (!strcmp(row[i][0], facility) && unit_is_true(unit, row[i][1], false))
			return false;
	if (!strcmp(facility, "netlink") && !unit_has_family(unit, "AF_NETLINK"))
		return false;
	return !*name || unit_has_call(unit, name);
}

/* The facility of namespaces is asked for once, for its note. */
struct kernel {
	struct unit *unit;
	bool namespaces;
};

static bool allows_kernel_call(void *context, const char *facility, const char *name)
{
	const struct kernel *kernel = context;

	if (!strcmp(facility, "namespace") && !kernel->namespaces)
		return false;
	return allows_call(kernel->unit, facility, name);
}

static bool allows_kernel_capability(void *context, const char *facility, const char *name)
{
	return allows_capability(((const struct kernel *)context)->unit, facility, name);
}

static void add_processes(struct unit *unit)
{
	struct statement from = unit_statement(unit, NULL);

	unit->grants->governs |= 1u << RESOURCE_PROCESS;
	if (unit_has_call(unit, "kill"))
		granted_add_all(&from, RESOURCE_PROCESS, GRANT_BIT(SIGNAL));
	if (unit_has_call(unit, "ptrace"))
		granted_add_all(&from, RESOURCE_PROCESS, GRANT_BIT(TRACE));
}

void unit_kernel(struct unit *unit)
{
	struct statement from = unit_statement(unit, NULL);
	struct kernel kernel = { unit, may_have_namespaces(unit) };

	unit_each(unit, "SystemCallFilter", check_group, NULL);
	granted_add_facilities(&from, allows_kernel_capability, allows_kernel_call, &kernel);
	add_families(unit);
	add_processes(unit);
}
