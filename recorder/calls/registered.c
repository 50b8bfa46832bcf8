/* Files that a ring has registered, whose descriptors may be closed: io_uring_register(2). */
#include "recorder/calls/operation.h"
#include "recorder/calls/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel writes blanks and backslashes in octal: seq_file_path(), fs/seq_file.c. */
static void add_unescaped(struct buffer *out, const char *text)
{
	unsigned code;
	int used = 0;

	while (*text) {
		if (sscanf(text, "\\%3o%n", &code, &used) == 1 && used == 4) {
			buffer_add_char(out, (char)code);
			text += used;
		} else {
			buffer_add_char(out, *text++);
		}
	}
}

/* Goes on to the line of that file, as "    0: /tmp/file".  Where its text begins, or NULL. */
static const char *find_line(FILE *info, char **line, size_t *size, unsigned index)
{
	bool inside = false;
	unsigned number;
	ssize_t got;
	int used;

	while ((got = getline(line, size, info)) > 0) {
		(*line)[got - 1] = '\0';
		if (!strncmp(*line, "UserFiles:", 10)) {
			inside = true;
			continue;
		}
		used = 0;
		if (!inside)
			continue;
		if ((*line)[0] != ' ' || sscanf(*line, "%u: %n", &number, &used) != 1 || !used)
			return NULL;
		if (number == index)
			return *line + used;
	}
	return NULL;
}

int registered_file(pid_t tid, int ring, unsigned index, struct buffer *ret)
{
	char path[64], *line = NULL;
	const char *text;
	size_t size = 0;
	int r = -ENOENT;
	FILE *info;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", tid, ring);
	info = fopen(path, "re");
	if (!info)
		return -errno;
	text = find_line(info, &line, &size, index);
	if (text)
		r = text[0] == '/' || strstr(text, ":[") ? 0 : -ENOTSUP;
	if (r == 0) {
		buffer_clear(ret);
		add_unescaped(ret, text);
		resolve_cut_deleted(ret);
		r = buffer_status(ret);
	}
	free(line);
	fclose(info);
	return r;
}
