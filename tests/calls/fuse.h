#ifndef TESTS_CALLS_FUSE_H
#define TESTS_CALLS_FUSE_H

/* A small file system, and the answers of who serves it: fuse(4), the protocol of linux/fuse.h,
 * without a library. */

#include "expect.h"

#include <linux/fuse.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define REQUEST_BYTES (FUSE_MIN_READ_BUFFER * 4)

static const struct node {
	uint64_t parent;
	const char *name;
	mode_t mode;
	const char *content; /* or where the link leads */
} node[] = {
	{ 0, "", S_IFDIR | 0755, "" },
	{ FUSE_ROOT_ID, "file", S_IFREG | 0644, "served\n" },
	{ FUSE_ROOT_ID, "other", S_IFREG | 0644, "served\n" },
	{ FUSE_ROOT_ID, "link", S_IFLNK | 0777, "file" },
	{ FUSE_ROOT_ID, "program", S_IFREG | 0755, "#!/bin/sh\nexit 0\n" },
	{ FUSE_ROOT_ID, "victim", S_IFREG | 0644, "" },
	{ FUSE_ROOT_ID, "folder", S_IFDIR | 0755, "" },
	{ 7, "deep", S_IFREG | 0644, "served\n" },
};

#define NODES (sizeof node / sizeof *node)

struct server {
	int fd;
	unsigned valid_seconds; /* that the kernel may remember an answer */
};

static inline void reply(const struct server *server, const struct fuse_in_header *in, int error,
			 const void *body, size_t size)
{
	struct fuse_out_header out = { sizeof out + (uint32_t)size, -error, in->unique };
	struct iovec part[] = { { &out, sizeof out }, { (void *)(uintptr_t)body, size } };

	/* ENOENT: who asked no longer waits. */
	must(writev(server->fd, part, 2) >= 0 || errno == ENOENT, "reply");
}

static inline struct fuse_attr attributes_of(uint64_t id)
{
	const struct node *of = &node[id - 1];

	return (struct fuse_attr){
		.ino = id,
		.mode = of->mode,
		.nlink = 1,
		.size = strlen(of->content),
		.blksize = 4096,
	};
}

static inline void reply_lookup(const struct server *server, const struct fuse_in_header *in,
				const char *name)
{
	struct fuse_entry_out entry = { .entry_valid = server->valid_seconds,
					.attr_valid = server->valid_seconds };

	for (uint64_t id = 1; id <= NODES; id++) {
		if (node[id - 1].parent != in->nodeid || strcmp(node[id - 1].name, name))
			continue;
		entry.nodeid = id;
		entry.attr = attributes_of(id);
		reply(server, in, 0, &entry, sizeof entry);
		return;
	}
	reply(server, in, ENOENT, NULL, 0);
}

static inline void reply_attributes(const struct server *server, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = server->valid_seconds,
				     .attr = attributes_of(in->nodeid) };

	reply(server, in, 0, &out, sizeof out);
}

static inline void reply_init(const struct server *server, const struct fuse_in_header *in)
{
	struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION,
				     .minor = 31,
				     .max_write = 4096,
				     .max_background = 1,
				     .congestion_threshold = 1 };

	reply(server, in, 0, &out, sizeof out);
}

static inline void reply_content(const struct server *server, const struct fuse_in_header *in,
				 uint64_t offset)
{
	const char *content = node[in->nodeid - 1].content;
	size_t size = strlen(content);

	reply(server, in, 0, content + (offset < size ? offset : size),
	      offset < size ? size - offset : 0);
}

static inline void answer(const struct server *server, const struct fuse_in_header *in,
			  const void *body)
{
	const struct fuse_open_out opened = { 0 };

	switch (in->opcode) {
	case FUSE_INIT:
		reply_init(server, in);
		break;
	case FUSE_LOOKUP:
		reply_lookup(server, in, body);
		break;
	case FUSE_GETATTR:
		reply_attributes(server, in);
		break;
	case FUSE_READLINK:
		reply_content(server, in, 0);
		break;
	case FUSE_READ:
		reply_content(server, in, ((const struct fuse_read_in *)body)->offset);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		reply(server, in, 0, &opened, sizeof opened);
		break;
	case FUSE_READDIR:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_UNLINK:
		reply(server, in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(server, in, ENOSYS, NULL, 0);
	}
}

#endif
