#ifndef RECORDER_DRYRUN_DRYRUN_H
#define RECORDER_DRYRUN_DRYRUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A dry run: the agent acts in namespaces of its own, where what it does to files goes to overlays
 * (build.h, places.h), its processes are the only ones, and its network has nothing but
 * itself, unless it is the host's.
 *
 * pare itself stays outside.  Its child is process 1 there, which puts the mounts together, makes
 * the agent's first process, and then only waits for processes that nobody else waits for:
 *
 *   pare -> process 1, in new pid and mount namespaces; of an ordinary user in a new user
 *           namespace, too, that maps him alone
 *        -> the agent, in a further user namespace: what process 1 has mounted is locked there,
 *           so that not even number 0 can unmount it: mount_namespaces(7) */

struct bytes;
struct dryrun;
struct error;

/* Turns the agent's first process into the agent: `trusted`, `go` and `out` are those of
 * dryrun_start(). */
typedef void dryrun_become(void *context, uint64_t trusted, int go, int out);

struct dryrun_options {
	const char *database, *run; /* where its effects are kept: beside the store */
	const char *workspace;	    /* that, $HOME, $TMPDIR and the folder now it must change */
	bool host_network;	    /* what the agent sends is sent */
	dryrun_become *become;	    /* does not return */
	void *context;
};

/* Makes process 1 and all mounts, while there is only one thread.  0 or -errno. */
int dryrun_open(struct dryrun **ret, const struct dryrun_options *options, struct error *err);
/* Makes the agent's first process, which has called become().  Its number, or -errno. */
pid_t dryrun_start(struct dryrun *dryrun, uint64_t trusted, int go, int out, struct error *err);
/* Ends what is left of it, and waits for that. NULL is fine. */
void dryrun_close(struct dryrun *dryrun);
/* Nothing of it is to stay: where the agent has not begun. */
void dryrun_forget(const struct dryrun *dryrun);

pid_t dryrun_init(const struct dryrun *dryrun); /* process 1, as we number it */
int dryrun_root(const struct dryrun *dryrun);	/* O_PATH: the agent's root */
int dryrun_region(const struct dryrun *dryrun); /* BUILD_REGION: recorder/fast */
const char *dryrun_region_path(void);
/* After the run: keeps what is really there now in the place of each file that it has changed, so
 * that later changes can be told.  0 or -errno. */
int dryrun_finish(const struct dryrun *dryrun, size_t *ret_effects, struct error *err);
/* Renames for the agent what an overlay cannot (EXDEV), and the file system that is really there
 * could: names as rename(2) has resolved them, flags of renameat2(2).  0 or -errno. */
int dryrun_move(const struct dryrun *dryrun, const char *from, const char *to, unsigned flags);
/* What is not as it would be: each a line "PATH WHAT". */
typedef void dryrun_note(void *context, struct bytes note);
void dryrun_each_note(const struct dryrun *dryrun, dryrun_note *visit, void *context);

#endif
