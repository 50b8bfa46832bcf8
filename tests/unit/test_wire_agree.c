/* Wireshark reads what fuzzing makes, too: wherever it and the decoders both find a name, it is the
 * same; an address that a name is said to have is in the message for Wireshark as well; and where
 * only one finds anything, it is for a reason that is known.  AGREE=N packets, SEED=N for others.
 */
#include "wire_build.h"
#include "wire_seeds.h"

#include <unistd.h>

enum { DNS, TLS, HTTP, QUIC, KINDS };

#define NAME_SIZE 1100
#define ANSWERS	  8

/* Why the decoders have no name where Wireshark has. */
enum why {
	NOTHING, /* there is none: in TLS, Wireshark shows a name of any type; in HTTP, one of what
		  * comes behind the first request; in DNS it would be a fault */
	FOUND,
	ODD,	   /* with bytes, or of a form, that the two write in different ways */
	ELSEWHERE, /* an absolute URI, or CONNECT's, counts; Wireshark says what Host is */
	REFUSED,   /* what RFCs forbid: two Hosts, lengths that do not fit, a name that loops */
	CUT,	   /* the rest is waited for; Wireshark shows what there is, whole or not */
	WHYS
};

struct name {
	char text[NAME_SIZE]; /* empty for none that can be compared */
	enum why why;
	struct address address[ANSWERS]; /* of a response, that it has */
	unsigned addresses;
};

