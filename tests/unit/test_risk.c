#include "analyzer/risk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_action_has_a_rating(void **state)
{
	(void)state;
	for (const struct word *kind = resource_word; kind->code; kind++)
		for (const struct word *action = action_word; action->code; action++) {
			enum resource resource = (enum resource)kind->code;
			struct rating rating;

			if (!resource_has_action(resource, (enum action)action->code))
				continue;
			rating = risk_rate(resource, (enum action)action->code, false);
			if (strstr(rating.reason, "no rating"))
				fail_msg("%s %s has no row in risk.def", kind->text, action->text);
		}
}

static void own_objects_are_never_worse(void **state)
{
	(void)state;
	assert_int_equal(risk_rate(RESOURCE_FILE, ACTION_DELETE, true).risk, RISK_LOW);
	assert_int_equal(risk_rate(RESOURCE_FILE, ACTION_DELETE, true).gate, GATE_NONE);
	assert_int_equal(risk_rate(RESOURCE_FILE, ACTION_DELETE, false).gate, GATE_CONFIRM);
	assert_int_equal(risk_rate(RESOURCE_PROCESS, ACTION_SIGNAL, true).risk, RISK_LOW);
	assert_int_equal(risk_rate(RESOURCE_PROCESS, ACTION_SIGNAL, false).risk, RISK_HIGH);
	assert_int_equal(risk_rate(RESOURCE_KERNEL, ACTION_USE, true).gate, GATE_CONFIRM);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(every_action_has_a_rating),
		cmocka_unit_test(own_objects_are_never_worse),
	};

	return cmocka_run_group_tests_name("risk", test, NULL, NULL);
}
