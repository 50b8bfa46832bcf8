/* Writes a year of one agent to audit: many runs of a few programs each, in which most of what is
 * touched is touched in other runs, too.
 *   audit_store FILE RUNS ACCESSES
 * Of a run's ACCESSES six in ten are of the 4000 files of $WS, two of the system's 800, one of
 * what the run made in $TMP for itself, and the rest of hosts and programs, which get other
 * arguments in each run; it makes five calls of tools.  One run in 500 has a gap. */
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(literal) ((struct bytes){ literal, sizeof(literal) - 1 })

#define SOURCES 4000
#define SYSTEM	800
#define HOSTS	40
#define TOOLS	10
#define IMAGES	8

/* 2025-12-01, and a year of 365 days from then on. */
#define BEGIN_NS (INT64_C(1764547200) * INT64_C(1000000000))
#define YEAR_NS	 (INT64_C(365) * 86400 * INT64_C(1000000000))

struct work {
	struct store *store;
	struct run run;
	int64_t seq;
	long number;
	uint64_t chance;
	int64_t empty;				 /* key of the empty name */
	int64_t source[SOURCES], system[SYSTEM]; /* keys of resources */
	int64_t host[HOSTS];
	struct error err;
};

static const char *const program[IMAGES] = { "/usr/bin/sh",   "/usr/bin/git",	 "/usr/bin/git",
					     "/usr/bin/node", "/usr/bin/make",	 "/usr/bin/cc",
					     "/usr/bin/curl", "/usr/bin/python3" };

/* xorshift64 (Marsaglia, 2003): the same store each time. */
static uint64_t draw(struct work *work)
{
	work->chance ^= work->chance << 13;
	work->chance ^= work->chance >> 7;
	work->chance ^= work->chance << 17;
	return work->chance;
}

/* Few are drawn often: the square of what is even. */
static size_t draw_below(struct work *work, size_t count)
{
	uint64_t share = draw(work) >> 32;

	return (size_t)(((share * share >> 32) * count) >> 32);
}

static int find_key(struct work *work, enum resource kind, const char *name, int64_t *ret)
{
	int64_t id;
	int r = store_name_key(work->store, bytes_of(name), &id, &work->err);

	return r ? r : store_resource_key(work->store, kind, id, ret, &work->err);
}

static int put(struct work *work, enum resource kind, enum action action, int64_t key)
{
	struct access access = {
		.seq = ++work->seq,
		.image = 1 + (int64_t)(draw(work) % IMAGES),
		.resource = kind,
		.action = action,
		.outcome = draw(work) % 20 ? OUTCOME_OK : OUTCOME_ABSENT,
		.count = 3,
		.first_ns = work->run.started_ns + work->seq * 1000000,
		.last_ns = work->run.started_ns + work->seq * 1000000 + 1000,
		.via = VIA_FAST,
	};
	struct access_keys keys = { .phase = work->empty, .resource = key };

	return store_put_known(work->store, work->run.key, &access, &keys, &work->err);
}

/* A file that this run alone has. */
static int put_made(struct work *work)
{
	char name[64];
	int64_t key;
	int r;

	snprintf(name, sizeof name, "/tmp/build/cc%016" PRIx64 ".o", draw(work));
	r = find_key(work, RESOURCE_FILE, name, &key);
	return r ? r : put(work, RESOURCE_FILE, ACTION_CREATE, key);
}

static int put_some(struct work *work)
{
	static const enum action what[] = { ACTION_READ, ACTION_READ, ACTION_STAT, ACTION_WRITE };
	unsigned kind = (unsigned)(draw(work) % 20);
	enum action action = what[draw(work) % 4];

	if (kind < 12)
		return put(work, RESOURCE_FILE, action, work->source[draw_below(work, SOURCES)]);
	if (kind < 16)
		return put(work, RESOURCE_FILE, action == ACTION_WRITE ? ACTION_MAP : action,
			   work->system[draw_below(work, SYSTEM)]);
	if (kind < 18)
		return put_made(work);
	return put(work, RESOURCE_HOST, kind == 18 ? ACTION_RESOLVE : ACTION_CONNECT,
		   work->host[draw_below(work, HOSTS)]);
}

static int add_image(struct work *work, int64_t seq)
{
	struct image image = { .seq = seq,
			       .parent = seq > 1,
			       .pid = 100 + (int32_t)seq,
			       .program = bytes_of(program[seq - 1]),
			       .cwd = BYTES("/home/ada/w"),
			       .started_ns = work->run.started_ns + seq * 1000 };
	struct access access = { .seq = ++work->seq,
				 .image = 1,
				 .phase = BYTES(""),
				 .resource = RESOURCE_PROGRAM,
				 .action = ACTION_EXEC,
				 .name = image.program,
				 .outcome = OUTCOME_OK,
				 .count = 1,
				 .first_ns = image.started_ns,
				 .last_ns = image.started_ns,
				 .via = VIA_TRACE };
	char argv[128];
	int size = snprintf(argv, sizeof argv, "%s%cpush%corigin%cmessage %ld%c",
			    strrchr(program[seq - 1], '/') + 1, 0, 0, 0, work->number % 3000, 0);
	int r;

	image.argv = (struct bytes){ argv, (size_t)size };
	r = store_add_image(work->store, work->run.key, &image, &work->err);
	return r ? r : store_put_access(work->store, work->run.key, &access, &work->err);
}

