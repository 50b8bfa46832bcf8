#include "core/policy.h"
#include "core/error.h"
#include "core/policy_private.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Digits of the digest in a rule's id. */
#define ID_DIGITS 12

static const char *const gate_name[] = { "none", "confirm" };
static const char *const risk_name[] = { "low", "medium", "high", "critical" };

static int find_name(const char *const *name, int count, const char *text)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(name[i], text))
			return i;
	return -EINVAL;
}

const char *gate_text(enum gate gate)
{
	return gate_name[gate];
}

const char *risk_text(enum risk risk)
{
	return risk_name[risk];
}

int gate_parse(const char *text, enum gate *ret)
{
	int i = find_name(gate_name, GATE_CONFIRM + 1, text);

	if (i >= 0)
		*ret = (enum gate)i;
	return i < 0 ? i : 0;
}

int risk_parse(const char *text, enum risk *ret)
{
	int i = find_name(risk_name, RISK_CRITICAL + 1, text);

	if (i >= 0)
		*ret = (enum risk)i;
	return i < 0 ? i : 0;
}

void rule_release(struct rule *rule)
{
	free(rule->id);
	free(rule->pattern);
	free(rule->phase);
	free(rule->justification);
	templates_release(rule);
	arguments_release(&rule->arguments);
	pattern_release(&rule->match);
	*rule = (struct rule){ 0 };
}

void policy_release(struct policy *policy)
{
	policy_index_release(policy);
	for (size_t i = 0; i < policy->count; i++)
		rule_release(&policy->rule[i]);
	free(policy->rule);
	free(policy->agent);
	free(policy->parent);
	free(policy->evidence);
	free(policy->preset);
	free(policy->granted_by);
	*policy = (struct policy){ 0 };
}

void policy_cleanup(struct policy *policy)
{
	policy_release(policy);
}

int policy_add(struct policy *policy, struct rule *rule)
{
	struct rule *grown = policy->rule;
	size_t count = policy->count;

	/* The room is the next power of two. */
	if ((count & (count - 1)) == 0)
		grown = reallocarray(grown, count ? count * 2 : 1, sizeof *grown);
	if (!grown) {
		rule_release(rule);
		return -ENOMEM;
	}
	policy->rule = grown;
	policy->rule[policy->count++] = *rule;
	*rule = (struct rule){ 0 };
	return 0;
}

/* ---- policy_finish ---- */

/* Where a rule stands, for messages: "file:12: ". */
static const char *place(const char *file, const struct rule *rule, struct buffer *out)
{
	scoped(buffer) struct buffer name = { 0 };

	buffer_clear(out);
	if (!file)
		return buffer_text(out);
	buffer_add(out, text_safe(bytes_of(file), 100, &name));
	if (rule->line)
		buffer_printf(out, ":%d", rule->line);
	buffer_add(out, ": ");
	return buffer_text(out);
}

/* "FILE:LINE: rule "PATTERN": REASON". */
static int refuse(const char *file, const struct rule *rule, const char *reason, struct error *err)
{
	scoped(buffer) struct buffer where = { 0 }, pattern = { 0 };

	return error_say(err, EINVAL, "%srule %s %s \"%s\": %s", place(file, rule, &where),
			 action_text(rule->action), resource_text(rule->resource),
			 text_safe(bytes_of(rule->pattern), 100, &pattern), reason);
}

static int refuse_action(const char *file, const struct rule *rule, struct error *err)
{
	scoped(buffer) struct buffer reason = { 0 };

	buffer_printf(&reason, "a %s has no action \"%s\"; it has", resource_text(rule->resource),
		      action_text(rule->action));
	for (const struct word *word = action_word; word->code; word++)
		if (resource_has_action(rule->resource, (enum action)word->code))
			buffer_printf(&reason, " %s", word->text);
	return refuse(file, rule, buffer_text(&reason), err);
}

