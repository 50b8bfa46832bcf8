#ifndef REPORTS_HTML_COLLECT_H
#define REPORTS_HTML_COLLECT_H

#include "reports/html/keys.h"
#include "reports/html/sections.h"

/* What the files that make a report_model share: choose.c says which runs, collect.c reads them,
 * model.c draws the conclusions. */

/* Fills in the agent and its runs; says what there is when none fits. */
int report_choose(struct report_model *model, struct store *store,
		  const struct report_request *request, struct error *err);

/* The end of a filter (store.h) that takes what started by then. */
int64_t report_until(int64_t as_of_ns);

struct seen_key {
	uint32_t era, object;
};

/* Adds the evidence of runs up. */
struct collector {
	struct report_model *model;
	struct store *store;
	struct error *err;
	struct keys object, program, link, gap;
	size_t object_room, use_room, program_room, link_room, gap_room;
	struct roots roots;    /* of the run being read */
	size_t run;	       /* its number */
	struct seen_key *seen; /* by the store's identifier: which object that is */
	size_t seen_count;
	uint32_t era;  /* counts how often the roots, and so what names mean, have changed */
	size_t *image; /* programs of the run at hand, by number of the image, + 1 */
	size_t image_room;
	uint32_t actions; /* that there are, as bits */
	struct buffer key, text;
};

/* Reads what model->run[number] holds.  0 or -errno. */
int collect_run(struct collector *collector, size_t number);
void collector_release(struct collector *collector);

/* Which program an image is, in the run at hand; which object the store's key stands for, as long
 * as names mean the same (seen.c).  0 or -ENOMEM; whether it is known. */
int see_image(struct collector *collector, int64_t seq, size_t program);
bool seen_image(const struct collector *collector, int64_t seq, size_t *ret);
void forget_images(struct collector *collector);
int see_object(struct collector *collector, int64_t key, size_t object);
bool seen_object(const struct collector *collector, int64_t key, size_t *ret);

/* Room for item `count` in an array that doubles: NULL when memory ran out, else the array, with
 * the new item zeroed. */
void *array_grow(void *item, size_t count, size_t *room, size_t size);

/* The safe text of a name, redacted where that was asked for, owned by the caller; NULL when memory
 * ran out. */
char *report_safe_text(const struct report_model *model, struct bytes in, unsigned *ret_flags);

/* a + b, INT64_MAX where that would overflow: the numbers come from a database. */
int64_t count_add(int64_t a, int64_t b);

#endif
