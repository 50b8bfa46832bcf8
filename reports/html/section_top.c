#include "core/clock.h"
#include "core/error.h"
#include "reports/html/document.h"
#include "reports/html/parts.h"

static size_t rules_of(const struct report_model *model, enum risk risk)
{
	size_t count = 0;

	for (size_t i = 0; i < model->policy.count; i++)
		count += model->policy.rule[i].risk == risk;
	return count;
}

/* The headline, and how it is meant. */
static const char *headline(const struct report_model *model, enum tone *ret)
{
	*ret = TONE_BAD;
	if (!report_is_intact(model))
		return "The evidence was altered: do not rely on it";
	*ret = TONE_WARN;
	if (!report_is_complete(model))
		return "The evidence has gaps: read them first";
	if (!report_is_enough(model))
		return "Keep observing: too early to enforce";
	if (model->policy_reason->code)
		return "Enough was observed, but no policy could be proposed";
	if (rules_of(model, RISK_CRITICAL) + rules_of(model, RISK_HIGH))
		return "Ready for review: some permissions need a decision";
	*ret = TONE_GOOD;
	return "Ready for review";
}

static void reason_integrity(const struct report_model *model, struct element *list)
{
	scoped(buffer) struct buffer text = { 0 };
	char room[WORDS_SIZE];

	if (report_is_intact(model))
		return;
	buffer_printf(&text, "The check of the database and of its chain of seals found %s.",
		      counted(model->trouble_count, "fault", "faults", room));
	part_reason(list, "#scope", "Scope and gaps", buffer_text(&text));
}

static void reason_completeness(const struct report_model *model, struct element *list)
{
	scoped(buffer) struct buffer text = { 0 };
	char room[2][WORDS_SIZE];

	if (!model->incomplete && !model->gaps && !report_is_intact(model))
		return;
	if (report_is_complete(model))
		buffer_printf(&text,
			      "Nothing is known to be missing: %s, each ended and sealed, "
			      "without a gap.",
			      counted((int64_t)model->run_count, "run", "runs", room[0]));
	else
		buffer_printf(&text,
			      "%s cut short and %s recorded: the evidence cannot support "
			      "\xe2\x80\x9c"
			      "complete\xe2\x80\x9d, nor that something is unused.",
			      counted((int64_t)model->incomplete, "run was", "runs were", room[0]),
			      counted(model->gaps, "gap was", "gaps were", room[1]));
	part_reason(list, "#scope", "Scope and gaps", buffer_text(&text));
}

static void reason_length(const struct report_model *model, struct element *list)
{
	scoped(buffer) struct buffer text = { 0 };
	char room[WORDS_SIZE];

	if (model->run_count < REPORT_ENOUGH_RUNS)
		buffer_printf(&text, "%s observed; at least %d are asked for.",
			      counted((int64_t)model->run_count, "run was", "runs were", room),
			      REPORT_ENOUGH_RUNS);
	else if (report_is_enough(model))
		buffer_printf(
			&text, "New needs have stopped to appear: %s seen in one run only.",
			counted((int64_t)model->lone, "permission was", "permissions were", room));
	else
		buffer_printf(
			&text, "New needs still appear: %s seen in one run only.",
			counted((int64_t)model->lone, "permission was", "permissions were", room));
	part_reason(list, "#window", "Was the observation long enough?", buffer_text(&text));
}

static void reason_policy(const struct report_model *model, struct element *list)
{
	scoped(buffer) struct buffer text = { 0 };
	char room[2][WORDS_SIZE];

	if (model->policy_reason->code)
		buffer_add(&text, "No policy could be proposed.");
	else
		buffer_printf(
			&text,
			"%s would be enough for what was seen; %s of critical and %s "
			"of high risk.",
			counted((int64_t)model->policy.count, "rule", "rules", room[0]),
			number_text((int64_t)rules_of(model, RISK_CRITICAL), room[1]),
			number_text((int64_t)rules_of(model, RISK_HIGH), (char[WORDS_SIZE]){ 0 }));
	part_reason(list, "#policy", "Proposed policy", buffer_text(&text));
}

static void reason_denied(const struct report_model *model, struct element *list)
{
	scoped(buffer) struct buffer text = { 0 };
	char room[2][WORDS_SIZE];
	int64_t denied = report_accesses(model, OUTCOME_DENIED);

	if (!denied)
		return;
	buffer_printf(&text, "%s denied by the system.",
		      counted(denied, "access was", "accesses were", room[0]));
	part_reason(list, "#denied", "Denied and failed", buffer_text(&text));
}

static void add_verdict(const struct report_model *model, struct element *header)
{
	enum tone tone;
	const char *text = headline(model, &tone);
	struct element *list = part_verdict(header, tone, text);

	reason_integrity(model, list);
	reason_completeness(model, list);
	reason_length(model, list);
	reason_policy(model, list);
	reason_denied(model, list);
}

static int64_t count_objects(const struct report_model *model, enum resource resource,
			     uint32_t actions)
{
	int64_t count = 0;

	for (size_t i = 0; i < model->object_count; i++)
		count += model->object[i].resource == resource &&
			 (model->object[i].actions[OUTCOME_OK] & actions);
	return count;
}

static void add_counters(const struct report_model *model, struct element *header)
{
	struct element *list = part_counters(header);

	part_counter(list, "#runs", (int64_t)model->run_count, "run", "runs", false);
	part_counter(list, "#used", (int64_t)report_used(model), "permission used",
		     "permissions used", false);
	part_counter(list, "#files", count_objects(model, RESOURCE_FILE, ACTIONS_CHANGE),
		     "file changed", "files changed", false);
	part_counter(list, "#programs", (int64_t)model->program_count, "program", "programs",
		     false);
	part_counter(list, "#network", count_objects(model, RESOURCE_HOST, UINT32_MAX),
		     "network endpoint", "network endpoints", false);
	part_counter(list, "#denied", report_accesses(model, OUTCOME_DENIED), "access denied",
		     "accesses denied", true);
	part_counter(list, "#scope", model->gaps, "gap", "gaps", true);
}

int section_top(const struct report_model *model, struct element *into)
{
	struct element *title;
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	page_text(page_attribute(page_element(into, "p"), "class", "kind"), "Permission report");
	title = page_element(into, "h1");
	page_name(title, bytes_of(model->agent));
	page_attribute(part_paragraph(into,
				      "What this agent did from %s to %s (UTC), and the "
				      "smallest set of permissions that allows it.",
				      clock_format_short(model->first_ns, first),
				      clock_format_short(model->last_ns, last)),
		       "class", "period");
	add_verdict(model, into);
	add_counters(model, into);
	return document_add(model, into);
}