/* How the packets of a kind came out. */
struct outcome {
	unsigned agreed, addresses, why[WHYS];
	/* It takes them for another protocol: a request with a method, a record with a version that
	 * it does not know, RDP or "Continuation Data" for what begins like those. */
	unsigned ours;
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
static bool is_plain(struct bytes text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

	for (size_t i = 0; i < text.size; i++)
		if (!memchr(plain, text.data[i], sizeof plain - 1))
			return false;
	return text.size < NAME_SIZE && !bytes_equal(text, bytes_of("."));
}

static void set_name(struct name *name, struct bytes text)
{
	name->why = !text.size ? NOTHING : is_plain(text) ? FOUND : ODD;
	if (name->why == FOUND)
		memcpy(name->text, text.data, text.size);
}

static enum why why_not(enum reading reading)
{
	return reading == READING_MORE ? CUT : REFUSED;
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

static void add_address(void *context, const struct dns_answer *answer)
{
	struct name *name = context;

	if (!answer->hint && name->addresses < ANSWERS)
		name->address[name->addresses++] = answer->address;
}

static void name_dns(struct bytes bytes, struct name *ret)
{
	struct dns_entry entry;
	struct dns dns;

	ret->why = REFUSED;
	if (dns_read(bytes, &dns) == 0 && dns_next(&dns, &entry) == 1 &&
	    entry.section == DNS_QUESTION)
		set_name(ret, (struct bytes){ entry.name.text, entry.name.size });
	dns_answers(bytes, add_address, ret);
}

static void name_tls(struct bytes bytes, struct name *ret)
{
	struct hello hello;
	enum reading reading = hello_read(bytes, &hello);

	ret->why = why_not(reading);
	if (reading == READING_DONE)
		set_name(ret, target_name(&hello.server));
}

static void name_http(struct bytes bytes, struct name *ret)
{
	struct http http;
	enum reading reading = http_read(bytes, &http);

	ret->why = why_not(reading);
	if (reading == READING_DONE && http.form == HTTP_ORIGIN)
		set_name(ret, target_name(&http.target));
	else if (reading == READING_DONE)
		ret->why = ELSEWHERE;
}

static void name_quic(struct bytes bytes, struct name *ret)
{
	struct quic quic = { 0 };
	struct hello hello;
	enum reading reading = quic_initial_add(&quic, bytes, &hello);

	ret->why = why_not(reading);
	if (reading == READING_DONE)
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
	struct name name = { .why = NOTHING };
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

/* A line of Wireshark's: what it has more than one of is parted by commas. */
struct line {
	unsigned long number;
	char *name[3], *address[2];
	bool malformed;
};

enum { FIELDS = 6 };

/* False where a name has the byte that parts the fields. */
static bool read_line(char *text, struct line *ret)
{
	char *field[FIELDS + 1] = { NULL };

	text[strcspn(text, "\n")] = '\0';
	for (int i = 0; i <= FIELDS; i++)
		field[i] = strsep(&text, "|");
	if (!field[FIELDS] || text)
		return false;
	ret->number = strtoul(field[0], NULL, 10);
	for (int i = 0; i < 3; i++)
		ret->name[i] = field[1 + i];
	for (int i = 0; i < 2; i++)
		ret->address[i] = field[4 + i];
	ret->malformed = *field[FIELDS];
	return true;
}

static bool has_address(const char *list, const struct address *address)
{
	int family = address->size == 4 ? AF_INET : AF_INET6;
	char text[64];
	uint8_t theirs[16];

	for (; *list; list += strcspn(list, ","), list += *list == ',') {
		snprintf(text, sizeof text, "%.*s", (int)strcspn(list, ","), list);
		if (inet_pton(family, text, theirs) == 1 &&
		    !memcmp(theirs, address->byte, address->size))
			return true;
	}
	return false;
}

static void compare_addresses(const struct name *ours, const struct line *line,
			      struct outcome *outcome)
{
	for (unsigned i = 0; i < ours->addresses && !line->malformed; i++) {
		if (!has_address(line->address[ours->address[i].size != 4], &ours->address[i]))
			fail_msg("packet %lu: an address that Wireshark does not see",
				 line->number);
		outcome->addresses++;
	}
}

static void compare_text(const struct name *ours, char *field, unsigned long number)
{
	struct target theirs = { 0 };

	/* The first; space behind it is not of it (RFC 9110, 5.5), and may be escaped. */
	field[strcspn(field, ", \\")] = '\0';
	if (target_read(&theirs, bytes_of(field)) < 0 || strcmp(theirs.host, ours->text))
		fail_msg("packet %lu: \"%s\", \"%s\" for Wireshark", number, ours->text, field);
}

static void compare_name(const struct name *ours, char *field, int kind, const struct line *line,
			 struct outcome *outcome)
{
	if (*ours->text && *field) {
		compare_text(ours, field, line->number);
		outcome->agreed++;
	} else if (!line->malformed && *ours->text) {
		outcome->ours++;
	} else if (!line->malformed && *field && is_plain(bytes_of(field))) {
		if (ours->why == NOTHING && kind == DNS)
			fail_msg("packet %lu: \"%s\" for Wireshark alone", line->number, field);
		outcome->why[ours->why]++;
	}
}

/* What Wireshark says of a capture, held against ours. */
static void compare(const struct corpus *corpus, const char *path,
		    struct outcome outcome[static KINDS])
{
	static const int field_of[KINDS] = { [DNS] = 0, [TLS] = 1, [HTTP] = 2, [QUIC] = 1 };
	char command[512], text[70000];
	struct line line;
	FILE *tshark;

	snprintf(command, sizeof command,
		 "tshark -n -r %s -T fields -E separator='|' -E aggregator=, -e frame.number "
		 "-e dns.qry.name -e tls.handshake.extensions_server_name -e http.host "
		 "-e dns.a -e dns.aaaa -e _ws.malformed 2>/dev/null",
		 path);
	tshark = popen(command, "r");
	assert_non_null(tshark);
	while (fgets(text, sizeof text, tshark)) {
		int kind;

		if (!read_line(text, &line))
			continue;
		assert_true(line.number >= 1 && line.number <= corpus->count);
		kind = corpus->kind[line.number - 1];
		compare_name(&corpus->name[line.number - 1], line.name[field_of[kind]], kind, &line,
			     &outcome[kind]);
		compare_addresses(&corpus->name[line.number - 1], &line, &outcome[kind]);
	}
	assert_int_equal(pclose(tshark), 0);
}

/* Not by finding nothing, nor by passing over most. */
static void check_outcome(int kind, const struct outcome *outcome, unsigned cases)
{
	print_message("kind %d: %u names agree, %u addresses; ours alone %u; Wireshark's alone: "
		      "odd %u, elsewhere %u, refused %u, cut %u, of another type %u\n",
		      kind, outcome->agreed, outcome->addresses, outcome->ours, outcome->why[ODD],
		      outcome->why[ELSEWHERE], outcome->why[REFUSED], outcome->why[CUT],
		      outcome->why[NOTHING]);
	if (outcome->agreed < cases / 400 || (kind == DNS && outcome->addresses < cases / 400))
		fail_msg("kind %d: the same name in %u packets only", kind, outcome->agreed);
	if (outcome->ours > cases / 200 || outcome->why[REFUSED] > cases / 40 ||
	    outcome->why[CUT] + outcome->why[NOTHING] > cases / 100)
		fail_msg("kind %d: too many names that only one has", kind);
}

static void wireshark_finds_the_same_names(void **state)
{
	const char *wanted = getenv("AGREE"), *seed = getenv("SEED");
	unsigned cases = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 10000;
	struct outcome outcome[KINDS] = { 0 };
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
	compare(&corpus, path, outcome);
	unlink(path);
	for (int i = 0; i < KINDS; i++)
		check_outcome(i, &outcome[i], cases);
	free(corpus.name);
	free(corpus.kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(wireshark_finds_the_same_names) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
