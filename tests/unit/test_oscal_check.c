#include "core/error.h"
#include "reports/companions/oscal_check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define DOCUMENT(body) "<a xmlns=\"http://csrc.nist.gov/ns/oscal/1.0\" uuid=\"u0\">" body "</a>"
#define OBSERVED       "<observation uuid=\"u1\"/>"
#define RISK	       "<risk uuid=\"u2\"/>"
#define STATE(state)   "<target><status state=\"" state "\"/></target>"
#define SEEN(uuid)     "<related-observation observation-uuid=\"" uuid "\"/>"
#define RISKY(uuid)    "<associated-risk risk-uuid=\"" uuid "\"/>"
#define FINDING(body)  "<finding uuid=\"u3\">" body "</finding>"

static void expect(const char *document, const char *reason)
{
	struct error err = { 0 };
	int r = oscal_check(bytes_of(document), &err);

	if (!reason) {
		if (r)
			fail_msg("%s", err.text);
		return;
	}
	assert_int_equal(r, -EINVAL);
	if (!strstr(err.text, reason))
		fail_msg("%s: not because of %s", err.text, reason);
}

static void what_holds_is_taken(void **state)
{
	(void)state;
	expect(DOCUMENT(""), NULL);
	expect(DOCUMENT(OBSERVED RISK FINDING(STATE("satisfied") SEEN("u1") RISKY("u2"))), NULL);
	expect(DOCUMENT("<b><c><d uuid=\"u9\"/></c></b>" OBSERVED FINDING(STATE("not-satisfied"))),
	       NULL);
}

static void what_does_not_is_named(void **state)
{
	(void)state;
	expect(DOCUMENT(OBSERVED OBSERVED), "twice: u1");
	expect(DOCUMENT("<b>" OBSERVED "</b><c><d>" OBSERVED "</d></c>"), "twice: u1");
	expect(DOCUMENT(FINDING(SEEN("u1"))), "nothing has the UUID: u1");
	expect(DOCUMENT(OBSERVED FINDING(RISKY("u1"))), "nothing has the UUID: u1");
	expect(DOCUMENT(RISK FINDING(SEEN("u2"))), "nothing has the UUID: u2");
	expect(DOCUMENT(FINDING(STATE("nope"))), "no such state: nope");
	expect("", "cannot be read");
	expect("<a", "cannot be read");
	expect("<a>\xff</a>", "cannot be read");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(what_holds_is_taken),
		cmocka_unit_test(what_does_not_is_named),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
