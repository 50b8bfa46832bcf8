#include "recorder/fingerprint.h"

#include "core/digest.h"
#include "core/error.h"
#include "core/file.h"
#include "core/store_fingerprint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define PACKAGES_FILE  "/var/lib/dpkg/status"
#define PACKAGES_MIB   64
#define TOOLS_FILE     "/.mcp.json"
#define TOOLS_OPTION   "--mcp-config"
#define TOOLS_FILE_MIB 1

void fingerprint_release(struct fingerprint *fingerprint)
{
	for (size_t i = 0; i < FINGERPRINT_ROOM; i++)
		buffer_release(&fingerprint->value[i]);
}

void fingerprint_cleanup(struct fingerprint *fingerprint)
{
	fingerprint_release(fingerprint);
}

/* ---- configuration of tools ---- */

struct tools {
	struct digest *digest;
	int count;
};

static void add_tools_file(struct tools *tools, const char *path)
{
	scoped(buffer) struct buffer text = { 0 };
	struct error err = { 0 };

	if (file_read(path, TOOLS_FILE_MIB, &text, &err) < 0)
		return;
	digest_bytes(tools->digest, buffer_bytes(&text));
	tools->count++;
}

/* A file, or the configuration itself. */
static void add_tools_word(struct tools *tools, const char *word)
{
	if (*word != '{') {
		add_tools_file(tools, word);
		return;
	}
	digest_bytes(tools->digest, bytes_of(word));
	tools->count++;
}

/* "--mcp-config FILE...", "--mcp-config=FILE". */
static void add_tools_named(struct tools *tools, char *const *argv)
{
	bool is_value = false;

	for (; *argv; argv++) {
		bool is_option = !strncmp(*argv, TOOLS_OPTION, strlen(TOOLS_OPTION));
		const char *rest = *argv + (is_option ? strlen(TOOLS_OPTION) : 0);

		if (is_option && *rest == '=')
			add_tools_word(tools, rest + 1);
		else if (is_value && **argv != '-')
			add_tools_word(tools, *argv);
		is_value = is_option ? !*rest : is_value && **argv != '-';
	}
}

static int take_tools(struct fingerprint *ret, char *const *argv, const char *workspace)
{
	scoped(buffer) struct buffer path = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct tools tools = { 0 };

	buffer_printf(&path, "%s%s", workspace, TOOLS_FILE);
	if (buffer_status(&path) < 0 || digest_open(&tools.digest) < 0)
		return -ENOMEM;
	add_tools_named(&tools, argv);
	add_tools_file(&tools, buffer_text(&path));
	digest_close(tools.digest, hex);
	if (tools.count)
		buffer_printf(&ret->value[FINGERPRINT_TOOLS], "sha256:%s", hex);
	return 0;
}

/* ---- the system ---- */

static void take_system(struct fingerprint *ret)
{
	struct utsname system;

	if (uname(&system) == 0)
		buffer_printf(&ret->value[FINGERPRINT_KERNEL], "%s %s", system.release,
			      system.version);
	buffer_add(&ret->value[FINGERPRINT_RECORDER], PARE_VERSION);
}

/* A file of some MiB, so it is only read when it has changed: the last run's value has its time
 * and size behind the sum. */
static int take_packages(struct fingerprint *ret, struct store *store, struct error *err)
{
	struct buffer *value = &ret->value[FINGERPRINT_PACKAGES];
	scoped(buffer) struct buffer last = { 0 }, tail = { 0 }, text = { 0 };
	struct error ignored = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct stat st;
	int r;

	if (stat(PACKAGES_FILE, &st) < 0)
		return 0;
	buffer_printf(&tail, " %lld.%09ld %lld", (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
		      (long long)st.st_size);
	r = store_last_fingerprint(store, FINGERPRINT_PACKAGES, &last, err);
	if (r)
		return r;
	if (last.size > tail.size &&
	    !strcmp(buffer_text(&last) + last.size - tail.size, buffer_text(&tail))) {
		buffer_append(value, last.data, last.size);
		return 0;
	}
	if (file_read(PACKAGES_FILE, PACKAGES_MIB, &text, &ignored) < 0)
		return 0;
	if (digest_of(buffer_bytes(&text), hex) < 0)
		return -ENOMEM;
	buffer_printf(value, "sha256:%s%s", hex, buffer_text(&tail));
	return 0;
}

/* ---- all of it ---- */

int fingerprint_take(struct fingerprint *ret, const char *path, char *const *argv,
		     const char *workspace, struct store *store, struct error *err)
{
	int r = take_packages(ret, store, err);

	if (r && r != -ENOMEM)
		return r;
	r = r ? r : fingerprint_program(ret, path, argv);
	r = r ? r : take_tools(ret, argv, workspace);
	take_system(ret);
	for (size_t i = 0; i < FINGERPRINT_ROOM && !r; i++)
		r = buffer_status(&ret->value[i]);
	return r ? error_set(err, ENOMEM, "look what the run is made with") : 0;
}

int fingerprint_put(const struct fingerprint *fingerprint, struct store *store, int64_t run,
		    struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < FINGERPRINT_ROOM && !r; i++)
		if (fingerprint->value[i].size)
			r = store_add_fingerprint(store, run, (enum fingerprint_kind)i,
						  buffer_bytes(&fingerprint->value[i]), err);
	return r;
}
