#ifndef RECORDER_FINGERPRINT_H
#define RECORDER_FINGERPRINT_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdint.h>

struct error;
struct store;

/* What a run is made with (the kinds of core/vocab.def), so that another behaviour can be put down
 * to it.  It is read, never executed; what cannot be read is left out. */

#define FINGERPRINT_ROOM 16 /* kinds have codes below that */

struct fingerprint {
	struct buffer value[FINGERPRINT_ROOM]; /* by kind; empty: not known */
};

/* `path`: the executable, `argv`: as it is called, `workspace`: a folder.  `store` knows the last
 * run's list of packages.  0, -ENOMEM or what the store said. */
int fingerprint_take(struct fingerprint *ret, const char *path, char *const *argv,
		     const char *workspace, struct store *store, struct error *err);
/* In the caller's transaction.  0 or -errno. */
int fingerprint_put(const struct fingerprint *fingerprint, struct store *store, int64_t run,
		    struct error *err);
void fingerprint_release(struct fingerprint *fingerprint);
void fingerprint_cleanup(struct fingerprint *fingerprint); /* for scoped(fingerprint) */

/* What the files say (fingerprint_file.c): program, build, script, release.  0 or -ENOMEM. */
int fingerprint_program(struct fingerprint *ret, const char *path, char *const *argv);
/* Appends the build id of an ELF file (a note NT_GNU_BUILD_ID, elf(5)) as hexadecimal; nothing
 * where there is none. */
void fingerprint_build_id(int file, struct buffer *out);

#endif
