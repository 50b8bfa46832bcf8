#include "recorder/selftest/self_test.h"

#include "recorder/obstacle.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The first PID namespace has the same number after every boot: include/linux/proc_ns.h. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

static bool in_container(void)
{
	char name[64];
	ssize_t got = readlink("/proc/self/ns/pid", name, sizeof name - 1);

	return got != (ssize_t)strlen(FIRST_PID_NAMESPACE) ||
	       memcmp(name, FIRST_PID_NAMESPACE, (size_t)got);
}

/* Versions are for users: what was built since may see less. */
static void add_build(struct buffer *key)
{
	struct stat st;

	if (stat("/proc/self/exe", &st) == 0)
		buffer_printf(key, ", build %lld %lld.%09ld", (long long)st.st_size,
			      (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

/* What the outcome of a test depends on, and no more, so that it is made once. */
static void make_key(struct buffer *key)
{
	struct process_status status;
	struct utsname system;

	uname(&system);
	process_status_read(&status, 0);
	buffer_printf(key, "Linux %s, pare %s, %s%s%s", system.release, PARE_VERSION,
		      geteuid() ? "user" : "root", in_container() ? ", container" : "",
		      status.seccomp ? ", filtered" : "");
	add_build(key);
	buffer_add_char(key, '\n');
}

static void make_path(struct buffer *path, const char *database)
{
	buffer_printf(path, "%s.self-test", database);
}

bool self_test_is_remembered(const char *database)
{
	scoped(buffer) struct buffer key = { 0 }, path = { 0 };
	char line[512];
	bool found = false;
	FILE *file;

	make_key(&key);
	make_path(&path, database);
	file = fopen(buffer_text(&path), "re");
	while (file && !found && fgets(line, sizeof line, file))
		found = !strcmp(line, buffer_text(&key));
	if (file)
		fclose(file);
	return found;
}

/* A line that could not be added costs one more test, next time. */
void self_test_remember(const char *database)
{
	scoped(buffer) struct buffer key = { 0 }, path = { 0 };
	int fd;

	if (self_test_is_remembered(database))
		return;
	make_key(&key);
	make_path(&path, database);
	fd = open(buffer_text(&path), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write(fd, buffer_text(&key), key.size) != (ssize_t)key.size)
		unlink(buffer_text(&path));
	close(fd);
}

void self_test_forget(const char *database)
{
	scoped(buffer) struct buffer path = { 0 };

	make_path(&path, database);
	unlink(buffer_text(&path));
}
