/* Where relative paths start: asked of the kernel, and kept as long as nothing can have changed. */
#include "recorder/fast/hook/hook.h"

#include <asm/stat.h>
#include <asm/unistd.h>

static int starts_with(const char *text, const char *start)
{
	while (*start)
		if (*text++ != *start++)
			return 0;
	return 1;
}

/* Names that mean something else in every process. */
static int is_special(const char *path)
{
	return starts_with(path, "/proc") || starts_with(path, "/dev/fd") ||
	       starts_with(path, "/dev/std");
}

static int folder_read(const struct folder *folder, int32_t descriptor, uint64_t device,
		       uint64_t inode, struct path *ret)
{
	uint32_t version = __atomic_load_n(&folder->version, __ATOMIC_ACQUIRE);

	if (version & 1 || folder->descriptor != descriptor || !folder->size ||
	    folder->epoch != ring()->epoch || folder->device != device || folder->inode != inode)
		return 0;
	ret->base_size = folder->size;
	copy(ret->base, folder->text, folder->size);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&folder->version, __ATOMIC_RELAXED) == version;
}

/* One writer at a time; who comes second does without. */
static void folder_write(struct folder *folder, int32_t descriptor, uint64_t device, uint64_t inode,
			 uint32_t epoch, const struct path *path)
{
	uint32_t version = folder->version;

	if (version & 1 || !__atomic_compare_exchange_n(&folder->version, &version, version + 1, 0,
							__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return;
	folder->descriptor = descriptor;
	folder->device = device;
	folder->inode = inode;
	folder->epoch = epoch;
	folder->size = path->base_size;
	copy(folder->text, path->base, path->base_size);
	__atomic_store_n(&folder->version, version + 2, __ATOMIC_RELEASE);
}

int is_plain(char *text, int64_t size)
{
	static const char deleted[] = " (deleted)";
	const int64_t mark = sizeof deleted - 1;

	if (size <= 0 || size >= (int64_t)FOLDER_BYTES || text[0] != '/')
		return 0;
	text[size] = '\0';
	return !is_special(text) && !(size > mark && starts_with(text + size - mark, deleted));
}

static int ask_current(struct path *ret)
{
	int64_t size = TRUSTED(__NR_getcwd, ADDRESS(ret->base), FOLDER_BYTES) - 1;

	ret->base_size = (uint16_t)size;
	return is_plain(ret->base, size);
}

static int find_current(struct path *ret)
{
	struct control *control = &region_control;
	uint32_t moved = __atomic_load_n(&control->moved, __ATOMIC_ACQUIRE);
	uint32_t epoch = ring()->epoch;

	if (control->foreign || moved & 1)
		return ask_current(ret);
	if (folder_read(&control->current, (int32_t)moved, 0, 0, ret))
		return 1;
	if (!ask_current(ret))
		return 0;
	if (__atomic_load_n(&control->moved, __ATOMIC_ACQUIRE) == moved)
		folder_write(&control->current, (int32_t)moved, 0, 0, epoch, ret);
	return 1;
}

/* "/proc/self/fd/N" */
static void make_link(char *to, int32_t descriptor)
{
	static const char start[] = "/proc/self/fd/";
	char digit[10];
	uint32_t count = 0, at = sizeof start - 1;

	copy(to, start, at);
	do
		digit[count++] = (char)('0' + descriptor % 10);
	while ((descriptor /= 10) > 0);
	while (count)
		to[at++] = digit[--count];
	to[at] = '\0';
}

int64_t descriptor_name(int32_t descriptor, char *to, uint64_t limit)
{
	char link[32];

	make_link(link, descriptor);
	return TRUSTED(__NR_readlink, ADDRESS(link), ADDRESS(to), limit);
}

static int find_folder(int32_t descriptor, struct path *ret)
{
	struct folder *folder = &region_control.folder[(uint32_t)descriptor % FOLDERS];
	uint32_t epoch = ring()->epoch;
	struct stat st;
	int64_t size;

	if (descriptor < 0 || TRUSTED(__NR_fstat, (uint64_t)descriptor, ADDRESS(&st)) < 0)
		return 0;
	if (folder_read(folder, descriptor, st.st_dev, st.st_ino, ret))
		return 1;
	size = descriptor_name(descriptor, ret->base, FOLDER_BYTES);
	ret->base_size = (uint16_t)size;
	if (!is_plain(ret->base, size))
		return 0;
	folder_write(folder, descriptor, st.st_dev, st.st_ino, epoch, ret);
	return 1;
}

int path_read(struct path *path, int32_t directory, uint64_t address)
{
	int64_t size;

	if (!address)
		return 0;
	size = hook_copy(path->text, (const char *)(uintptr_t)address, PATH_BYTES);
	if (size <= 0 || size >= PATH_BYTES)
		return 0;
	path->size = (uint16_t)size;
	path->base_size = 0;
	path->directory = directory;
	if (path->text[0] == '/')
		return !is_special(path->text);
	return directory == CURRENT ? find_current(path) : find_folder(directory, path);
}
