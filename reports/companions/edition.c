#include "reports/companions/edition.h"

#include "core/clock.h"
#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "reports/html/collect.h"
#include "reports/redact/redact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As `pare audit` has them. */
#define DAY_NS	  (86400 * SECOND_NS)
#define WINDOW_NS (90 * DAY_NS)
#define UNUSED_NS (30 * DAY_NS)
#define GRACE_NS  (14 * DAY_NS)

/* The first moment of the month. */
static int month_ns(int year, int month, int64_t *ret)
{
	struct error err = { 0 };
	char text[40];

	snprintf(text, sizeof text, "%04d-%02d-01", year, month);
	return clock_parse(text, ret, &err);
}

int quarter_parse(const char *text, struct quarter *ret)
{
	struct quarter quarter = { .name = "" };
	int year, number;
	char rest;

	if (strlen(text) != 6 || sscanf(text, "%4dQ%1d%c", &year, &number, &rest) != 2 ||
	    year < 1970 || number < 1 || number > 4)
		return -EINVAL;
	memcpy(quarter.name, text, 7);
	if (month_ns(year, number * 3 - 2, &quarter.begin_ns) ||
	    month_ns(year + number / 4, number % 4 * 3 + 1, &quarter.end_ns))
		return -EINVAL;
	*ret = quarter;
	return 0;
}

static char *keep_workspace(const struct run *run, const struct edition_request *request)
{
	return request->is_redacted || memchr(run->workspace.data, 0, run->workspace.size)
		       ? strdup("")
		       : strndup(run->workspace.data, run->workspace.size);
}

/* The agent, its runs, and the day. */
static int choose(struct edition *edition, const struct edition_request *request, struct error *err)
{
	__attribute__((cleanup(report_model_cleanup))) struct report_model model = { 0 };
	struct report_request wanted = { .agent = request->agent, .as_of_ns = request->as_of_ns };
	int r;

	if (edition->as_of_ns != INT64_MAX)
		wanted.as_of_ns = edition->as_of_ns - 1; /* what begins then is later */
	r = report_choose(&model, edition->store, &wanted, err);
	if (r)
		return r;
	edition->agent = model.agent;
	model.agent = NULL;
	edition->runs = (int64_t)model.run_count;
	edition->incomplete = (int64_t)model.incomplete;
	edition->workspace = keep_workspace(&model.run[model.run_count - 1].run, request);
	if (!edition->workspace)
		return error_set(err, ENOMEM, "begin a report");
	if (edition->as_of_ns == INT64_MAX)
		edition->as_of_ns = (model.last_ns / SECOND_NS + 1) * SECOND_NS;
	return 0;
}

static int take_quarter(struct edition *edition, const struct quarter *quarter, struct error *err)
{
	int64_t now_ns = clock_now_ns();

	if (quarter->begin_ns >= now_ns)
		return error_say(err, EINVAL, "report on %s: that quarter is still to come",
				 quarter->name);
	edition->quarter = *quarter;
	edition->is_unfinished = quarter->end_ns > now_ns;
	edition->as_of_ns = edition->is_unfinished ? now_ns : quarter->end_ns;
	return 0;
}

int64_t edition_window_ns(const struct edition *edition)
{
	int64_t begin_ns = edition->as_of_ns - WINDOW_NS;

	if (edition->quarter.name[0])
		begin_ns = edition->quarter.begin_ns;
	/* never shorter than what is called unused */
	return begin_ns < edition->as_of_ns - UNUSED_NS ? begin_ns : edition->as_of_ns - UNUSED_NS;
}

static int make_audit(const struct edition *edition, int64_t as_of_ns, struct audit *ret,
		      struct error *reason, struct error *err)
{
	struct audit_options options = { .agent = edition->agent,
					 .as_of_ns = as_of_ns,
					 .window_ns =
						 edition->as_of_ns - edition_window_ns(edition),
					 .unused_ns = UNUSED_NS,
					 .grace_ns = GRACE_NS };
	bool is_of_today = as_of_ns == edition->as_of_ns;
	int r;

	if (!edition->house->audit) {
		error_say(reason, ENOSYS, "this program was built without its analyzer");
		return 0;
	}
	options.machine_entries = is_of_today ? edition->machine_entries : 0;
	r = edition->house->audit(edition->store, &options, ret, reason);
	return r == -ENOMEM ? error_set(err, ENOMEM, "audit an agent") : 0;
}

/* The names are learned before they are hidden in the audit. */
static int hide(struct edition *edition, struct error *err)
{
	int r = redactor_open(&edition->redactor, edition->store, edition->agent, edition->as_of_ns,
			      &edition->audit, err);

	if (r)
		return r;
	return redact_audit(edition->redactor, &edition->audit) < 0
		       ? error_set(err, ENOMEM, "redact a report")
		       : 0;
}

int edition_open(struct edition *ret, const char *db, const struct house *house,
		 const struct edition_request *request, struct error *err)
{
	int r = 0;

	ret->house = house;
	ret->terminal = (struct terminal){ .utf8 = true, .columns = 100 };
	ret->as_of_ns = request->as_of_ns;
	ret->baseline_ns = request->baseline_ns;
	ret->machine_entries = request->machine_entries;
	ret->oscal_schema = request->oscal_schema;
	if (request->quarter)
		r = take_quarter(ret, request->quarter, err);
	r = r ? r : store_open(&ret->store, db, STORE_READ, err);
	r = r ? r : store_begin(ret->store, err);
	r = r ? r : choose(ret, request, err);
	r = r ? r : make_audit(ret, ret->as_of_ns, &ret->audit, &ret->audit_reason, err);
	r = r ? r
	      : store_count_accesses(ret->store, ret->agent, ret->as_of_ns, &ret->accesses,
				     &ret->events, err);
	return r || !request->is_redacted ? r : hide(ret, err);
}

void edition_close(struct edition *edition)
{
	audit_release(&edition->audit);
	redactor_close(edition->redactor);
	store_close(edition->store);
	audit_release(&edition->before);
	free(edition->workspace);
	free(edition->agent);
	*edition = (struct edition){ 0 };
}

void edition_cleanup(struct edition *edition)
{
	edition_close(edition);
}

struct bytes edition_name(const struct edition *edition, struct bytes name, struct buffer *room)
{
	buffer_clear(room);
	redact(edition->redactor, name, room);
	return buffer_bytes(room);
}

int edition_audit(const struct edition *edition, const struct audit **ret, struct error *err)
{
	if (edition->audit_reason.code) {
		*err = edition->audit_reason;
		return -edition->audit_reason.code;
	}
	*ret = &edition->audit;
	return 0;
}

int edition_before(struct edition *edition, const struct audit **ret, struct error *err)
{
	struct redactor *redactor = edition->redactor;
	int64_t day_ns = edition->baseline_ns;
	int r;

	if (day_ns == INT64_MIN)
		day_ns = edition_window_ns(edition);
	r = make_audit(edition, day_ns, &edition->before, &edition->before_reason, err);
	if (r)
		return r;
	if (redactor && (redactor_learn(redactor, &edition->before) < 0 ||
			 redact_audit(redactor, &edition->before) < 0))
		return error_set(err, ENOMEM, "redact a report");
	*ret = edition->before_reason.code ? NULL : &edition->before;
	return 0;
}
