#include "analyzer/audit/two.h"

#include "core/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ASK "have a person confirm one of the three in such a session"

/* What would break it, of the first run that shows it. */
static int add_cut(struct sessions *sessions, struct sighting *sighting, enum level level)
{
	scoped(buffer) struct buffer out = { 0 };
	struct cut_request request = { .level = level, .out = &out };
	int r = sessions_revisit(sessions, sighting->witness->run, sighting->root, two_cut,
				 &request);

	if (r)
		return r;
	if (out.size)
		buffer_add(&out, ", or " ASK);
	else
		buffer_add(&out,
			   "no grant admits it, so none can be taken away: confine the agent to "
			   "what it is granted, or " ASK);
	sighting->remedy = buffer_steal(&out);
	return sighting->remedy ? 0 : sessions_no_memory(sessions);
}

static int find_level(struct auditing *auditing, const struct finding_row *row, enum level level)
{
	struct sessions *sessions = auditing->sessions;
	int r = 0;

	for (struct sighting *at = sessions->sighting; at && !r; at = at->hh.next)
		if (!strcmp(at->kind, row->name) && !at->is_of_others)
			r = add_cut(sessions, at, level);
	return r ? r : sightings_find(auditing, row, ASK);
}

int finding_two_lineage(struct auditing *auditing, const struct finding_row *row)
{
	return find_level(auditing, row, LEVEL_LINEAGE);
}

int finding_two_ordered(struct auditing *auditing, const struct finding_row *row)
{
	return find_level(auditing, row, LEVEL_ORDERED);
}

int finding_two_together(struct auditing *auditing, const struct finding_row *row)
{
	return find_level(auditing, row, LEVEL_TOGETHER);
}

/* ---- by the grants alone ---- */

/* What gives one of the three: grants, and resources that no enforcer refuses anything of. */
struct giving {
	uint32_t *grant;
	size_t count;
	int64_t loss;
	const char *ungoverned; /* such a resource; NULL: none */
};

static unsigned gives_of_resource(enum resource resource)
{
	switch (resource) {
	case RESOURCE_FILE:
		return INPUT | SENSITIVE | EFFECT;
	case RESOURCE_HOST:
		return INPUT | EFFECT;
	default:
		return 0;
	}
}

static void find_ungoverned(const struct audit *audit, unsigned gives, struct giving *giving)
{
	unsigned governed = 0;

	for (size_t i = 0; i < audit->source_count; i++)
		governed |= audit->source[i].governs;
	for (const struct word *word = resource_word; word->code; word++)
		if (!(governed & 1u << word->code) &&
		    gives_of_resource((enum resource)word->code) & gives)
			giving->ungoverned = word->text;
}

static int collect(const struct auditing *auditing, unsigned gives, struct giving *ret)
{
	const struct audit *audit = auditing->audit;

	find_ungoverned(audit, gives, ret);
	ret->grant = calloc(audit->grant_count + 1, sizeof *ret->grant);
	if (!ret->grant)
		return -ENOMEM;
	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_grant *grant = &audit->grant[i];

		if (grant->is_shadowed || !(mark_of_rule(auditing->sessions, grant->rule) & gives))
			continue;
		ret->grant[ret->count++] = (uint32_t)i;
		ret->loss += grant_loss(audit, i);
	}
	return 0;
}

/* As any of each kind goes with any of the others, one kind must go as a whole: the least.  NULL:
 * no kind can. */
static const struct giving *least_of(const struct giving giving[static 3])
{
	const struct giving *least = NULL;

	for (int i = 0; i < 3; i++)
		if (!giving[i].ungoverned && (!least || giving[i].loss < least->loss))
			least = &giving[i];
	return least;
}

static void write_some(const struct audit *audit, const struct giving *giving, const char *as,
		       struct buffer *out)
{
	buffer_printf(out, "%s (", as);
	if (giving->ungoverned) {
		buffer_printf(out, "any %s: no enforcer refuses one)", giving->ungoverned);
		return;
	}
	grant_write(&audit->grant[giving->grant[0]], out);
	if (giving->count > 1)
		buffer_printf(out, " and %zu more", giving->count - 1);
	buffer_add_char(out, ')');
}

static void write_remedy(const struct audit *audit, const struct giving giving[static 3],
			 struct buffer *out)
{
	const struct giving *least = least_of(giving);

	if (least)
		grants_write_cut(audit, least->grant, least->count, out);
	else
		buffer_add(out, "no grant that is taken away prevents it: confine the agent by "
				"an enforcer of files and hosts");
	buffer_add(out, ", or " ASK);
}

static int tell_possible(struct auditing *auditing, const struct finding_row *row,
			 const struct giving giving[static 3])
{
	static const char *const as[] = { "input", ", sensitive", ", effect" };
	scoped(buffer) struct buffer text = { 0 }, remedy = { 0 };
	struct audit_finding *finding;
	int r = 0;

	for (int i = 0; i < 3; i++)
		write_some(auditing->audit, &giving[i], as[i], &text);
	write_remedy(auditing->audit, giving, &remedy);
	if (buffer_status(&text) < 0 || buffer_status(&remedy) < 0)
		return -ENOMEM;
	finding = finding_add(auditing, row, severity_of(CASE_TWO_POSSIBLE), -1, "",
			      "one session may have all three: %s", buffer_text(&text));
	if (!finding)
		return -ENOMEM;
	for (int i = 0; i < 3 && !r; i++)
		if (giving[i].count)
			r = finding_witness(finding,
					    &auditing->audit->grant[giving[i].grant[0]].use.last);
	return r ? r : finding_remedy(finding, "%s", buffer_text(&remedy));
}

int finding_two_possible(struct auditing *auditing, const struct finding_row *row)
{
	static const unsigned gives[] = { INPUT, SENSITIVE, EFFECT };
	struct giving giving[3] = { { 0 } };
	bool has_all = true;
	int r = 0;

	for (int i = 0; i < 3 && !r; i++) {
		r = collect(auditing, gives[i], &giving[i]);
		has_all = has_all && (giving[i].count || giving[i].ungoverned);
	}
	if (!r && has_all)
		r = tell_possible(auditing, row, giving);
	for (int i = 0; i < 3; i++)
		free(giving[i].grant);
	return r;
}
