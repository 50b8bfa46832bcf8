#ifndef RECORDER_TOOLS_PEER_H
#define RECORDER_TOOLS_PEER_H

#include <stdint.h>
#include <sys/types.h>

struct masker;
struct sink;

/* Says the image of a process that is not recorded otherwise: its program, command line without
 * secrets and folder, as far as proc(5) shows them. */
void peer_say(struct sink *sink, const struct masker *masker, pid_t pid, int64_t image,
	      int64_t parent);

#endif
