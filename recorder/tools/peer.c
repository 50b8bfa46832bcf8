#include "recorder/tools/peer.h"

#include "recorder/secrets/mask.h"
#include "recorder/sink.h"
#include "recorder/tools/arguments.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define ARGUMENTS_MAX ((size_t)64 * 1024)

static void read_link(pid_t pid, const char *name, struct buffer *out)
{
	char path[64], link[PATH_MAX];
	ssize_t size;

	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	size = readlink(path, link, sizeof link);
	if (size > 0)
		buffer_append(out, link, (size_t)size);
}

static void read_arguments(pid_t pid, struct buffer *out)
{
	char path[64], data[4096];
	ssize_t size;
	int file;

	snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return;
	while (out->size < ARGUMENTS_MAX && (size = read(file, data, sizeof data)) > 0)
		buffer_append(out, data, (size_t)size);
	close(file);
}

void peer_read(struct peer *peer, const struct masker *masker, pid_t pid)
{
	scoped(buffer) struct buffer arguments = { 0 };
	scoped(holds) struct holds holds = { 0 };

	read_link(pid, "exe", &peer->program);
	read_link(pid, "cwd", &peer->cwd);
	read_arguments(pid, &arguments);
	if (secret_mask(&masker->view, buffer_bytes(&arguments), masker->known, &peer->argv,
			&holds) < 0)
		buffer_clear(&peer->argv);
}

void peer_release(struct peer *peer)
{
	buffer_release(&peer->program);
	buffer_release(&peer->argv);
	buffer_release(&peer->cwd);
}

void peer_cleanup(struct peer *peer)
{
	peer_release(peer);
}

void peer_say(struct sink *sink, const struct masker *masker, pid_t pid, int64_t image,
	      int64_t parent)
{
	scoped(peer) struct peer peer = { 0 };
	struct image said = { .seq = image, .parent = parent, .pid = pid };

	peer_read(&peer, masker, pid);
	said.program = buffer_bytes(&peer.program);
	said.argv = buffer_bytes(&peer.argv);
	said.cwd = buffer_bytes(&peer.cwd);
	said.started_ns = sink_now_ns(sink);
	sink_image(sink, &said);
}
