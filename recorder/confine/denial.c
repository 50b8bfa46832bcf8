#include "recorder/confine/denial.h"

#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word, *text;
} why_text[] = {
	[DENIED_NO_RULE] = { "no-rule", "no rule admits it" },
	[DENIED_ARGV] = { "arguments", "its rule does not admit these arguments" },
	[DENIED_EXPIRED] = { "expired", "the rule that admitted it has expired" },
	[DENIED_GATE] = { "unconfirmed", "its rule wants a person's word, and nobody gave it" },
	[DENIED_RATE] = { "rate", "its rule does not admit so many of them" },
	[DENIED_LATE] = { "late", "its rule admits it only sooner after the phase began" },
	[DENIED_RACED] = { "raced",
			   "it was got while the call's memory was being changed: killed" },
	[DENIED_CLAIM] = { "claimed",
			   "it was asked for on a connection that was admitted: killed" },
	[DENIED_ALWAYS] = { "never", "it could let calls past pare" },
	[DENIED_LIMIT] = { "limit", "the policy limits it" },
};

#define HEAD_BYTES 4

static int build_key(struct buffer *key, const struct denial *denial)
{
	char head[HEAD_BYTES] = { (char)denial->resource, (char)denial->action, (char)denial->why,
				  (char)denial->limit };

	buffer_append(key, head, sizeof head);
	buffer_append(key, &denial->name.size, sizeof denial->name.size);
	buffer_append(key, denial->name.data, denial->name.size);
	buffer_append(key, &denial->program.size, sizeof denial->program.size);
	buffer_append(key, denial->program.data, denial->program.size);
	buffer_append(key, denial->argv.data, denial->argv.size);
	return buffer_status(key);
}

static struct denial *denial_new(const struct buffer *key, const struct denial *like)
{
	struct denial *denial = calloc(1, sizeof *denial + key->size);
	const char *at;

	if (!denial)
		return NULL;
	*denial = *like;
	memcpy(denial->key, key->data, key->size);
	at = denial->key + HEAD_BYTES + sizeof like->name.size;
	denial->name.data = at;
	at += like->name.size + sizeof like->program.size;
	denial->program.data = at;
	if (like->argv.data)
		denial->argv.data = at + like->program.size;
	return denial;
}

int denials_add(struct denials *denials, const struct denial *like)
{
	scoped(buffer) struct buffer key = { 0 };
	struct denial *denial;

	if (build_key(&key, like) < 0)
		return -ENOMEM;
	HASH_FIND(hh, denials->denial, key.data, key.size, denial);
	if (!denial) {
		denial = denial_new(&key, like);
		if (!denial)
			return -ENOMEM;
		HASH_ADD_KEYPTR(hh, denials->denial, denial->key, key.size, denial);
		if (!denial->hh.tbl) {
			free(denial);
			return -ENOMEM;
		}
	}
	denial->count++;
	if (like->asked > denial->asked)
		denial->asked = like->asked;
	return 0;
}

void denials_release(struct denials *denials)
{
	struct denial *denial = denials->denial, *next;

	HASH_CLEAR(hh, denials->denial);
	for (; denial; denial = next) {
		next = denial->hh.next;
		free(denial);
	}
}

/* What a rule lacks that nearly admits it. */
static const char *const lacks[] = {
	[DENIED_EXPIRED] = "a later `expires' of",
	[DENIED_GATE] = "a person's word (--confirm=yes) for",
	[DENIED_RATE] = "a higher rate of",
	[DENIED_LATE] = "more time in",
	[DENIED_LIMIT] = NULL, /* the last: it has room for all */
};

/* A rule admits any of its arguments, so one more is all. */
static void write_argv_change(const struct denial *denial, struct buffer *out)
{
	if (!denial->argv.data)
		return;
	buffer_printf(out, "%s also with: ", denial->nearest->id);
	buffer_append(out, denial->argv.data, denial->argv.size);
}

/* The rule that admits that and nothing else, or what its rule lacks; nothing where no rule can. */
static void write_change(const struct denial *denial, const struct denial_report *report,
			 struct buffer *out)
{
	if (denial->why == DENIED_RACED || denial->why == DENIED_ALWAYS)
		return;
	if (lacks[denial->why]) {
		buffer_printf(out, "%s %s", lacks[denial->why], denial->nearest->id);
		return;
	}
	if (denial->why == DENIED_LIMIT) {
		denial_write_limit_change(denial, report, out);
		return;
	}
	if (denial->why == DENIED_ARGV) {
		write_argv_change(denial, out);
		return;
	}
	buffer_printf(out, "%s %s ", resource_text(denial->resource), action_text(denial->action));
	pattern_of_name(report->roots, denial->resource, denial->name, out);
}

/* "file read /x", "program exec /y with z", "more than 8 processes and threads at once". */
static void write_what(const struct denial *denial, const struct denial_report *report,
		       struct buffer *out)
{
	scoped(buffer) struct buffer name = { 0 };

	if (denial->why == DENIED_LIMIT) {
		denial_write_taken(denial, report, out);
		return;
	}
	buffer_printf(out, "%s %s %s", resource_text(denial->resource), action_text(denial->action),
		      text_safe(denial->name, 0, &name));
	if (!denial->argv.data)
		return;
	buffer_add(out, " with ");
	buffer_append(out, denial->argv.data, denial->argv.size);
}

