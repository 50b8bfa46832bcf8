/* Every decoder against bytes that no program sends: the captures and the packets of RFCs, changed
 * at random.  FUZZ=N cases (SEED=N for others of them); make SAN=1 sees what the guarded memory
 * does not. */
#include "wire_seeds.h"

#include <sys/time.h>

/* One kind of bytes, and what decodes it: it looks at nothing but that the results keep their word.
 */
typedef void decode(struct bytes bytes);

static void assert_target(const struct target *target)
{
	assert_true(target->size <= TARGET_HOST_MAX);
	assert_int_equal(target->host[target->size], '\0');
}

static void assert_within(struct bytes part, struct bytes whole)
{
	if (part.size)
		assert_true(part.data >= whole.data &&
			    part.data + part.size <= whole.data + whole.size);
}

static void assert_alpn(const struct alpn *alpn)
{
	assert_true(alpn->size < sizeof alpn->text);
	assert_int_equal(strlen(alpn->text), alpn->size);
}

static void assert_name(const struct dns_name *name)
{
	assert_true(name->size < 1004);
	assert_int_equal(strlen(name->text), name->size);
}

static struct fragments fragments;
static struct stream stream;
static int64_t now_ns = 1;

static void decode_frame(struct bytes bytes)
{
	static const enum link links[] = { LINK_ETHERNET, LINK_ETHERNET, LINK_SLL2, LINK_SLL,
					   LINK_RAW,	  LINK_NULL,	 LINK_LOOP, (enum link)9 };
	struct datagram datagram;

	now_ns += FRAGMENTS_NS / 200;
	if (wire_datagram(links[rand() % 8], bytes, now_ns, &fragments, &datagram) !=
	    DATAGRAM_WHOLE)
		return;
	assert_true(datagram.payload.size <= datagram.size);
	if (fragments.whole.count == 0)
		assert_within(datagram.payload, bytes);
	if (datagram.protocol != IPPROTO_TCP)
		return;
	if (!stream_add(&stream, &datagram)) {
		stream_release(&stream);
		assert_true(stream_add(&stream, &datagram));
	}
	assert_true(stream_first(&stream).size <= STREAM_KEPT);
	assert_true(stream.dropped + stream_first(&stream).size <= stream.total);
	if (rand() % 16 == 0)
		stream_drop(&stream, (size_t)rand() % (stream_first(&stream).size + 1));
}

static void note_answer(void *context, const struct dns_answer *answer)
{
	(void)context;
	assert_name(&answer->question);
	assert_name(&answer->name);
	assert_true(answer->address.size == 4 || answer->address.size == 16);
}

static void decode_dns(struct bytes bytes)
{
	struct dns_entry entry;
	struct bytes message;
	size_t at = 0;
	struct dns dns;

	if (dns_frame(bytes, &at, &message) == READING_DONE)
		assert_within(message, bytes);
	dns_answers(bytes, note_answer, NULL);
	if (dns_read(bytes, &dns) < 0)
		return;
	while (dns_next(&dns, &entry) == 1) {
		assert_name(&entry.name);
		assert_within(entry.data, bytes);
		assert_within(entry.service.ipv4, entry.data);
		assert_within(entry.service.ipv6, entry.data);
		assert_alpn(&entry.service.alpn);
	}
}

/* What is said of the first bytes holds for all: they are done, or not this, for good. */
static void assert_for_good(enum reading first, enum reading all)
{
	assert_true(first == READING_MORE || first == all);
}

static struct bytes first_of(struct bytes bytes)
{
	return guarded(1, bytes.data, (size_t)rand() % (bytes.size + 1));
}

static void decode_hello(struct bytes bytes)
{
	struct hello hello, again;
	enum reading all = hello_read(bytes, &hello);
	enum reading first = hello_read(first_of(bytes), &again);

	assert_for_good(first, all);
	if (first == READING_DONE)
		assert_memory_equal(&hello, &again, sizeof hello);
	if (all == READING_DONE) {
		assert_target(&hello.server);
		assert_alpn(&hello.alpn);
	}
}

static void decode_http(struct bytes bytes)
{
	struct http http, again;
	enum reading all = http_read(bytes, &http);
	enum reading first = http_read(first_of(bytes), &again);

	assert_for_good(first, all);
	if (first == READING_DONE)
		assert_memory_equal(&http.target, &again.target, sizeof http.target);
	if (all == READING_DONE) {
		assert_target(&http.target);
		assert_true(http.size <= bytes.size);
	}
}

