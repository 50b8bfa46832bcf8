#ifndef RECORDER_FAST_HOOK_HOOK_H
#define RECORDER_FAST_HOOK_HOOK_H

/* The code that runs inside the agent's processes, instead of their library's system calls.
 *
 * It is linked by itself, as bytes that run wherever they are put (hook.ld), and compiled so that
 * it uses no library, no thread-local storage, no vector registers and no memory but the stack, the
 * region and the log (layout.h): it runs before the C library is there, in signal handlers, and in
 * a child that shares its parent's memory.  The stack that it needs is below 2 KiB.
 *
 * A path is copied once, and the kernel is given the copy: what is logged is what was used.  Where
 * a call cannot be told for certain without stopping, it is made from outside the trusted page,
 * and stops. */
#include "recorder/fast/layout.h"

#define PATH_BYTES 400	  /* longer ones stop */
#define CURRENT	   (-100) /* AT_FDCWD */
#define HIDDEN	   __attribute__((visibility("hidden")))

struct registers {
	uint64_t number, argument[6];
};

/* entry.S, hook.ld */
extern HIDDEN int64_t hook_trusted(uint64_t number, const uint64_t *argument);
extern HIDDEN int64_t hook_stopping(uint64_t number, const uint64_t *argument);
/* Copies a string, at most `limit` bytes with its NUL, and returns its length, `limit` when it is
 * longer, -1 where the memory is not readable: the recorder moves a fault in it to its end. */
extern HIDDEN int64_t hook_copy(char *to, const char *from, uint64_t limit);
extern HIDDEN struct control region_control;
extern HIDDEN struct owner region_owner;
extern HIDDEN const struct code region_code;

HIDDEN int64_t hook_main(const struct registers *registers);
HIDDEN int64_t hook_boot(int32_t file, const struct boot *boot);

/* One path argument as it will be logged. */
struct path {
	int32_t directory;
	uint16_t base_size, size;
	char base[FOLDER_BYTES];
	char text[PATH_BYTES];
};

#define TRUSTED(number, ...) hook_trusted(number, (const uint64_t[6]){ __VA_ARGS__ })
#define ADDRESS(pointer)     ((uint64_t)(uintptr_t)(pointer))

static inline struct ring *ring(void)
{
	return (struct ring *)(uintptr_t)region_control.ring;
}

static inline void copy(char *to, const char *from, uint32_t size)
{
	uint32_t i = 0;

	for (; i + 8 <= size; i += 8)
		__builtin_memcpy(to + i, from + i, 8);
	for (; i < size; i++)
		to[i] = from[i];
}

/* folders.c */
/* Reads one path argument.  False where it cannot be told without a stop. */
HIDDEN int path_read(struct path *path, int32_t directory, uint64_t address);
/* The kernel's name for an open descriptor.  Size, or -errno.  `to` has room for `limit` bytes. */
HIDDEN int64_t descriptor_name(int32_t descriptor, char *to, uint64_t limit);
/* Whether that name can be used as it is; ends it with a NUL. */
HIDDEN int is_plain(char *text, int64_t size);

/* log.c */
/* A call between its entry in the log and its end. */
struct record {
	struct log_entry *entry;
	uint64_t state, position;
};

/* Who makes the calls of this memory: its process, or the one that a vfork(2) has come from. */
HIDDEN uint32_t owner(void);
/* Puts a call into the log; false when that is full.  `first` and `second` may be NULL. */
HIDDEN int record_begin(struct record *record, uint64_t number, uint64_t flags, uint32_t note,
			const struct path *first, const struct path *second);
HIDDEN void record_end(const struct record *record, int64_t result);

/* map.c */
/* mmap(2) of a file as code. */
HIDDEN int64_t hook_map(const struct registers *registers);

#endif
