/* Packets and recorded calls in any order, the packets as odd as fuzzing makes them: what the join
 * says of the calls stays true.  JOIN=N steps (SEED=N for others of them). */
#include "wire_build.h"
#include "wire_ends.h"
#include "wire_seeds.h"
#include "wire_sink.h"

#include "recorder/wire/join.h"

#include <limits.h>
#include <unistd.h>

#define IMAGES	3
#define CLIENTS 2    /* ports */
#define LIFE	1500 /* steps, mostly, until the join ends */

/* What a call of an image said of a host, and what the join said of that. */
struct said {
	int64_t given, taken, renamed;
};

static struct {
	char host[HOSTS][64];
	struct said said[HOSTS][IMAGES + 1];
	bool sent[HOSTS][CLIENTS]; /* a whole packet, from a port to a host */
	bool called[HOSTS][CLIENTS];
	bool again[HOSTS][CLIENTS]; /* a call connected from that port anew */
	int taken_host;		    /* the last observation took its name back; else -1 */
	unsigned renamed, resolved, unsent;
	int64_t connections, measured, bytes, connected; /* connected: calls that may have */
	int64_t accepted, said_accepted;
} world;

static int host_named(struct bytes name)
{
	for (int host = 0; host < HOSTS; host++)
		if (bytes_equal(name, bytes_of(world.host[host])))
			return host;
	fail_msg("a host that no call named: %.*s", (int)name.size, name.data);
	return -1;
}

static void check_resolved(const struct observation *observation)
{
	const struct access *access = &observation->access;

	assert_int_equal(observation->count, 1);
	assert_int_equal(access->via, VIA_WIRE);
	assert_true(bytes_start_with(access->name, bytes_of("dns/")));
	assert_true(access->image >= 1 && access->image <= IMAGES);
	assert_int_not_equal(access->outcome, 0);
	world.resolved++;
}

static void check_name(struct bytes name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.:/[]";

	if (name.size < 7 || name.size > TARGET_HOST_MAX + 16)
		fail_msg("a name of %zu bytes: %.*s", name.size, (int)name.size, name.data);
	for (size_t i = 0; i < name.size; i++)
		assert_non_null(memchr(plain, name.data[i], sizeof plain - 1));
}

/* The join's own words to the store (recorder/sink.h). */
void sink_access(struct sink *sink, const struct observation *observation)
{
	const struct access *access = &observation->access;
	bool taken = observation->count < 0;
	struct said *said;
	int host;

	(void)sink;
	if (access->action == ACTION_RESOLVE) {
		check_resolved(observation);
		return;
	}
	assert_true(access->image >= 1 && access->image <= IMAGES);
	host = host_named(taken ? access->name : access->peer);
	said = &world.said[host][access->image];
	assert_true(world.taken_host == -1 || (!taken && world.taken_host == host));
	world.taken_host = taken ? host : -1;
	if (taken) {
		said->taken -= observation->count;
	} else {
		check_name(access->name);
		said->renamed += observation->count;
		world.renamed++;
	}
	assert_true(said->taken <= said->given && said->renamed <= said->given);
}

void sink_gap(struct sink *sink, enum gap_kind kind, int64_t image, struct bytes detail)
{
	bool unseen = false;
	int host;

	(void)sink;
	if (kind != GAP_UNSENT) {
		assert_true(kind == GAP_UNATTRIBUTED || kind == GAP_ENCRYPTED_DNS ||
			    kind == GAP_ENCRYPTED_HELLO);
		return;
	}
	assert_true(image >= 1 && image <= IMAGES);
	host = host_named(detail);
	/* It may have been another connection's, between the same ends. */
	for (int client = 0; client < CLIENTS; client++)
		unseen |= protocol_of(host) == IPPROTO_TCP || world.again[host][client] ||
			  (world.called[host][client] && !world.sent[host][client]);
	assert_true(unseen);
	world.unsent++;
}

/* What is taken back was given, and no more of it. */
void sink_connection(struct sink *sink, const struct connection *change)
{
	(void)sink;
	assert_true(change->image >= 1 && change->image <= IMAGES);
	assert_in_range(change->source, SOURCE_ADDRESS, SOURCE_ACCEPTED);
	assert_true(change->peer.size && change->name.size);
	assert_true(!change->relay.data || bytes_equal(change->relay, change->peer));
	assert_in_range(change->count + 1, 0, 2);
	if (change->source == SOURCE_ACCEPTED)
		world.said_accepted += change->count;
	else
		world.connections += change->count;
	world.measured += change->measured;
	world.bytes += change->sent + change->received;
}

