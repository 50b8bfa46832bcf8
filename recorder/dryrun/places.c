#include "recorder/dryrun/places.h"

#include "core/error.h"
#include "recorder/dryrun/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int places_folder(struct buffer *out, const char *database)
{
	buffer_printf(out, "%s.effects", database);
	return buffer_status(out);
}

int places_run_folder(struct buffer *out, const char *database, const char *run)
{
	buffer_printf(out, "%s.effects/%s", database, run);
	return buffer_status(out);
}

/* Of the folder that was just made; it goes where it cannot be locked.  -1 and errno. */
static int lock_new(const struct buffer *folder, const char *lock)
{
	int code, fd = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	code = errno;
	if (fd >= 0)
		close(fd);
	unlink(lock);
	rmdir(folder->data);
	errno = code;
	return -1;
}

int places_make(const char *database, const char *run, struct error *err)
{
	scoped(buffer) struct buffer folder = { 0 };
	scoped(buffer) struct buffer lock = { 0 };
	int fd = -1;

	places_folder(&folder, database);
	if (mkdir(buffer_text(&folder), 0700) < 0 && errno != EEXIST)
		return error_set(err, errno, "make a folder %s", buffer_text(&folder));
	buffer_clear(&folder);
	places_run_folder(&folder, database, run);
	buffer_printf(&lock, "%s/lock", buffer_text(&folder));
	if (buffer_status(&folder) < 0 || buffer_status(&lock) < 0)
		return error_set(err, ENOMEM, "make a folder for the dry run");
	if (mkdir(buffer_text(&folder), 0700) == 0)
		fd = lock_new(&folder, buffer_text(&lock));
	return fd < 0 ? error_set(err, errno, "make a folder %s", buffer_text(&folder)) : fd;
}

bool places_are_locked(const char *folder)
{
	scoped(buffer) struct buffer lock = { 0 };
	bool is_locked;
	int fd;

	buffer_printf(&lock, "%s/lock", folder);
	fd = open(buffer_text(&lock), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	is_locked = flock(fd, LOCK_EX | LOCK_NB) < 0;
	close(fd);
	return is_locked;
}

int places_put(const char *folder, const char *name, struct bytes text, struct error *err)
{
	scoped(buffer) struct buffer path = { 0 };
	FILE *file;
	int r = 0;

	buffer_printf(&path, "%s/%s", folder, name);
	file = fopen(buffer_text(&path), "wxe");
	if (!file)
		return error_set(err, errno, "write %s", buffer_text(&path));
	fwrite(text.data, 1, text.size, file);
	if (fflush(file) != 0 || ferror(file))
		r = error_set(err, EIO, "write %s", buffer_text(&path));
	fclose(file);
	return r;
}

int places_write(const char *folder, bool by_user, struct bytes lines, struct error *err)
{
	scoped(buffer) struct buffer path = { 0 }, text = { 0 };
	struct stat st;

	buffer_printf(&path, "%s/lock", folder);
	if (stat(buffer_text(&path), &st) < 0)
		return error_set(err, errno, "look at %s", buffer_text(&path));
	buffer_printf(&text, "since %jd %ld\nattributes %s\n", (intmax_t)st.st_ctim.tv_sec,
		      st.st_ctim.tv_nsec, by_user ? "user" : "trusted");
	buffer_append(&text, lines.data, lines.size);
	return buffer_status(&text) < 0 ? error_set(err, ENOMEM, "write the places of a dry run")
					: places_put(folder, "places", buffer_bytes(&text), err);
}

static int add(struct places *places, bool split, int number, char *path)
{
	struct place *grown = realloc(places->place, (places->count + 1) * sizeof *grown);

	if (!grown)
		return -ENOMEM;
	places->place = grown;
	path_unescape(path);
	grown[places->count] = (struct place){ strdup(path), number, split };
	return grown[places->count++].path ? 0 : -ENOMEM;
}

int places_each_line(const char *folder, const char *name, line_take *take, void *context,
		     struct error *err)
{
	scoped(buffer) struct buffer path = { 0 };
	char *line = NULL;
	size_t size = 0;
	FILE *file;
	int r = 0;

	buffer_printf(&path, "%s/%s", folder, name);
	file = fopen(buffer_text(&path), "re");
	if (!file)
		return errno == ENOENT ? -ENOENT
				       : error_set(err, errno, "read %s", buffer_text(&path));
	while (r == 0 && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		r = take(context, line);
	}
	free(line);
	fclose(file);
	return r < 0 ? error_set(err, -r, "read %s", buffer_text(&path)) : 0;
}

static int take_line(void *context, char *line)
{
	struct places *places = context;
	char *word = strsep(&line, " "), *first = strsep(&line, " ");

	if (!first)
		return -EINVAL;
	if (!strcmp(word, "since")) {
		places->since.tv_sec = strtoll(first, NULL, 10);
		places->since.tv_nsec = line ? strtol(line, NULL, 10) : 0;
		return 0;
	}
	if (!strcmp(word, "attributes")) {
		places->by_user = !strcmp(first, "user");
		return 0;
	}
	if (!line || (strcmp(word, "overlay") && strcmp(word, "split")))
		return -EINVAL;
	return add(places, !strcmp(word, "split"), (int)strtol(first, NULL, 10), line);
}

int places_read(struct places *ret, const char *folder, struct error *err)
{
	scoped(places) struct places places = { 0 };
	int r = places_each_line(folder, "places", take_line, &places, err);

	if (r < 0)
		return r;
	*ret = places;
	places = (struct places){ 0 };
	return 0;
}

void places_release(struct places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->place[i].path);
	free(places->place);
	*places = (struct places){ 0 };
}

void places_cleanup(struct places *places)
{
	places_release(places);
}