static void print_nearest(const struct denial *denial, const struct denial_report *report,
			  FILE *out)
{
	const struct rule *rule = denial->nearest;
	scoped(buffer) struct buffer limit = { 0 };

	if (denial->why == DENIED_LIMIT) {
		denial_write_limit(denial, report, &limit);
		fprintf(out, "    nearest: %s\n", buffer_text(&limit));
		return;
	}
	if (!rule) {
		fputs("    nearest: none, the policy has nothing like it\n", out);
		return;
	}
	fprintf(out, "    nearest: %s %s %s%s (%s)\n", resource_text(rule->resource),
		action_text(rule->action), rule->pattern, rule->own ? "  own" : "", rule->id);
	if (denial->nearest_argv)
		fprintf(out, "    nearest arguments: %s\n", denial->nearest_argv);
}

static void print_one(const struct denial *denial, const struct denial_report *report, FILE *out)
{
	scoped(buffer) struct buffer what = { 0 };
	scoped(buffer) struct buffer program = { 0 };
	scoped(buffer) struct buffer change = { 0 };
	scoped(buffer) struct buffer reason = { 0 };

	write_what(denial, report, &what);
	fprintf(out, "denied: %s by %s (%" PRId64 " time%s): %s\n", buffer_text(&what),
		text_safe(denial->program, 0, &program), denial->count,
		denial->count == 1 ? "" : "s", why_text[denial->why].text);
	print_nearest(denial, report, out);
	write_change(denial, report, &change);
	if (change.size)
		fprintf(out, "    smallest change: %s\n", buffer_text(&change));
	if (report->protects && denial->why != DENIED_LIMIT)
		report->protects(report->context, denial, &reason);
	if (reason.size)
		fprintf(out, "    but better not: %s\n", buffer_text(&reason));
}

void denials_print(const struct denials *denials, const struct denial_report *report, FILE *out)
{
	for (const struct denial *at = denials->denial; at; at = at->hh.next)
		print_one(at, report, out);
}

static json_t *json_of_bytes(struct bytes bytes)
{
	scoped(buffer) struct buffer text = { 0 };

	text_escape(bytes, TEXT_EXACT, &text);
	return json_stringn(buffer_text(&text), text.size);
}

static json_t *json_of_text(const struct buffer *text)
{
	return text->size ? json_stringn(text->data, text->size) : json_null();
}

static json_t *json_of_rule(const struct rule *rule)
{
	if (!rule)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s, s:b}", "id", rule->id, "resource",
			 resource_text(rule->resource), "action", action_text(rule->action),
			 "pattern", rule->pattern, "own", rule->own);
}

static json_t *json_of_denial(const struct denial *denial, const struct denial_report *report)
{
	scoped(buffer) struct buffer change = { 0 };
	scoped(buffer) struct buffer reason = { 0 };

	write_change(denial, report, &change);
	if (report->protects)
		report->protects(report->context, denial, &reason);
	return json_pack("{s:s, s:s, s:o, s:o, s:s?, s:o, s:I, s:s, s:o, s:o, s:o, s:n}",
			 "resource", resource_text(denial->resource), "action",
			 action_text(denial->action), "name", json_of_bytes(denial->name),
			 "arguments", denial->argv.data ? json_of_bytes(denial->argv) : json_null(),
			 "nearest_argv", denial->nearest_argv, "program",
			 json_of_bytes(denial->program), "count", (json_int_t)denial->count, "why",
			 why_text[denial->why].word, "nearest", json_of_rule(denial->nearest),
			 "change", json_of_text(&change), "protected", json_of_text(&reason),
			 "limit");
}

static json_t *json_of_limited(const struct denial *denial, const struct denial_report *report)
{
	scoped(buffer) struct buffer change = { 0 };
	struct denied_amount amount = denial_amount(denial, report);

	denial_write_limit_change(denial, report, &change);
	return json_pack("{s:n, s:n, s:o, s:o, s:I, s:s, s:n, s:o, s:n, s:{s:s, s:I, s:I, s:o}}",
			 "resource", "action", "name",
			 denial->name.size ? json_of_bytes(denial->name) : json_null(), "program",
			 json_of_bytes(denial->program), "count", (json_int_t)denial->count, "why",
			 why_text[denial->why].word, "nearest", "change", json_of_text(&change),
			 "protected", "limit", "name", amount.name, "allowed",
			 (json_int_t)amount.allowed, "most", (json_int_t)amount.most, "asked",
			 denial->asked ? json_integer(denial->asked) : json_null());
}

int denials_print_json(const struct denials *denials, const struct denial_report *report, FILE *out)
{
	for (const struct denial *at = denials->denial; at; at = at->hh.next) {
		json_t *object = at->why == DENIED_LIMIT ? json_of_limited(at, report)
							 : json_of_denial(at, report);

		if (!object)
			return -ENOMEM;
		json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII);
		fputc('\n', out);
		json_decref(object);
	}
	return fflush(out) || ferror(out) ? -EIO : 0;
}
