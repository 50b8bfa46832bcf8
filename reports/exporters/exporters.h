#ifndef REPORTS_EXPORTERS_EXPORTERS_H
#define REPORTS_EXPORTERS_EXPORTERS_H

#include "core/bytes.h"
#include "reports/exporters/losses.h"

struct error;
struct policy;

/* Appends the whole policy to `out` in the enforcer's own format, and to `losses` each way in
 * which that is not what the policy says.  A pure function of the policy, which is finished
 * (policy_finish).  Returns 0 or -errno. */
typedef int exporter(const struct policy *policy, struct buffer *out, struct losses *losses,
		     struct error *err);

#define EXPORTER(name, limits, help) exporter export_##name;
#include "reports/exporters/exporters.def"
#undef EXPORTER

struct exporter_row {
	const char *name;
	exporter *write;
	unsigned limits; /* enum limit, as bits: the others are told before (limit_losses) */
	const char *help;
};

extern const struct exporter_row exporter_row[]; /* ends with a NULL name */

#endif
