#ifndef REPORTS_HTML_ROWS_H
#define REPORTS_HTML_ROWS_H

#include "reports/html/pick.h"

struct element;

/* Tables that several sections have. */

struct object_table {
	const char *id, *caption;
	pick_object *want;
	pick_order *order;    /* NULL: order_objects */
	size_t limit;	      /* rows at most; the rest is counted below */
	enum outcome outcome; /* of which the counts are; 0: OUTCOME_OK */
	bool has_resource;    /* the kind of object is said too */
};

/* Appends the table, or nothing where no object fits.  0 or -ENOMEM. */
int rows_objects(const struct report_model *model, struct element *into,
		 const struct object_table *table);

/* Appends a cell with the risk of a rule, and whether it asks first; "-" for none. */
void row_risk(struct element *row, const struct rule *rule);
/* Appends a cell "12 of 31". */
void row_runs(struct element *row, int64_t runs, const struct report_model *model);

#endif
