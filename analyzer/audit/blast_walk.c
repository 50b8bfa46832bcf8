#include "analyzer/audit/blast.h"

#include "core/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* It does not take longer: what is left is said. */
#define TIME_NS (20 * SECOND_NS)

struct folders {
	char **path; /* owned; "" is the root */
	size_t count, capacity, next;
};

struct walk {
	struct blast *blast;
	struct audit_blast *said;
	struct folders todo;  /* breadth first, so that what is deep is left out */
	struct folders mount; /* sorted: not to be entered */
	struct buffer path;   /* of the entry at hand */
	int64_t most, end_ns; /* entries to look at; when to end */
	bool asks_system;     /* whether the agent's user may is asked of the system, too */
};

static void folders_release(struct folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		free(folders->path[i]);
	free(folders->path);
}

static void walk_cleanup(struct walk *walk)
{
	folders_release(&walk->todo);
	folders_release(&walk->mount);
	buffer_release(&walk->path);
}

static int push(struct folders *folders, const char *path)
{
	size_t capacity = folders->capacity ? folders->capacity * 2 : 64;
	char **grown = folders->path;

	if (folders->count == folders->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		folders->path = grown;
		folders->capacity = capacity;
	}
	grown[folders->count] = strdup(path);
	return grown[folders->count++] ? 0 : -ENOMEM;
}

/* ---- mounts ---- */

/* Of other file systems somebody else answers, or the kernel: who looks there may wait for ever, or
 * finds no files (proc(5), sysfs(5), fuse(4), nfs(5)). */
static bool is_local(const char *type)
{
	static const char *const local[] = { "ext2",	 "ext3",  "ext4",  "xfs",   "btrfs",
					     "zfs",	 "f2fs",  "tmpfs", "vfat",  "overlay",
					     "squashfs", "erofs", "jfs",   "exfat", "ntfs3" };

	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if (!strcmp(type, local[i]))
			return true;
	return false;
}

/* "\040" is a blank: proc_pid_mountinfo(5). */
static void unescape(char *path)
{
	char *to = path;

	for (; *path; path++) {
		if (path[0] == '\\' && path[1] && path[2] && path[3]) {
			*to++ = (char)((path[1] - '0') << 6 | (path[2] - '0') << 3 |
				       (path[3] - '0'));
			path += 3;
		} else {
			*to++ = *path;
		}
	}
	*to = '\0';
}

static int take_mount(struct walk *walk, char *line)
{
	char *rest = line, *word, *path = NULL, *type;

	for (int i = 0; i < 5 && (word = strsep(&rest, " ")); i++)
		path = i == 4 ? word : NULL;
	type = path && rest ? strstr(rest, " - ") : NULL;
	if (!type)
		return 0;
	type += strlen(" - ");
	type[strcspn(type, " ")] = '\0';
	unescape(path);
	/* What everything else is on is looked at, whatever it is. */
	return is_local(type) || !strcmp(path, "/") ? 0 : push(&walk->mount, path);
}

static int compare(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;

	return strcmp(*one, *other);
}

static int find_mounts(struct walk *walk)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t capacity = 0;
	int r = 0;

	while (file && r == 0 && getline(&line, &capacity, file) > 0)
		r = take_mount(walk, line);
	free(line);
	if (file)
		fclose(file);
	if (walk->mount.count)
		qsort(walk->mount.path, walk->mount.count, sizeof(char *), compare);
	return r;
}

static bool is_left_out(const struct walk *walk, const char *path)
{
	return walk->mount.count &&
	       bsearch(&path, walk->mount.path, walk->mount.count, sizeof(char *), compare);
}

/* ---- folders ---- */

/* What the system lets happen to a file: whoever the agent runs as may be refused what its
 * permissions allow. */
