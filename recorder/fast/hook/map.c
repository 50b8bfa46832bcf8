/* Libraries that the loader maps: the patched text goes over the one that came from the file. */
#include "recorder/fast/hook/hook.h"

#include <asm/stat.h>
#include <asm/unistd.h>

static int is_library(const struct library *library, const struct stat *st)
{
	return library->device && library->device == st->st_dev && library->inode == st->st_ino &&
	       library->size == (uint64_t)st->st_size &&
	       library->changed_ns == st->st_mtime * 1000000000UL + st->st_mtime_nsec;
}

/* Moves the patched text of a library over the one that was just mapped at `address`. */
static void replace_text(uint32_t index, uint64_t address)
{
	const struct library *library = &region_code.library[index];
	uint64_t from = ADDRESS(&region_code) + library->offset;

	if (region_control.base[index])
		return; /* a second copy in the same process: that one stops */
	region_control.base[index] = address - library->address;
	/* MREMAP_MAYMOVE | MREMAP_FIXED */
	if (TRUSTED(__NR_mremap, from, library->bytes, library->bytes, 3, address) < 0)
		region_control.base[index] = 0;
}

static uint32_t find_library(const struct registers *registers)
{
	uint32_t count = __atomic_load_n(&region_code.libraries, __ATOMIC_ACQUIRE);
	struct stat st;

	if (TRUSTED(__NR_fstat, registers->argument[4], ADDRESS(&st)) < 0)
		return LIBRARIES_MAX;
	for (uint32_t i = 0; i < count && i < LIBRARIES_MAX; i++)
		if (is_library(&region_code.library[i], &st) &&
		    region_code.library[i].file_offset == registers->argument[5] &&
		    region_code.library[i].bytes ==
			    ((registers->argument[1] + PAGE - 1) & ~0xfffUL))
			return i;
	return LIBRARIES_MAX;
}

/* A file mapped as code.  One that the recorder has not seen stops, so that it can be looked at;
 * what is known then is used at once. */
int64_t hook_map(const struct registers *registers)
{
	struct path name;
	struct record record;
	uint32_t library;
	int64_t result, size;

	size = descriptor_name((int32_t)registers->argument[4], name.text, FOLDER_BYTES);
	library = is_plain(name.text, size) ? find_library(registers) : LIBRARIES_MAX;
	name.base_size = 0;
	name.size = (uint16_t)size;
	if (!is_plain(name.text, size) ||
	    !record_begin(&record, registers->number, 0, 0, &name, 0)) {
		result = hook_stopping(registers->number, registers->argument);
	} else {
		result = hook_trusted(registers->number, registers->argument);
		record_end(&record, result);
	}
	if (library < LIBRARIES_MAX && result > 0)
		replace_text(library, (uint64_t)result);
	return result;
}
