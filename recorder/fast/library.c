#include "recorder/fast/library.h"

#include "recorder/fast/site.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BILLION 1000000000UL

int library_open(struct library_file *ret, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	void *data = MAP_FAILED;
	int r = -ENOENT;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &ret->st) == 0 && S_ISREG(ret->st.st_mode) &&
	    ret->st.st_size >= (off_t)sizeof(Elf64_Ehdr))
		data = mmap(NULL, (size_t)ret->st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data != MAP_FAILED) {
		ret->data = data;
		ret->size = (size_t)ret->st.st_size;
		r = 0;
	}
	close(fd);
	return r;
}

void library_close(struct library_file *file)
{
	munmap((void *)(uintptr_t)file->data, file->size);
}

static uint64_t changed_ns(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * BILLION + (uint64_t)st->st_mtim.tv_nsec;
}

int library_known(const struct region *region, const struct stat *st)
{
	for (uint32_t i = 0; i < region->code->libraries; i++) {
		const struct library *library = &region->code->library[i];

		if (library->device == st->st_dev && library->inode == st->st_ino &&
		    library->size == (uint64_t)st->st_size && library->changed_ns == changed_ns(st))
			return (int)i;
	}
	return -ENOENT;
}

/* Whether a segment is mapped by whole pages as it stands in the file, all of it. */
static bool is_usable(const struct library_file *file, const Elf64_Phdr *header)
{
	return header->p_filesz == header->p_memsz && header->p_offset <= file->size &&
	       header->p_filesz <= file->size - header->p_offset &&
	       header->p_offset % PAGE == header->p_vaddr % PAGE;
}

static bool is_for_x86_64(const Elf64_Ehdr *elf)
{
	return !memcmp(elf->e_ident, ELFMAG, SELFMAG) && elf->e_ident[EI_CLASS] == ELFCLASS64 &&
	       elf->e_machine == EM_X86_64 && elf->e_type == ET_DYN;
}

/* The one segment that is code. */
static int find_text(const struct library_file *file, Elf64_Phdr *ret)
{
	Elf64_Ehdr elf;

	memcpy(&elf, file->data, sizeof elf);
	for (size_t i = 0; is_for_x86_64(&elf) && i < elf.e_phnum; i++) {
		size_t at = elf.e_phoff + i * sizeof *ret;

		if (at > file->size || file->size - at < sizeof *ret)
			break;
		memcpy(ret, file->data + at, sizeof *ret);
		if (ret->p_type == PT_LOAD && ret->p_flags & PF_X)
			return is_usable(file, ret) ? 0 : -ENOENT;
	}
	return -ENOENT;
}

/* ---- stubs ---- */

struct writer {
	uint8_t *at;
};

static void put(struct writer *writer, const void *bytes, size_t size)
{
	memcpy(writer->at, bytes, size);
	writer->at += size;
}

static void put32(struct writer *writer, uint32_t value)
{
	put(writer, &value, sizeof value);
}

