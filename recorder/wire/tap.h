#ifndef RECORDER_WIRE_TAP_H
#define RECORDER_WIRE_TAP_H

#include "recorder/wire/capture.h"

/* Packets from a socket of packet(7) that another process has opened, which libpcap cannot take:
 * read from the ring that the kernel fills (TPACKET_V3,
 * https://docs.kernel.org/networking/packet_mmap.html), in the form that libpcap's "any" has,
 * LINK_SLL2. */
struct tap;

/* `socket` is of SOCK_DGRAM, bound to nothing, with protocol 0.  It is the tap's from now on, also
 * where this fails.  0, or -errno and a message. */
int tap_open(struct tap **ret, int socket, enum captured_size size, struct error *err);
int tap_descriptor(const struct tap *tap); /* becomes readable */
/* Visits what is there: each packet on loopback once.  The number of packets. */
int tap_read(struct tap *tap, capture_visit *visit, void *context);
/* All since it was opened. */
void tap_count(struct tap *tap, struct capture_counts *ret);
void tap_close(struct tap *tap); /* NULL is fine */

#endif
