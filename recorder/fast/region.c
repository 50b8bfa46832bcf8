#include "recorder/fast/region.h"

#include "core/embed.h"
#include "recorder/calls/served.h"
#include "recorder/fast/kinds.h"
#include "recorder/fast/library.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

EMBED(hook, PARE_HOOK);

/* Below 2 GiB, above where programs without ASLR and their heaps usually are. */
#define LOWEST	0x20000000u
#define HIGHEST 0x6e000000u

/* What entry.S keeps at its start; all count from the region's beginning. */
struct hook_head {
	uint8_t enter[16], begin[16];
	uint32_t copy_begin, copy_end, copy_fault, stopping_end;
	uint32_t boot_start, boot_data, boot_end, boot_failed;
};

_Static_assert(sizeof(struct library) == 48 && offsetof(struct code, library) == 24 &&
		       offsetof(struct library, offset) == 32,
	       "as entry.S has it");
_Static_assert(sizeof(struct boot) == 88 && offsetof(struct boot, file) == 48, "as entry.S has it");
_Static_assert(sizeof(struct code) <= HOOK_OFFSET, "the code's head has its place");
_Static_assert(sizeof(struct control) <= PAGE, "one page");

static const struct hook_head *head(void)
{
	return (const struct hook_head *)hook_data;
}

static const uint8_t *hook_bytes(uint32_t address)
{
	return (const uint8_t *)hook_data + (address - CODE_AT - HOOK_OFFSET);
}

static int choose_address(uint32_t *ret)
{
	uint32_t random;

	if (getrandom(&random, sizeof random, 0) != sizeof random)
		return -EIO;
	*ret = LOWEST + random % ((HIGHEST - LOWEST) / PAGE) * PAGE;
	return 0;
}

static int map_file(struct region *region, const struct region_place *place)
{
	region->file = place->file >= 0 ? fcntl(place->file, F_DUPFD_CLOEXEC, 0)
					: memfd_create("pare", MFD_CLOEXEC);
	region->path = place->file >= 0 ? place->path : NULL;
	if (region->file < 0 || ftruncate(region->file, RING_OFFSET + RING_BYTES) < 0)
		return -errno;
	region->code = mmap(NULL, RING_OFFSET + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			    region->file, 0);
	if (region->code == MAP_FAILED) {
		region->code = NULL;
		return -errno;
	}
	region->ring = (struct ring *)((char *)region->code + RING_OFFSET);
	return 0;
}

int region_open(struct region *ret, const struct call_table *table,
		const struct region_place *place)
{
	int r;

	*ret = (struct region){ .file = -1, .text_end = TEXTS_OFFSET };
	r = choose_address(&ret->address);
	if (r == 0)
		r = map_file(ret, place);
	if (r == 0 && getrandom(ret->code->magic, sizeof ret->code->magic, 0) < 0)
		r = -errno;
	if (r < 0) {
		region_close(ret);
		return r;
	}
	hook_rows_fill(table, ret->code);
	ret->code->help = place->file >= 0; /* an overlay may need it: dryrun_move() */
	memcpy((char *)ret->code + HOOK_OFFSET, hook_data,
	       (uintptr_t)hook_end - (uintptr_t)hook_data);
	return 0;
}

void region_close(struct region *region)
{
	if (region->code)
		munmap(region->code, RING_OFFSET + RING_BYTES);
	if (region->file >= 0)
		close(region->file);
	*region = (struct region){ .file = -1 };
}

int region_add_library(struct region *region, const char *path)
{
	struct library_file file;
	struct stat st;
	int r;

	if (served_stat(path, true, &st) < 0)
		return -errno;
	r = library_known(region, &st);
	/* Reading it may wait for the agent; without it, calls stop. */
	if (r >= 0 || !S_ISREG(st.st_mode) || served_possible(SERVED_FILES | SERVED_READS))
		return r;
	r = library_open(&file, path);
	if (r < 0)
		return r;
	r = library_patch(region, &file);
	library_close(&file);
	return r;
}

size_t region_boot(const struct region *region, int library, uint64_t base, uint32_t image,
		   uint8_t ret[static BOOT_BYTES_MAX])
{
	uint32_t size = head()->boot_end - head()->boot_start;
	struct boot boot = {
		.region = region->address,
		.image = image,
		.library = (uint32_t)library,
		.base = base,
		.entry = base + region->entry[library],
		.magic = { region->code->magic[0], region->code->magic[1] },
	};

	if (region->path)
		snprintf(boot.file, sizeof boot.file, "%s", region->path);
	else
		snprintf(boot.file, sizeof boot.file, "/proc/%d/fd/%d", getpid(), region->file);
	memcpy(ret, hook_bytes(head()->boot_start), size);
	memcpy(ret + (head()->boot_data - head()->boot_start), &boot, sizeof boot);
	return size;
}

enum place region_place(const struct region *region, uint64_t address)
{
	uint64_t offset = address - region->address;

	if (offset >= head()->copy_begin && offset < head()->copy_end)
		return PLACE_COPY;
	if (offset == head()->boot_failed)
		return PLACE_GAVE_UP;
	return offset < CODE_AT + CODE_BYTES ? PLACE_HOOK : PLACE_ELSEWHERE;
}

uint64_t region_after_fault(const struct region *region)
{
	return region->address + head()->copy_fault;
}

bool region_site(const struct region *region, uint64_t address, uint32_t *ret_library,
		 uint32_t *ret_address)
{
	uint64_t offset = address - region->address - CODE_AT - STUBS_OFFSET;

	if (address < region->address || offset >= (uint64_t)region->stubs * STUB_BYTES)
		return false;
	*ret_library = region->site[offset / STUB_BYTES].library;
	*ret_address = region->site[offset / STUB_BYTES].address;
	return true;
}

uint64_t region_trusted_address(const struct region *region)
{
	return region->address + 2; /* behind the instruction */
}
