#include "reports/exporters/conditions.h"

#include "core/clock.h"
#include "core/policy.h"
#include "reports/exporters/losses.h"

bool rule_is_limited(const struct rule *rule)
{
	return rule->rate_per_second || rule->rate_per_minute || rule->rate_per_hour ||
	       rule->rate_per_run || rule->burst;
}

void argument_losses(const struct rule *rule, struct losses *losses)
{
	if (!arguments_are_free(&rule->arguments))
		losses_add(losses, rule, LOSS_WIDENED, "with any arguments");
}

void condition_losses(const struct rule *rule, struct losses *losses)
{
	char text[CLOCK_TEXT_SIZE];

	argument_losses(rule, losses);
	if (rule->argv_count)
		losses_add(losses, rule, LOSS_WIDENED, "with any arguments");
	if (rule->own)
		losses_add(losses, rule, LOSS_WIDENED, "also what the run did not create");
	if (rule->phase)
		losses_add(losses, rule, LOSS_WIDENED, "in every phase, not only in the rule's");
	if (rule_is_limited(rule))
		losses_add(losses, rule, LOSS_WIDENED, "as often as it likes");
	if (rule->within_ns)
		losses_add(losses, rule, LOSS_WIDENED, "at any time of the run");
	if (rule->expires_ns)
		losses_add(losses, rule, LOSS_WIDENED,
			   "does not end by itself: export the policy anew at %s",
			   clock_format(rule->expires_ns, text));
	if (rule->gate == GATE_CONFIRM)
		losses_add(losses, rule, LOSS_WIDENED, "nobody is asked to confirm it");
}

void foreign_losses(const struct policy *policy, unsigned resources, const char *reason,
		    struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED, "%s: all else is left as it is", reason);
	for (size_t i = 0; i < policy->count; i++)
		if (!(resources >> policy->rule[i].resource & 1))
			losses_add(losses, &policy->rule[i], LOSS_DROPPED, "%s", reason);
}
