#ifndef RECORDER_WIRE_DNS_NAME_H
#define RECORDER_WIRE_DNS_NAME_H

#include "recorder/wire/dns.h"

/* Reads the name at the cursor, whose bytes are those of the message from its beginning (it may end
 * before the message does).  Returns 0 or -EBADMSG. */
int dns_name_read(struct cursor *cursor, struct dns_name *ret);

#endif
