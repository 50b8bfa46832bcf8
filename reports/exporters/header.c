#include "reports/exporters/header.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/text.h"
#include "reports/exporters/losses.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void comment_line(const char *mark, const char *text, struct buffer *out)
{
	buffer_add(out, mark);
	if (*text)
		buffer_add_char(out, ' ');
	for (; *text; text++)
		buffer_add_char(out, (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
	buffer_add_char(out, '\n');
}

static void say(struct buffer *out, const char *mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct buffer *out, const char *mark, const char *format, ...)
{
	scoped(text) char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		text = NULL;
		out->failed = true;
	}
	va_end(args);
	if (text)
		comment_line(mark, text, out);
}

static void write_evidence(const struct policy *policy, const char *mark, struct buffer *out)
{
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	if (!policy->evidence && !policy->runs) {
		comment_line(mark, "evidence  none: the policy was written by hand", out);
		return;
	}
	say(out, mark, "evidence  %s", policy->evidence ? policy->evidence : "of unknown digest");
	say(out, mark,
	    "          %" PRId64 " runs from %s to %s, %" PRId64 " incomplete, %" PRId64 " gaps",
	    policy->runs, clock_format_short(policy->first_ns, first),
	    clock_format_short(policy->last_ns, last), policy->incomplete_runs, policy->gaps);
}

int header_write(const struct policy *policy, const struct losses *losses, const char *mark,
		 const char *const *use, size_t use_count, struct buffer *out, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 }, prefix = { 0 };
	char digest[DIGEST_HEX_SIZE];
	int r = policy_digest(policy, digest, err);

	if (r)
		return r;
	r = losses_status(losses);
	if (r)
		return error_set(err, -r, "list the losses");
	comment_line(mark, "Made by pare " PARE_VERSION " from a policy.", out);
	for (size_t i = 0; i < use_count; i++)
		comment_line(mark, use[i], out);
	comment_line(mark, "", out);
	say(out, mark, "agent     %s", text_safe(bytes_of(policy->agent), 60, &name));
	say(out, mark, "policy    %s", digest);
	write_evidence(policy, mark, out);
	comment_line(mark, "", out);
	comment_line(mark, "Where it is not what the policy says (- is all of it):", out);
	buffer_printf(&prefix, "%s   ", mark);
	losses_write(losses, buffer_text(&prefix), out);
	comment_line(mark, "", out);
	return 0;
}

static bool is_wider(const struct losses *losses, const struct rule *rule)
{
	for (size_t i = 0; i < losses->count; i++)
		if (losses->loss[i].rule == rule && losses->loss[i].kind == LOSS_WIDENED)
			return true;
	return false;
}

void comment_wider(const char *mark, const struct losses *losses, const struct rule *const *rule,
		   size_t count, struct buffer *out)
{
	bool begun = false;

	for (size_t i = 0; i < count; i++) {
		if (!is_wider(losses, rule[i]))
			continue;
		if (!begun)
			buffer_printf(out, "  %s wider than", mark);
		buffer_printf(out, " %s", rule[i]->id);
		begun = true;
	}
}

static json_t *losses_json(const struct losses *losses)
{
	scoped(buffer) struct buffer line = { 0 };
	json_t *list = json_array();

	for (size_t i = 0; i < losses->count; i++) {
		const struct loss *loss = &losses->loss[i];

		buffer_clear(&line);
		buffer_printf(&line, "%s %s %s", loss_text(loss->kind),
			      loss->rule ? loss->rule->id : "-", loss->sentence);
		json_array_append_new(list, json_string(buffer_text(&line)));
	}
	return list;
}

json_t *header_json(const struct policy *policy, const struct losses *losses, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };
	char digest[DIGEST_HEX_SIZE];
	json_t *header;

	if (policy_digest(policy, digest, err))
		return NULL;
	header = json_pack("{s:s, s:s, s:s, s:s?, s:I, s:o}", "made_by", "pare " PARE_VERSION,
			   "agent", text_safe(bytes_of(policy->agent), 60, &name), "policy", digest,
			   "evidence", policy->evidence, "runs", (json_int_t)policy->runs, "losses",
			   losses_json(losses));
	if (!header || losses_status(losses))
		error_set(err, ENOMEM, "list the losses");
	return header;
}

int json_finish(json_t *whole, struct buffer *out, struct error *err)
{
	char *text = whole ? json_dumps(whole, JSON_INDENT(1) | JSON_ENSURE_ASCII) : NULL;

	json_decref(whole);
	if (!text)
		return error_set(err, ENOMEM, "write JSON");
	buffer_add(out, text);
	buffer_add_char(out, '\n');
	free(text);
	return buffer_status(out);
}

json_t *json_name(struct bytes text)
{
	return json_stringn(text.data ? text.data : "", text.size);
}
