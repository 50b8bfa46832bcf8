#include "core/command.h"

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

int command_fail(const struct error *err)
{
	fflush(stdout); /* what was said before comes before */
	fprintf(stderr, "pare: %s\n", err->code ? err->text : "failed without saying why");
	return COMMAND_FAILED;
}

/* In order, so that a command may take everything behind its first argument for itself. */
void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	error_t code;

	argp_err_exit_status = COMMAND_USAGE;
	code = argp_parse(argp, argc, argv, ARGP_IN_ORDER, NULL, input);
	if (!code)
		return;
	fprintf(stderr, "%s: read the command line: %s\n", argv[0], strerror(code));
	exit(code == EINVAL ? COMMAND_USAGE : COMMAND_FAILED);
}

struct output {
	FILE *file;
	char *path;	 /* NULL: standard output */
	char *temporary; /* NULL: `path` is written directly, because it is no regular file */
};

static const char *output_name(const struct output *output)
{
	return output->path ? output->path : "standard output";
}

/* The file that a rename may replace: a symbolic link stays, its target is replaced. */
static int find_target(struct output *output, const char *path, bool *ret_direct)
{
	struct stat st;

	*ret_direct = false;
	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			return -errno;
		output->path = strdup(path);
		return output->path ? 0 : -ENOMEM;
	}
	*ret_direct = !S_ISREG(st.st_mode);
	output->path = *ret_direct ? strdup(path) : realpath(path, NULL);
	return output->path ? 0 : -errno;
}

/* A name of its own in the same folder, of a length that no file system refuses. */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	uint64_t random;
	char *name;

	if (getrandom(&random, sizeof random, 0) != sizeof random)
		return NULL;
	if (asprintf(&name, "%.*s.pare-%016" PRIx64 ".tmp", slash ? (int)(slash + 1 - path) : 0,
		     path, random) < 0)
		return NULL;
	return name;
}

static int open_temporary(struct output *output)
{
	struct stat st;
	int fd;

	output->temporary = temporary_name(output->path);
	if (!output->temporary)
		return -ENOMEM;
	fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		int code = errno;

		free(output->temporary);
		output->temporary = NULL;
		return -code;
	}
	if (!stat(output->path, &st))
		fchmod(fd, st.st_mode & 0777); /* or else the umask's mode will do */
	return fd;
}

static int open_file(struct output *output, const char *path)
{
	bool direct;
	int fd, rc = find_target(output, path, &direct);

	if (rc < 0)
		return rc;
	fd = direct ? open(output->path, O_WRONLY | O_CLOEXEC) : open_temporary(output);
	if (fd < 0)
		return direct ? -errno : fd;
	output->file = fdopen(fd, "w");
	if (!output->file) {
		rc = -errno;
		close(fd);
	}
	return rc;
}

int output_open(struct output **ret, const char *path, struct error *err)
{
	struct output *output = calloc(1, sizeof *output);
	int rc = 0;

	if (!output)
		return error_set(err, ENOMEM, "open the output");
	if (path && strcmp(path, "-"))
		rc = open_file(output, path);
	else
		output->file = stdout;
	if (rc < 0) {
		error_set(err, -rc, "open %s", path);
		output_abandon(output);
		return rc;
	}
	*ret = output;
	return 0;
}

FILE *output_file(struct output *output)
{
	return output->file;
}

static void output_free(struct output *output)
{
	free(output->path);
	free(output->temporary);
	free(output);
}

/* The rename itself must survive a power cut too.  Some file systems cannot sync a folder. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

static int flush(struct output *output)
{
	if (fflush(output->file) == EOF)
		return -errno;
	if (ferror(output->file)) /* it failed earlier, and the reason is gone */
		return -EIO;
	if (output->temporary && fsync(fileno(output->file)) < 0)
		return -errno;
	return 0;
}

static int close_file(struct output *output)
{
	FILE *file = output->file;

	output->file = NULL;
	return output->path && fclose(file) == EOF ? -errno : 0;
}

int output_commit(struct output *output, struct error *err)
{
	int rc = flush(output);

	if (rc == 0)
		rc = close_file(output);
	if (rc == 0 && output->temporary && rename(output->temporary, output->path) < 0)
		rc = -errno;
	if (rc < 0) {
		error_set(err, -rc, "write %s", output_name(output));
		output_abandon(output);
		return rc;
	}
	if (output->temporary)
		sync_folder(output->path);
	output_free(output);
	return 0;
}

void output_abandon(struct output *output)
{
	if (!output)
		return;
	if (output->file)
		close_file(output);
	if (output->temporary)
		unlink(output->temporary);
	output_free(output);
}

int output_write(const char *path, const struct buffer *text, struct error *err)
{
	struct output *output;
	int rc = output_open(&output, path, err);

	if (rc)
		return rc;
	fwrite(buffer_text(text), 1, text->size, output_file(output));
	return output_commit(output, err);
}

static void take_folder(struct bytes *ret, const char *arg, struct argp_state *state)
{
	*ret = bytes_of(arg);
	while (ret->size > 1 && arg[ret->size - 1] == '/')
		ret->size--;
	if (ret->size < 2 || !name_is_canonical(*ret))
		argp_error(state, "a folder must be an absolute path without . and .., not /");
}

bool command_take_root(int key, const char *arg, struct roots *roots, struct argp_state *state)
{
	struct bytes *root = key == COMMAND_WORKSPACE ? &roots->workspace
			     : key == COMMAND_HOME    ? &roots->home
			     : key == COMMAND_TMP     ? &roots->tmp
						      : NULL;

	if (root)
		take_folder(root, arg, state);
	return root;
}

static int64_t take(const char *arg, int (*parse)(const char *, int64_t *, struct error *),
		    struct argp_state *state)
{
	struct error err = { 0 };
	int64_t value = 0;

	if (parse(arg, &value, &err) < 0)
		argp_error(state, "%s", err.text);
	return value;
}

int64_t command_take_time(const char *arg, struct argp_state *state)
{
	return take(arg, clock_parse, state);
}

int64_t command_take_duration(const char *arg, struct argp_state *state)
{
	return take(arg, clock_parse_duration, state);
}

const char *login_name(void)
{
	const struct passwd *entry = getpwuid(geteuid());

	return entry ? entry->pw_name : "";
}