static int parse_rule(const char *file, struct rule *rule, struct error *err)
{
	scoped(buffer) struct buffer where = { 0 }, canonical = { 0 };
	struct error why = { 0 };
	int r;

	pattern_release(&rule->match);
	r = pattern_parse(&rule->match, rule->resource, rule->pattern ? rule->pattern : "", &why);
	if (r < 0)
		return error_say(err, -r, "%s%s", place(file, rule, &where), why.text);
	pattern_write(&rule->match, &canonical);
	if (buffer_status(&canonical) < 0)
		return error_set(err, ENOMEM, "read a policy");
	free(rule->pattern);
	rule->pattern = buffer_steal(&canonical);
	return 0;
}

static int parse_arguments(const char *file, struct rule *rule, struct error *err)
{
	scoped(buffer) struct buffer where = { 0 };
	struct error why = { 0 };

	if (templates_build(rule, &why) < 0)
		return error_say(err, why.code, "%s%s", place(file, rule, &where), why.text);
	return 0;
}

static bool has_negative(const struct rule *rule)
{
	const int64_t limit[] = { rule->rate_per_second, rule->rate_per_minute, rule->rate_per_hour,
				  rule->rate_per_run,	 rule->burst,		rule->within_ns };

	for (size_t i = 0; i < sizeof limit / sizeof *limit; i++)
		if (limit[i] < 0)
			return true;
	return false;
}

static const char *find_limit_fault(const struct rule *rule)
{
	if (rule->phase && !*rule->phase)
		return "the phase is empty; leave it out to mean every phase";
	if (has_negative(rule))
		return "a rate, a burst or a time limit is negative";
	if (rule->expires_ns < 0)
		return "it expires before 1970";
	if (rule->burst && !rule->rate_per_minute)
		return "a burst needs a rate";
	return NULL;
}

/* Which things a run creates. */
static bool can_be_own(enum resource resource)
{
	return resource == RESOURCE_FILE || resource == RESOURCE_HOST;
}

static bool rule_is_open(const struct rule *rule)
{
	return pattern_is_open(&rule->match) || arguments_are_open(&rule->arguments);
}

static bool is_justified(const struct rule *rule)
{
	return rule->justification && *rule->justification;
}

static const char *find_argv_fault(const struct rule *rule)
{
	if (rule->argv_count && rule->action != ACTION_EXEC)
		return "only a program that is executed has arguments";
	if (rule_has_open_argv(rule) && !is_justified(rule))
		return "arguments that vary need a justification";
	return find_limit_fault(rule);
}

static const char *find_fault(const struct rule *rule, bool is_granted)
{
	bool open = rule_is_open(rule);

	if (open && rule->action == ACTION_DELETE && !rule->own && !is_granted)
		return "a delete needs an exact name, or own=\"true\": what is deleted does not "
		       "come back";
	if (rule->own && !can_be_own(rule->resource))
		return "only files, and hosts that the run itself listens on, are its own";
	if (open && !is_justified(rule))
		return "an open pattern needs a justification";
	return find_argv_fault(rule);
}

static const char *find_argument_fault(struct rule *rule)
{
	if (rule->resource != RESOURCE_TOOL && !arguments_are_free(&rule->arguments))
		return "only tools have arguments";
	return arguments_finish(&rule->arguments);
}

static int identify(struct rule *rule, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest *digest;

	if (rule->id)
		return 0;
	if (digest_open(&digest) < 0)
		return error_set(err, ENOMEM, "identify a rule");
	digest_bytes(digest, bytes_of(resource_text(rule->resource)));
	digest_bytes(digest, bytes_of(action_text(rule->action)));
	digest_bytes(digest, bytes_of(rule->pattern));
	if (rule->phase)
		digest_bytes(digest, bytes_of(rule->phase));
	else
		digest_null(digest);
	if (rule->own)
		digest_bytes(digest, bytes_of("own"));
	for (size_t i = 0; i < rule->argv_count; i++)
		digest_bytes(digest, bytes_of(rule->argv[i]));
	arguments_digest(&rule->arguments, digest);
	digest_close(digest, hex);
	if (asprintf(&rule->id, "r-%.*s", ID_DIGITS, hex) < 0) {
		rule->id = NULL;
		return error_set(err, ENOMEM, "identify a rule");
	}
	return 0;
}

