#include "analyzer/grants/unit.h"

#include <string.h>

/* What a unit sees of the file system, and may do there. */

#define SEE	(1u << VIEW_SEE)
#define CHANGE	(1u << VIEW_CHANGE)
#define EXECUTE (1u << VIEW_EXECUTE)
#define ALL	(SEE | CHANGE | EXECUTE)

struct saying {
	struct views *places;
	unsigned said, given;
};

static void say(const struct unit *unit, const struct setting *setting, struct saying *saying,
		struct bytes path)
{
	struct statement from = unit_statement(unit, setting);

	views_say(saying->places, &from, path, saying->said, saying->given);
}

/* "-" is for what may be missing, "+" for what is looked for in the unit's own root. */
static const char *skip_signs(const char *word)
{
	return word + strspn(word, "-+");
}

static void say_word(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	say(unit, setting, context, bytes_of(skip_signs(word)));
}

static void say_all(struct unit *unit, const char *key, struct saying saying)
{
	unit_each(unit, key, say_word, &saying);
}

static void say_each(const struct unit *unit, const struct setting *setting, struct saying saying,
		     const char *const *path)
{
	for (; *path; path++)
		say(unit, setting, &saying, bytes_of(*path));
}

/* ---- shorthands ---- */

static const char *const homes[] = { "/home", "/root", "/run/user", NULL };

static void protect_system(struct unit *unit, struct views *places)
{
	static const char *const some[] = { "/usr", "/boot", "/efi", NULL };
	static const char *const more[] = { "/etc", NULL }, *const everything[] = { "/", NULL };
	static const char *const kernel[] = { "/dev", "/proc", "/sys", NULL };
	const struct setting *setting = unit_find(unit, "ProtectSystem");
	const char *value = setting ? setting->value : "";
	bool is_dynamic = unit_is_true(unit, "DynamicUser", false);
	struct saying fixed = { places, CHANGE, 0 }, free = { places, CHANGE, CHANGE };

	if (!strcmp(value, "strict") || is_dynamic) {
		say_each(unit, setting, fixed, everything);
		say_each(unit, setting, free, kernel);
	} else if (!strcmp(value, "full") || unit_is_true(unit, "ProtectSystem", false)) {
		say_each(unit, setting, fixed, some);
	}
	if (!strcmp(value, "full"))
		say_each(unit, setting, fixed, more);
}

static void protect_home(struct unit *unit, struct views *places)
{
	const struct setting *setting = unit_find(unit, "ProtectHome");
	const char *value = setting ? setting->value : "";

	if (!strcmp(value, "read-only") || (!setting && unit_is_true(unit, "DynamicUser", false)))
		say_each(unit, setting, (struct saying){ places, CHANGE, 0 }, homes);
	else if (!strcmp(value, "tmpfs") || unit_is_true(unit, "ProtectHome", false))
		say_each(unit, setting, (struct saying){ places, ALL, 0 }, homes);
}

static void protect_kernel(struct unit *unit, struct views *places)
{
	static const char *const tunable[] = { "/proc/sys",
					       "/sys",
					       "/proc/sysrq-trigger",
					       "/proc/latency_stats",
					       "/proc/acpi",
					       "/proc/timer_stats",
					       "/proc/fs",
					       "/proc/irq",
					       NULL };
	static const char *const groups[] = { "/sys/fs/cgroup", NULL };
	static const char *const modules[] = { "/usr/lib/modules", NULL };
	static const char *const logs[] = { "/dev/kmsg", "/proc/kmsg", NULL };
	const struct saying fixed = { places, CHANGE, 0 }, hidden = { places, ALL, 0 };

	if (unit_is_true(unit, "ProtectKernelTunables", false))
		say_each(unit, unit_find(unit, "ProtectKernelTunables"), fixed, tunable);
	if (unit_is_true(unit, "ProtectControlGroups", false))
		say_each(unit, unit_find(unit, "ProtectControlGroups"), fixed, groups);
	if (unit_is_true(unit, "ProtectKernelModules", false))
		say_each(unit, unit_find(unit, "ProtectKernelModules"), hidden, modules);
	if (unit_is_true(unit, "ProtectKernelLogs", false))
		say_each(unit, unit_find(unit, "ProtectKernelLogs"), hidden, logs);
}