#define PUT(writer, ...)                                                                           \
	put(writer, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* call hook_enter, below the red zone.  The stub stands at `offset` of the region. */
static void put_call(struct writer *writer, const uint8_t *stub, uint32_t offset)
{
	uint32_t next;

	PUT(writer, 0x48, 0x8d, 0x64, 0x24, 0x80); /* lea -128(%rsp), %rsp */
	PUT(writer, 0xe8);
	next = offset + (uint32_t)(writer->at - stub) + 4;
	put32(writer, CODE_AT + HOOK_OFFSET - next);
	PUT(writer, 0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0); /* lea 128(%rsp), %rsp */
}

/* Back behind the site: only r11 is free, as after any system call. */
static void put_return(struct writer *writer, const struct region *region, uint32_t library,
		       uint32_t after)
{
	uint32_t base = region->address + CONTROL_AT + (uint32_t)offsetof(struct control, base) +
			library * 8;

	PUT(writer, 0x4c, 0x8b, 0x1c, 0x25); /* mov base, %r11 */
	put32(writer, base);
	PUT(writer, 0x4d, 0x8d, 0x9b); /* lea after(%r11), %r11 */
	put32(writer, after);
	PUT(writer, 0x41, 0xff, 0xe3); /* jmp *%r11 */
}

/* Where the number is not known beforehand, the calls that are not wanted are made right here, with
 * the stack that they were given: clone(2) may be among them. */
static void put_choice(struct writer *writer, const struct region *region, const uint8_t *stub,
		       uint32_t offset)
{
	uint32_t bits = region->address + CODE_AT + (uint32_t)offsetof(struct code, may_hook);

	PUT(writer, 0x3d); /* cmp $NUMBERS_MAX, %eax */
	put32(writer, NUMBERS_MAX);
	PUT(writer, 0x73, 30);		     /* jae to the syscall below */
	PUT(writer, 0x0f, 0xa3, 0x04, 0x25); /* bt %eax, may_hook */
	put32(writer, bits);
	PUT(writer, 0x73, 20); /* jnc the same */
	put_call(writer, stub, offset);
	PUT(writer, 0xeb, 2, 0x0f, 0x05); /* jmp over it; syscall */
}

static void write_stub(struct region *region, uint32_t library, const struct site *site,
		       uint32_t address)
{
	uint32_t offset = CODE_AT + STUBS_OFFSET + region->stubs * STUB_BYTES;
	uint8_t *stub = (uint8_t *)region->code + (offset - CODE_AT);
	struct writer writer = { stub };

	put(&writer, site->move, SITE_MOVE_BYTES);
	if (site->kind == SITE_NUMBER)
		put_call(&writer, stub, offset);
	else
		put_choice(&writer, region, stub, offset);
	put_return(&writer, region, library, address + SITE_BYTES);
	region->site[region->stubs].library = library;
	region->site[region->stubs].address = address;
}

/* Makes the site `jmp *[slot]`. */
static void divert(struct region *region, uint8_t *at)
{
	uint64_t *slot = (uint64_t *)((char *)region->code + SLOTS_OFFSET) + region->stubs;
	struct writer writer = { at };

	*slot = region->address + CODE_AT + STUBS_OFFSET + region->stubs * STUB_BYTES;
	PUT(&writer, 0xff, 0x24, 0x25);
	put32(&writer, region->address + CODE_AT + SLOTS_OFFSET + region->stubs * 8);
	region->stubs++;
}

/* ---- the copy ---- */

static void patch(struct region *region, uint32_t index, const struct site *site, size_t count,
		  uint32_t text_address, uint32_t text_at)
{
	const struct library *library = &region->code->library[index];
	uint8_t *text = (uint8_t *)region->code + library->offset + text_at;

	for (size_t i = 0; i < count && region->stubs < SITES_MAX; i++) {
		write_stub(region, index, &site[i], text_address + (uint32_t)site[i].at);
		divert(region, text + site[i].at);
	}
}

static int find_sites(const struct region *region, const struct library_file *file,
		      const Elf64_Phdr *text, struct site site[static SITES_MAX])
{
	const struct site_wanted wanted = { region->code->may_hook, NUMBERS_MAX };

	return sites_find(file->data + text->p_offset, text->p_filesz, wanted, site, SITES_MAX);
}

/* Keeps what stands at the entry, for a beginning that has to be taken back. */
static void keep_entry(struct region *region, uint32_t index, const struct library_file *file,
		       const Elf64_Phdr *text)
{
	Elf64_Ehdr elf;
	size_t at;

	memcpy(&elf, file->data, sizeof elf);
	region->entry[index] = elf.e_entry;
	at = elf.e_entry - text->p_vaddr + text->p_offset;
	if (at < file->size)
		memcpy(region->at_entry[index], file->data + at,
		       file->size - at < BOOT_BYTES_MAX ? file->size - at : BOOT_BYTES_MAX);
}

static int add(struct region *region, const struct library_file *file, const Elf64_Phdr *text,
	       const struct site *site, size_t count)
{
	uint32_t index = region->code->libraries, in_page = text->p_vaddr % PAGE;
	uint32_t bytes = ((uint32_t)text->p_filesz + in_page + PAGE - 1) / PAGE * PAGE;
	size_t from = text->p_offset - in_page;
	struct library library = {
		file->st.st_dev,
		file->st.st_ino,
		file->size,
		changed_ns(&file->st),
		region->text_end,
		bytes,
		(uint32_t)text->p_vaddr - in_page,
		(uint32_t)from,
	};

	if (index == LIBRARIES_MAX || text->p_filesz > CODE_BYTES ||
	    bytes > CODE_BYTES - region->text_end)
		return -ENOSPC;
	memcpy((char *)region->code + library.offset, file->data + from,
	       file->size - from < bytes ? file->size - from : bytes);
	region->code->library[index] = library;
	region->text_end += bytes;
	keep_entry(region, index, file, text);
	patch(region, index, site, count, (uint32_t)text->p_vaddr, in_page);
	__atomic_store_n(&region->code->libraries, index + 1, __ATOMIC_RELEASE);
	return (int)index;
}

int library_patch(struct region *region, const struct library_file *file)
{
	struct site *site = calloc(SITES_MAX, sizeof *site);
	Elf64_Phdr text;
	int r = site ? find_text(file, &text) : -ENOMEM;

	if (r == 0)
		r = find_sites(region, file, &text, site);
	if (r == 0)
		r = -ENOENT;
	if (r > 0)
		r = add(region, file, &text, site, (size_t)r);
	free(site);
	return r;
}