static unsigned system_allows(const struct walk *walk, int folder, const char *name,
			      const struct stat *st)
{
	static const struct {
		enum effect effect;
		int mode;
	} asked[] = { { EFFECT_READ, R_OK }, { EFFECT_CHANGE, W_OK }, { EFFECT_EXECUTE, X_OK } };
	unsigned can = 0;

	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (!walk->asks_system || faccessat(folder, name, asked[i].mode, AT_EACCESS) == 0)
			can |= 1u << asked[i].effect;
	return st->st_mode & 0111 ? can : can & ~(1u << EFFECT_EXECUTE);
}

static int look_at_file(struct walk *walk, int folder, const char *name)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return blast_look(walk->blast, buffer_bytes(&walk->path),
			  system_allows(walk, folder, name, &st));
}

static int enter_later(struct walk *walk)
{
	if (!is_left_out(walk, buffer_text(&walk->path)))
		return push(&walk->todo, buffer_text(&walk->path));
	walk->said->mounts++;
	return 0;
}

/* Not every file system says what an entry is (readdir(3)). */
static bool is_folder(int folder, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int look(struct walk *walk, int folder, const struct dirent *entry)
{
	if (is_folder(folder, entry))
		return enter_later(walk);
	return entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN
		       ? look_at_file(walk, folder, entry->d_name)
		       : 0;
}

/* Through no link, be it in the middle of the path. */
static DIR *open_folder(const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY,
				.resolve = RESOLVE_NO_SYMLINKS };
	int folder = (int)syscall(SYS_openat2, AT_FDCWD, *path ? path : "/", &how, sizeof how);
	DIR *opened = folder < 0 ? NULL : fdopendir(folder);

	if (folder >= 0 && !opened)
		close(folder);
	return opened;
}

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static int read_folder(struct walk *walk, const char *path)
{
	DIR *folder = open_folder(path);
	const struct dirent *entry;
	int r = 0;

	if (!folder) {
		walk->said->unread++;
		return 0;
	}
	while (r == 0 && walk->said->looked < walk->most && (entry = readdir(folder))) {
		if (is_dot(entry->d_name))
			continue;
		walk->said->looked++;
		buffer_clear(&walk->path);
		buffer_printf(&walk->path, "%s/%s", path, entry->d_name);
		r = buffer_status(&walk->path);
		r = r < 0 ? r : look(walk, dirfd(folder), entry);
	}
	closedir(folder);
	return r;
}

static int read_folders(struct walk *walk)
{
	int r = 0;

	while (walk->todo.next < walk->todo.count && r == 0) {
		if (walk->said->looked >= walk->most || clock_monotonic_ns() > walk->end_ns) {
			walk->said->skipped = (int64_t)(walk->todo.count - walk->todo.next);
			return 0;
		}
		r = read_folder(walk, walk->todo.path[walk->todo.next++]);
	}
	return r;
}

/* ---- where to begin ---- */

/* Whether somebody else's file system is in the way. */
static bool is_behind_mount(const struct walk *walk, const char *path)
{
	struct bytes rest;

	for (size_t i = 0; i < walk->mount.count; i++)
		if (name_is_below(bytes_of(path), bytes_of(walk->mount.path[i]), &rest))
			return true;
	return false;
}

/* One file, where a rule has its exact name. */
static int look_at(struct walk *walk, const char *path)
{
	scoped(buffer) struct buffer parent = { 0 };
	const char *slash = strrchr(path, '/');
	DIR *folder;
	int r;

	if (!slash)
		return 0;
	buffer_append(&parent, path, (size_t)(slash - path));
	buffer_clear(&walk->path);
	buffer_add(&walk->path, path);
	if (buffer_status(&parent) < 0 || buffer_status(&walk->path) < 0)
		return -ENOMEM;
	folder = open_folder(buffer_text(&parent));
	if (!folder)
		return 0;
	walk->said->looked++;
	r = look_at_file(walk, dirfd(folder), slash + 1);
	closedir(folder);
	return r;
}

/* What a rule is about: a file, or the folder that what it admits is below. */
struct starts {
	struct folders file, folder;
};

