#include "recorder/fingerprint.h"

#include "core/argv.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/file.h"
#include "recorder/launch.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL_MIB	 1   /* files that are summed up */
#define LINE_BYTES_MAX	 256 /* BINPRM_BUF_SIZE: the kernel reads no more of a first line */
#define INTERPRETERS_MAX 5   /* the kernel goes no further */
#define NOTES_BYTES_MAX	 65536
#define SEGMENTS_MAX	 64
#define FOLDERS_UP	 4 /* a package's description stands above its programs */

/* ---- the build id ---- */

static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* Notes are a header, a name and a value, each padded to 4 bytes. */
static bool find_build_id(const char *notes, size_t size, struct buffer *out)
{
	Elf64_Nhdr note; /* the same in both classes */

	while (size >= sizeof note) {
		size_t name, value;

		memcpy(&note, notes, sizeof note);
		name = padded(note.n_namesz);
		value = padded(note.n_descsz);
		if (name > size - sizeof note || value > size - sizeof note - name)
			return false;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
		    !memcmp(notes + sizeof note, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU)) {
			for (size_t i = 0; i < note.n_descsz; i++)
				buffer_printf(out, "%02x",
					      (unsigned char)notes[sizeof note + name + i]);
			return true;
		}
		notes += sizeof note + name + value;
		size -= sizeof note + name + value;
	}
	return false;
}

static bool look_in(int file, const Elf64_Phdr *segment, struct buffer *out)
{
	size_t size = segment->p_filesz < NOTES_BYTES_MAX ? segment->p_filesz : NOTES_BYTES_MAX;
	char *notes = segment->p_type == PT_NOTE ? malloc(size + 1) : NULL;
	ssize_t got = notes ? pread(file, notes, size, (off_t)segment->p_offset) : 0;
	bool found = got > 0 && find_build_id(notes, (size_t)got, out);

	free(notes);
	return found;
}

void fingerprint_build_id(int file, struct buffer *out)
{
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	bool found = false;

	if (pread(file, &head, sizeof head, 0) != sizeof head ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) || head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_phentsize != sizeof segment)
		return;
	for (unsigned i = 0; i < head.e_phnum && i < SEGMENTS_MAX && !found; i++)
		found = pread(file, &segment, sizeof segment,
			      (off_t)(head.e_phoff + i * sizeof segment)) == sizeof segment &&
			look_in(file, &segment, out);
}

/* ---- files ---- */

static bool is_small(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size <= (off_t)SMALL_MIB << 20;
}

static int add_sum(const char *path, struct buffer *out)
{
	scoped(buffer) struct buffer text = { 0 };
	struct error err = { 0 };
	char hex[DIGEST_HEX_SIZE];

	if (file_read(path, SMALL_MIB, &text, &err) < 0)
		return 0;
	if (digest_of(buffer_bytes(&text), hex) < 0)
		return -ENOMEM;
	buffer_printf(out, "sha256:%s", hex);
	return 0;
}

static int add_build(const char *path, const struct stat *st, struct buffer *out)
{
	scoped(buffer) struct buffer id = { 0 };
	int file;

	if (is_small(st))
		return add_sum(path, out);
	file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (file < 0)
		return 0;
	fingerprint_build_id(file, &id);
	close(file);
	if (id.size)
		buffer_printf(out, "build-id:%s", buffer_text(&id));
	return buffer_status(&id);
}

static int take_program(struct fingerprint *ret, const char *path)
{
	char when[CLOCK_TEXT_SIZE];
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	clock_format(st.st_mtim.tv_sec * SECOND_NS + st.st_mtim.tv_nsec, when);
	buffer_printf(&ret->value[FINGERPRINT_PROGRAM], "%s %lld %s", path, (long long)st.st_size,
		      when);
	return add_build(path, &st, &ret->value[FINGERPRINT_BUILD]);
}

static int take_script(struct fingerprint *ret, const char *path)
{
	struct buffer *value = &ret->value[FINGERPRINT_SCRIPT];
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	buffer_printf(value, "%s %lld", path, (long long)st.st_size);
	if (!is_small(&st))
		return 0;
	buffer_add_char(value, ' ');
	return add_sum(path, value);
}

/* ---- the version of a package ---- */

