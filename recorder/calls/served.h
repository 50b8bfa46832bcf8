#ifndef RECORDER_CALLS_SERVED_H
#define RECORDER_CALLS_SERVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>

struct sink;

/* The recorder's own looks at what the agent may serve itself: the server may be stopped, and go on
 * only when the recorder does.  Until a process of the agent has become able to serve anything,
 * each function here is the plain system call, unless files are served from outside.  From then on
 * none of them waits for longer than patience.h says: first the kernel is asked for what it knows
 * without asking anybody (openat2(2), RESOLVE_CACHED; statx(2), AT_STATX_DONT_SYNC), then another
 * thread asks.  What does not answer is left alone from then on, and is a gap.  Threads may call
 * them at once.
 *
 * Each fails with -1 and errno; ETIMEDOUT: it did not answer, now or before. */

/* What may be served, as far as the agent's calls have shown. */
enum served {
	SERVED_FILES = 1,  /* fuse(4), a mount of any file system that somebody serves */
	SERVED_MEMORY = 2, /* userfaultfd(2) */
	SERVED_READS = 4,  /* fanotify(7): opening to read asks for permission */
	SERVED_AWAY = 8,   /* files from outside, of a server that may be gone */
};

/* A run begins, whose gaps go to `sink`, or ends (NULL).  Looks whether files come from outside. */
void served_open_run(struct sink *sink);
/* From now on. */
void served_begin(enum served what);
/* The same, by the name of what a process has got: "/dev/fuse", "anon_inode:[userfaultfd]". */
struct bytes;
void served_by_name(struct bytes name);
/* A number of a device may stand for another file system from now on. */
void served_forget(void);
bool served_possible(enum served what);
unsigned served_now(void); /* all of it */
/* Whether a look at it has been left; of SERVED_MEMORY and SERVED_READS. */
bool served_is_late(enum served what);

/* Opens with O_PATH: below `folder` (or AT_FDCWD), with RESOLVE_... of openat2(2); of these, with
 * NO_MAGICLINKS and IN_ROOT alone. */
int served_open(int folder, const char *path, bool follow, uint64_t resolve);
/* The device, inode, mode, size and time of change are filled. */
int served_fstat(int fd, struct stat *ret);
int served_stat(const char *path, bool follow, struct stat *ret);
ssize_t served_read_link(const char *path, char *ret, size_t size);
int served_statfs(const char *path, struct statfs *ret);
/* The size of an extended attribute. */
ssize_t served_attribute(const char *path, const char *name);
/* The first bytes of a file. */
ssize_t served_read_head(const char *path, void *ret, size_t size);
/* Memory of a process, as process_vm_readv(2), else as /proc/PID/mem. */
ssize_t served_read_memory(pid_t tid, uint64_t address, void *ret, size_t size);
ssize_t served_write_memory(pid_t tid, uint64_t address, const void *data, size_t size);

#endif