static struct join join;
static struct fragments fragments;
static struct seeds seeds;
static int64_t now_ns;

static void begin(void)
{
	memset(world.said, 0, sizeof world.said);
	memset(world.sent, 0, sizeof world.sent);
	memset(world.called, 0, sizeof world.called);
	memset(world.again, 0, sizeof world.again);
	world.taken_host = -1;
	world.connections = world.measured = world.bytes = world.connected = 0;
	world.accepted = world.said_accepted = 0;
	join_begin(&join, NULL);
	join.measures = true;
	join.lost = rand() % 8 == 0;
}

static void end(void)
{
	unsigned allowed = join.lost || join.hidden ? world.unsent : UINT_MAX;

	join_end(&join);
	fragments_release(&fragments);
	memset(&fragments, 0, sizeof fragments);
	assert_true(world.unsent <= allowed);
	assert_int_equal(join.flows.count, 0);
	assert_null(join.flows.view);
	assert_null(join.answers.answer);
	assert_null(join.waiting);
	assert_true(world.connections > 0 || !world.connected);
	assert_true(world.connections <= world.connected);
	assert_true(world.said_accepted > 0 || !world.accepted);
	assert_true(world.said_accepted <= world.accepted);
	assert_true(world.measured >= 0 &&
		    world.measured <= world.connections + world.said_accepted);
	assert_true(world.bytes >= 0 && (world.measured || !world.bytes));
	assert_int_equal(world.taken_host, -1);
}

static struct use *new_use(int host, int client, int64_t image, enum outcome outcome)
{
	struct observation observation = {
		.count = 1,
		.access = {
			.image = image,
			.resource = RESOURCE_HOST,
			.action = rand() % 2 ? ACTION_CONNECT : ACTION_SEND,
			.outcome = outcome,
			.via = VIA_TRACE,
			.name = bytes_of(world.host[host]),
		},
	};
	struct use *use = use_new(&observation, now_ns);

	assert_non_null(use);
	use->protocol = protocol_of(host);
	use->local = client_of(host, client);
	use->remote = end_of(host);
	world.said[host][image].given++;
	world.connected += outcome == OUTCOME_OK;
	return use;
}

static void call(void)
{
	int host = rand() % HOSTS, client = rand() % CLIENTS;
	struct use *use = new_use(host, client, 1 + rand() % IMAGES,
				  rand() % 4 ? OUTCOME_OK : OUTCOME_FAILED);

	if (rand() % 4 == 0)
		memset(use->local.address.byte, 0, sizeof use->local.address.byte);
	if (rand() % 16 == 0)
		use->local.port = 0;
	world.again[host][client] |=
		world.called[host][client] && use->observation.access.action == ACTION_CONNECT;
	world.called[host][client] |= use->local.port != 0;
	join_use(&join, use);
}

/* At the other end. */
static void accepted(void)
{
	int host = rand() % HOSTS, client = rand() % CLIENTS;
	const struct observation observation = {
		.count = 1,
		.access = { .image = 1 + rand() % IMAGES,
			    .resource = RESOURCE_HOST,
			    .action = ACTION_ACCEPT,
			    .outcome = OUTCOME_OK,
			    .name = bytes_of(world.host[host]),
			    .peer = bytes_of("tcp/192.0.2.99:99") },
	};
	struct use *use;

	if (protocol_of(host) != IPPROTO_TCP)
		return;
	use = use_new(&observation, now_ns);
	assert_non_null(use);
	use->protocol = IPPROTO_TCP;
	use->local = end_of(host);
	use->remote = client_of(host, client);
	use->accepted = true;
	world.accepted++;
	join_use(&join, use);
}

static void pick_payload(int host, struct buffer *out)
{
	static const enum seed_kind kinds[] = { SEED_DNS,   SEED_TLS,  SEED_HTTP,
						SEED_SOCKS, SEED_QUIC, SEED_CRYPTO };
	enum seed_kind kind = end_of(host).port == 53 ? SEED_DNS : kinds[rand() % 6];
	const struct buffer *seed = pick_seed(&seeds, kind);

	if (rand() % 8 == 0)
		return;
	if (rand() % 2)
		seeds_change(&seeds, kind, out);
	else
		buffer_append(out, seed->data, seed->size);
	if (out->size > 8000)
		out->size = 8000;
	if (kind == SEED_DNS && out->size > 2 && rand() % 2)
		out->data[2] |= (char)0x80; /* a question becomes an answer */
}

