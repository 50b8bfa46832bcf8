#ifndef RECORDER_WIRE_HELLO_EXTENSION_H
#define RECORDER_WIRE_HELLO_EXTENSION_H

#include "recorder/wire/hello.h"

/* Reads the extensions of a ClientHello to the cursor's end into `hello`, RFC 8446 4.2.  False when
 * they are malformed. */
bool hello_extensions(struct cursor *extensions, struct hello *hello);

#endif
