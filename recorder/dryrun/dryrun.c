#include "recorder/dryrun/private.h"

#include "core/error.h"
#include "core/file.h"
#include "recorder/dryrun/effects.h"
#include "recorder/dryrun/places.h"
#include "recorder/launch.h"
#include "recorder/obstacle.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whether mounts can be made as the system's administrator does, and all users mapped. */
static bool is_mighty(void)
{
	unsigned inside, outside, count;
	bool is_first = false;
	FILE *map = fopen("/proc/self/uid_map", "re");

	if (!map)
		return false;
	if (fscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
		is_first = !inside && !outside && count == UINT32_MAX;
	fclose(map);
	return is_first && geteuid() == 0 && !launch_needs_no_new_privs();
}

static int prepare(struct dryrun *dryrun, struct error *err)
{
	struct build *build = &dryrun->build;
	scoped(buffer) struct buffer database = { 0 };
	char *whole = realpath(dryrun->options.database, NULL);

	buffer_add(&database, whole ? whole : dryrun->options.database);
	free(whole);
	dryrun->lock = places_make(buffer_text(&database), dryrun->options.run, err);
	if (dryrun->lock < 0)
		return dryrun->lock;
	places_folder(&dryrun->hidden, buffer_text(&database));
	places_run_folder(&dryrun->folder, buffer_text(&database), dryrun->options.run);
	buffer_printf(&dryrun->root_path, "%s/root", buffer_text(&dryrun->folder));
	build->folder = buffer_text(&dryrun->folder);
	build->hidden = buffer_text(&dryrun->hidden);
	build->root = buffer_text(&dryrun->root_path);
	build->by_user = !is_mighty();
	build->uid = geteuid();
	build->gid = getegid();
	if (dryrun->options.host_network)
		buffer_add(&build->notes, "network is the host's: what was sent has been sent\n");
	dryrun->cwd = get_current_dir_name();
	build->wanted[0] = dryrun->cwd;
	build->wanted[1] = getenv("HOME");
	build->wanted[2] = getenv("TMPDIR");
	build->wanted[3] = dryrun->options.workspace;
	return mounts_read(&dryrun->mounts) < 0 ? error_set(err, EIO, "read mounts") : 0;
}

static int explain_clone(int code, struct error *err)
{
	static const char what[] = "make the namespaces of a dry run";

	if (code == EPERM || code == EACCES)
		return error_say(err, code,
				 "%s: %s; this system or container lets no ordinary user have a "
				 "namespace (sysctl kernel.unprivileged_userns_clone, "
				 "kernel.apparmor_restrict_unprivileged_userns, a seccomp filter)",
				 what, strerror(code));
	if (code == ENOSPC || code == EUSERS)
		return error_say(err, code, "%s: %s; sysctl user.max_user_namespaces limits them",
				 what, strerror(code));
	return error_set(err, code, "%s", what);
}

static int make_init(struct dryrun *dryrun, struct error *err)
{
	unsigned long flags = CLONE_NEWNS | CLONE_NEWPID | SIGCHLD;
	int pair[2], yes = 1, code;

	if (dryrun->build.by_user)
		flags |= CLONE_NEWUSER;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set(err, errno, "make the namespaces of a dry run");
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
	dryrun->init = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, 0);
	if (dryrun->init == 0) {
		close(pair[0]);
		init_live(dryrun, pair[1]);
	}
	code = errno;
	close(pair[1]);
	dryrun->socket = pair[0];
	if (dryrun->init < 0)
		return explain_clone(code, err);
	dryrun->handle = (int)syscall(SYS_pidfd_open, dryrun->init, 0);
	return dryrun->handle < 0 ? error_set(err, errno, "hold the dry run's first process") : 0;
}

/* What process 1 says; its failure is ours. */
static int hear(const struct dryrun *dryrun, int *ret_fd, size_t count, pid_t *ret_pid,
		struct error *err)
{
	struct message message = { 0 };
	int r = talk_hear(dryrun->socket, &message, ret_fd, count, ret_pid);

	if (r < 0)
		return error_set(err, -r, "hear of the dry run's first process");
	if (message.code)
		return error_say(err, message.code, "%s", message.text);
	return 0;
}

#define NOTES_MIB 64

static int read_notes(struct dryrun *dryrun)
{
	scoped(buffer) struct buffer path = { 0 };
	struct error ignored = { 0 };

	buffer_printf(&path, "%s/notes", buffer_text(&dryrun->folder));
	return file_read(buffer_text(&path), NOTES_MIB, &dryrun->notes, &ignored);
}