static void capture(enum link link, struct bytes frame)
{
	const struct captured captured = { .fragments = &fragments,
					   .link = link,
					   .frame = guarded(0, frame.data, frame.size),
					   .size = (uint32_t)frame.size,
					   .time_ns = now_ns };

	join_packet(&join, &captured);
}

static void packet(void)
{
	int host = rand() % HOSTS, client = rand() % CLIENTS;
	struct endpoint one = client_of(host, client), other = end_of(host);
	scoped(buffer) struct buffer payload = { 0 }, frame = { 0 };
	bool back = rand() % 3 == 0;

	pick_payload(host, &payload);
	add_packet(&frame, host, back ? &other : &one, back ? &one : &other,
		   buffer_bytes(&payload));
	if (rand() % 8 == 0)
		change_once(&seeds, SEED_FRAME, &frame);
	else if (!back)
		world.sent[host][client] = true;
	capture(LINK_RAW, buffer_bytes(&frame));
}

/* One of another link layer, of no host that is known, or of none. */
static void stray(void)
{
	scoped(buffer) struct buffer frame = { 0 };

	seeds_change(&seeds, SEED_FRAME, &frame);
	capture(rand() % 4 ? LINK_ETHERNET : LINK_SLL2, buffer_bytes(&frame));
}

static void step(void)
{
	int what = rand() % 16;

	now_ns += rand() % 1000000;
	if (rand() % LIFE == 0) {
		end();
		begin();
	} else if (what < 3) {
		call();
	} else if (what == 3) {
		stray();
	} else if (what == 4 && rand() % 4 == 0) {
		accepted();
	} else {
		packet();
	}
}

static void what_is_said_of_calls_is_true(void **state)
{
	const char *wanted = getenv("JOIN"), *seed = getenv("SEED");
	long steps = wanted ? strtol(wanted, NULL, 10) : 200000;

	(void)state;
	srand(seed ? (unsigned)strtoul(seed, NULL, 10) : 11);
	now_ns = 1;
	begin();
	for (long i = 0; i < steps; i++) {
		if (i % 1000 == 0) {
			alarm(60); /* a join that hangs */
			join_look(&join);
		}
		step();
	}
	alarm(0);
	end();
	/* Not by saying nothing. */
	assert_true(world.renamed > steps / 100);
	assert_true(world.resolved > steps / 1000);
	assert_true(world.unsent > steps / 100000);
}

/* A SOCKS proxy is asked for a name with a byte in it that no name has. */
static void a_name_has_no_nul(void **state)
{
	static const int host = 0x31; /* TCP over IPv4, to the port of a proxy */
	const struct endpoint from = client_of(host, 0), to = end_of(host);
	scoped(buffer) struct buffer first = { 0 }, second = { 0 }, asked = { 0 };
	unsigned before = world.renamed;

	(void)state;
	now_ns = 1;
	begin();
	add_hex(&asked, "05 01 00 05 01 00 03 0b 61 00 2e 6578616d706c65 62 01bb");
	join_use(&join, new_use(host, 0, 1, OUTCOME_OK));
	add_ends(&first, host, &from, &to, 0);
	add_tcp(&first, SEGMENT_SYN, 99);
	capture(LINK_RAW, buffer_bytes(&first));
	add_ends(&second, host, &from, &to, asked.size);
	add_tcp(&second, SEGMENT_ACK, 100);
	buffer_append(&second, asked.data, asked.size);
	capture(LINK_RAW, buffer_bytes(&second));
	end();
	assert_int_equal(world.renamed, before);
}

static int set_up(void **state)
{
	(void)state;
	seeds_collect(&seeds);
	for (int host = 0; host < HOSTS; host++) {
		struct endpoint end = end_of(host);
		struct buffer name = { 0 };

		endpoint_write(protocol_of(host), &end, &name);
		snprintf(world.host[host], sizeof *world.host, "%.*s", (int)name.size, name.data);
		buffer_release(&name);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	seeds_release(&seeds);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_no_nul),
		cmocka_unit_test(what_is_said_of_calls_is_true),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