static int finish_rule(const char *file, struct rule *rule, bool is_granted, struct error *err)
{
	const char *fault;
	int r;

	if (!resource_has_action(rule->resource, rule->action))
		return refuse_action(file, rule, err);
	r = parse_rule(file, rule, err);
	if (r == 0)
		r = parse_arguments(file, rule, err);
	if (r < 0)
		return r;
	fault = find_argument_fault(rule);
	fault = fault ? fault : find_fault(rule, is_granted);
	if (fault)
		return refuse(file, rule, fault, err);
	return identify(rule, err);
}

static int compare_text(const char *a, const char *b)
{
	if (!a || !b)
		return !!a - !!b;
	return strcmp(a, b);
}

int rule_compare(const struct rule *a, const struct rule *b)
{
	int order;

	if (a->resource != b->resource)
		return a->resource < b->resource ? -1 : 1;
	if (a->action != b->action)
		return a->action < b->action ? -1 : 1;
	order = compare_text(a->pattern, b->pattern);
	order = order ? order : compare_text(a->phase, b->phase);
	return order ? order : a->own - b->own;
}

static int compare_rules(const void *a, const void *b)
{
	return rule_compare(a, b);
}

const struct rule *policy_find_same(const struct policy *policy, const struct rule *rule)
{
	if (!policy->count)
		return NULL;
	return bsearch(rule, policy->rule, policy->count, sizeof *rule, compare_rules);
}

static int compare_ids(const void *a, const void *b)
{
	const struct rule *const *first = a, *const *second = b;

	return strcmp((*first)->id, (*second)->id);
}

/* Names the one that stands later in the file. */
static int refuse_pair(const char *file, const struct rule *a, const struct rule *b,
		       const char *what, struct error *err)
{
	const struct rule *later = a->line > b->line ? a : b, *earlier = later == a ? b : a;
	scoped(buffer) struct buffer reason = { 0 };

	buffer_add(&reason, what);
	if (earlier->line)
		buffer_printf(&reason, " in line %d", earlier->line);
	return refuse(file, later, buffer_text(&reason), err);
}

static int check_ids(const struct policy *policy, const char *file, struct error *err)
{
	const struct rule **sorted = calloc(policy->count + 1, sizeof(*sorted));
	int r = 0;

	if (!sorted)
		return error_set(err, ENOMEM, "read a policy");
	for (size_t i = 0; i < policy->count; i++)
		sorted[i] = &policy->rule[i];
	qsort(sorted, policy->count, sizeof *sorted, compare_ids);
	for (size_t i = 1; i < policy->count && r == 0; i++)
		if (!strcmp(sorted[i - 1]->id, sorted[i]->id))
			r = refuse_pair(file, sorted[i - 1], sorted[i],
					"it has the id of another rule", err);
	free(sorted);
	return r;
}

int policy_finish(struct policy *policy, const char *file, struct error *err)
{
	int r = 0;

	policy_index_release(policy);
	for (size_t i = 0; i < policy->count && r == 0; i++)
		r = finish_rule(file, &policy->rule[i], policy->granted_by, err);
	if (r < 0)
		return r;
	if (policy->count)
		qsort(policy->rule, policy->count, sizeof *policy->rule, compare_rules);
	for (size_t i = 1; i < policy->count; i++)
		if (!rule_compare(&policy->rule[i - 1], &policy->rule[i]))
			return refuse_pair(file, &policy->rule[i - 1], &policy->rule[i],
					   "the same permission stands", err);
	r = check_ids(policy, file, err);
	if (r == 0 && policy_index_build(policy) < 0)
		r = error_set(err, ENOMEM, "read a policy");
	return r;
}
