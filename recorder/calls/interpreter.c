#include "recorder/calls/interpreter.h"

#include "recorder/confine/confine.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES	 4096
#define INTERPRETERS_MAX 5   /* the kernel goes no further */
#define LINE_BYTES_MAX	 256 /* BINPRM_BUF_SIZE: it reads no more of the first line */

/* Looks a path up as the process's kernel did. */
static void look_up(struct call *call, struct bytes path)
{
	struct object *object = &call->object[1];

	buffer_clear(&object->requested);
	buffer_clear(&object->name);
	buffer_append(&object->requested, path.data, path.size);
	object->directory = AT_FDCWD;
	object->follow = true;
	call_resolve(call, 1);
}

/* Reports the path, with the links on the way. */
static void report_path(struct call *call, struct bytes path, enum resource resource,
			enum action action)
{
	look_up(call, path);
	call_report_links(call, &call->object[1]);
	call_report_as(call, resource, action, &call->object[1]);
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

/* Reads the beginning of a file that has been named. */
static size_t read_named(const struct call *call, struct bytes name, char head[static HEAD_BYTES])
{
	char path[PATH_MAX * 2];
	ssize_t got;

	if (!name.size || name.data[0] != '/')
		return 0;
	snprintf(path, sizeof path, "/proc/%d/root%s", call->tid, name.data);
	got = served_read_head(call->process->own_view ? path : name.data, head, HEAD_BYTES);
	return got > 0 ? (size_t)got : 0;
}

/* Reports what the first line of `script` names; false where it names nothing. */
static bool report_interpreter(struct call *call, struct bytes script)
{
	char head[HEAD_BYTES];
	size_t size = read_named(call, script, head);
	struct bytes interpreter = find_interpreter(head, size);

	if (!interpreter.size)
		return false;
	report_path(call, interpreter, RESOURCE_PROGRAM, ACTION_EXEC);
	return true;
}

void interpreter_report_script(struct call *call)
{
	struct bytes script = buffer_bytes(&call->object[0].name);

	/* An interpreter may be a script, too. */
	for (int i = 0; i < INTERPRETERS_MAX && report_interpreter(call, script); i++)
		script = buffer_bytes(&call->object[1].name);
}

/* Beside "register" and "status" each file is a format. */
static bool kernel_knows_more(void)
{
	DIR *formats = opendir("/proc/sys/fs/binfmt_misc");
	const struct dirent *entry;
	bool found = false;

	while (formats && !found && (entry = readdir(formats)))
		found = *entry->d_name != '.' && strcmp(entry->d_name, "register") &&
			strcmp(entry->d_name, "status");
	if (formats)
		closedir(formats);
	return found;
}

bool interpreter_is_no_program(const struct call *call, struct bytes name)
{
	char head[HEAD_BYTES] = "";

	/* Of what cannot be read nobody knows. */
	return read_named(call, name, head) && memcmp(head, ELFMAG, SELFMAG) &&
	       memcmp(head, "#!", 2) && !kernel_knows_more();
}

/* ---- what the kernel hands to an interpreter ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The one argument in a first line: what stands behind the interpreter. */
static struct bytes find_argument(const char *head, size_t size, struct bytes interpreter)
{
	const char *from = interpreter.data + interpreter.size, *end = head;

	if (size > LINE_BYTES_MAX)
		size = LINE_BYTES_MAX;
	while (end < head + size && *end && *end != '\n')
		end++;
	while (from < end && is_blank(*from))
		from++;
	while (end > from && is_blank(end[-1]))
		end--;
	return (struct bytes){ from, from < end ? (size_t)(end - from) : 0 };
}

/* As the kernel names it to its interpreter. */
static void write_script(const struct call *call, struct buffer *out)
{
	const struct object *object = &call->object[0];
	struct bytes path = buffer_bytes(&object->requested);
	int directory = call_descriptor(call, call->row->a);

	if (object->by_descriptor)
		buffer_printf(out, "/dev/fd/%d", directory);
	else if (directory != AT_FDCWD && path.size && *path.data != '/')
		buffer_printf(out, "/dev/fd/%d/", directory);
	if (!object->by_descriptor)
		buffer_append(out, path.data, path.size);
	buffer_add_char(out, '\0');
}

/* The words of one first line go before those of the one before, of which the interpreter is the
 * script here.  False where there is none. */
static bool put_words(struct call *call, struct bytes script, struct buffer *words)
{
	scoped(buffer) struct buffer before = *words;
	char head[HEAD_BYTES];
	size_t size = read_named(call, script, head);
	struct bytes interpreter = find_interpreter(head, size), argument;

	*words = (struct buffer){ 0 };
	if (interpreter.size) {
		argument = find_argument(head, size, interpreter);
		buffer_append(words, interpreter.data, interpreter.size);
		buffer_add_char(words, '\0');
		buffer_append(words, argument.data, argument.size);
		if (argument.size)
			buffer_add_char(words, '\0');
	}
	buffer_append(words, before.data, before.size);
	if (interpreter.size)
		look_up(call, interpreter);
	return interpreter.size != 0;
}

void interpreter_write_words(struct call *call, struct buffer *out)
{
	scoped(buffer) struct buffer words = { 0 };
	struct bytes script = buffer_bytes(&call->object[0].name);

	write_script(call, &words);
	for (int i = 0; i < INTERPRETERS_MAX && put_words(call, script, &words); i++)
		script = buffer_bytes(&call->object[1].name);
	buffer_append(out, words.data, words.size);
	buffer_clear(&call->object[1].name); /* nothing was reported */
}

/* What of a program header is looked at here. */
struct segment {
	uint32_t type;
	uint64_t at, size;
};

/* False where the headers are not within the bytes at hand. */
static bool read_segment(const char *head, size_t size, size_t index, struct segment *ret)
{
	bool wide = head[EI_CLASS] == ELFCLASS64;
	Elf64_Ehdr elf;
	Elf32_Ehdr elf32;
	Elf64_Phdr header;
	Elf32_Phdr header32;
	uint64_t at;

	memcpy(&elf, head, sizeof elf);
	memcpy(&elf32, head, sizeof elf32);
	at = wide ? elf.e_phoff + index * sizeof header : elf32.e_phoff + index * sizeof header32;
	if (index >= (wide ? elf.e_phnum : elf32.e_phnum) || at > size || size - at < sizeof header)
		return false;
	memcpy(&header, head + at, sizeof header);
	memcpy(&header32, head + at, sizeof header32);
	*ret = wide ? (struct segment){ header.p_type, header.p_offset, header.p_filesz }
		    : (struct segment){ header32.p_type, header32.p_offset, header32.p_filesz };
	return true;
}

/* The loader that an ELF program names in PT_INTERP. */
static struct bytes find_loader(const char *head, size_t size)
{
	struct segment segment;

