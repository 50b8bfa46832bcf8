#include "reports/summary.h"

#include "core/error.h"
#include "core/store.h"
#include "core/store_fingerprint.h"
#include "reports/called_tools.h"
#include "reports/hosts.h"
#include "reports/json.h"
#include "reports/run_text.h"
#include "reports/tally.h"

#include <errno.h>

static void add_number(const char *key, int64_t number, struct buffer *out)
{
	json_key(key, out);
	json_number(number, out);
}

static void add_section(const struct tally *tally, size_t section, struct buffer *out)
{
	static const char *const place[] = {
		[PLACE_WORKSPACE] = "workspace", [PLACE_HOME] = "home",
		[PLACE_ELSEWHERE] = "elsewhere", [PLACE_TMP] = "tmp",
		[PLACE_SETTINGS] = "settings",	 [PLACE_SYSTEM] = "system",
	};
	struct tally_part part = tally_part(tally, section);

	json_key(part.section->id, out);
	json_open('{', out);
	add_number("distinct", (int64_t)part.count, out);
	add_number("uses", part.uses, out);
	add_number("own", (int64_t)part.own, out);
	for (size_t i = 0; i < PLACE_COUNT; i++)
		add_number(place[i], (int64_t)part.place[i], out);
	json_close('}', out);
}

static void add_gap(const struct tally_gap *gap, struct buffer *out)
{
	json_open('{', out);
	json_key("kind", out);
	json_text(gap_text(gap->kind), out);
	json_key("meaning", out);
	json_text(gap_meaning(gap->kind), out);
	add_number("distinct", gap->rows, out);
	add_number("count", gap->count, out);
	json_key("first_detail", out);
	json_text(gap->detail, out);
	json_close('}', out);
}

static int add_made(void *context, enum fingerprint_kind kind, struct bytes value)
{
	json_key(fingerprint_text(kind), context);
	json_bytes(value, context);
	return 0;
}

static int add_fingerprints(struct store *store, const struct run *run, struct buffer *out,
			    struct error *err)
{
	int r;

	json_open('{', out);
	r = store_each_fingerprint(store, run->key, add_made, out, err);
	json_close('}', out);
	return r;
}

static void add_summary(const struct run *run, const struct tally *tally,
			const struct connections *connections, const struct called_tools *tools,
			struct bytes made_with, struct buffer *out)
{
	json_open('{', out);
	run_add_json(run, out);
	json_key("stops_per_call", out);
	if (run->calls)
		buffer_printf(out, "%.3f", (double)run->stops / (double)run->calls);
	else
		json_none(out);
	add_number("accesses", tally->accesses, out);
	add_number("uses", tally->uses, out);
	add_number("without_a_stop", tally->unstopped, out);
	json_key("made_with", out);
	buffer_append(out, made_with.data, made_with.size);
	json_key("did", out);
	json_open('{', out);
	for (size_t i = 0; i < summary_section_count; i++)
		add_section(tally, i, out);
	json_close('}', out);
	json_key("hosts", out);
	hosts_add_json(connections, out);
	json_key("tool_calls", out);
	called_tools_add_json(tools, out);
	json_key("not_seen", out);
	json_open('[', out);
	for (size_t i = 0; i < tally->gap_count; i++)
		add_gap(&tally->gap[i], out);
	json_close(']', out);
	json_close('}', out);
	buffer_add_char(out, '\n');
}

int summarize_json(struct store *store, const struct run *run, FILE *out, struct error *err)
{
	scoped(tally) struct tally tally = { 0 };
	scoped(connections) struct connections connections = { 0 };
	scoped(called_tools) struct called_tools tools = { 0 };
	scoped(buffer) struct buffer text = { 0 }, made_with = { 0 };
	int rc = tally_run(&tally, store, run, err);

	if (rc == 0)
		rc = connections_read(&connections, store, run->key, err);
	if (rc == 0)
		rc = called_tools_read(&tools, store, run->key, err);
	if (rc == 0)
		rc = add_fingerprints(store, run, &made_with, err);
	if (rc < 0)
		return rc;
	add_summary(run, &tally, &connections, &tools, buffer_bytes(&made_with), &text);
	rc = buffer_status(&made_with) < 0 ? -ENOMEM : buffer_status(&text);
	if (rc == 0 && fwrite(text.data, 1, text.size, out) < text.size)
		rc = -errno;
	return rc < 0 ? error_set(err, -rc, "write the summary") : 0;
}
