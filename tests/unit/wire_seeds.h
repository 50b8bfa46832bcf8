#ifndef TESTS_UNIT_WIRE_SEEDS_H
#define TESTS_UNIT_WIRE_SEEDS_H

/* What fuzzing begins with: the captures, taken apart down to what each decoder reads; and how it
 * is changed. */

#include "wire_print.h"
#include "wire_seal.h"

#include <unistd.h>

enum seed_kind {
	SEED_FRAME,
	SEED_DNS,
	SEED_TLS,
	SEED_HTTP,
	SEED_SOCKS,
	SEED_QUIC,
	SEED_CRYPTO,
	SEED_KINDS
};

struct seed {
	enum seed_kind kind;
	struct buffer bytes;
};

struct seeds {
	struct seed seed[2048];
	unsigned count;
	unsigned first[SEED_KINDS], after[SEED_KINDS]; /* sorted by kind */
};

static inline void add_seed(struct seeds *seeds, enum seed_kind kind, struct bytes bytes)
{
	struct seed *seed = &seeds->seed[seeds->count++];

	assert_true(seeds->count < sizeof seeds->seed / sizeof *seeds->seed);
	*seed = (struct seed){ .kind = kind };
	buffer_append(&seed->bytes, bytes.data, bytes.size);
}

/* The kind of what a client says first, by what it turns out to be. */
static inline enum seed_kind kind_of(struct bytes bytes)
{
	struct hello hello;
	struct socks socks;

	if (hello_read(bytes, &hello) != READING_NOT)
		return SEED_TLS;
	return socks_read(bytes, &socks) != READING_NOT ? SEED_SOCKS : SEED_HTTP;
}

static inline void add_datagram_seed(struct seeds *seeds, struct printer *flows,
				     const struct datagram *datagram)
{
	struct half *flow = half_of(flows, datagram);
	struct hello hello;

	if (datagram->protocol == IPPROTO_TCP)
		stream_add(&flow->stream, datagram);
	else if (is_dns(datagram))
		add_seed(seeds, SEED_DNS, datagram->payload);
	else if (datagram->protocol == IPPROTO_UDP &&
		 quic_initial_add(&flow->quic, datagram->payload, &hello) != READING_NOT)
		add_seed(seeds, SEED_QUIC, datagram->payload);
}

static inline void add_stream_seeds(struct seeds *seeds, struct printer *flows)
{
	for (unsigned i = 0; i < flows->flows; i++) {
		struct half *flow = &flows->flow[i];
		bool dns = flow->source.port == 53 || flow->destination.port == 53;
		struct bytes bytes = stream_first(&flow->stream), message;
		size_t at = 0;

		while (dns && dns_frame(bytes, &at, &message) == READING_DONE)
			add_seed(seeds, SEED_DNS, message);
		if (bytes.size && !dns)
			add_seed(seeds, kind_of(bytes), bytes);
		stream_release(&flow->stream);
		quic_release(&flow->quic);
	}
}

static inline void collect_capture(struct seeds *seeds, const char *name)
{
	struct printer *flows = calloc(1, sizeof *flows);
	struct datagram datagram;
	struct saved saved;
	struct bytes frame;

	assert_non_null(flows);
	saved_open(&saved, name);
	while (saved_next(&saved, &frame)) {
		if (saved.link == LINK_ETHERNET)
			add_seed(seeds, SEED_FRAME, frame);
		if (wire_datagram((enum link)saved.link, frame, 1, &flows->fragments, &datagram) ==
		    DATAGRAM_WHOLE)
			add_datagram_seed(seeds, flows, &datagram);
	}
	add_stream_seeds(seeds, flows);
	fragments_release(&flows->fragments);
	saved_close(&saved);
	free(flows);
}