/* ---- devices ---- */

static void allow_device(struct unit *unit, struct setting *setting, const char *word,
			 void *context)
{
	struct statement from = unit_statement(unit, setting);

	if (*word == '/')
		say(unit, setting, context, bytes_of(word));
	else if (!strncmp(word, "char-", 5) || !strncmp(word, "block-", 6))
		granted_note(&from, NOTE_NARROWER, "which devices %s is is not known here", word);
}

/* Those that a unit always has: systemd.resource-control(5), DevicePolicy=. */
static void limit_devices(struct unit *unit, struct views *places)
{
	static const char *const folder[] = { "/dev", NULL };
	static const char *const usual[] = { "/dev/null",   "/dev/zero",      "/dev/full",
					     "/dev/random", "/dev/urandom",   "/dev/tty",
					     "/dev/pts",    "/dev/ptmx",      "/dev/shm",
					     "/dev/mqueue", "/dev/hugepages", "/dev/log",
					     NULL };
	bool own = unit_is_true(unit, "PrivateDevices", false);
	const char *policy = unit_value(unit, "DevicePolicy");
	const struct setting *device = unit_find(unit, "DeviceAllow");
	const struct setting *setting = own	 ? unit_find(unit, "PrivateDevices")
					: device ? device
						 : unit_find(unit, "DevicePolicy");
	struct saying some = { places, ALL, SEE | CHANGE };

	if (!own && !device && strcmp(policy, "closed") != 0 && strcmp(policy, "strict") != 0)
		return;
	say_each(unit, setting, (struct saying){ places, ALL, 0 }, folder);
	if (own || strcmp(policy, "strict") != 0)
		say_each(unit, setting, some, usual);
	unit_each(unit, "DeviceAllow", allow_device, &some);
}

/* ---- what comes from elsewhere ---- */

static void say_below(struct unit *unit, const struct setting *setting, struct saying *saying,
		      const char *folder, const char *name)
{
	scoped(buffer) struct buffer path = { 0 };

	buffer_printf(&path, "%s/%.*s", folder, (int)strcspn(name, ":"), name);
	if (buffer_status(&path) == 0)
		say(unit, setting, saying, buffer_bytes(&path));
}

struct owning {
	struct saying saying;
	const char *folder;
};

static void own_folder(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct owning *owning = context;

	say_below(unit, setting, &owning->saying, owning->folder, word);
}

static void own_folders(struct unit *unit, struct views *places)
{
	static const char *const row[][2] = { { "RuntimeDirectory", "/run" },
					      { "StateDirectory", "/var/lib" },
					      { "CacheDirectory", "/var/cache" },
					      { "LogsDirectory", "/var/log" },
					      { "ConfigurationDirectory", "/etc" } };

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct owning owning = { { places, SEE | CHANGE, SEE | CHANGE }, row[i][1] };

		unit_each(unit, row[i][0], own_folder, &owning);
	}
}

static void own_temporary(struct unit *unit, struct views *places)
{
	static const char *const temporary[] = { "/tmp", "/var/tmp", NULL };
	const struct setting *setting = unit_find(unit, "PrivateTmp");
	struct statement from = unit_statement(unit, setting);

	if (!unit_is_true(unit, "PrivateTmp", unit_is_true(unit, "DynamicUser", false)))
		return;
	say_each(unit, setting, (struct saying){ places, SEE | CHANGE, SEE | CHANGE }, temporary);
	granted_note(&from, NOTE_WIDER, "/tmp and /var/tmp are its own: only what it puts there");
}

struct within {
	const char *path;
	bool found;
	size_t longest; /* of those that it is in or is */
};

static void look_for(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct within *within = context;
	struct bytes folder = bytes_of(skip_signs(word)), rest;

	(void)unit;
	(void)setting;
	while (folder.size > 1 && folder.data[folder.size - 1] == '/')
		folder.size--;
	within->found |= bytes_equal(folder, bytes_of(within->path));
	if ((folder.size == 1 || name_is_below(bytes_of(within->path), folder, &rest)) &&
	    folder.size > within->longest)
		within->longest = folder.size;
}

