/* Wireshark reads what fuzzing makes, too: wherever it and the decoders both find a name, it is the
 * same.  AGREE=N packets, SEED=N for others of them. */
#include "wire_build.h"
#include "wire_seeds.h"

#include <unistd.h>

enum { DNS, TLS, HTTP, QUIC, KINDS };

#define NAME_SIZE 1100

struct name {
	char text[NAME_SIZE]; /* empty for none that can be compared */
};

struct corpus {
	FILE *file;
	unsigned count;	   /* packets written */
	struct name *name; /* of each, ours */
	int *kind;
};

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
	return 0;
}

/* Both print odd bytes, and the root, in ways of their own, so only plain names are compared. */
static void set_name(struct name *name, struct bytes text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (text.size >= NAME_SIZE || bytes_equal(text, bytes_of(".")))
		return;
	for (size_t i = 0; i < text.size; i++)
		if (!memchr(plain, text.data[i], sizeof plain - 1))
			return;
	memcpy(name->text, text.data, text.size);
}

/* Writes a packet to a capture of LINKTYPE_RAW, each of a second of its own. */
static void write_packet(struct corpus *corpus, const struct buffer *packet)
{
	uint32_t head[4] = { corpus->count, 0, (uint32_t)packet->size, (uint32_t)packet->size };

	assert_int_equal(fwrite(head, sizeof head, 1, corpus->file), 1);
	assert_int_equal(fwrite(packet->data, packet->size, 1, corpus->file), 1);
	corpus->count++;
}

static void write_udp(struct corpus *corpus, unsigned port, struct bytes payload)
{
	scoped(buffer) struct buffer packet = { 0 };

	add_ipv4(&packet, IPPROTO_UDP, 0, 0, payload.size + 8);
	add_u16(&packet, 1024 + corpus->count % 60000);
	add_u16(&packet, port);
	add_u16(&packet, (unsigned)payload.size + 8);
	add_u16(&packet, 0);
	buffer_append(&packet, payload.data, payload.size);
	write_packet(corpus, &packet);
}

static void write_tcp(struct corpus *corpus, unsigned from, unsigned port, bool syn,
		      struct bytes payload)
{
	scoped(buffer) struct buffer packet = { 0 };

	add_ipv4(&packet, IPPROTO_TCP, 0, 0, payload.size + 20);
	add_u16(&packet, from);
	add_u16(&packet, port);
	add_u32(&packet, syn ? 99 : 100);
	add_u32(&packet, 0);
	add_u16(&packet, 0x5000 | (syn ? SEGMENT_SYN : SEGMENT_ACK));
	add_hex(&packet, "ffff 0000 0000");
	buffer_append(&packet, payload.data, payload.size);
	write_packet(corpus, &packet);
}

/* A connection that says this, and nothing else. */
static void write_stream(struct corpus *corpus, unsigned port, struct bytes payload)
{
	unsigned from = 1024 + corpus->count % 60000;

	write_tcp(corpus, from, port, true, bytes_of(""));
	write_tcp(corpus, from, port, false, payload);
}

static void name_dns(struct bytes bytes, struct name *ret)
{
	struct dns_entry entry;
	struct dns dns;

	if (dns_read(bytes, &dns) == 0 && dns_next(&dns, &entry) == 1 &&
	    entry.section == DNS_QUESTION)
		set_name(ret, (struct bytes){ entry.name.text, entry.name.size });
}

static void name_tls(struct bytes bytes, struct name *ret)
{
	struct hello hello;

	if (hello_read(bytes, &hello) == READING_DONE)
		set_name(ret, target_name(&hello.server));
}

static void name_http(struct bytes bytes, struct name *ret)
{
	struct http http;

	/* Wireshark says what Host is, whatever the request line names. */
	if (http_read(bytes, &http) == READING_DONE && http.form == HTTP_ORIGIN)
		set_name(ret, target_name(&http.target));
}

static void name_quic(struct bytes bytes, struct name *ret)
{
	struct quic quic = { 0 };
	struct hello hello;

	if (quic_initial_add(&quic, bytes, &hello) == READING_DONE)
		set_name(ret, target_name(&hello.server));
	quic_release(&quic);
}

static void write_initial(struct corpus *corpus, struct buffer *frames, struct name *ret)
{
	struct initial initial = { .version = rand() % 2 ? V1 : V2,
				   .number_bytes = 1 + rand() % 4U };
	scoped(buffer) struct buffer datagram = { 0 };
	char id[16];

	while (frames->size < 4) /* RFC 9001, 5.4.2 */
		buffer_add_char(frames, '\0');
	/* Wireshark knows a connection by its ID. */
	snprintf(id, sizeof id, "c%07u", corpus->count);
	initial.id = id;
	add_initial(&datagram, &initial, frames);
	name_quic(buffer_bytes(&datagram), ret);
	write_udp(corpus, 443, buffer_bytes(&datagram));
}

