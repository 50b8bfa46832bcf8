#ifndef REPORTS_COMPANIONS_CONTROLS_H
#define REPORTS_COMPANIONS_CONTROLS_H

#include "core/audit.h"

/* Controls of NIST SP 800-53 r5 as OSCAL's catalog calls them: "AC-6(7)" is "ac-6.7". */

#define CONTROL_SIZE 16

/* The first of "AC-6(7) CM-7(1)"; "ac-6" where there is none. */
void control_first(const char *nist, char ret[static CONTROL_SIZE]);

struct controls {
	char (*id)[CONTROL_SIZE]; /* sorted, each once; one at least */
	size_t count;
};

/* Those that the findings of an audit fall under, and AC-6(7), which the audit is.  0 or -ENOMEM.
 */
int controls_collect(struct controls *ret, const struct audit *audit);
void controls_cleanup(struct controls *controls);

#endif