static bool read_package(const char *path, struct buffer *out)
{
	scoped(buffer) struct buffer text = { 0 };
	struct error err = { 0 };
	json_t *package;
	const char *name = NULL, *version = NULL;

	if (file_read(path, SMALL_MIB, &text, &err) < 0)
		return false;
	package = json_loadb(buffer_text(&text), text.size, 0, NULL);
	if (package && json_unpack(package, "{s:s, s:s}", "name", &name, "version", &version) == 0)
		buffer_printf(out, "%s %s", name, version);
	json_decref(package);
	return version != NULL;
}

/* package.json in the folder of the program, or a few above it. */
static void take_release(struct fingerprint *ret, const char *path)
{
	scoped(buffer) struct buffer at = { 0 };
	bool found = false;

	buffer_add(&at, path);
	for (int i = 0; i < FOLDERS_UP && !found && buffer_status(&at) == 0; i++) {
		const char *slash = at.size ? strrchr(at.data, '/') : NULL;

		if (!slash)
			return;
		at.size = (size_t)(slash - at.data);
		buffer_add(&at, "/package.json");
		found = read_package(buffer_text(&at), &ret->value[FINGERPRINT_RELEASE]);
		at.size -= strlen("/package.json");
		at.data[at.size] = '\0';
	}
}

/* ---- what runs, and what it interprets ---- */

/* The next word of a first line, ended by a NUL; "" at its end. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t size = strcspn(word, " \t");

	*rest = word + size + (word[size] != '\0');
	word[size] = '\0';
	return word;
}

/* Whom the first line of a script names, resolved, through env(1); NULL: it names nobody. */
static char *interpreter_of(const char *path)
{
	char line[LINE_BYTES_MAX + 1] = "", *rest = line + 2, *word, *found = NULL, *real;
	struct error err = { 0 };
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t got = file < 0 ? -1 : read(file, line, LINE_BYTES_MAX);

	if (file >= 0)
		close(file);
	if (got < 3 || memcmp(line, "#!", 2))
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	word = next_word(&rest);
	if (strlen(word) >= 4 && !strcmp(word + strlen(word) - 4, "/env"))
		do
			word = next_word(&rest);
		while (*word == '-' || strchr(word, '='));
	if (launch_find(word, &found, &err) < 0)
		return NULL;
	real = realpath(found, NULL);
	free(found);
	return real;
}

/* Code that stands in the command line itself, or in a module, is no file; -c is said so
 * everywhere, and the others are flags of shells. */
static bool ends_search(enum program_kind kind, const char *word)
{
	static const char *const ending[] = { "-c", "-e", "-m", "-p", "-E", "--eval", "--print" };
	size_t count = kind == PROGRAM_SHELL ? 1 : sizeof ending / sizeof *ending;

	for (size_t i = 0; i < count; i++)
		if (!strcmp(word, ending[i]))
			return true;
	return false;
}

/* What runs, and what it interprets: resolved, owned. */
struct target {
	char *program, *script;
};

static void target_cleanup(struct target *target)
{
	free(target->program);
	free(target->script);
}

/* What an interpreter is given. */
static void find_operand(struct target *target, char *const *argv)
{
	enum program_kind kind = argv_program_kind(bytes_of(target->program));

	if (target->script || (kind != PROGRAM_CODE && kind != PROGRAM_SHELL))
		return;
	for (argv += *argv != NULL; *argv && !ends_search(kind, *argv) && !target->script; argv++)
		if (**argv != '-')
			target->script = realpath(*argv, NULL);
}

/* Goes from script to interpreter, to what is no script any more. */
static void find_interpreters(struct target *target)
{
	for (int i = 0; i < INTERPRETERS_MAX; i++) {
		char *interpreter = interpreter_of(target->program);

		if (!interpreter)
			return;
		if (target->script)
			free(target->program);
		else
			target->script = target->program;
		target->program = interpreter;
	}
}

int fingerprint_program(struct fingerprint *ret, const char *path, char *const *argv)
{
	scoped(target) struct target target = { .program = realpath(path, NULL) };
	int r;

	if (!target.program)
		return 0;
	find_interpreters(&target);
	find_operand(&target, argv);
	r = take_program(ret, target.program);
	if (!r && target.script)
		r = take_script(ret, target.script);
	take_release(ret, target.script ? target.script : target.program);
	return r;
}
