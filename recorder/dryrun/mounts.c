#include "recorder/dryrun/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U /* Linux 5.8: statx(2) */
#endif

void path_escape(struct buffer *out, const char *path)
{
	for (; *path; path++)
		if ((unsigned char)*path <= ' ' || *path == '\\')
			buffer_printf(out, "\\%03o", (unsigned)*path);
		else
			buffer_add_char(out, *path);
}

static bool is_octal(const char *at)
{
	return at[0] == '\\' && at[1] >= '0' && at[1] <= '3' && at[2] >= '0' && at[2] <= '7' &&
	       at[3] >= '0' && at[3] <= '7';
}

void path_unescape(char *path)
{
	char *to = path;

	while (*path) {
		if (is_octal(path)) {
			*to++ = (char)((path[1] - '0') << 6 | (path[2] - '0') << 3 |
				       (path[3] - '0'));
			path += 4;
		} else {
			*to++ = *path++;
		}
	}
	*to = '\0';
}

bool path_is_in(const char *path, const char *folder)
{
	size_t size = strlen(folder);

	while (size && folder[size - 1] == '/')
		size--;
	return !strncmp(path, folder, size) && (!path[size] || path[size] == '/');
}

/* What is seen there is this mount, and no other over it. */
static bool is_seen(const char *place, unsigned long id)
{
	struct statx st;

	return statx(AT_FDCWD, place, AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &st) ==
		       0 &&
	       (st.stx_mask & STATX_MNT_ID) && st.stx_mnt_id == id;
}

static bool has_option(const char *options, const char *wanted)
{
	size_t size = strlen(wanted);

	for (; options; options = strchr(options, ',')) {
		options += *options == ',';
		if (!strncmp(options, wanted, size) && (!options[size] || options[size] == ','))
			return true;
	}
	return false;
}

static int add(struct mounts *mounts, const struct mount *found)
{
	struct mount *grown = realloc(mounts->mount, (mounts->count + 1) * sizeof *grown);

	if (!grown)
		return -ENOMEM;
	mounts->mount = grown;
	grown[mounts->count] = (struct mount){ strdup(found->place), strdup(found->type),
					       found->read_only, found->seen };
	if (!grown[mounts->count].place || !grown[mounts->count].type)
		return -ENOMEM;
	mounts->count++;
	return 0;
}

/* "ID PARENT MAJOR:MINOR ROOT PLACE OPTIONS [FIELD...] - TYPE SOURCE OPTIONS" */
static int take_line(struct mounts *mounts, char *line)
{
	char *field[6], *rest = line, *type, *own;

	for (size_t i = 0; i < 6; i++)
		if (!(field[i] = strsep(&rest, " ")))
			return 0;
	type = rest ? strstr(rest, "- ") : NULL;
	if (!type)
		return 0;
	rest = type + 2;
	type = strsep(&rest, " ");
	strsep(&rest, " ");
	own = rest;
	if (own)
		own[strcspn(own, "\n")] = '\0';
	path_unescape(field[4]);
	return add(mounts, &(const struct mount){
				   .place = field[4],
				   .type = type,
				   .read_only = has_option(field[5], "ro") ||
						(own && has_option(own, "ro")),
				   .seen = is_seen(field[4], strtoul(field[0], NULL, 10)),
			   });
}

static int by_place(const void *a, const void *b)
{
	return strcmp(((const struct mount *)a)->place, ((const struct mount *)b)->place);
}

int mounts_read(struct mounts *ret)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	struct mounts mounts = { 0 };
	char *line = NULL;
	size_t size = 0;
	int r = 0;

	if (!file)
		return -errno;
	while (r == 0 && getline(&line, &size, file) > 0)
		r = take_line(&mounts, line);
	free(line);
	fclose(file);
	if (r < 0) {
		mounts_release(&mounts);
		return r;
	}
	if (mounts.count)
		qsort(mounts.mount, mounts.count, sizeof *mounts.mount, by_place);
	*ret = mounts;
	return 0;
}

void mounts_release(struct mounts *mounts)
{
	for (size_t i = 0; i < mounts->count; i++) {
		free(mounts->mount[i].place);
		free(mounts->mount[i].type);
	}
	free(mounts->mount);
	*mounts = (struct mounts){ 0 };
}

const struct mount *mounts_at(const struct mounts *mounts, const char *place)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->mount[i].seen && !strcmp(mounts->mount[i].place, place))
			return &mounts->mount[i];
	return NULL;
}

const struct mount *mounts_of(const struct mounts *mounts, const char *path)
{
	const struct mount *found = NULL;

	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->mount[i].seen && path_is_in(path, mounts->mount[i].place) &&
		    (!found || strlen(mounts->mount[i].place) > strlen(found->place)))
			found = &mounts->mount[i];
	return found;
}

bool mounts_below(const struct mounts *mounts, const char *folder)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (path_is_in(mounts->mount[i].place, folder) &&
		    strcmp(mounts->mount[i].place, folder) != 0)
			return true;
	return false;
}
