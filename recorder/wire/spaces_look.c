/* In which network namespaces the agent is. */
#include "recorder/wire/owner.h"
#include "recorder/wire/spaces.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct look {
	struct space *space[SPACES_MAX];
	size_t count;
};

static void look_at_thread(const struct look *look, pid_t process, pid_t tid)
{
	char path[40];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/ns/net", tid);
	if (stat(path, &st) < 0)
		return;
	for (size_t i = 0; i < look->count; i++) {
		struct space *space = look->space[i];

		if (space->netns == st.st_ino && !space->member && owner_is_traced(process))
			space->member = tid;
	}
}

/* The numbers that are the names in a folder. */
static bool next_number(DIR *folder, pid_t *ret)
{
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0])) {
			*ret = (pid_t)strtol(entry->d_name, NULL, 10);
			return true;
		}
	return false;
}

/* Each thread may have a namespace of its own. */
static void look_at_process(const struct look *look, pid_t process)
{
	char path[40];
	DIR *threads;
	pid_t tid;

	snprintf(path, sizeof path, "/proc/%d/task", process);
	threads = opendir(path);
	while (next_number(threads, &tid))
		look_at_thread(look, process, tid);
	if (threads)
		closedir(threads);
}

void spaces_look(struct spaces *spaces)
{
	DIR *processes = opendir("/proc");
	struct look look;
	pid_t process;

	look.count = spaces_list(spaces, look.space);
	for (size_t i = 0; i < look.count; i++)
		look.space[i]->member = 0;
	while (next_number(processes, &process))
		look_at_process(&look, process);
	if (processes)
		closedir(processes);
}
