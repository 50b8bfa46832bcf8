#include "reports/html/audited.h"

#include "core/clock.h"
#include "core/text.h"

#include <inttypes.h>
#include <string.h>

void audited_text(const struct audit_grant *grant, struct buffer *out)
{
	const struct rule *rule = grant->rule;

	audit_add_permission(rule, out);
	for (size_t i = 0; i < rule->argv_count; i++)
		buffer_printf(out, "%s%s", i ? ", " : " with ", rule->argv[i]);
	if (rule->phase)
		buffer_printf(out, " in phase %s", rule->phase);
}

void audited_permission(struct element *into, const struct audit_grant *grant)
{
	const struct rule *rule = grant->rule;

	page_text(into, resource_text(rule->resource));
	page_text(into, " ");
	page_text(into, action_text(rule->action));
	page_text(into, " ");
	page_escaped(into, rule->pattern, 0);
	for (size_t i = 0; i < rule->argv_count; i++) {
		page_text(into, i ? ", " : " with ");
		page_escaped(into, rule->argv[i], 0);
	}
	if (!rule->phase)
		return;
	page_text(into, " in phase ");
	page_escaped(into, rule->phase, 0);
}

struct element *audited_link(struct element *parent, const char *id)
{
	struct element *link = page_element(parent, "a");
	char target[64];

	snprintf(target, sizeof target, "#%s", id);
	page_attribute(page_attribute(link, "href", target), "class", "id");
	return page_text(link, id);
}

void audited_id(struct element *row, const struct audit_grant *grant)
{
	audited_link(page_attribute(page_element(row, "td"), "class", "id"), grant->id);
}

void audited_finding(struct element *row, const struct audit_finding *finding)
{
	struct element *cell = page_attribute(page_element(row, "th"), "scope", "row");

	audited_link(page_attribute(cell, "class", "id"), finding->id);
	audited_severity(row, finding->severity);
}

void audited_head(struct element *row, const struct audit_grant *grant)
{
	struct element *cell = page_attribute(page_element(row, "th"), "scope", "row");

	audited_permission(page_attribute(cell, "class", "named"), grant);
}

void audited_state(struct element *row, const struct audit_grant *grant)
{
	struct element *cell = page_element(row, "td");
	enum tone tone = TONE_NEUTRAL;

	if (grant_state_is_removal(grant->state))
		tone = TONE_BAD;
	else if (grant->state == GRANT_NARROWABLE || grant->state == GRANT_ATTEMPTED)
		tone = TONE_WARN;
	else if (grant->state == GRANT_USED)
		tone = TONE_GOOD;
	part_tag(cell, tone, grant_state_text(grant->state));
}

void audited_severity(struct element *row, enum severity severity)
{
	static const enum tone tone[] = { TONE_NEUTRAL, TONE_NEUTRAL, TONE_WARN, TONE_BAD,
					  TONE_BAD };

	part_tag(page_element(row, "td"), tone[severity], severity_text(severity));
}

void audited_is(struct element *element, const char *list, const char *id, const char *member)
{
	scoped(buffer) struct buffer path = { 0 };

	buffer_add(&path, list);
	if (id)
		buffer_printf(&path, "/%s", id);
	buffer_printf(&path, "/%s", member);
	page_attribute(element, "data-is", buffer_text(&path));
}

struct element *audited_number(struct element *row, int64_t value, const char *list, const char *id,
			       const char *member)
{
	struct element *cell = part_number(row, value);

	audited_is(cell, list, id, member);
	return cell;
}

const char *date_text(int64_t time_ns, char room[static WORDS_SIZE])
{
	char text[CLOCK_TEXT_SIZE];

	snprintf(room, WORDS_SIZE, "%.10s", clock_format(time_ns, text));
	return room;
}

const char *days_text(int64_t duration_ns, char room[static WORDS_SIZE])
{
	return counted(duration_ns / AUDITED_DAY_NS, "day", "days", room);
}

void audited_date(struct element *row, int64_t time_ns, const char *list, const char *id,
		  const char *member)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "time");
	char room[WORDS_SIZE];

	page_text(cell, time_ns ? date_text(time_ns, room) : "\xe2\x80\x93");
	if (time_ns)
		audited_is(cell, list, id, member);
}

const char *audited_witness_id(const struct witness *witness, char room[static WITNESS_ID_SIZE])
{
	snprintf(room, WITNESS_ID_SIZE, "e-%.12s-%" PRId64, witness->run, witness->seq);
	return room;
}

void audited_witnesses(struct element *into, const struct witness *witness, size_t count,
		       size_t most)
{
	char id[WITNESS_ID_SIZE], text[96], room[WORDS_SIZE];

	for (size_t i = 0; i < count && i < most; i++) {
		struct element *link;

		if (i)
			page_text(into, " ");
		link = page_element(into, "a");
		snprintf(text, sizeof text, "#%s", audited_witness_id(&witness[i], id));
		page_attribute(page_attribute(link, "href", text), "class", "id");
		snprintf(text, sizeof text, "%.8s:%" PRId64, witness[i].run, witness[i].seq);
		page_text(link, text);
		if (witness[i].shows) {
			page_text(into, " (");
			page_text(into, witness[i].shows);
			page_text(into, ")");
		}
	}
	if (count > most) {
		page_text(into, " and ");
		page_text(into, number_text((int64_t)(count - most), room));
		page_text(into, " more");
	}
	if (!count)
		page_text(into, "\xe2\x80\x93");
}

const char *audited_proposal(const struct audit_grant *grant)
{
	if (grant_state_is_removal(grant->state))
		return "take away";
	switch (grant->state) {
	case GRANT_NARROWABLE:
		return "narrow";
	case GRANT_ATTEMPTED:
		return "decide";
	default:
		return "keep";
	}
}
