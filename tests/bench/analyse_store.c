/* Writes a store to analyse: runs of one agent in which many programs touch many files.
 *   analyse_store FILE RUNS STABLE VOLATILE IMAGES
 * Each run has STABLE names that all runs have, below $WS, and VOLATILE ones that it alone has,
 * made by chance in a folder of $TMP; each name is read by IMAGES programs.  So there are RUNS *
 * (STABLE + VOLATILE) * IMAGES distinct accesses to STABLE + RUNS * VOLATILE names. */
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define BYTES(literal) ((struct bytes){ literal, sizeof(literal) - 1 })

struct work {
	struct store *store;
	struct run run;
	int64_t seq;
	int images;
	uint64_t chance;
	struct error err;
};

/* xorshift64 (Marsaglia, 2003): the same store each time. */
static uint64_t draw(struct work *work)
{
	work->chance ^= work->chance << 13;
	work->chance ^= work->chance >> 7;
	work->chance ^= work->chance << 17;
	return work->chance;
}

static int add_images(struct work *work)
{
	int r = 0;

	for (int i = 1; i <= work->images && r == 0; i++) {
		char program[32];
		struct image image = {
			.seq = i, .pid = 100 + i, .argv = BYTES("x\0"), .cwd = BYTES("/")
		};

		snprintf(program, sizeof program, "/usr/bin/tool%d", i);
		image.program = bytes_of(program);
		r = store_add_image(work->store, work->run.key, &image, &work->err);
	}
	return r;
}

static int add_name(struct work *work, const char *name, bool own)
{
	struct access access = {
		.resource = RESOURCE_FILE,
		.action = own ? ACTION_CREATE : ACTION_READ,
		.outcome = OUTCOME_OK,
		.count = 3,
		.first_ns = work->run.started_ns,
		.last_ns = work->run.started_ns + 1000,
		.own = own,
		.via = VIA_FAST,
	};
	struct access_keys keys = { 0 };
	int64_t id;
	int r = store_name_key(work->store, bytes_of(name), &id, &work->err);

	if (r == 0)
		r = store_resource_key(work->store, RESOURCE_FILE, id, &keys.resource, &work->err);
	if (r == 0)
		r = store_name_key(work->store, BYTES(""), &keys.phase, &work->err);
	for (int i = 1; i <= work->images && r == 0; i++) {
		access.seq = ++work->seq;
		access.image = i;
		r = store_put_known(work->store, work->run.key, &access, &keys, &work->err);
	}
	return r;
}

static int add_names(struct work *work, long stable, long made)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	char name[96];
	int r = 0;

	for (long i = 0; i < stable && r == 0; i++) {
		snprintf(name, sizeof name, "/home/ada/w/src/part%ld/unit%ld/file%ld.c", i / 4000,
			 i / 40, i);
		r = add_name(work, name, false);
	}
	for (long i = 0; i < made && r == 0; i++) {
		uint64_t chance = draw(work);
		char text[9] = { 0 };

		for (int at = 0; at < 8; at++, chance /= 62)
			text[at] = letters[chance % 62];
		snprintf(name, sizeof name, "/tmp/build/unit%ld/cc%s.o", i % 50, text);
		r = add_name(work, name, true);
	}
	return r;
}

static int add_run(struct work *work, int number, long stable, long made)
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
		.started_ns = (1000 + number) * INT64_C(1000000000),
	};
	snprintf(work->run.id, sizeof work->run.id, "%032x", number + 1);
	r = store_begin(work->store, &work->err);
	if (r == 0)
		r = store_add_run(work->store, &work->run, &work->err);
	if (r == 0)
		r = add_images(work);
	if (r == 0)
		r = add_names(work, stable, made);
	if (r == 0)
		r = store_commit(work->store, &work->err);
	work->run.ended_ns = work->run.started_ns + 2000;
	if (r == 0)
		r = store_end_run(work->store, &work->run, work->run.ended_ns, &work->err);
	return r;
}

int main(int argc, char **argv)
{
	struct work work = { .chance = 0x9e3779b97f4a7c15,
			     .images = argc == 6 ? atoi(argv[5]) : 0 };
	int r;

	if (work.images < 1) {
		fputs("analyse_store FILE RUNS STABLE VOLATILE IMAGES\n", stderr);
		return 2;
	}
	r = store_open(&work.store, argv[1], STORE_WRITE, &work.err);
	for (int i = 0; i < atoi(argv[2]) && r == 0; i++)
		r = add_run(&work, i, atol(argv[3]), atol(argv[4]));
	if (r < 0)
		fprintf(stderr, "analyse_store: %s\n", work.err.text);
	store_close(work.store);
	return r < 0;
}
