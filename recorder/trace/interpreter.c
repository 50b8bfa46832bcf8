/* What the kernel opens by itself in an exec: the interpreter that a script names in its first
 * line, and the loader that an ELF program names in PT_INTERP: execve(2), elf(5). */
#include "recorder/trace/tracer.h"

#include "recorder/calls/resolve.h"
#include "recorder/calls/served.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define HEAD_BYTES	 4096
#define INTERPRETERS_MAX 5 /* the kernel goes no further */

/* Reports the path as the process's kernel looked it up, with the links on the way. */
static void report_path(struct tracee *tracee, struct bytes path, enum resource resource,
			enum action action)
{
	struct object *object = &tracee->call.object[1];

	buffer_clear(&object->requested);
	buffer_clear(&object->name);
	buffer_append(&object->requested, path.data, path.size);
	object->directory = AT_FDCWD;
	object->follow = true;
	call_resolve(&tracee->call, 1);
	call_report_links(&tracee->call, object);
	call_report_as(&tracee->call, resource, action, object);
}

/* The interpreter in a first line: "#!", blanks, a path up to a blank. */
static struct bytes find_interpreter(const char *head, size_t size)
{
	size_t from = 2, to;

	if (size < 3 || memcmp(head, "#!", 2))
		return (struct bytes){ 0 };
	while (from < size && (head[from] == ' ' || head[from] == '\t'))
		from++;
	for (to = from; to < size && !strchr(" \t\n", head[to]); to++)
		;
	return (struct bytes){ head + from, to - from };
}

/* Reports what the first line of `script` names; false where it names nothing. */
static bool report_interpreter(struct tracee *tracee, struct bytes script)
{
	char head[HEAD_BYTES], path[PATH_MAX * 2];
	struct bytes interpreter;
	ssize_t got;

	if (!script.size || script.data[0] != '/')
		return false;
	snprintf(path, sizeof path, "/proc/%d/root%s", tracee->tid, script.data);
	got = served_read_head(tracee->process->own_view ? path : script.data, head, sizeof head);
	interpreter = find_interpreter(head, got > 0 ? (size_t)got : 0);
	if (!interpreter.size)
		return false;
	report_path(tracee, interpreter, RESOURCE_PROGRAM, ACTION_EXEC);
	return true;
}

void interpreter_report_script(struct tracee *tracee)
{
	struct bytes script = buffer_bytes(&tracee->call.object[0].name);

	/* An interpreter may be a script, too. */
	for (int i = 0; i < INTERPRETERS_MAX && report_interpreter(tracee, script); i++)
		script = buffer_bytes(&tracee->call.object[1].name);
}

/* The text of one program header, where it names a loader within the bytes at hand. */
static struct bytes loader_of(const char *head, size_t size, size_t at)
{
	Elf64_Phdr header;

	if (at > size || size - at < sizeof header)
		return (struct bytes){ 0 };
	memcpy(&header, head + at, sizeof header);
	if (header.p_type != PT_INTERP || header.p_offset >= size ||
	    header.p_filesz > size - header.p_offset)
		return (struct bytes){ 0 };
	return (struct bytes){ head + header.p_offset,
			       strnlen(head + header.p_offset, header.p_filesz) };
}

static struct bytes find_loader(const char *head, size_t size)
{
	struct bytes loader = { 0 };
	Elf64_Ehdr elf;

	if (size < sizeof elf)
		return loader;
	memcpy(&elf, head, sizeof elf);
	if (memcmp(elf.e_ident, ELFMAG, SELFMAG) || elf.e_ident[EI_CLASS] != ELFCLASS64)
		return loader;
	for (size_t i = 0; i < elf.e_phnum && !loader.size; i++)
		loader = loader_of(head, size, elf.e_phoff + i * sizeof(Elf64_Phdr));
	return loader;
}

const char *interpreter_report_loader(struct tracee *tracee)
{
	char head[HEAD_BYTES], path[64];
	struct bytes loader;
	ssize_t got;

	snprintf(path, sizeof path, "/proc/%d/exe", tracee->tid);
	got = served_read_head(path, head, sizeof head);
	loader = find_loader(head, got > 0 ? (size_t)got : 0);
	if (!loader.size)
		return NULL;
	report_path(tracee, loader, RESOURCE_FILE, ACTION_MAP);
	return buffer_text(&tracee->call.object[1].name);
}
