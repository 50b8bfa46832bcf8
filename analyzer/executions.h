#ifndef ANALYZER_EXECUTIONS_H
#define ANALYZER_EXECUTIONS_H

#include "core/bytes.h"

#include <stdint.h>

struct access;
struct error;
struct image;
struct store;

/* What a run executed, and with which arguments.  An image says what runs: of a script that is
 * the interpreter, while its arguments are those that the script was given; which script it
 * was, say the accesses of the image that executed it.  Zero one to begin. */
struct executions {
	struct execution *noted; /* programs that an image executed */
	size_t count, capacity;
	char **program; /* of each image, by its number */
	size_t programs;
	bool failed;
};

/* To be told of each access of the run. */
void executions_note(struct executions *executions, const struct access *access);

/* `argv` is what the program was given, each argument ended by a NUL; of a script as the kernel
 * hands it on: the interpreter's name, the script, its arguments.  `by` executed it. */
typedef int execution_visit(void *context, const struct image *image, struct bytes argv,
			    struct bytes by);

/* Then: all, in the order of the images.  What `visit` returned, or -errno. */
int executions_each(struct executions *executions, struct store *store, int64_t run,
		    execution_visit *visit, void *context, struct error *err);
/* While they are visited: the access (seq) that led to the image, 0 where none was seen. */
int64_t executions_seq(const struct executions *executions, const struct image *image);
void executions_release(struct executions *executions);

#endif