static void write_case(struct corpus *corpus)
{
	static const enum seed_kind seed[] = { SEED_DNS, SEED_TLS, SEED_HTTP, SEED_CRYPTO };
	scoped(buffer) struct buffer bytes = { 0 };
	struct name name = { "" };
	int kind = rand() % KINDS;

	seeds_change(&seeds, seed[kind], &bytes);
	if (kind == DNS) {
		name_dns(buffer_bytes(&bytes), &name);
		write_udp(corpus, 53, buffer_bytes(&bytes));
	} else if (kind == TLS) {
		name_tls(buffer_bytes(&bytes), &name);
		write_stream(corpus, 443, buffer_bytes(&bytes));
	} else if (kind == HTTP) {
		name_http(buffer_bytes(&bytes), &name);
		write_stream(corpus, 80, buffer_bytes(&bytes));
	} else {
		write_initial(corpus, &bytes, &name);
	}
	corpus->name[corpus->count - 1] = name;
	corpus->kind[corpus->count - 1] = kind;
}

static void write_corpus(struct corpus *corpus, const char *path, unsigned cases)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 101 };

	corpus->file = fopen(path, "w");
	corpus->name = calloc(2 * cases, sizeof *corpus->name);
	corpus->kind = calloc(2 * cases, sizeof *corpus->kind);
	assert_true(corpus->file && corpus->name && corpus->kind);
	assert_int_equal(fwrite(head, sizeof head, 1, corpus->file), 1);
	for (unsigned i = 0; i < cases; i++)
		write_case(corpus);
	assert_int_equal(fclose(corpus->file), 0);
}

/* Holds one line of Wireshark's, "NUMBER|dns|tls|http", against ours; true when both have a name.
 */
static bool agrees(const struct corpus *corpus, char *line)
{
	static const int field_of[KINDS] = { [DNS] = 0, [TLS] = 1, [HTTP] = 2, [QUIC] = 1 };
	unsigned long number = strtoul(strsep(&line, "|"), NULL, 10);
	struct target theirs = { 0 };
	const char *field = NULL;

	assert_true(number >= 1 && number <= corpus->count);
	for (int i = 0; line && i <= field_of[corpus->kind[number - 1]]; i++)
		field = strsep(&line, "|");
	if (!field || !*field || !*corpus->name[number - 1].text)
		return false;
	if (target_read(&theirs, bytes_of(field)) < 0 ||
	    strcmp(theirs.host, corpus->name[number - 1].text))
		fail_msg("packet %lu of kind %d: \"%s\" for us, \"%s\" for Wireshark", number,
			 corpus->kind[number - 1], corpus->name[number - 1].text, field);
	return true;
}

/* What Wireshark says of a capture; counts where both have a name, by kind. */
static void compare(const struct corpus *corpus, const char *path, unsigned agreed[static KINDS])
{
	char command[512], line[70000];
	FILE *tshark;

	snprintf(command, sizeof command,
		 "tshark -n -r %s -T fields -E separator='|' -E occurrence=f -e frame.number "
		 "-e dns.qry.name -e tls.handshake.extensions_server_name -e http.host 2>/dev/null",
		 path);
	tshark = popen(command, "r");
	assert_non_null(tshark);
	while (fgets(line, sizeof line, tshark)) {
		unsigned long number = strtoul(line, NULL, 10);

		line[strcspn(line, "\n")] = '\0';
		if (agrees(corpus, line))
			agreed[corpus->kind[number - 1]]++;
	}
	assert_int_equal(pclose(tshark), 0);
}

static void wireshark_finds_the_same_names(void **state)
{
	const char *wanted = getenv("AGREE"), *seed = getenv("SEED");
	unsigned cases = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 10000,
		 agreed[KINDS] = { 0 };
	char path[] = "/tmp/pare-wire.XXXXXX";
	struct corpus corpus = { 0 };
	int file;

	(void)state;
	if (system("command -v tshark >/dev/null") != 0)
		skip();
	file = mkstemp(path);
	assert_true(file >= 0);
	close(file);
	srand(seed ? (unsigned)strtoul(seed, NULL, 10) : 3);
	write_corpus(&corpus, path, cases);
	compare(&corpus, path, agreed);
	unlink(path);
	for (int i = 0; i < KINDS; i++) /* not by finding nothing */
		if (agreed[i] < cases / 400)
			fail_msg("kind %d: the same name in %u packets only", i, agreed[i]);
	free(corpus.name);
	free(corpus.kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(wireshark_finds_the_same_names) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
