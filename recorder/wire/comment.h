#ifndef RECORDER_WIRE_COMMENT_H
#define RECORDER_WIRE_COMMENT_H

#include "recorder/wire/join.h"

/* Appends what is said of each packet of a flow, UTF-8: for each end that a recorded call was made
 * at "curl (pid 1234) tcp/api.example.com:443", the process and whom it talks to, "; " between
 * them; of a flow that no recorded call explains, who has its socket open. */
void comment_write(const struct join *join, const struct flow *flow, struct buffer *out);

#endif
