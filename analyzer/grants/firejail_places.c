#include "analyzer/grants/firejail.h"
#include "analyzer/grants/sources.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a profile says of the file system. */

#define SEE	(1u << VIEW_SEE)
#define CHANGE	(1u << VIEW_CHANGE)
#define EXECUTE (1u << VIEW_EXECUTE)
#define ALL	(SEE | CHANGE | EXECUTE)

/* What firejail makes read-only in any case. */
static const char *const fixed[] = { "/bin", "/etc",  "/lib", "/lib32",	   "/lib64",
				     "/usr", "/sbin", "/var", "/proc/sys", "/sys" };
static const char *const programs[] = { "/bin",	      "/sbin",		 "/usr/bin",
					"/usr/sbin",  "/usr/local/bin",	 "/usr/local/sbin",
					"/usr/games", "/usr/local/games" };

bool fire_has(const struct buffer *list, const char *text)
{
	const char *at = buffer_text(list);

	for (const char *end = at + list->size; at < end; at += strlen(at) + 1)
		if (!strcmp(at, text))
			return true;
	return false;
}

static void say(struct firejail *jail, const struct statement *from, const char *path,
		unsigned said, unsigned given)
{
	views_say(&jail->places, from, bytes_of(path), said, given);
}

static unsigned change_of(const char *path)
{
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		struct bytes rest;

		if (name_is_below(bytes_of(path), bytes_of(fixed[i]), &rest))
			return 0;
	}
	return CHANGE;
}

void fire_begin(struct firejail *jail)
{
	struct statement from = { .source = jail->source, .grants = jail->grants };

	say(jail, &from, "/", ALL, ALL);
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		say(jail, &from, fixed[i], CHANGE, 0);
}

static void add_home(const struct firejail *jail, struct buffer *out)
{
	struct bytes home = jail->source->roots.home;
	const char *variable = getenv("HOME");

	if (home.size)
		buffer_append(out, home.data, home.size);
	else
		buffer_add(out, variable && *variable == '/' ? variable : "/root");
}

bool fire_expand(const struct firejail *jail, const char *text, struct buffer *out)
{
	static const char *const folder[][2] = {
		{ "${DESKTOP}", "/Desktop" },
		{ "${DOWNLOADS}", "/Downloads" },
		{ "${DOCUMENTS}", "/Documents" },
		{ "${MUSIC}", "/Music" },
		{ "${PICTURES}", "/Pictures" },
		{ "${VIDEOS}", "/Videos" },
		{ "${HOME}", "" },
		{ "~", "" },
	};

	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++) {
		size_t size = strlen(folder[i][0]);

		if (strncmp(text, folder[i][0], size) != 0)
			continue;
		add_home(jail, out);
		buffer_printf(out, "%s%s", folder[i][1], text + size);
		return true;
	}
	if (!strncmp(text, "${CFG}", 6))
		buffer_printf(out, "/etc/firejail%s", text + 6);
	else if (!strncmp(text, "${RUNUSER}", 10))
		buffer_printf(out, "/run/user/%u%s", (unsigned)getuid(), text + 10);
	else
		buffer_add(out, text);
	return *buffer_text(out) == '/';
}

/* ---- lines ---- */

typedef void say_path(const struct fire_line *line, const char *path);

/* The path, in each folder of programs where ${PATH} begins it. */
static void each_path(const struct fire_line *line, const char *text, say_path *visit)
{
	scoped(buffer) struct buffer path = { 0 };
	bool is_path = !strncmp(text, "${PATH}", 7);

	for (size_t i = 0; is_path && i < sizeof programs / sizeof *programs; i++) {
		buffer_clear(&path);
		buffer_printf(&path, "%s%s", programs[i], text + 7);
		if (!path.failed)
			visit(line, buffer_text(&path));
	}
	if (!is_path && fire_expand(line->jail, text, &path) && !path.failed)
		visit(line, buffer_text(&path));
	else if (!is_path)
		granted_note(line->from, NOTE_UNREAD, "it is no path that is known here");
}

