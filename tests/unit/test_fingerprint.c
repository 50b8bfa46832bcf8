/* What a run is made with. */
#include "recorder/fingerprint.h"

#include "tests/unit/store_fixture.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fchmod(fileno(file), 0755);
	fclose(file);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

/* An ELF file of one segment of notes: another's note, and the build id with that size. */
struct elf_file {
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	Elf64_Nhdr other;
	char other_name[8], other_value[4];
	Elf64_Nhdr note;
	char name[4];
	unsigned char value[4];
};

static void says_build_id(uint32_t size, uint16_t segments, const char *want)
{
	struct elf_file elf = {
		.head = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64 },
			  .e_phoff = offsetof(struct elf_file, segment),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = segments },
		.segment = { .p_type = PT_NOTE,
			     .p_offset = offsetof(struct elf_file, other),
			     .p_filesz = offsetof(struct elf_file, value) + 4 -
					 offsetof(struct elf_file, other) },
		.other = { 5, 4, NT_GNU_BUILD_ID },
		.other_name = "Gnus",
		.note = { 4, size, NT_GNU_BUILD_ID },
		.name = "GNU",
		.value = { 0x01, 0xab, 0x00, 0xff },
	};
	scoped(buffer) struct buffer id = { 0 };
	int file;

	put("elf", &elf, sizeof elf);
	file = open("elf", O_RDONLY);
	fingerprint_build_id(file, &id);
	close(file);
	assert_string_equal(buffer_text(&id), want);
}

static void reads_build_ids(void **state)
{
	(void)state;
	says_build_id(4, 1, "01ab00ff");
	says_build_id(3, 1, "01ab00");
	says_build_id(5, 1, "");
	says_build_id(UINT32_MAX, 1, "");
	says_build_id(4, 0, "");
	says_build_id(4, UINT16_MAX, "01ab00ff");
	says_build_id(0, 1, "");
}

static void describes(const char *path, const char **argv, enum fingerprint_kind kind,
		      const char *want)
{
	scoped(fingerprint) struct fingerprint made = { 0 };
	const char *got;

	assert_int_equal(fingerprint_program(&made, path, (char *const *)argv), 0);
	got = buffer_text(&made.value[kind]);
	if (!want)
		assert_string_equal(got, "");
	else if (!strstr(got, want))
		fail_msg("no \"%s\" in \"%s\"", want, got);
}

static void follows_scripts(void **state)
{
	const char *plain[] = { "x", NULL };
	const char *code[] = { "sh", "-e", "tool/bin/run it", NULL };
	const char *text[] = { "sh", "-c", "tool/bin/run it", NULL };

	(void)state;
	mkdir("tool", 0755);
	mkdir("tool/bin", 0755);
	put_text("tool/bin/run it", "#!/usr/bin/env -S A=1 sh\n:\n");
	put_text("tool/bin/gone", "#!/absent/program\n");
	put_text("tool/package.json", "{\"name\": \"a-tool\", \"version\": \"1.2.3\"}");
	describes("tool/bin/run it", plain, FINGERPRINT_SCRIPT, "/tool/bin/run it 27 sha256:");
	describes("tool/bin/run it", plain, FINGERPRINT_PROGRAM, "/dash ");
	describes("tool/bin/run it", plain, FINGERPRINT_RELEASE, "a-tool 1.2.3");
	describes("/bin/sh", code, FINGERPRINT_SCRIPT, "/tool/bin/run it 27 sha256:");
	describes("/usr/bin/perl", code, FINGERPRINT_SCRIPT, NULL);
	describes("/usr/bin/perl", code + 1, FINGERPRINT_SCRIPT, "/tool/bin/run it 27 sha256:");
	describes("/bin/sh", text, FINGERPRINT_SCRIPT, NULL);
	describes("/bin/true", code, FINGERPRINT_SCRIPT, NULL);
	describes("tool/bin/gone", plain, FINGERPRINT_PROGRAM, "/tool/bin/gone ");
	describes("tool/bin/gone", plain, FINGERPRINT_SCRIPT, NULL);
	describes("absent", plain, FINGERPRINT_PROGRAM, NULL);
	put_text("tool/package.json", "{\"name\": \"a-tool\", \"version\": 3}");
	describes("tool/bin/run it", plain, FINGERPRINT_RELEASE, NULL);
}

/* The sum over what an agent's tools are configured with. */
static void tools_of(struct store *store, const char **argv, struct buffer *ret)
{
	scoped(fingerprint) struct fingerprint made = { 0 };
	struct error err = { 0 };

	assert_int_equal(
		fingerprint_take(&made, "/bin/true", (char *const *)argv, "ws", store, &err), 0);
	buffer_clear(ret);
	buffer_add(ret, buffer_text(&made.value[FINGERPRINT_TOOLS]));
}

static void sums_up_tools(void **state)
{
	const char *none[] = { "agent", "--other", "a.json", NULL };
	const char *one[] = { "agent", "--mcp-config", "a.json", "--", "b.json", NULL };
	const char *same[] = { "agent", "--mcp-config=a.json", NULL };
	const char *two[] = { "agent", "--mcp-config", "a.json", "b.json", NULL };
	const char *text[] = { "agent", "--mcp-config", "{}", NULL };
	scoped(buffer) struct buffer got = { 0 }, other = { 0 };
	struct error err = { 0 };
	struct store *store;

	(void)state;
	assert_int_equal(store_open(&store, "made.db", STORE_WRITE, &err), 0);
	mkdir("ws", 0755);
	put_text("a.json", "{\"a\": 1}");
	put_text("b.json", "{\"b\": 1}");
	tools_of(store, none, &got);
	assert_string_equal(buffer_text(&got), "");
	tools_of(store, one, &got);
	tools_of(store, same, &other);
	assert_int_equal(strncmp(buffer_text(&got), "sha256:", 7), 0);
	assert_string_equal(buffer_text(&got), buffer_text(&other));
	tools_of(store, two, &other);
	assert_string_not_equal(buffer_text(&got), buffer_text(&other));
	tools_of(store, text, &other);
	assert_string_not_equal(buffer_text(&other), "");
	put_text("ws/.mcp.json", "{}");
	tools_of(store, none, &got);
	assert_string_equal(buffer_text(&got), buffer_text(&other));
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(reads_build_ids),
		cmocka_unit_test(follows_scripts),
		cmocka_unit_test(sums_up_tools),
	};

	return cmocka_run_group_tests_name("fingerprint", test, enter_folder, leave_folder);
}
