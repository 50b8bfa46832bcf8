#include "recorder/wire/hosts.h"

#include "core/hash.h"
#include "recorder/calls/served.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES  ((size_t)1 << 20) /* of each that are read */
#define FILES_MAX   64		      /* different ones; of further ones nothing is known */
#define READERS_MAX 100000
#define BLANKS	    " \t\r\v\f"

struct hosts_entry {
	struct address address;
	uint32_t at, size; /* of the name, in the text */
};

struct hosts_file {
	struct hosts_file *next;
	struct stat status; /* which it was, and when */
	char *text;
	struct hosts_entry *entry; /* by address, then as they stand in the file */
	size_t count, capacity;
};

struct hosts_reader {
	UT_hash_handle hh;
	int64_t image;
	const struct hosts_file *file;
};

void hosts_begin(struct hosts *hosts)
{
	*hosts = (struct hosts){ 0 };
	pthread_mutex_init(&hosts->lock, NULL);
}

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	       one->st_size == other->st_size && one->st_ctim.tv_sec == other->st_ctim.tv_sec &&
	       one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

static bool read_address(char *text, struct address *ret)
{
	*ret = (struct address){ .size = 4 };
	text[strcspn(text, "%")] = '\0'; /* RFC 4007: the interface says nothing here */
	if (inet_pton(AF_INET, text, ret->byte) == 1)
		return true;
	ret->size = 16;
	return inet_pton(AF_INET6, text, ret->byte) == 1;
}

/* "192.0.2.1 name other-name # comment" */
static void read_line(struct hosts_file *file, char *line)
{
	struct hosts_entry entry, *grown;
	char *rest = line, *address, *name;

	line[strcspn(line, "#")] = '\0';
	address = strtok_r(rest, BLANKS, &rest);
	name = address ? strtok_r(rest, BLANKS, &rest) : NULL;
	if (!name || !read_address(address, &entry.address))
		return;
	entry.at = (uint32_t)(name - file->text);
	entry.size = (uint32_t)strlen(name);
	if (file->count == file->capacity) {
		file->capacity = file->capacity ? 2 * file->capacity : 16;
		grown = reallocarray(file->entry, file->capacity, sizeof *grown);
		if (!grown) {
			file->capacity = file->count;
			return;
		}
		file->entry = grown;
	}
	file->entry[file->count++] = entry;
}

static int compare(const void *a, const void *b)
{
	const struct hosts_entry *one = a, *other = b;
	int order = memcmp(&one->address, &other->address, sizeof one->address);

	return order ? order : (one->at > other->at) - (one->at < other->at);
}

static void read_text(struct hosts_file *file)
{
	char *rest = file->text, *line;

	while ((line = strsep(&rest, "\n")))
		read_line(file, line);
	if (file->count)
		qsort(file->entry, file->count, sizeof *file->entry, compare);
}

static void file_free(struct hosts_file *file)
{
	free(file->entry);
	free(file->text);
	free(file);
}

/* NULL: it cannot be read. */
static struct hosts_file *file_read(const char *path, const struct stat *status)
{
	struct hosts_file *file = calloc(1, sizeof *file);
	size_t size = (size_t)status->st_size < FILE_BYTES ? (size_t)status->st_size : FILE_BYTES;
	ssize_t got = -1;

	if (!file)
		return NULL;
	file->status = *status;
	file->text = malloc(size + 1);
	if (file->text)
		got = served_read_head(path, file->text, size);
	if (got < 0) {
		file_free(file);
		return NULL;
	}
	file->text[got] = '\0';
	read_text(file);
	return file;
}

static const struct hosts_file *find_file(struct hosts *hosts, const char *path)
{
	struct hosts_file *file;
	struct stat status;

	if (served_stat(path, true, &status) < 0 || !S_ISREG(status.st_mode))
		return NULL;
	for (file = hosts->file; file; file = file->next)
		if (is_same(&file->status, &status))
			return file;
	file = hosts->files < FILES_MAX ? file_read(path, &status) : NULL;
	if (!file)
		return NULL;
	file->next = hosts->file;
	hosts->file = file;
	hosts->files++;
	return file;
}

static struct hosts_reader *find_reader(const struct hosts *hosts, int64_t image)
{
	struct hosts_reader *reader;

	HASH_FIND(hh, hosts->reader, &image, sizeof image, reader);
	return reader;
}

static struct hosts_reader *add_reader(struct hosts *hosts, int64_t image)
{
	struct hosts_reader *reader =
		hosts->readers < READERS_MAX ? calloc(1, sizeof *reader) : NULL;

	if (!reader)
		return NULL;
	reader->image = image;
	HASH_ADD(hh, hosts->reader, image, sizeof reader->image, reader);
	if (reader->hh.tbl) {
		hosts->readers++;
		return reader;
	}
	free(reader);
	return NULL;
}

void hosts_read(struct hosts *hosts, int64_t image, const char *path)
{
	struct hosts_reader *reader;

	pthread_mutex_lock(&hosts->lock);
	reader = find_reader(hosts, image);
	if (!reader)
		reader = add_reader(hosts, image);
	if (reader)
		reader->file = find_file(hosts, path);
	pthread_mutex_unlock(&hosts->lock);
}

static bool is_hosts(const struct access *access)
{
	const struct bytes hosts = bytes_of("/etc/hosts");

	return bytes_equal(access->requested.data ? access->requested : access->name, hosts) ||
	       bytes_equal(access->name, hosts);
}

void hosts_access(struct hosts *hosts, const struct access *access, const char *root)
{
	scoped(buffer) struct buffer path = { 0 };

	if (access->action != ACTION_READ || access->outcome != OUTCOME_OK || !is_hosts(access))
		return;
	buffer_printf(&path, "%s%.*s", root, (int)access->name.size, access->name.data);
	hosts_read(hosts, access->image, buffer_text(&path));
}

/* The first that is not before it. */
static const struct hosts_entry *find_entry(const struct hosts_file *file,
					    const struct address *address)
{
	size_t from = 0, to = file->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (memcmp(&file->entry[middle].address, address, sizeof *address) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < file->count ? &file->entry[from] : NULL;
}

void hosts_find(struct hosts *hosts, int64_t image, const struct address *address,
		struct target *ret)
{
	const struct hosts_reader *reader;
	const struct hosts_entry *entry = NULL;

	pthread_mutex_lock(&hosts->lock);
	reader = find_reader(hosts, image);
	if (reader && reader->file)
		entry = find_entry(reader->file, address);
	if (entry && memcmp(&entry->address, address, sizeof *address) == 0)
		(void)target_host(ret,
				  (struct bytes){ reader->file->text + entry->at, entry->size });
	pthread_mutex_unlock(&hosts->lock);
}

void hosts_release(struct hosts *hosts)
{
	struct hosts_reader *reader = hosts->reader, *next;

	HASH_CLEAR(hh, hosts->reader);
	for (; reader; reader = next) {
		next = reader->hh.next;
		free(reader);
	}
	while (hosts->file) {
		struct hosts_file *file = hosts->file;

		hosts->file = file->next;
		file_free(file);
	}
	pthread_mutex_destroy(&hosts->lock);
}