static bool is_open(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

/* Whether the profile wants no blacklist to have it. */
static bool is_unlisted(const struct firejail *jail, const char *path)
{
	const char *at = buffer_text(&jail->unlisted);

	for (const char *end = at + jail->unlisted.size; at < end; at += strlen(at) + 1)
		if (!fnmatch(at, path, FNM_PATHNAME | FNM_PERIOD))
			return true;
	return false;
}

static void deny_glob(const struct fire_line *line, const char *path)
{
	struct statement from = *line->from;

	from.is_denied = true;
	granted_add_glob(&from, RESOURCE_FILE, GRANT_ALL, bytes_of(path));
	granted_add_glob(&from, RESOURCE_PROGRAM, GRANT_ALL, bytes_of(path));
	granted_add_glob(&from, RESOURCE_SOCKET, GRANT_ALL, bytes_of(path));
}

/* All names of the root: what is kept from that is all there is. */
static void blacklist_all(const struct fire_line *line)
{
	static const char *const usual[] = { "/bin", "/boot",  "/dev",	 "/etc",   "/home",
					     "/lib", "/lib32", "/lib64", "/media", "/mnt",
					     "/opt", "/proc",  "/root",	 "/run",   "/sbin",
					     "/srv", "/sys",   "/tmp",	 "/usr",   "/var" };

	say(line->jail, line->from, "/", ALL, 0);
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (is_unlisted(line->jail, usual[i]))
			say(line->jail, line->from, usual[i], ALL,
			    SEE | EXECUTE | change_of(usual[i]));
}

/* What is not there when the sandbox begins cannot be hidden. */
static void blacklist(const struct fire_line *line, const char *path)
{
	struct stat status;

	if (!strcmp(path, "/*"))
		blacklist_all(line);
	else if (is_unlisted(line->jail, path))
		return;
	else if (is_open(path))
		deny_glob(line, path);
	else if (!lstat(path, &status))
		say(line->jail, line->from, path, ALL, 0);
}

static void unlist(const struct fire_line *line, const char *path)
{
	buffer_append(&line->jail->unlisted, path, strlen(path) + 1);
}

static void say_open(const struct fire_line *line, const char *path, unsigned said, unsigned given)
{
	if (is_open(path))
		granted_note(line->from, given ? NOTE_NARROWER : NOTE_WIDER,
			     "globs are not followed here");
	else
		say(line->jail, line->from, path, said, given);
}

static void read_only(const struct fire_line *line, const char *path)
{
	say_open(line, path, CHANGE, 0);
}

static void read_write(const struct fire_line *line, const char *path)
{
	say_open(line, path, CHANGE, CHANGE);
}

static void no_exec(const struct fire_line *line, const char *path)
{
	say_open(line, path, EXECUTE, 0);
}

static void own_files(const struct fire_line *line, const char *path)
{
	say(line->jail, line->from, path, ALL, SEE | CHANGE);
	granted_note(line->from, NOTE_WIDER, "only what it puts there");
}

/* The folder that shows nothing else: the home, /usr/share, /srv. */
static void top_of(const struct firejail *jail, const char *path, struct buffer *out)
{
	scoped(buffer) struct buffer home = { 0 };
	struct bytes rest;
	size_t parts = 1, size = 0;

	add_home(jail, &home);
	if (name_is_below(bytes_of(path), buffer_bytes(&home), &rest)) {
		buffer_append(out, home.data, home.size);
		return;
	}
	if (!strncmp(path, "/usr/", 5) || !strncmp(path, "/sys/", 5))
		parts = 2;
	if (!strncmp(path, "/run/user/", 10))
		parts = 3;
	while (parts--)
		size += 1 + strcspn(path + size + 1, "/");
	buffer_append(out, path, size);
}

static void whitelist(const struct fire_line *line, const char *path)
{
	scoped(buffer) struct buffer top = { 0 };

	if (is_open(path)) {
		granted_note(line->from, NOTE_NARROWER, "globs are not followed here");
		return;
	}
	top_of(line->jail, path, &top);
	if (top.failed)
		return;
	if (!fire_has(&line->jail->tops, buffer_text(&top))) {
		buffer_append(&line->jail->tops, buffer_text(&top), top.size + 1);
		say(line->jail, line->from, buffer_text(&top), ALL, 0);
	}
	if (strcmp(buffer_text(&top), path) != 0)
		say(line->jail, line->from, path, ALL, SEE | EXECUTE | change_of(path));
}

static void whitelist_fixed(const struct fire_line *line, const char *path)
{
	whitelist(line, path);
	read_only(line, path);
}

/* ---- private-* ---- */

static void show_names(const struct fire_line *line, const char *folder)
{
	scoped(buffer) struct buffer path = { 0 };
	const char *at = line->rest;

	say(line->jail, line->from, folder, ALL, 0);
	for (; *at; at += strspn(at, ", ")) {
		size_t size = strcspn(at, ", ");

		buffer_clear(&path);
		buffer_printf(&path, "%s/%.*s", folder, (int)size, at);
		if (!path.failed && is_open(buffer_text(&path)))
			granted_note(line->from, NOTE_NARROWER, "globs are not followed here");
		else if (!path.failed)
			say(line->jail, line->from, buffer_text(&path), ALL,
			    SEE | EXECUTE | change_of(folder));
		at += size;
	}
}

static void private_bin(const struct fire_line *line)
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		show_names(line, programs[i]);
}

