#include "reports/companions/folder.h"

#include "core/command.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/text.h"
#include "reports/companions/companions.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MIB 1024

int folder_is_there(const char *path)
{
	struct stat st;

	return path && !stat(path, &st) && S_ISDIR(st.st_mode);
}

void folder_join(const char *folder, const char *name, struct buffer *ret)
{
	buffer_clear(ret);
	buffer_add(ret, folder);
	if (ret->size && ret->data[ret->size - 1] != '/')
		buffer_add_char(ret, '/');
	buffer_add(ret, name);
}

int folder_write_file(const char *path, folder_writer *write, void *context, struct error *err)
{
	struct output *output;
	int r = output_open(&output, path, err);

	if (r)
		return r;
	r = write(context, output_file(output), err);
	if (!r)
		return output_commit(output, err);
	output_abandon(output);
	return error_set(err, -r, "write %s", path ? path : "standard output");
}

struct row_of {
	const struct companion_row *row;
	struct edition *edition;
};

static int write_one(void *context, FILE *out, struct error *err)
{
	const struct row_of *of = context;

	return of->row->write(of->edition, out, err);
}

static int write_row(struct edition *edition, const struct companion_row *row, const char *path,
		     struct error *err)
{
	struct row_of of = { row, edition };

	return folder_write_file(path, write_one, &of, err);
}

int folder_write_one(struct edition *edition, const char *format, const char *path,
		     struct error *err)
{
	for (const struct companion_row *row = companion_row; row->name; row++)
		if (companion_is_wanted(row, format, edition))
			return write_row(edition, row, path, err);
	return -EINVAL;
}

/* ---- what is there already ---- */

struct content {
	bool is_empty, has_manifest, is_signed;
};

static void look_at(const char *name, struct content *content)
{
	size_t size = strlen(FOLDER_MANIFEST);

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return;
	content->is_empty = false;
	if (!strcmp(name, FOLDER_MANIFEST))
		content->has_manifest = true;
	else if (!strncmp(name, FOLDER_MANIFEST, size))
		content->is_signed = true;
}

static int look(const char *path, struct content *ret, struct error *err)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	*ret = (struct content){ .is_empty = true };
	if (!folder)
		return error_set(err, errno, "open %s", path);
	while ((entry = readdir(folder)))
		look_at(entry->d_name, ret);
	closedir(folder);
	return 0;
}

static int remove_file(const char *path, const char *file, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };

	folder_join(path, file, &name);
	if (buffer_status(&name) < 0)
		return error_set(err, ENOMEM, "write %s", path);
	if (unlink(buffer_text(&name)) < 0 && errno != ENOENT)
		return error_set(err, errno, "replace %s", buffer_text(&name));
	return 0;
}

/* What an earlier report had: its manifest first, so that no half of it looks whole. */
static int clear(const char *path, struct error *err)
{
	int r = remove_file(path, FOLDER_MANIFEST, err);

	for (const struct companion_row *row = companion_row; row->name && !r; row++)
		r = remove_file(path, row->file, err);
	return r;
}

/* Makes it where there is none. */
static int enter(const char *path, struct content *ret, struct error *err)
{
	*ret = (struct content){ .is_empty = true };
	if (!mkdir(path, 0777))
		return 0;
	return errno == EEXIST ? look(path, ret, err)
			       : error_set(err, errno, "make the folder %s", path);
}

static int take(const char *path, struct error *err)
{
	struct content content;
	int r = enter(path, &content, err);

	if (r)
		return r;
	if (content.is_signed)
		return error_say(
			err, EEXIST,
			"write a report to %s: the one there is signed; name another folder", path);
	if (!content.is_empty && !content.has_manifest)
		return error_say(err, EEXIST,
				 "write a report to %s: the folder is not empty and holds no "
				 "report (" FOLDER_MANIFEST "); name another",
				 path);
	return content.is_empty ? 0 : clear(path, err);
}

/* ---- all of it ---- */

/* "SUM  FILE", as sha256sum(1) writes and checks it. */
int folder_add_sum(const char *path, const char *name, struct buffer *manifest, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	char hex[DIGEST_HEX_SIZE];
	int r = file_read(path, FILE_MIB, &text, err);

	if (r)
		return r;
	if (digest_of(buffer_bytes(&text), hex) < 0)
		return error_set(err, ENOMEM, "sum up %s", path);
	buffer_printf(manifest, "%s  %s\n", hex, name);
	return 0;
}

static int write_files(struct edition *edition, const char *format, const char *path,
		       struct buffer *manifest, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };

	for (const struct companion_row *row = companion_row; row->name; row++) {
		int r;

		if (!companion_is_wanted(row, format, edition))
			continue;
		folder_join(path, row->file, &name);
		r = buffer_status(&name);
		r = r ? r : write_row(edition, row, buffer_text(&name), err);
		r = r ? r : folder_add_sum(buffer_text(&name), row->file, manifest, err);
		if (r)
			return error_set(err, -r, "write a report to %s", path);
	}
	return 0;
}

int folder_seal(const char *path, const struct buffer *manifest, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };

	folder_join(path, FOLDER_MANIFEST, &name);
	if (buffer_status(manifest) < 0 || buffer_status(&name) < 0)
		return error_set(err, ENOMEM, "write a report to %s", path);
	return output_write(buffer_text(&name), manifest, err);
}

int folder_write(struct edition *edition, const char *format, const char *path, struct error *err)
{
	scoped(buffer) struct buffer manifest = { 0 };
	int r = take(path, err);

	r = r ? r : write_files(edition, format, path, &manifest, err);
	return r ? r : folder_seal(path, &manifest, err);
}

/* ---- folders of folders ---- */

int folder_take_empty(const char *path, struct error *err)
{
	struct content content;
	int r = enter(path, &content, err);

	if (r || content.is_empty)
		return r;
	return error_say(err, EEXIST, "write reports to %s: the folder is not empty; name another",
			 path);
}

/* "SUM  NAME" becomes "SUM  FOLDER/NAME". */
static void add_line(const char *line, size_t size, const char *name, struct buffer *manifest)
{
	const size_t sum = DIGEST_HEX_SIZE + 1;

	if (size <= sum)
		return;
	buffer_append(manifest, line, sum);
	buffer_printf(manifest, "%s/%.*s\n", name, (int)(size - sum), line + sum);
}

int folder_list(const char *path, const char *name, struct buffer *manifest, struct error *err)
{
	scoped(buffer) struct buffer file = { 0 }, text = { 0 }, own = { 0 };
	int r;

	folder_join(path, FOLDER_MANIFEST, &file);
	folder_join(name, FOLDER_MANIFEST, &own);
	if (buffer_status(&file) < 0 || buffer_status(&own) < 0)
		return error_set(err, ENOMEM, "write a report to %s", path);
	r = file_read(buffer_text(&file), 1, &text, err);
	for (size_t at = 0; at < text.size && !r;) {
		size_t size = strcspn(text.data + at, "\n");

		add_line(text.data + at, size, name, manifest);
		at += size + 1;
	}
	return r ? r : folder_add_sum(buffer_text(&file), buffer_text(&own), manifest, err);
}
