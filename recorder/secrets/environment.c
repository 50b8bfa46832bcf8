#include "recorder/secrets/environment.h"

#include "core/secret_name.h"
#include "recorder/secrets/find.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_BYTES 8192
#define HOLDS_MAX  1024

/* It holds secrets. */
static void block_release(struct buffer *block)
{
	if (block->data)
		explicit_bzero(block->data, block->capacity);
	buffer_release(block);
}

static int read_block(pid_t tid, struct buffer *out, bool *ret_truncated)
{
	char path[64], step[STEP_BYTES];
	ssize_t got = 1;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/environ", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (out->size < ENVIRONMENT_BYTES_MAX && (got = read(fd, step, sizeof step)) > 0)
		buffer_append(out, step, (size_t)got);
	if (got < 0)
		got = -errno;
	*ret_truncated = got > 0 && read(fd, step, 1) > 0;
	close(fd);
	return got < 0 ? (int)got : buffer_status(out);
}

static int copy_own(struct buffer *out)
{
	for (char **entry = environ; entry && *entry; entry++)
		buffer_append(out, *entry, strlen(*entry) + 1);
	return buffer_status(out);
}

/* A name may begin with "=".  What has none, or no "=" at all, is known as "=". */
static size_t name_size(struct bytes entry)
{
	const char *sign = entry.size > 1 ? memchr(entry.data + 1, '=', entry.size - 1) : NULL;

	return sign ? (size_t)(sign - entry.data) : 0;
}

/* The name itself may be a secret, too, when somebody got "=" wrong. */
static void hold(struct environment *environment, const struct secret_view *view, struct bytes name,
		 struct bytes value, bool is_path)
{
	char peer[FINGERPRINT_SIZE] = "path";
	struct finding ignored;

	if (environment->holds.count == HOLDS_MAX) {
		environment->truncated = true;
		return;
	}
	if (!is_path)
		secret_fingerprint(view->key, value, peer);
	if (!name.size || secret_find(name, 0, &ignored))
		name = bytes_of("=");
	holds_add(&environment->holds, "", name, peer, is_path ? (struct bytes){ 0 } : value);
}

static void look_at(struct environment *environment, const struct secret_view *view,
		    struct bytes entry)
{
	struct bytes name = { entry.data, name_size(entry) }, value = entry;
	const struct secret_name *row = secret_name_find(name);
	struct finding finding = { 0 };

	if (name.size)
		value = (struct bytes){ entry.data + name.size + 1, entry.size - name.size - 1 };
	if (row && secret_is_path(view, value, false)) {
		hold(environment, view, name, value, true);
		return;
	}
	if (row && secret_name_fits(row, value)) {
		hold(environment, view, name, value, false);
		return;
	}
	while (secret_find(value, finding.end, &finding))
		hold(environment, view, name,
		     (struct bytes){ value.data + finding.begin, finding.end - finding.begin },
		     false);
}

static void look_through(struct environment *environment, const struct secret_view *view)
{
	struct bytes block = buffer_bytes(&environment->block);
	size_t at = 0;

	while (at < block.size) {
		size_t size = strnlen(block.data + at, block.size - at);

		look_at(environment, view, (struct bytes){ block.data + at, size });
		at += size + 1;
	}
}

static struct environment *find_known(const struct environments *known, struct bytes block)
{
	for (size_t i = 0; known && i < ENVIRONMENTS_KNOWN; i++)
		if (known->known[i] && bytes_equal(buffer_bytes(&known->known[i]->block), block))
			return environment_share(known->known[i]);
	return NULL;
}

static void remember(struct environments *known, struct environment *environment)
{
	environment_leave(known->known[ENVIRONMENTS_KNOWN - 1]);
	memmove(known->known + 1, known->known, (ENVIRONMENTS_KNOWN - 1) * sizeof *known->known);
	known->known[0] = environment_share(environment);
}

void environments_release(struct environments *environments)
{
	for (size_t i = 0; i < ENVIRONMENTS_KNOWN; i++)
		environment_leave(environments->known[i]);
	*environments = (struct environments){ 0 };
}

int environment_of_block(struct environment **ret, const struct secret_view *view,
			 struct buffer *block, struct environments *known)
{
	struct environment *environment;

	*ret = find_known(known, buffer_bytes(block));
	if (*ret) {
		block_release(block);
		return 0;
	}
	environment = calloc(1, sizeof *environment);
	if (!environment) {
		block_release(block);
		return -ENOMEM;
	}
	*environment = (struct environment){ .users = 1, .block = *block };
	*block = (struct buffer){ 0 };
	look_through(environment, view);
	if (environment->holds.failed) {
		environment_leave(environment);
		return -ENOMEM;
	}
	if (known)
		remember(known, environment);
	*ret = environment;
	return 0;
}

int environment_read(struct environment **ret, const struct secret_view *view,
		     struct environments *known)
{
	struct buffer block = { 0 };
	bool truncated = false;
	int r = view->tid ? read_block(view->tid, &block, &truncated) : copy_own(&block);

	if (r < 0) {
		block_release(&block);
		return r;
	}
	r = environment_of_block(ret, view, &block, known);
	if (r == 0 && truncated)
		(*ret)->truncated = true;
	return r;
}

struct environment *environment_share(struct environment *environment)
{
	if (environment)
		environment->users++;
	return environment;
}

void environment_leave(struct environment *environment)
{
	if (!environment || --environment->users)
		return;
	block_release(&environment->block);
	holds_release(&environment->holds);
	free(environment);
}
