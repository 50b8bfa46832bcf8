#ifndef RECORDER_WIRE_QUIC_H
#define RECORDER_WIRE_QUIC_H

#include "recorder/wire/assembly.h"
#include "recorder/wire/hello.h"
#include "recorder/wire/quic_packet.h"

#define QUIC_CRYPTO_MAX 16384 /* bytes of handshake that are kept */

/* What a client says at the beginning of a QUIC connection, version 1 (RFC 9000, 9001) or 2 (RFC
 * 9369).  One for each pair of endpoints; zero it to begin. */
struct quic {
	bool keyed;	  /* a packet was opened */
	uint32_t version; /* that `keys` are for */
	struct quic_keys keys;
	uint8_t id[QUIC_ID_MAX]; /* the connection ID that the keys follow from */
	uint8_t id_size;
	int64_t largest; /* packet number */
	struct assembly crypto;
	enum reading reading;
	struct hello hello;
};

/* Adds the payload of a UDP datagram that the client sent: opens the Initial packets in it and puts
 * their CRYPTO frames together.  READING_NOT when no packet could be opened yet, or what is in them
 * is no ClientHello.  Packets may come late and twice; after a Retry, or when another connection
 * follows between the same endpoints, it begins anew.  `ret` is filled with READING_DONE. */
enum reading quic_initial_add(struct quic *quic, struct bytes datagram, struct hello *ret);
void quic_release(struct quic *quic);

#endif
