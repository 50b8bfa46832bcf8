#include "analyzer/grants/apparmor.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Includes: <abstractions/base> is looked for beside the profile, then where the system has its
 * own. */

#define SYSTEM_FOLDER "/etc/apparmor.d"

/* The folder that the profile is in: "/etc/apparmor.d/". */
static void add_own_folder(const struct source *source, struct buffer *out)
{
	const char *slash = strrchr(source->name, '/');

	if (slash)
		buffer_append(out, source->name, (size_t)(slash - source->name) + 1);
}

/* What editors and packages leave: aa_notify(8) and apparmor_parser(8) pass over the same. */
static int is_profile(const struct dirent *entry)
{
	static const char *const ending[] = { ".dpkg-new", ".dpkg-old",	   ".dpkg-dist",
					      ".dpkg-bak", ".dpkg-remove", ".pacsave",
					      ".pacnew",   ".rpmnew",	   ".rpmsave",
					      ".orig",	   ".rej",	   "~" };
	size_t size = strlen(entry->d_name);

	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
		size_t end = strlen(ending[i]);

		if (size >= end && !strcmp(entry->d_name + size - end, ending[i]))
			return 0;
	}
	return *entry->d_name != '.';
}

static void visit_folder(struct apparmor *profile, const char *folder, aa_visit *visit,
			 void *context)
{
	struct dirent **entry = NULL;
	int count = scandir(folder, &entry, is_profile, alphasort);

	for (int i = 0; i < count; i++) {
		scoped(buffer) struct buffer path = { 0 };
		struct stat status;

		buffer_printf(&path, "%s/%s", folder, entry[i]->d_name);
		if (!path.failed && !stat(buffer_text(&path), &status) && S_ISREG(status.st_mode))
			visit(profile, buffer_text(&path), context);
		free(entry[i]);
	}
	free(entry);
}

static bool visit_path(struct apparmor *profile, const char *path, aa_visit *visit, void *context)
{
	struct stat status;

	if (stat(path, &status))
		return false;
	if (S_ISDIR(status.st_mode))
		visit_folder(profile, path, visit, context);
	else
		visit(profile, path, context);
	return true;
}

bool aa_include(struct apparmor *profile, const char *name, aa_visit *visit, void *context)
{
	scoped(buffer) struct buffer own = { 0 }, system = { 0 };
	bool is_magic = *name == '<';
	size_t size = strlen(name);

	if (is_magic && (size < 3 || name[size - 1] != '>'))
		return false;
	if (*name == '/')
		return visit_path(profile, name, visit, context);
	name += is_magic;
	size -= is_magic ? 2 : 0;
	add_own_folder(profile->source, &own);
	buffer_append(&own, name, size);
	buffer_add(&system, SYSTEM_FOLDER "/");
	buffer_append(&system, name, size);
	if (own.failed || system.failed)
		return false;
	return visit_path(profile, buffer_text(&own), visit, context) ||
	       (is_magic && visit_path(profile, buffer_text(&system), visit, context));
}
