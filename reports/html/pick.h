#ifndef REPORTS_HTML_PICK_H
#define REPORTS_HTML_PICK_H

#include "reports/html/sections.h"

struct buffer;

/* Some of a model's items in an order that a reader wants.  Borrowed pointers in an array of
 * their own; zero it to begin. */
struct picked {
	const void **item;
	size_t count;
};

typedef bool pick_object(const struct object *object);
typedef bool pick_use(const struct report_model *model, const struct use *use);
/* Compares two items; `model` for what they only have a number of. */
typedef int pick_order(const struct report_model *model, const void *a, const void *b);

/* 0 or -ENOMEM. */
int picked_objects(struct picked *ret, const struct report_model *model, pick_object *want,
		   pick_order *order);
int picked_uses(struct picked *ret, const struct report_model *model, pick_use *want,
		pick_order *order);
int picked_programs(struct picked *ret, const struct report_model *model, pick_order *order);
int picked_rules(struct picked *ret, const struct report_model *model, pick_order *order);
void picked_cleanup(struct picked *picked);

/* Orders of objects: the riskiest first, then the most used, then by name. */
pick_order order_objects;

/* Appends "read, write" for a set of actions (bit 1 << enum action). */
void actions_add(uint32_t actions, struct buffer *out);

#endif
