#ifndef CORE_UUID_H
#define CORE_UUID_H

#include "core/bytes.h"

#define UUID_TEXT_SIZE 37

/* The UUID of a name, version 5 (RFC 9562, 5.5: SHA-1), in the namespace of URIs: the same name has
 * the same one everywhere.  0 or -ENOMEM. */
int uuid_of(struct bytes name, char ret[static UUID_TEXT_SIZE]);

#endif
