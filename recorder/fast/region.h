#ifndef RECORDER_FAST_REGION_H
#define RECORDER_FAST_REGION_H

#include "recorder/fast/layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call_table;

#define BOOT_BYTES_MAX 512

/* The run's file: the code that goes into processes, the patched texts, and the log behind them. */
struct region {
	int file;	  /* memfd_create(2), or what was given */
	const char *path; /* of that, for the agent; NULL: it is the recorder's descriptor */
	uint32_t address; /* of the region, in every process */
	struct code *code;
	struct ring *ring;
	uint32_t text_end; /* offset in CODE where the next text may begin */
	uint32_t stubs;	   /* used */
	struct {
		uint32_t library, address;		 /* without the library's base */
	} site[SITES_MAX];				 /* of each stub */
	uint64_t entry[LIBRARIES_MAX];			 /* e_entry of each library */
	uint8_t at_entry[LIBRARIES_MAX][BOOT_BYTES_MAX]; /* what stands there in the file */
};

/* Where the agent has a root of its own, which shows no process of the recorder's. */
struct region_place {
	int root;	  /* O_PATH: that, as names_open() has it */
	int file;	  /* empty, to be shared; -1: one is made */
	const char *path; /* of the file, in there; less than 40 bytes */
};

/* 0 or -errno. */
int region_open(struct region *ret, const struct call_table *table,
		const struct region_place *place);
void region_close(struct region *region);

/* Patches the text of an ELF file; its index, or -errno: -ENOENT where there is nothing to patch.
 * A file that is known already keeps its index.  `path` is as this process sees it. */
int region_add_library(struct region *region, const char *path);

/* The bytes that go over the entry of library `library` loaded at `base`; at most BOOT_BYTES_MAX.
 * Returns how many. */
size_t region_boot(const struct region *region, int library, uint64_t base, uint32_t image,
		   uint8_t ret[static BOOT_BYTES_MAX]);
/* What an address of a stopped process means. */
enum place { PLACE_ELSEWHERE, PLACE_COPY, PLACE_GAVE_UP, PLACE_HOOK };
enum place region_place(const struct region *region, uint64_t address);
/* Where a process goes on that faulted at PLACE_COPY. */
uint64_t region_after_fault(const struct region *region);

/* Where the call site of the stub is that a call of the hook returns to; false for an address in no
 * stub.  The address is that of the site without the base of its library. */
bool region_site(const struct region *region, uint64_t address, uint32_t *ret_library,
		 uint32_t *ret_address);

/* The instruction pointer that seccomp(2) sees for calls that the hook has logged. */
uint64_t region_trusted_address(const struct region *region);

#endif
