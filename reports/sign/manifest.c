#include "reports/sign/manifest.h"

#include "core/digest.h"
#include "core/error.h"
#include "core/file.h"
#include "core/match.h"
#include "core/text.h"
#include "reports/companions/folder.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#define MANIFEST_MIB 1
#define REPORT_MIB   1024

static int no_manifest(struct bytes line, struct error *err)
{
	scoped(buffer) struct buffer safe = { 0 };

	return error_say(err, EINVAL,
			 "sign a report: " FOLDER_MANIFEST " has a line that is none: %s",
			 text_safe(line, 80, &safe));
}

/* A name in the folder or below, and in no other. */
static bool is_below(const struct buffer *name)
{
	struct bytes rest = buffer_bytes(name), slashed;
	scoped(buffer) struct buffer path = { 0 };

	buffer_add_char(&path, '/');
	buffer_append(&path, rest.data, rest.size);
	slashed = buffer_bytes(&path);
	return rest.size && name_is_canonical(slashed);
}

/* "SUM  NAME" */
static int check_line(const char *folder, struct bytes line, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 }, path = { 0 }, want = { 0 };
	const size_t digits = DIGEST_HEX_SIZE - 1;
	int r;

	if (line.size < digits + 3 || memcmp(line.data + digits, "  ", 2))
		return no_manifest(line, err);
	buffer_append(&name, line.data + digits + 2, line.size - digits - 2);
	if (!is_below(&name))
		return no_manifest(line, err);
	folder_join(folder, buffer_text(&name), &path);
	if (buffer_status(&path) < 0)
		return error_set(err, ENOMEM, "sign a report");
	r = folder_add_sum(buffer_text(&path), buffer_text(&name), &want, err);
	if (r)
		return r;
	if (buffer_status(&want) < 0)
		return error_set(err, ENOMEM, "sign a report");
	if (memcmp(want.data, line.data, digits))
		return error_say(err, EINVAL,
				 "sign a report: %s is not as " FOLDER_MANIFEST " says",
				 buffer_text(&path));
	return 0;
}

int manifest_check(const char *folder, struct buffer *ret, struct error *err)
{
	scoped(buffer) struct buffer path = { 0 };
	int r;

	folder_join(folder, FOLDER_MANIFEST, &path);
	if (buffer_status(&path) < 0)
		return error_set(err, ENOMEM, "sign a report");
	r = file_read(buffer_text(&path), MANIFEST_MIB, ret, err);
	if (!r && !ret->size)
		r = no_manifest(bytes_of(""), err);
	for (size_t at = 0; at < ret->size && !r;) {
		const char *end = memchr(ret->data + at, '\n', ret->size - at);
		struct bytes line = { ret->data + at,
				      end ? (size_t)(end - ret->data) - at : ret->size - at };

		r = end ? check_line(folder, line, err) : no_manifest(line, err);
		at += line.size + 1;
	}
	return r;
}

/* ---- who granted ---- */

static int has_grantor(const json_t *report, const char *login)
{
	const json_t *sources = json_object_get(json_object_get(report, "audit"), "sources");
	size_t count = json_array_size(sources);

	for (size_t i = 0; i < count; i++) {
		const json_t *source = json_array_get(sources, i);
		const char *grantor = json_string_value(json_object_get(source, "grantor"));

		if (grantor && !strcmp(grantor, login))
			return 1;
	}
	return 0;
}

/* One report.json. */
static int read_grantors(const char *folder, struct bytes name, const char *login,
			 struct error *err)
{
	scoped(buffer) struct buffer file = { 0 }, path = { 0 }, text = { 0 };
	json_t *report;
	int r;

	buffer_append(&file, name.data, name.size);
	folder_join(folder, buffer_text(&file), &path);
	if (buffer_status(&file) < 0 || buffer_status(&path) < 0)
		return error_set(err, ENOMEM, "sign a report");
	r = file_read(buffer_text(&path), REPORT_MIB, &text, err);
	if (r)
		return r;
	report = json_loadb(buffer_text(&text), text.size, 0, NULL);
	if (!report)
		return error_say(err, EINVAL, "read %s: it is no JSON", buffer_text(&path));
	if (json_is_true(json_object_get(report, "redacted")))
		r = error_say(err, EPERM,
			      "sign a report: it is redacted, so that nobody can tell who granted "
			      "what: let the full one be reviewed");
	else
		r = has_grantor(report, login);
	json_decref(report);
	return r;
}

static bool is_report(struct bytes name)
{
	const struct bytes file = bytes_of("report.json");

	return name.size >= file.size &&
	       !memcmp(name.data + name.size - file.size, file.data, file.size) &&
	       (name.size == file.size || name.data[name.size - file.size - 1] == '/');
}

int manifest_is_grantor(const char *folder, const struct buffer *manifest, const char *login,
			struct error *err)
{
	const size_t sum = DIGEST_HEX_SIZE + 1;
	int r = -ENOENT;

	for (size_t at = 0; at < manifest->size && (r == -ENOENT || !r);) {
		size_t size = strcspn(manifest->data + at, "\n");
		struct bytes name = { manifest->data + at + sum, size - sum };

		if (is_report(name))
			r = read_grantors(folder, name, login, err);
		at += size + 1;
	}
	return r;
}
