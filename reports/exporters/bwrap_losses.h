#ifndef REPORTS_EXPORTERS_BWRAP_LOSSES_H
#define REPORTS_EXPORTERS_BWRAP_LOSSES_H

#include "reports/exporters/bwrap_places.h"
#include "reports/exporters/losses.h"

/* Decides plan->network: without it the sandbox has a loopback interface of its own, which does
 * where the agent only speaks to itself. */
void plan_network(struct plan *plan, const struct policy *policy);
/* Decides plan->nested. */
void plan_kernel(struct plan *plan, const struct policy *policy);

/* How the sandbox differs from the rule; the plan is complete. */
void host_losses(const struct plan *plan, const struct rule *rule, struct losses *losses);
void kernel_losses(const struct plan *plan, const struct rule *rule, struct losses *losses);
void place_losses(const struct plan *plan, const struct rule *rule, unsigned actions,
		  struct losses *losses);

/* All of them, the whole policy's first, then rule by rule. */
void plan_losses(const struct plan *plan, const struct policy *policy, struct losses *losses);

#endif