static void starts_cleanup(struct starts *starts)
{
	folders_release(&starts->file);
	folders_release(&starts->folder);
}

static int add_start(const struct walk *walk, struct starts *starts, const struct rule *rule)
{
	const struct pattern *pattern = &rule->match;
	struct bytes folder = root_folder(&walk->blast->roots, pattern->root);
	scoped(buffer) struct buffer path = { 0 };

	if (!pattern->is_path || rule->own || (pattern->root != ROOT_NONE && !folder.size))
		return 0;
	buffer_append(&path, folder.data ?: "", folder.size);
	for (size_t i = 0; i < pattern->count && pattern->token[i].kind == TOKEN_LITERAL; i++) {
		buffer_add_char(&path, '/');
		buffer_append(&path, pattern->token[i].literal.data,
			      pattern->token[i].literal.size);
	}
	if (buffer_status(&path) < 0)
		return -ENOMEM;
	return push(pattern_is_open(pattern) ? &starts->folder : &starts->file, buffer_text(&path));
}

/* What all sources must allow one of them allows: the first that has a say. */
static int add_starts(const struct walk *walk, enum resource resource, struct starts *starts)
{
	const struct audit *audit = walk->blast->auditing->audit;
	size_t i = 0;
	int r = 0;

	while (i < audit->source_count && !(audit->source[i].governs & 1u << resource))
		i++;
	if (i == audit->source_count)
		return push(&starts->folder, "");
	for (size_t k = 0; k < audit->source[i].allowed.count && r == 0; k++)
		if (audit->source[i].allowed.rule[k].resource == resource)
			r = add_start(walk, starts, &audit->source[i].allowed.rule[k]);
	return r;
}

static bool is_covered(const struct walk *walk, const char *path)
{
	struct bytes rest;

	for (size_t i = 0; i < walk->todo.count; i++)
		if (!*walk->todo.path[i] ||
		    name_is_below(bytes_of(path), bytes_of(walk->todo.path[i]), &rest))
			return true;
	return false;
}

/* Folders below one that is there already come with it: outer ones are first. */
static int begin_with_folders(struct walk *walk, struct folders *folder)
{
	int r = 0;

	if (folder->count)
		qsort(folder->path, folder->count, sizeof(char *), compare);
	for (size_t i = 0; i < folder->count && r == 0; i++) {
		if (is_covered(walk, folder->path[i]))
			continue;
		if (is_behind_mount(walk, folder->path[i]))
			walk->said->mounts++;
		else
			r = push(&walk->todo, folder->path[i]);
	}
	return r;
}

static int begin_with_files(struct walk *walk, struct folders *file)
{
	int r = 0;

	if (file->count)
		qsort(file->path, file->count, sizeof(char *), compare);
	for (size_t i = 0; i < file->count && r == 0; i++)
		if (!(i && !strcmp(file->path[i], file->path[i - 1])) &&
		    !is_covered(walk, file->path[i]) && !is_behind_mount(walk, file->path[i]))
			r = look_at(walk, file->path[i]);
	return r;
}

int blast_walk(struct blast *blast)
{
	scoped(walk) struct walk walk = {
		.blast = blast,
		.said = &blast->auditing->audit->blast,
		.most = blast->auditing->audit->options.machine_entries,
		.end_ns = clock_monotonic_ns() + TIME_NS,
		.asks_system = geteuid() && geteuid() == blast->run.uid,
	};
	scoped(starts) struct starts starts = { 0 };
	int r = find_mounts(&walk);

	r = r < 0 ? r : add_starts(&walk, RESOURCE_FILE, &starts);
	r = r < 0 ? r : add_starts(&walk, RESOURCE_PROGRAM, &starts);
	r = r < 0 ? r : begin_with_folders(&walk, &starts.folder);
	r = r < 0 ? r : begin_with_files(&walk, &starts.file);
	return r < 0 ? r : read_folders(&walk);
}
