#ifndef RECORDER_CALLS_RESOLVE_H
#define RECORDER_CALLS_RESOLVE_H

#include "recorder/calls/calls.h"

/* Finds what a path means to a stopped tracee, now.  object->requested, directory and follow
 * say what is looked for; name, exists, dev, ino and mode are filled.  Where nothing is there,
 * the name is the resolved parent and the last component, else the path made absolute.  Names
 * below the process's own /proc folder are written /proc/self and /proc/thread-self.  What
 * lies deeper than PATH_MAX, or in a mount that stands nowhere, has no name: unnamed is set. */
void resolve_path(const struct process *process, pid_t tid, struct object *object);

/* Finds what an open descriptor stands for: a path, or a name like "socket:[12]"; or sets unnamed.
 * 0 or -errno. */
int resolve_descriptor(const struct process *process, pid_t tid, int descriptor,
		       struct object *object);

typedef void link_visit(void *context, struct bytes link);
/* Visits each symbolic link on the way to the object, which is at path `absolute`. */
void resolve_links(const struct process *process, pid_t tid, const struct object *object,
		   struct bytes absolute, link_visit *visit, void *context);

/* Where the links on the way lead, even when nothing is there: a path that we can open, of which
 * `ret_root_size` bytes lead to the tracee's root.  True where they come to what /proc/self is. */
struct reach;
bool resolve_end(const struct reach *reach, struct bytes absolute, struct buffer *ret,
		 size_t *ret_root_size);

/* A namespace, a pipe, a socket: links of /proc lead to it, but its own name is no path.  What
 * memfd_create(2) made has the name that it was given. */
bool resolve_has_no_path(const struct buffer *name);

/* The path made absolute against the tracee's directory, without resolving links.  0; or -errno,
 * and `out` is empty. */
int resolve_absolute(const struct process *process, pid_t tid, const struct object *object,
		     struct buffer *out);

/* Whether a file is in a mount that stands nowhere, so that its name, as the kernel has it, means
 * nothing.  `fd` is ours. */
bool resolve_is_detached(const struct process *process, pid_t tid, int fd,
			 const struct buffer *name);
/* The same for what a link below /proc stands for. */
bool resolve_link_is_detached(const struct process *process, pid_t tid, const char *path,
			      const struct buffer *name);

/* Takes off the mark of an unlinked file, if that is what it is. */
bool resolve_cut_deleted(struct buffer *name);

/* Reads a link below /proc that stands for an object.  memfd_create(2) makes one outside of the
 * file system, which the link names as if it stood in the root.  0 or -errno. */
int resolve_read_link(const char *path, struct buffer *out);

/* The link /proc/TID/WHAT points to, NUL-terminated in `out` (cleared first).  0 or -errno. */
int resolve_proc_link(pid_t tid, const char *what, struct buffer *out);

#endif
