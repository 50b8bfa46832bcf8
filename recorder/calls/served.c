#include "recorder/calls/served_private.h"

#include "core/bytes.h"
#include "recorder/sink.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define LATE_MAX 64

/* What the agent may serve is a fact about the whole recorder: looks are made below everything
 * else, by more than one thread. */
static struct {
	unsigned possible; /* atomic: enum served */
	unsigned late;	   /* the same: that has not answered, memory and reads */
	pthread_mutex_t lock;
	uint64_t device[LATE_MAX]; /* of file systems that have not answered */
	size_t devices;
	struct sink *sink;
} known = { .lock = PTHREAD_MUTEX_INITIALIZER };

unsigned served_now(void)
{
	return __atomic_load_n(&known.possible, __ATOMIC_ACQUIRE);
}

bool served_possible(enum served what)
{
	return served_now() & what;
}

void served_begin(enum served what)
{
	__atomic_fetch_or(&known.possible, what, __ATOMIC_ACQ_REL);
}

void served_by_name(struct bytes name)
{
	if (bytes_equal(name, bytes_of("/dev/fuse")))
		served_begin(SERVED_FILES);
	else if (bytes_equal(name, bytes_of("anon_inode:[userfaultfd]")))
		served_begin(SERVED_MEMORY);
	else if (bytes_equal(name, bytes_of("anon_inode:[fanotify]")))
		served_begin(SERVED_READS);
}

void served_forget(void)
{
	pthread_mutex_lock(&known.lock);
	known.devices = 0;
	pthread_mutex_unlock(&known.lock);
}

static bool is_away(const char *type)
{
	static const char *const start[] = { "nfs", "cifs", "smb", "afs", "ceph", "9p", "fuse" };

	for (size_t i = 0; i < sizeof start / sizeof *start; i++)
		if (!strncmp(type, start[i], strlen(start[i])))
			return true;
	return false;
}

/* In our mount namespace, by the type that stands behind " - ": proc(5), mountinfo. */
static bool has_away(void)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	while (mounts && !found && getline(&line, &size, mounts) > 0) {
		const char *type = strstr(line, " - ");

		found = type && is_away(type + 3);
	}
	free(line);
	if (mounts)
		fclose(mounts);
	return found;
}

void served_open_run(struct sink *sink)
{
	served_forget();
	pthread_mutex_lock(&known.lock);
	known.sink = sink;
	pthread_mutex_unlock(&known.lock);
	__atomic_store_n(&known.possible, sink && has_away() ? SERVED_AWAY : 0, __ATOMIC_RELEASE);
	__atomic_store_n(&known.late, 0, __ATOMIC_RELEASE);
}

/* With the lock held. */
static bool is_late(uint64_t device)
{
	for (size_t i = 0; i < known.devices; i++)
		if (known.device[i] == device)
			return true;
	return false;
}

static void report(const char *what, const char *place)
{
	scoped(buffer) struct buffer detail = { 0 };

	buffer_printf(&detail, "%s%s", what, place);
	if (known.sink)
		sink_gap(known.sink, GAP_SERVED, 0, buffer_bytes(&detail));
}

/* A disk is not served, but only slow. */
static bool is_disk(uint64_t device)
{
	return major(device) != 0;
}

bool served_ask(struct look *look, int fd)
{
	char link[32], place[PATH_MAX];
	struct stat st;
	ssize_t size;
	bool late;

	if (served_fstat(fd, &st) < 0)
		return true; /* who may not look is not served */
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	size = readlink(link, place, sizeof place - 1);
	place[size > 0 ? size : 0] = '\0';
	pthread_mutex_lock(&known.lock);
	late = is_late(st.st_dev);
	look->device = st.st_dev;
	memcpy(look->place, place, strlen(place) + 1);
	pthread_mutex_unlock(&known.lock);
	return !late;
}

void served_late_files(struct job *job)
{
	const struct look *look = (const struct look *)job;

	pthread_mutex_lock(&known.lock);
	if (!is_late(look->device)) {
		report("files: ", look->place);
		if (!is_disk(look->device) && known.devices < LATE_MAX)
			known.device[known.devices++] = look->device;
	}
	pthread_mutex_unlock(&known.lock);
}

static void be_late(enum served what, const char *detail)
{
	if (__atomic_fetch_or(&known.late, what, __ATOMIC_ACQ_REL) & what)
		return;
	pthread_mutex_lock(&known.lock);
	report(detail, "");
	pthread_mutex_unlock(&known.lock);
}

void served_late_memory(struct job *job)
{
	(void)job;
	be_late(SERVED_MEMORY, "memory of a process");
}

void served_late_reads(struct job *job)
{
	(void)job;
	be_late(SERVED_READS, "the first bytes of programs");
}

bool served_is_late(enum served what)
{
	return __atomic_load_n(&known.late, __ATOMIC_ACQUIRE) & what;
}
