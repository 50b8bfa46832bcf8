#include "recorder/dryrun/command.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A terminal must not be told what to do by what an agent has written. */
static void print_line(const char *line, size_t size, bool is_terminal, FILE *out)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)line[i];
		bool is_c1 =
			c == 0xc2 && i + 1 < size && ((unsigned char)line[i + 1] & 0xe0) == 0x80;

		if (is_terminal && ((c < ' ' && c != '\t' && c != '\n') || c == 0x7f || is_c1))
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
}

static void copy_output(int fd, FILE *out)
{
	FILE *in = fdopen(fd, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	if (!in) {
		close(fd);
		return;
	}
	while ((size = getline(&line, &room, in)) > 0)
		print_line(line, (size_t)size, isatty(fileno(out)), out);
	free(line);
	fclose(in);
}

static int run_diff(char *const *argv, int *ret_fd, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int pipes[2], r;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
	r = -posix_spawnp(ret_pid, "diff", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	if (r < 0)
		close(pipes[0]);
	*ret_fd = pipes[0];
	return r;
}

static int print_diff(const struct effect *effect, FILE *out, struct error *err)
{
	static const char nothing[] = "/dev/null";
	scoped(buffer) struct buffer before = { 0 };
	scoped(buffer) struct buffer after = { 0 };
	bool was = S_ISREG(effect->real.st_mode), is = effect->kind != EFFECT_DELETED;
	const char *argv[] = { "diff",
			       "-u",
			       "--label",
			       NULL,
			       "--label",
			       NULL,
			       "--",
			       was ? effect->path : nothing,
			       is ? effect->upper : nothing,
			       NULL };
	pid_t pid = -1;
	int fd = -1, r;

	buffer_printf(&before, "%s%s", was ? "a" : "", was ? effect->path : nothing);
	buffer_printf(&after, "%s%s", is ? "b" : "", is ? effect->path : nothing);
	argv[3] = buffer_text(&before);
	argv[5] = buffer_text(&after);
	fflush(out);
	r = run_diff((char *const *)(uintptr_t)argv, &fd, &pid);
	if (r < 0)
		return error_set(err, -r, "run diff(1)");
	copy_output(fd, out);
	waitpid(pid, NULL, 0);
	return 0;
}

int print_diffs(const struct effects *effects, FILE *out, struct error *err)
{
	int r = 0;

	effects_open(effects);
	for (size_t i = 0; r == 0 && i < effects->count; i++) {
		const struct effect *effect = &effects->effect[i];
		bool is_content = effect->kind == EFFECT_CREATED ||
				  effect->kind == EFFECT_DELETED || effect->differs & PART_CONTENT;

		if (is_content && S_ISREG(effect->now.st_mode))
			r = print_diff(effect, out, err);
	}
	effects_close(effects);
	return r;
}