static void decode_socks(struct bytes bytes)
{
	struct socks socks, again;
	enum reading all = socks_read(bytes, &socks);
	enum reading first = socks_read(first_of(bytes), &again);

	assert_for_good(first, all);
	if (first == READING_DONE)
		assert_int_equal(socks.size, again.size);
	if (all == READING_DONE) {
		assert_target(&socks.target);
		assert_true(socks.size <= bytes.size);
	}
}

static struct quic quic;

static void decode_quic(struct bytes bytes)
{
	struct hello hello;

	if (rand() % 8 == 0)
		quic_release(&quic);
	if (quic_initial_add(&quic, bytes, &hello) == READING_DONE) {
		assert_target(&hello.server);
		assert_alpn(&hello.alpn);
	}
	assert_true(assembly_ready(&quic.crypto).size <= QUIC_CRYPTO_MAX);
}

/* The same within the protection, where bytes that are changed would only fail to open. */
static void decode_quic_frames(struct bytes bytes)
{
	scoped(buffer) struct buffer frames = { 0 }, datagram = { 0 };
	struct initial initial = { .version = rand() % 2 ? V1 : V2,
				   .id = "12345678",
				   .number = (uint32_t)rand(),
				   .number_bytes = 4 };

	buffer_append(&frames, bytes.data, bytes.size < 3000 ? bytes.size : 3000);
	add_initial(&datagram, &initial, &frames);
	decode_quic(guarded(1, datagram.data, datagram.size));
}

static const struct {
	enum seed_kind kind;
	decode *decode;
	int weight; /* of a hundred cases */
} decoders[] = {
	{ SEED_FRAME, decode_frame, 30 },	{ SEED_DNS, decode_dns, 16 },
	{ SEED_TLS, decode_hello, 16 },		{ SEED_HTTP, decode_http, 16 },
	{ SEED_SOCKS, decode_socks, 10 },	{ SEED_QUIC, decode_quic, 4 },
	{ SEED_CRYPTO, decode_quic_frames, 8 },
};

#define DECODERS (int)(sizeof decoders / sizeof *decoders)

static struct seeds seeds;

static int set_up(void **state)
{
	(void)state;
	seeds_collect(&seeds);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	seeds_release(&seeds);
	fragments_release(&fragments);
	stream_release(&stream);
	quic_release(&quic);
	return 0;
}

static long number_from(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : otherwise;
}

static int pick_decoder(void)
{
	int weight = rand() % 100, i = 0;

	while (i < DECODERS - 1 && (weight -= decoders[i].weight) >= 0)
		i++;
	return i;
}

static void any_bytes_are_survived(void **state)
{
	long cases = number_from("FUZZ", 200000);

	(void)state;
	srand((unsigned)number_from("SEED", 11));
	for (long i = 0; i < cases; i++) {
		int decoder = pick_decoder();
		scoped(buffer) struct buffer bytes = { 0 };

		if (i % 1000 == 0)
			alarm(60); /* a decoder that hangs */
		seeds_change(&seeds, decoders[decoder].kind, &bytes);
		decoders[decoder].decode(guarded(0, bytes.data, bytes.size));
	}
	alarm(0);
}

/* Every prefix of everything, as it came. */
static void every_prefix_is_survived(void **state)
{
	(void)state;
	for (unsigned i = 0; i < seeds.count; i++) {
		const struct seed *seed = &seeds.seed[i];
		int decoder = 0;

		while (decoders[decoder].kind != seed->kind)
			decoder++;
		for (size_t size = 0; size <= seed->bytes.size; size++)
			decoders[decoder].decode(guarded(0, seed->bytes.data, size));
	}
}

/* A DNS message that was whole is malformed when any of it is missing. */
static void dns_is_whole_or_malformed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < seeds.count; i++) {
		const struct seed *seed = &seeds.seed[i];
		struct dns_entry entry;
		struct dns dns;

		if (seed->kind != SEED_DNS)
			continue;
		for (size_t size = 0; size <= seed->bytes.size; size++) {
			int status = dns_read(guarded(0, seed->bytes.data, size), &dns);

			while (status >= 0 && (status = dns_next(&dns, &entry)) == 1)
				;
			assert_int_equal(status == 0, size == seed->bytes.size);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(dns_is_whole_or_malformed),
		cmocka_unit_test(any_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