static int add_call(struct work *work, int64_t seq)
{
	int tool = (int)(draw(work) % TOOLS);
	struct tool_call call = { .seq = seq,
				  .image = 1,
				  .phase = BYTES(""),
				  .status = STATUS_OK,
				  .started_ns = work->run.started_ns + seq,
				  .ended_ns = work->run.started_ns + seq + 1 };
	char name[32], arguments[96];

	snprintf(name, sizeof name, "files/tool%d", tool);
	snprintf(arguments, sizeof arguments, "{\"path\":\"src/part%d/file%ld.c\",\"limit\":%d}",
		 tool, work->number % 500, 10 * tool);
	call.tool = bytes_of(name);
	call.arguments = bytes_of(arguments);
	return store_put_call(work->store, work->run.key, &call, &work->err);
}

static int add_rows(struct work *work, long accesses)
{
	struct gap gap = { .seq = 1, .kind = GAP_LOST, .detail = BYTES("rows"), .count = 1 };
	int r = 0;

	for (int64_t i = 1; i <= IMAGES && r == 0; i++)
		r = add_image(work, i);
	while (work->seq < accesses && r == 0)
		r = put_some(work);
	for (int64_t i = 1; i <= 5 && r == 0; i++)
		r = add_call(work, i);
	if (r == 0 && work->number % 500 == 499)
		r = store_put_gap(work->store, work->run.key, &gap, &work->err);
	return r;
}

static int add_run(struct work *work, long runs, long accesses)
{
	int r;

	work->seq = 0;
	work->run = (struct run){
		.agent = "ada",
		.task = "build",
		.host = "host",
		.kernel = "Linux",
		.version = "0",
		.assurance = "fast",
		.clock = "fixed",
		.recorder = "no-such-boot:1:1",
		.command = BYTES("x\0"),
		.cwd = BYTES("/home/ada/w"),
		.workspace = BYTES("/home/ada/w"),
		.home = BYTES("/home/ada"),
		.tmp = BYTES("/tmp"),
		.started_ns = BEGIN_NS + YEAR_NS / runs * work->number,
	};
	snprintf(work->run.id, sizeof work->run.id, "%016lx%016lx", work->number + 1,
		 work->number + 1);
	r = store_begin(work->store, &work->err);
	if (r == 0)
		r = store_add_run(work->store, &work->run, &work->err);
	if (r == 0)
		r = add_rows(work, accesses);
	if (r == 0)
		r = store_commit(work->store, &work->err);
	work->run.ended_ns = work->run.started_ns + work->seq * 1000000;
	if (r == 0)
		r = store_end_run(work->store, &work->run, work->run.ended_ns, &work->err);
	return r;
}

static int find_keys(struct work *work, enum resource kind, const char *format, size_t count,
		     int64_t *ret)
{
	char name[96];
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		/* The formats are below. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(name, sizeof name, format, i / 100, i);
#pragma GCC diagnostic pop
		r = find_key(work, kind, name, &ret[i]);
	}
	return r;
}

static int prepare(struct work *work)
{
	int r = store_begin(work->store, &work->err);

	if (r == 0)
		r = store_name_key(work->store, BYTES(""), &work->empty, &work->err);
	if (r == 0)
		r = find_keys(work, RESOURCE_FILE, "/home/ada/w/src/part%zu/file%zu.c", SOURCES,
			      work->source);
	if (r == 0)
		r = find_keys(work, RESOURCE_FILE, "/usr/lib/part%zu/lib%zu.so", SYSTEM,
			      work->system);
	if (r == 0)
		r = find_keys(work, RESOURCE_HOST, "tcp/part%zu.host%zu.example.com:443", HOSTS,
			      work->host);
	return r ? r : store_commit(work->store, &work->err);
}

int main(int argc, char **argv)
{
	static struct work work = { .chance = 0x9e3779b97f4a7c15 };
	long runs = argc == 4 ? atol(argv[2]) : 0, accesses = argc == 4 ? atol(argv[3]) : 0;
	int r;

	if (runs < 1 || accesses < 1) {
		fputs("audit_store FILE RUNS ACCESSES\n", stderr);
		return 2;
	}
	r = store_open(&work.store, argv[1], STORE_WRITE, &work.err);
	r = r ? r : prepare(&work);
	for (; work.number < runs && r == 0; work.number++)
		r = add_run(&work, runs, accesses);
	if (r < 0)
		fprintf(stderr, "audit_store: %s\n", work.err.text);
	store_close(work.store);
	return r < 0;
}
