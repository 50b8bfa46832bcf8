#ifndef RECORDER_WIRE_LEARN_H
#define RECORDER_WIRE_LEARN_H

#include "recorder/wire/flow.h"

/* Looks at what a client has said so far for the name it wants.  Sets flow->naming, hello and
 * encrypted; `settled` when more would not help.  `client` is the client's end; `payload` what it
 * has just sent, which is all there is of UDP. */
void learn_from_client(struct view *client, struct bytes payload);

#endif
