#ifndef TESTS_UNIT_WIRE_ROWS_H
#define TESTS_UNIT_WIRE_ROWS_H

/* Connections between 192.0.2.1:40000 and 192.0.2.2:80, and what the store would have of them. */
#include "wire_packets.h"
#include "wire_sink.h"

#define ROWS_MAX  64
#define PORT	  40000
#define HOST_AT	  "tcp/192.0.2.2:80"
#define CLIENT_AT "tcp/192.0.2.1:40000"

/* What the store would have. */
static struct {
	struct row {
		char is[400]; /* "image protocol name source question peer relay" */
		int64_t count, measured, sent, received, first_ns, last_ns;
	} row[ROWS_MAX];
	size_t rows;
	int64_t resolved_ns;
	struct buffer accesses; /* the names that calls were given, a line each */
} world;

static struct join join;

static inline void write_is(const struct connection *of, char *ret, size_t size)
{
	snprintf(ret, size, "%lld %s %.*s %s %.*s %.*s %.*s", (long long)of->image,
		 protocol_text(of->protocol), (int)of->name.size, of->name.data,
		 source_text(of->source), (int)(of->question.data ? of->question.size : 1),
		 of->question.data ? of->question.data : "-", (int)of->peer.size, of->peer.data,
		 (int)(of->relay.data ? of->relay.size : 1), of->relay.data ? of->relay.data : "-");
}

/* The join's words to the store (recorder/sink.h). */
void sink_connection(struct sink *sink, const struct connection *change)
{
	struct row *row = world.row;
	char is[sizeof row->is];

	(void)sink;
	write_is(change, is, sizeof is);
	while (row < world.row + world.rows && strcmp(row->is, is))
		row++;
	assert_true(row < world.row + ROWS_MAX);
	if (row == world.row + world.rows) {
		memcpy(row->is, is, sizeof is);
		row->first_ns = change->first_ns;
		world.rows++;
	}
	row->count += change->count;
	row->measured += change->measured;
	row->sent += change->sent;
	row->received += change->received;
	row->last_ns = change->last_ns;
	assert_true(row->count >= 0 && row->measured >= 0 && row->sent >= 0 && row->received >= 0);
}

void sink_access(struct sink *sink, const struct observation *observation)
{
	const struct access *access = &observation->access;

	(void)sink;
	if (access->action == ACTION_RESOLVE)
		world.resolved_ns = observation->time_ns;
	else if (observation->count > 0)
		buffer_printf(&world.accesses, "%.*s\n", (int)access->name.size, access->name.data);
}

void sink_gap(struct sink *sink, enum gap_kind kind, int64_t image, struct bytes detail)
{
	(void)sink, (void)kind, (void)image, (void)detail;
}

static inline void begin(void)
{
	buffer_release(&world.accesses);
	memset(&world, 0, sizeof world);
	join_begin(&join, NULL);
	join.measures = true;
}

/* Ends the join; what the store would have, but for times, a line each, sorted. */
static inline const char *end(void)
{
	static char text[4096];
	char line[ROWS_MAX][512];
	size_t lines = 0, at = 0;

	join_end(&join);
	for (size_t i = 0; i < world.rows; i++) {
		const struct row *row = &world.row[i];

		if (row->count)
			snprintf(line[lines++], sizeof *line, "%s %lld %lld %lld %lld", row->is,
				 (long long)row->count, (long long)row->measured,
				 (long long)row->sent, (long long)row->received);
		else
			assert_true(!row->measured && !row->sent && !row->received);
	}
	qsort(line, lines, sizeof *line, (int (*)(const void *, const void *))strcmp);
	text[0] = '\0';
	for (size_t i = 0; i < lines; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s\n", line[i]);
	return text;
}

static inline struct endpoint end_of(uint8_t last, uint16_t port)
{
	return (struct endpoint){ { 4, { 192, 0, 2, last } }, port };
}

static inline struct use *new_use(int64_t time_ns, uint8_t protocol, uint16_t remote,
				  const char *name)
{
	const struct observation observation = {
		.time_ns = time_ns,
		.count = 1,
		.access = { .image = 7,
			    .resource = RESOURCE_HOST,
			    .action = ACTION_CONNECT,
			    .outcome = OUTCOME_OK,
			    .name = bytes_of(name),
			    .peer = bytes_of(name) },
	};
	struct use *use = use_new(&observation, time_ns);

	assert_non_null(use);
	use->protocol = protocol;
	use->local = end_of(1, protocol == IPPROTO_TCP ? PORT : 5000);
	use->remote = end_of(2, remote);
	return use;
}

static inline void connect_tcp(int64_t time_ns)
{
	join_use(&join, new_use(time_ns, IPPROTO_TCP, 80, HOST_AT));
}

static inline void out(int64_t time_ns, uint8_t flags, uint32_t sequence, const char *text)
{
	join_tcp(&join, time_ns, (struct packet_of){ false, PORT, 80, flags, sequence, text });
}

static inline void back(int64_t time_ns, uint8_t flags, uint32_t sequence, const char *text)
{
	join_tcp(&join, time_ns, (struct packet_of){ true, PORT, 80, flags, sequence, text });
}

enum { PACKETS = 7 };

/* The packets of one connection, from `time_ns` on, ten apart; its call returns at `time_ns` + 15.
 */
static inline void pass(int which, int64_t time_ns, uint32_t sequence, const char *request)
{
	uint32_t behind = sequence + 1 + (uint32_t)strlen(request);
	int64_t at_ns = time_ns + 10 * which;

	switch (which) {
	case 0:
		out(at_ns, SEGMENT_SYN, sequence, NULL);
		break;
	case 1:
		back(at_ns, SEGMENT_SYN | SEGMENT_ACK, 9000, NULL);
		break;
	case 2:
		out(at_ns, SEGMENT_ACK, sequence + 1, request);
		break;
	case 3:
		back(at_ns, SEGMENT_ACK, 9001, "the answer");
		break;
	case 4:
		back(at_ns, SEGMENT_ACK | SEGMENT_FIN, 9011, NULL);
		break;
	case 5:
		out(at_ns, SEGMENT_ACK | SEGMENT_FIN, behind, NULL);
		break;
	default:
		back(at_ns, SEGMENT_ACK, 9012, NULL);
	}
}

#define ONE	  "GET / HTTP/1.1\r\nHost: one.test\r\n\r\n"
#define TWO	  "GET / HTTP/1.1\r\nHost: second.test\r\n\r\n"
#define ROW(name) "7 tcp tcp/" name ":80 host - " HOST_AT " - "

#endif
