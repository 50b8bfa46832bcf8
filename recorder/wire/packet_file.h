#ifndef RECORDER_WIRE_PACKET_FILE_H
#define RECORDER_WIRE_PACKET_FILE_H

#include "core/bytes.h"

#include <stdbool.h>
#include <sys/types.h>

struct error;

/* A file of blocks that is whole whenever it is looked at: each write ends with a block, and a
 * write that fails leaves nothing of it.  Zero it to begin. */
struct packet_file {
	int fd;
	bool is_regular;
	off_t end; /* of the last whole block */
	/* Blocks for packet_file_write(): those that others need, which are tried again until they
	 * are written, and then the others. */
	struct buffer first, out;
};

/* A new file that only its owner can read takes the place of one that is there; what is no regular
 * file (a pipe) is written to as it is. */
int packet_file_open(struct packet_file *file, const char *path, struct error *err);
/* Writes the blocks, and empties `out`.  0 or -errno: then those in `out` are lost. */
int packet_file_write(struct packet_file *file);
void packet_file_close(struct packet_file *file);

#endif
