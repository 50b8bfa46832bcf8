#ifndef RECORDER_WIRE_HOSTS_H
#define RECORDER_WIRE_HOSTS_H

#include "core/store.h"
#include "recorder/wire/ip.h"
#include "recorder/wire/target.h"

#include <pthread.h>
#include <stdint.h>

/* hosts(5), as the programs of a run read it.  Only to a program that did is an address named by
 * it: whoever did not got the address elsewhere, and may not know the name.  Threads may call at
 * once. */
struct hosts {
	pthread_mutex_t lock;
	struct hosts_file *file;
	struct hosts_reader *reader;
	size_t files, readers;
};

void hosts_begin(struct hosts *hosts);
/* An image has opened the file at `path` to read it, just now. */
void hosts_read(struct hosts *hosts, int64_t image, const char *path);
/* The same, where it is what an access was that the run has made; its name begins below `root`. */
void hosts_access(struct hosts *hosts, const struct access *access, const char *root);
/* The first name that the file gives the address which the image read last; leaves `ret` where
 * there is none. */
void hosts_find(struct hosts *hosts, int64_t image, const struct address *address,
		struct target *ret);
void hosts_release(struct hosts *hosts);

#endif