static int look_inside(struct dryrun *dryrun, struct error *err)
{
	int seen[2], r = hear(dryrun, seen, 2, NULL, err);

	if (r < 0)
		return r;
	dryrun->build.region = seen[0];
	dryrun->root = seen[1];
	r = seen[0] < 0 || seen[1] < 0 ? -EIO : read_notes(dryrun);
	return r < 0 ? error_set(err, -r, "look at the tree of a dry run") : 0;
}

int dryrun_open(struct dryrun **ret, const struct dryrun_options *options, struct error *err)
{
	struct dryrun *dryrun = calloc(1, sizeof *dryrun);
	int r;

	if (!dryrun)
		return error_set(err, ENOMEM, "make a dry run");
	dryrun->options = *options;
	dryrun->lock = dryrun->handle = dryrun->socket = dryrun->root = dryrun->build.region = -1;
	r = prepare(dryrun, err);
	if (r == 0)
		r = make_init(dryrun, err);
	if (r == 0)
		r = look_inside(dryrun, err);
	if (r < 0) {
		dryrun_forget(dryrun);
		dryrun_close(dryrun);
		return r;
	}
	*ret = dryrun;
	return 0;
}

pid_t dryrun_start(struct dryrun *dryrun, uint64_t trusted, int go, int out, struct error *err)
{
	const struct message order = { .trusted = trusted };
	const int pipes[2] = { go, out };
	pid_t agent = -1;
	int r = talk_say(dryrun->socket, &order, pipes, 2);

	if (r < 0)
		return error_set(err, -r, "start the agent");
	r = hear(dryrun, NULL, 0, &agent, err);
	return r < 0 ? r : agent;
}

/* Somebody else may have waited for it already, and its number be another's. */
static void end_init(const struct dryrun *dryrun)
{
	siginfo_t info;

	if (dryrun->handle < 0)
		return;
	syscall(SYS_pidfd_send_signal, dryrun->handle, SIGKILL, NULL, 0);
	while (waitid(P_PIDFD, (id_t)dryrun->handle, &info, WEXITED | __WALL) < 0 && errno == EINTR)
		;
}

void dryrun_close(struct dryrun *dryrun)
{
	const int fd[] = { dryrun ? dryrun->socket : -1, dryrun ? dryrun->root : -1,
			   dryrun ? dryrun->build.region : -1, dryrun ? dryrun->lock : -1,
			   dryrun ? dryrun->handle : -1 };

	if (!dryrun)
		return;
	end_init(dryrun);
	for (size_t i = 0; i < sizeof fd / sizeof *fd; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	mounts_release(&dryrun->mounts);
	rmdir(buffer_text(&dryrun->root_path));
	free(dryrun->cwd);
	buffer_release(&dryrun->folder);
	buffer_release(&dryrun->hidden);
	buffer_release(&dryrun->root_path);
	buffer_release(&dryrun->notes);
	free(dryrun);
}

void dryrun_forget(const struct dryrun *dryrun)
{
	end_init(dryrun);
	if (dryrun->lock >= 0)
		places_remove(buffer_text(&dryrun->folder));
}

int dryrun_finish(const struct dryrun *dryrun, size_t *ret_effects, struct error *err)
{
	scoped(places) struct places places = { 0 };
	scoped(effects) struct effects effects = { 0 };
	const char *folder = buffer_text(&dryrun->folder);
	int r;

	end_init(dryrun);
	r = places_read(&places, folder, err);
	if (r == 0)
		r = effects_find(&effects, &places, folder, err);
	if (r == 0)
		r = effects_keep_seen(&effects, folder, err);
	*ret_effects = effects.count;
	return r;
}

pid_t dryrun_init(const struct dryrun *dryrun)
{
	return dryrun->init;
}

int dryrun_root(const struct dryrun *dryrun)
{
	return dryrun->root;
}

int dryrun_region(const struct dryrun *dryrun)
{
	return dryrun->build.region;
}

const char *dryrun_region_path(void)
{
	return BUILD_REGION;
}

void dryrun_each_note(const struct dryrun *dryrun, dryrun_note *visit, void *context)
{
	const char *line = buffer_text(&dryrun->notes);

	while (*line) {
		size_t size = strcspn(line, "\n");

		visit(context, (struct bytes){ line, size });
		line += size + (line[size] == '\n');
	}
}