	if (size < sizeof(Elf64_Ehdr) || memcmp(head, ELFMAG, SELFMAG))
		return (struct bytes){ 0 };
	for (size_t i = 0; read_segment(head, size, i, &segment); i++)
		if (segment.type == PT_INTERP && segment.at < size &&
		    segment.size <= size - segment.at)
			return (struct bytes){ head + segment.at,
					       strnlen(head + segment.at, segment.size) };
	return (struct bytes){ 0 };
}

void interpreter_report_needs(struct call *call)
{
	scoped(buffer) struct buffer program = { 0 };
	char head[HEAD_BYTES] = "";
	struct bytes loader;

	buffer_clear(&call->object[1].name);
	interpreter_report_script(call);
	program = call->object[1].name; /* the last of them */
	call->object[1].name = (struct buffer){ 0 };
	if (!program.size)
		buffer_append(&program, call->object[0].name.data, call->object[0].name.size);
	if (call->asking)
		confine_command(call, buffer_bytes(&program));
	loader = find_loader(head, read_named(call, buffer_bytes(&program), head));
	if (!loader.size)
		return;
	look_up(call, loader);
	call_report_as(call, RESOURCE_FILE, ACTION_MAP, &call->object[1]);
}

/* Of 64 bits: all others are to be asked for what they have mapped. */
const char *interpreter_report_loader(struct call *call)
{
	char head[HEAD_BYTES], path[64];
	struct bytes loader;
	ssize_t got;

	snprintf(path, sizeof path, "/proc/%d/exe", call->tid);
	got = served_read_head(path, head, sizeof head);
	loader = find_loader(head, got > 0 ? (size_t)got : 0);
	if (!loader.size || head[EI_CLASS] != ELFCLASS64)
		return NULL;
	report_path(call, loader, RESOURCE_FILE, ACTION_MAP);
	return buffer_text(&call->object[1].name);
}

static bool is_program(const struct object *object)
{
	return object->exists && S_ISREG(object->mode) && object->mode & 0111;
}

/* Reports a loader that is not there, or no program. */
static bool report_broken_loader(struct call *call, struct bytes loader)
{
	if (!loader.size)
		return false;
	look_up(call, loader);
	if (is_program(&call->object[1]))
		return false;
	report_path(call, loader, RESOURCE_FILE, ACTION_MAP);
	return true;
}

/* Reports what is wrong with what `program` needs, and what led there.  False where nothing is:
 * then it failed before that was looked at, or for the last of them itself. */
static bool report_broken(struct call *call, struct bytes program, int more)
{
	char head[HEAD_BYTES];
	size_t size = read_named(call, program, head);
	struct bytes interpreter = find_interpreter(head, size);
	scoped(buffer) struct buffer name = { 0 };

	if (!interpreter.size)
		return report_broken_loader(call, find_loader(head, size)) ||
		       call->result == -ENOEXEC;
	if (more == 0)
		return call->result == -ELOOP;
	look_up(call, interpreter);
	buffer_append(&name, call->object[1].name.data, call->object[1].name.size);
	if (is_program(&call->object[1]) && !report_broken(call, buffer_bytes(&name), more - 1))
		return false;
	report_path(call, interpreter, RESOURCE_PROGRAM, ACTION_EXEC);
	return true;
}

void interpreter_report_broken(struct call *call)
{
	if (is_program(&call->object[0]))
		report_broken(call, buffer_bytes(&call->object[0].name), INTERPRETERS_MAX);
}