/* Mounts are not what makes a path one that executes. */
static bool executes(struct unit *unit, const char *path)
{
	struct within not = { .path = path }, yes = { .path = path };

	unit_each(unit, "NoExecPaths", look_for, &not );
	unit_each(unit, "ExecPaths", look_for, &yes);
	return yes.longest >= not .longest;
}

/* "SOURCE:DESTINATION:OPTIONS"; at another place it has other names. */
static void bind_path(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct saying saying = *(struct saying *)context;
	struct statement from = unit_statement(unit, setting);
	scoped(buffer) struct buffer path = { 0 };
	const char *name = skip_signs(word), *to = strchr(name, ':');
	size_t size = strcspn(name, ":");

	if (to && to[1] && (strncmp(to + 1, name, size) || (to[1 + size] && to[1 + size] != ':'))) {
		granted_note(&from, NOTE_WIDER, "what is there is another place's");
		name = to + 1;
		size = strcspn(name, ":");
	}
	buffer_append(&path, name, size);
	if (buffer_status(&path) < 0)
		return;
	saying.said |= EXECUTE;
	saying.given |= executes(unit, buffer_text(&path)) ? EXECUTE : 0;
	say(unit, setting, &saying, buffer_bytes(&path));
}

/* A path that is also made read-only, or not executable, gets no file system of its own: systemd
 * keeps one mount of each path. */
static void empty_path(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	static const char *const key[] = { "ReadOnlyPaths", "ReadWritePaths", "NoExecPaths",
					   "ExecPaths" };
	struct saying saying = *(struct saying *)context;
	struct statement from = unit_statement(unit, setting);
	scoped(buffer) struct buffer path = { 0 };
	struct within within = { 0 };
	const char *name = skip_signs(word), *options = strchr(name, ':');

	buffer_append(&path, name, strcspn(name, ":"));
	if (buffer_status(&path) < 0)
		return;
	within.path = buffer_text(&path);
	for (size_t i = 0; i < sizeof key / sizeof *key; i++)
		unit_each(unit, key[i], look_for, &within);
	if (within.found) {
		granted_note(&from, NOTE_WIDER, "other mounts of that path stand in its place");
		return;
	}
	if (!options || strncmp(options, ":ro", 3) != 0) {
		granted_note(&from, NOTE_WIDER, "only what it puts there");
		saying.given = SEE | CHANGE;
	}
	say(unit, setting, &saying, buffer_bytes(&path));
}

/* Nothing below what is inaccessible is mounted. */
static void hide_path(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct saying *saying = context;
	struct bytes path = bytes_of(skip_signs(word)), rest;

	for (size_t i = 0; i < saying->places->count; i++) {
		struct view *place = &saying->places->place[i];

		if (name_is_below(bytes_of(place->path), path, &rest))
			place->given = 0;
	}
	say(unit, setting, saying, path);
}

void unit_places(struct unit *unit)
{
	struct views places = { 0 };
	struct saying hidden = { &places, ALL, 0 }, shown = { &places, SEE | CHANGE, SEE | CHANGE };
	struct saying fixed = { &places, CHANGE, 0 }, seen = { &places, SEE | CHANGE, SEE };
	struct saying plain = { &places, EXECUTE, 0 };

	say(unit, NULL, &(struct saying){ &places, ALL, ALL }, bytes_of("/"));
	protect_system(unit, &places);
	protect_home(unit, &places);
	protect_kernel(unit, &places);
	limit_devices(unit, &places);
	own_temporary(unit, &places);
	unit_each(unit, "TemporaryFileSystem", empty_path, &hidden);
	unit_each(unit, "BindPaths", bind_path, &shown);
	unit_each(unit, "BindReadOnlyPaths", bind_path, &seen);
	own_folders(unit, &places);
	say_all(unit, "ReadWritePaths", (struct saying){ &places, CHANGE, CHANGE });
	say_all(unit, "ReadOnlyPaths", fixed);
	say_all(unit, "NoExecPaths", plain);
	plain.given = EXECUTE;
	say_all(unit, "ExecPaths", plain);
	unit_each(unit, "InaccessiblePaths", hide_path, &hidden);
	views_add_up(&places, unit->source, unit->grants);
	views_release(&places);
}
