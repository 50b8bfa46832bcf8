#ifndef RECORDER_FAST_LAYOUT_H
#define RECORDER_FAST_LAYOUT_H

#include <stdint.h>

/* What the recorder and the code that it puts into the agent's processes agree on.
 *
 * Each program image that can be recorded without stops gets one region at an address that is
 * chosen anew for each run, below 2 GiB so that `jmp *[address]` reaches it:
 *
 *   TRUSTED   private  r-x  "syscall; ret": the filter lets what comes from here through
 *   CONTROL   private  rw-  struct control
 *   OWNER     private  rw-  struct owner, wiped by fork(2)
 *   CODE      private  r-x  the first CODE_BYTES of the run's file: struct code, the hook, a stub
 *                           for each patched call site, and the patched texts of libraries, which
 *                           a process moves over the originals
 *
 * and, anywhere, the log: RING_BYTES of the same file, shared by all.  Nothing here is a secret
 * from the agent, and the recorder believes nothing that stands in the log. */

#define PAGE	      0x1000u
#define CONTROL_AT    0x1000u
#define OWNER_AT      0x2000u
#define CODE_AT	      0x3000u
#define CODE_BYTES    0x800000u
#define HOOK_OFFSET   0x2000u /* of CODE */
#define SLOTS_OFFSET  0x8000u
#define STUBS_OFFSET  0xa000u
#define STUB_BYTES    64u
#define SITES_MAX     1000u
#define SITE_BYTES    7u
#define RED_ZONE      128u
#define TEXTS_OFFSET  0x20000u
#define RING_OFFSET   CODE_BYTES
#define RING_BYTES    0x800000u
#define LIBRARIES_MAX 16u
#define NUMBERS_MAX   512u

/* ---- what a call is to the hook ---- */

enum hook_kind {
	HOOK_NONE, /* made from elsewhere: it stops, as without the hook */
	HOOK_PATH,
	HOOK_STAT, /* an empty path looks at a descriptor, which is as harmless as fstat(2) */
	HOOK_OPEN,
	HOOK_DELETE, /* a path that is neither a symbolic link nor a folder */
	HOOK_PAIR,   /* two paths; the first neither a link nor a folder, the second no link */
	HOOK_CHDIR,
	HOOK_MAP, /* mmap(2) of a file as code */
};

/* Arguments by number; NO_ARGUMENT where there is none, and the current folder is meant. */
#define NO_ARGUMENT 7
struct hook_row {
	uint8_t kind, directory, path, flags;
};

/* ---- CODE ---- */

struct library {
	uint64_t device, inode, size, changed_ns; /* of the file; device 0: none */
	uint32_t offset, bytes;			  /* of its patched text, in CODE */
	uint32_t address;			  /* p_vaddr of the text, without the base */
	uint32_t file_offset;			  /* of the text, in the file */
};

struct code {
	uint64_t magic[2]; /* random: is this the run's file? */
	uint32_t libraries;
	uint32_t help; /* who follows helps a rename that fails with EXDEV: it is made again, and
			  stops */
	struct library library[LIBRARIES_MAX];
	struct hook_row row[NUMBERS_MAX];
	uint8_t may_hook[NUMBERS_MAX / 8]; /* bit of a number: its kind is not HOOK_NONE */
};

/* ---- CONTROL and OWNER ---- */

/* A folder that relative paths start at, by the descriptor and the file behind it. */
#define FOLDERS	     12u
#define FOLDER_BYTES 208u
struct folder {
	uint32_t version; /* odd: being written */
	int32_t descriptor;
	uint64_t device, inode;
	uint32_t epoch;
	uint16_t size;
	char text[FOLDER_BYTES];
};

struct control {
	uint64_t ring; /* address */
	uint32_t image;
	uint32_t slow;	  /* set by the recorder: every call is to stop */
	uint32_t foreign; /* somebody may change the current folder unseen: ask each time */
	uint32_t moved;	  /* counts changes of the current folder, before and after */
	uint64_t base[LIBRARIES_MAX]; /* where each library stands, 0: not yet */
	struct folder current;	      /* descriptor: `moved` when it was asked */
	struct folder folder[FOLDERS];
};

struct owner {
	uint32_t tgid; /* 0: not asked yet */
};

/* ---- the beginning ---- */

/* What entry.S puts over the entry of a program's loader, filled in for each image.  It maps
 * the region, moves the loader's patched text over itself, and goes on at the entry. */
struct boot {
	uint32_t region; /* address */
	uint32_t image, library, padding;
	uint64_t base, entry; /* of the loader */
	uint64_t magic[2];
	char file[40]; /* path of the run's file */
};

/* ---- the log ---- */

/* Entries are whole units.  The first word of a unit that begins an entry says how far it is, and
 * each step is one atomic exchange, so that a producer may die anywhere:
 *
 *   FREE(lap)                       nobody's; `lap` counts how often the log went round
 *   CLAIMED(lap, units, owner)      being filled
 *   ENTERED(lap, units, owner)      filled; the call is being made
 *   DONE(result, units, owner)      the call has ended; the result takes the place of the lap
 *
 * The reader makes each unit of what it has read FREE(lap + 1). */
enum phase { PHASE_FREE, PHASE_CLAIMED, PHASE_ENTERED, PHASE_DONE };

#define UNIT_BYTES	64u
#define ENTRY_BYTES_MAX 2048u

static inline uint64_t state_of(enum phase phase, uint32_t lap_or_result, uint32_t units,
				uint32_t owner)
{
	return (uint64_t)lap_or_result << 32 | (uint64_t)units << 26 | (uint64_t)phase << 24 |
	       (owner & 0xffffff);
}
static inline enum phase state_phase(uint64_t state)
{
	return (enum phase)(state >> 24 & 3);
}
static inline uint32_t state_units(uint64_t state)
{
	return state >> 26 & 63;
}
static inline uint32_t state_owner(uint64_t state)
{
	return state & 0xffffff;
}
static inline uint32_t state_high(uint64_t state)
{
	return (uint32_t)(state >> 32);
}

enum note {
	NOTE_EXISTED = 1,    /* before the call there was an object (the second of a pair) */
	NOTE_RESULT = 2,     /* the end of an entry that the reader took while it was ENTERED */
	NOTE_PADDING = 4,    /* to the end of the log */
	NOTE_SLOW_AFTER = 8, /* nothing came of it: the call was made again, and stopped */
};

struct log_entry {
	uint64_t state;
	uint32_t image;
	uint16_t number;
	uint16_t note;
	uint64_t flags;	  /* the argument that the row calls flags; NOTE_RESULT: whose end it is */
	uint16_t size[4]; /* of what follows: where a relative path starts and the path, twice */
	char bytes[];
};

struct ring {
	uint64_t head; /* in units, never wraps; producers add */
	char apart[UNIT_BYTES - 8];
	uint64_t tail;	/* the reader's: all below is free again */
	uint32_t epoch; /* counts changes that may rename folders */
	uint32_t full;	/* how often a call stopped because the log was full */
	char apart_too[UNIT_BYTES - 16];
	char unit[];
};
#define RING_UNITS ((RING_BYTES - (uint32_t)sizeof(struct ring)) / UNIT_BYTES)

#endif
