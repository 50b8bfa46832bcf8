#ifndef ANALYZER_GRANTS_WHOLE_H
#define ANALYZER_GRANTS_WHOLE_H

#include "analyzer/grants/grants.h"

/* What an enforcer that restricts by exceptions grants: all there is of a resource. */

/* Each of the actions that the resource has, on every one there is.  No pattern says that of
 * abstract sockets: granted_leave() says so in the end. */
void granted_add_all(const struct statement *from, enum resource resource, unsigned actions);

/* Whether a capability (without "cap_") or a system call is allowed, for the facility; "" where it
 * needs none. */
typedef bool is_allowed(void *context, const char *facility, const char *name);

/* The kernel's facilities that need no more than these (core/facilities.def): of the capabilities,
 * and of the calls, of a facility one. */
void granted_add_facilities(const struct statement *from, is_allowed *capability, is_allowed *call,
			    void *context);

/* Of this resource "not granted" is not "denied". */
void granted_leave(struct granted *grants, enum resource resource);

#endif
