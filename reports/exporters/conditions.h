#ifndef REPORTS_EXPORTERS_CONDITIONS_H
#define REPORTS_EXPORTERS_CONDITIONS_H

struct losses;
struct policy;
struct rule;

#include <stdbool.h>

/* Whether it says how often. */
bool rule_is_limited(const struct rule *rule);
/* For formats that do not look at the arguments of tools. */
void argument_losses(const struct rule *rule, struct losses *losses);
/* What formats that know nothing of a rule's conditions do to it: they hold it without them. */
void condition_losses(const struct rule *rule, struct losses *losses);

/* For formats of one kind: every rule of another resource than these (bits, 1 << RESOURCE_X) is
 * dropped, because `reason`. */
void foreign_losses(const struct policy *policy, unsigned resources, const char *reason,
		    struct losses *losses);

#endif
