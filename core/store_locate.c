#include "core/error.h"
#include "core/store_private.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The XDG base directory specification ignores a relative $XDG_DATA_HOME. */
static int default_path(struct buffer *path, struct error *err)
{
	const char *database = getenv("PARE_DB"), *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	if (database && *database)
		buffer_add(path, database);
	else if (data && *data == '/')
		buffer_printf(path, "%s/pare/pare.db", data);
	else if (home && *home)
		buffer_printf(path, "%s/.local/share/pare/pare.db", home);
	else
		return error_say(err, ENOENT,
				 "find the database: neither PARE_DB nor HOME is set; use --db "
				 "FILE");
	return 0;
}

/* SQLite gives a meaning to "", ":memory:" and "file:..."; an absolute path is only a path. */
static int make_absolute(struct buffer *path, struct error *err)
{
	scoped(buffer) struct buffer given = { 0 };
	scoped(text) char *cwd = NULL;

	if (buffer_text(path)[0] == '/')
		return 0;
	if (!path->size)
		return error_say(err, EINVAL, "open the database: its name is empty");
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return error_set(err, errno, "find the current directory");
	buffer_append(&given, path->data, path->size);
	buffer_clear(path);
	buffer_printf(path, "%s/%s", strcmp(cwd, "/") ? cwd : "", buffer_text(&given));
	return buffer_status(&given);
}

/* chmod, because the umask may have taken from the mode what the owner needs. */
static int make_folder(const char *path, struct error *err)
{
	scoped(buffer) struct buffer shown = { 0 };

	if (!mkdir(path, 0700) && !chmod(path, 0700))
		return 0;
	if (errno == EEXIST)
		return 0;
	return error_set(err, errno, "create folder %s", text_safe(bytes_of(path), 0, &shown));
}

static int make_folders(char *path, struct error *err)
{
	int status = 0;

	for (char *slash = strchr(path + 1, '/'); slash && !status;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (access(path, F_OK))
			status = make_folder(path, err);
		*slash = '/';
	}
	return status;
}

/* Before SQLite does, which would use the umask.  A file that is there is not even opened:
 * closing it would drop the locks that this process holds on it (POSIX, fcntl(2)). */
static int make_file(const char *path, const char *shown, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	int status = 0;

	if (fd < 0)
		return errno == EEXIST ? 0 : error_set(err, errno, "create %s", shown);
	if (fchmod(fd, 0600))
		status = error_set(err, errno, "create %s", shown);
	close(fd);
	return status;
}

static int must_exist(const char *path, const char *shown, struct error *err)
{
	if (!access(path, F_OK))
		return 0;
	if (errno != ENOENT)
		return error_set(err, errno, "read %s", shown);
	return error_say(err, ENOENT,
			 "read %s: nothing was recorded yet; `pare record -- COMMAND` does that",
			 shown);
}

int store_locate(struct store *store, const char *path, struct error *err)
{
	const char *shown;
	int status = 0;

	if (path)
		buffer_add(&store->path, path);
	else
		status = default_path(&store->path, err);
	if (!status)
		status = make_absolute(&store->path, err);
	if (status)
		return status;
	if (buffer_status(&store->path))
		return error_set(err, ENOMEM, "open the database");
	shown = text_safe(buffer_bytes(&store->path), 0, &store->shown);
	if (store->mode == STORE_READ)
		return must_exist(buffer_text(&store->path), shown, err);
	status = make_folders(store->path.data, err);
	return status ? status : make_file(buffer_text(&store->path), shown, err);
}