static void private_home(const struct fire_line *line)
{
	each_path(line, "${HOME}", own_files);
	if (*line->rest)
		granted_note(line->from, NOTE_WIDER, "it is another folder's, or has copies");
}

static void private_dev(const struct fire_line *line)
{
	static const char *const device[] = { "/dev/null",   "/dev/zero",    "/dev/full",
					      "/dev/random", "/dev/urandom", "/dev/tty",
					      "/dev/pts",    "/dev/ptmx",    "/dev/shm",
					      "/dev/log",    "/dev/snd",     "/dev/dri" };

	say(line->jail, line->from, "/dev", ALL, 0);
	for (size_t i = 0; i < sizeof device / sizeof *device; i++)
		say(line->jail, line->from, device[i], ALL, SEE | CHANGE);
}

static bool fire_private(const struct fire_line *line, const char *keyword)
{
	static const char *const shown[][2] = { { "private-etc", "/etc" },
						{ "private-opt", "/opt" },
						{ "private-srv", "/srv" } };

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		if (!strcmp(keyword, shown[i][0])) {
			show_names(line, shown[i][1]);
			return true;
		}
	if (!strcmp(keyword, "private-bin"))
		private_bin(line);
	else if (!strcmp(keyword, "private-dev"))
		private_dev(line);
	else if (!strcmp(keyword, "private-tmp"))
		own_files(line, "/tmp");
	else if (!strcmp(keyword, "private") || !strcmp(keyword, "private-home"))
		private_home(line);
	else if (!strcmp(keyword, "private-cache"))
		each_path(line, "${HOME}/.cache", own_files);
	else
		return false;
	return true;
}

static void disable_mounts(const struct fire_line *line)
{
	static const char *const path[] = { "/mnt", "/media", "/run/mount", "/run/media" };

	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		say(line->jail, line->from, path[i], ALL, 0);
}

bool fire_place(const struct fire_line *line, const char *keyword)
{
	static const struct {
		const char *keyword;
		say_path *visit;
		const char *path; /* where the line has none */
	} row[] = {
		{ "blacklist", blacklist, NULL },
		{ "blacklist-nolog", blacklist, NULL },
		{ "noblacklist", unlist, NULL },
		{ "whitelist", whitelist, NULL },
		{ "whitelist-ro", whitelist_fixed, NULL },
		{ "read-only", read_only, NULL },
		{ "read-write", read_write, NULL },
		{ "noexec", no_exec, NULL },
		{ "tmpfs", own_files, NULL },
		{ "writable-etc", read_write, "/etc" },
		{ "writable-var", read_write, "/var" },
		{ "writable-var-log", read_write, "/var/log" },
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (!strcmp(row[i].keyword, keyword)) {
			each_path(line, row[i].path ? row[i].path : line->rest, row[i].visit);
			return true;
		}
	if (!strcmp(keyword, "disable-mnt")) {
		disable_mounts(line);
		return true;
	}
	return fire_private(line, keyword);
}
