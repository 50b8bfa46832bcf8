/* The beginning of a program image. */
#include "recorder/fast/hook/hook.h"

#include <asm/unistd.h>

/* Everything that a new image needs, but for the text that this was called from: that is replaced
 * by the caller (entry.S).  0 or -errno. */
int64_t hook_boot(int32_t file, const struct boot *boot)
{
	struct control *control = &region_control;
	/* PROT_READ | PROT_WRITE, MAP_SHARED */
	int64_t log = TRUSTED(__NR_mmap, 0, RING_BYTES, 3, 1, (uint64_t)file, RING_OFFSET);
	struct owner *page = &region_owner;
	int64_t r;

	__asm__("" : "+r"(page)); /* or the compiler makes a constant of it, which moves not */

	TRUSTED(__NR_close, (uint64_t)file);
	if (log < 0)
		return log;
	/* MADV_WIPEONFORK: a child finds out who it is. */
	r = TRUSTED(__NR_madvise, ADDRESS(page), PAGE, 18);
	if (r < 0)
		return r;
	control->ring = (uint64_t)log;
	control->image = boot->image;
	control->base[boot->library] = boot->base;
	return 0;
}