/* Frames as Chromium shuffles them, with a hello in them. */
static inline void add_crypto_seeds(struct seeds *seeds)
{
	scoped(buffer) struct buffer hello = { 0 }, frames = { 0 };

	add_client_hello(&hello, "fuzz.example.test");
	add_crypto_frame(&frames, &hello, 20, 50);
	add_hex(&frames, "01 00 00 02 05 00 01 01 0001 03 4005 00 00 05 01 02 03");
	add_crypto_frame(&frames, &hello, 40, hello.size);
	add_crypto_frame(&frames, &hello, 0, 20);
	add_hex(&frames, "1c 00 06 02 6869 00000000");
	add_seed(seeds, SEED_CRYPTO, buffer_bytes(&frames));
}

static inline int by_kind(const void *a, const void *b)
{
	const struct seed *one = a, *other = b;

	return (int)one->kind - (int)other->kind;
}

static inline void seeds_collect(struct seeds *seeds)
{
	for (size_t i = 0; i < CAPTURES; i++)
		collect_capture(seeds, captures[i]);
	add_crypto_seeds(seeds);
	qsort(seeds->seed, seeds->count, sizeof *seeds->seed, by_kind);
	for (unsigned i = 0; i < seeds->count; i++)
		seeds->after[seeds->seed[i].kind] = i + 1;
	for (int kind = 1; kind < SEED_KINDS; kind++)
		seeds->first[kind] = seeds->after[kind - 1];
	for (int kind = 0; kind < SEED_KINDS; kind++)
		assert_true(seeds->first[kind] < seeds->after[kind]);
}

static inline void seeds_release(struct seeds *seeds)
{
	for (unsigned i = 0; i < seeds->count; i++)
		buffer_release(&seeds->seed[i].bytes);
}

static inline const struct buffer *pick_seed(const struct seeds *seeds, enum seed_kind kind)
{
	unsigned count = seeds->after[kind] - seeds->first[kind];

	return &seeds->seed[seeds->first[kind] + (unsigned)rand() % count].bytes;
}

/* A byte that means something: the ends of ranges, pointers, flags. */
static inline char odd_byte(void)
{
	static const unsigned char odd[] = {
		0, 1, 2, 3, 4, 0x16, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff
	};

	return (char)(rand() % 3 ? odd[(size_t)rand() % sizeof odd] : rand());
}

/* Puts a part of another seed over what is at `at`, or what is there once more. */
static inline void copy_over(const struct seeds *seeds, enum seed_kind kind, struct buffer *bytes)
{
	const struct buffer *other = rand() % 2 ? pick_seed(seeds, kind) : bytes;
	size_t at = (size_t)rand() % bytes->size, from = (size_t)rand() % other->size;
	size_t size = (size_t)rand() % 64;

	if (size > bytes->size - at)
		size = bytes->size - at;
	if (size > other->size - from)
		size = other->size - from;
	memmove(bytes->data + at, other->data + from, size);
}

static inline void change_once(const struct seeds *seeds, enum seed_kind kind, struct buffer *bytes)
{
	/* Heads matter more than what is far behind. */
	size_t reach = rand() % 2 && bytes->size > 64 ? 64 : bytes->size;
	size_t at = (size_t)rand() % reach;

	switch (rand() % 8) {
	case 0:
		bytes->data[at] ^= (char)(1 << rand() % 8);
		break;
	case 1:
		bytes->size = at + 1;
		break;
	case 2:
		memmove(bytes->data + at, bytes->data + at + 1, bytes->size - at - 1);
		break;
	case 3:
		copy_over(seeds, kind, bytes);
		break;
	case 4:
		bytes->data[at]++;
		break;
	case 5:
		bytes->data[at]--;
		break;
	default:
		bytes->data[at] = odd_byte();
		break;
	}
}

/* Bytes that were one of the seeds, with one to eight changes. */
static inline void seeds_change(const struct seeds *seeds, enum seed_kind kind, struct buffer *out)
{
	const struct buffer *seed = pick_seed(seeds, kind);

	buffer_append(out, seed->data, seed->size);
	for (int i = rand() % 8; i >= 0; i--)
		change_once(seeds, kind, out);
}

#endif
