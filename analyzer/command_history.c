#include "analyzer/json_line.h"
#include "analyzer/review/changes.h"
#include "analyzer/review/versions.h"
#include "core/clock.h"
#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_AGENT = 0x200, OPTION_AS_OF, OPTION_JSON };

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "the agent whose policies are listed", 0 },
	{ "as-of", OPTION_AS_OF, "TIME", 0, "as things stood then (now)", 0 },
	{ "json", OPTION_JSON, 0, 0, "print one JSON object a line", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	const char *agent, *db;
	int64_t now_ns;
	bool is_json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_AGENT:
		request->agent = arg;
		return 0;
	case OPTION_AS_OF:
		request->now_ns = command_take_time(arg, state);
		return 0;
	case OPTION_JSON:
		request->is_json = true;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	case ARGP_KEY_END:
		if (!request->agent)
			argp_error(state, "--agent NAME is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.doc = "List the policies of an agent, where each stands, and who decided what and why.",
};

/* The version that it followed. */
static const struct policy *parent_of(const struct versions *versions, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (!strcmp(versions->version[i].digest, versions->version[number].parent))
			return &versions->version[i].policy;
	return NULL;
}

static void print_decision(const struct decision *decision)
{
	scoped(buffer) struct buffer name = { 0 }, login = { 0 }, reason = { 0 };
	char when[CLOCK_TEXT_SIZE];

	printf("    %s %s by %s", *decision->rule ? decision->rule : "all of it",
	       ruling_text(decision->verdict), text_safe(bytes_of(decision->reviewer), 60, &name));
	if (strcmp(decision->login, decision->reviewer) != 0)
		printf(" (login %s)", text_safe(bytes_of(decision->login), 60, &login));
	printf(", %s", clock_format_short(decision->decided_ns, when));
	if (decision->until_ns)
		printf(", until %s", clock_format_short(decision->until_ns, when));
	printf(": %s\n", text_safe(bytes_of(decision->reason), 200, &reason));
}

static int print_parent(const struct policy *parent, const struct policy *policy, struct error *err)
{
	scoped(diff) struct diff changes = { 0 };
	int r = parent ? changes_find(&changes, parent, policy, err) : 0;

	if (!r && parent)
		printf(", %zu more and %zu fewer than its parent", changes_given(&changes),
		       changes_taken(&changes));
	return r;
}

/* Decisions on single rules are only shown where they are no approvals: those are many. */
static int print_version(const struct versions *versions, size_t number, struct error *err)
{
	const struct version *version = &versions->version[number];
	scoped(buffer) struct buffer author = { 0 };
	char when[CLOCK_TEXT_SIZE];
	int r;

	printf("%3zu  %.12s  %s", number + 1, version->digest, version_state_text(version->state));
	if (version->effective_ns)
		printf(" %s %s", version->state == VERSION_SCHEDULED ? "for" : "since",
		       clock_format_short(version->effective_ns, when));
	printf("; %zu permissions", version->policy.count);
	r = print_parent(parent_of(versions, number), &version->policy, err);
	printf("; proposed %s by %s\n", clock_format_short(version->created_ns, when),
	       *version->author ? text_safe(bytes_of(version->author), 60, &author) : "?");
	for (size_t i = 0; i < versions->decision_count; i++) {
		const struct decision *decision = &versions->decision[i];

		if (decision->version == number &&
		    (!*decision->rule || decision->verdict != RULING_APPROVED))
			print_decision(decision);
	}
	return r;
}

static json_t *time_json(int64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	return time_ns ? json_string(clock_format(time_ns, text)) : json_null();
}

static json_t *text_json(const char *text)
{
	scoped(buffer) struct buffer safe = { 0 };

	text_escape(bytes_of(text), TEXT_EXACT, &safe);
	return json_string(buffer_text(&safe));
}

static json_t *decisions_json(const struct versions *versions, size_t number)
{
	json_t *list = json_array();

	for (size_t i = 0; i < versions->decision_count; i++) {
		const struct decision *decision = &versions->decision[i];

		if (decision->version != number)
			continue;
		json_array_append_new(
			list,
			json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "rule",
				  *decision->rule ? text_json(decision->rule) : json_null(),
				  "ruling", ruling_text(decision->verdict), "reviewer",
				  text_json(decision->reviewer), "login",
				  text_json(decision->login), "reason", text_json(decision->reason),
				  "decided", time_json(decision->decided_ns), "until",
				  time_json(decision->until_ns)));
	}
	return list;
}

static int print_json(const struct versions *versions, size_t number)
{
	const struct version *version = &versions->version[number];

	return json_line(stdout,
			 json_pack("{s:I, s:s, s:o, s:s, s:o, s:o, s:o, s:I, s:o}", "version",
				   (json_int_t)number + 1, "digest", version->digest, "parent",
				   *version->parent ? json_string(version->parent) : json_null(),
				   "state", version_state_text(version->state), "effective",
				   time_json(version->effective_ns), "created",
				   time_json(version->created_ns), "author",
				   text_json(version->author), "permissions",
				   (json_int_t)version->policy.count, "decisions",
				   decisions_json(versions, number)));
}

static int print_all(const struct versions *versions, const struct request *request,
		     struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < versions->count && !r; i++) {
		if (!request->is_json)
			r = print_version(versions, i, err);
		else if (print_json(versions, i) < 0)
			r = error_set(err, ENOMEM, "list the policies");
	}
	if (r)
		return r;
	return fflush(stdout) ? error_set(err, errno, "write standard output") : 0;
}

static int list(const struct request *request, struct error *err)
{
	scoped(versions) struct versions versions = { 0 };
	scoped(buffer) struct buffer safe = { 0 };
	struct store *store = NULL;
	int r = store_open(&store, request->db, STORE_READ, err);

	r = r ? r : versions_read_past(&versions, store, request->agent, request->now_ns, err);
	store_close(store);
	if (!r && !versions.count)
		r = error_say(err, ENOENT,
			      "history of agent %s: no policy of it was kept; `pare propose` makes "
			      "one",
			      text_safe(bytes_of(request->agent), 60, &safe));
	return r ? r : print_all(&versions, request, err);
}

command command_history;

int command_history(int argc, char **argv, const struct house *house)
{
	struct request request = { .now_ns = clock_now_ns() };
	struct error err = { 0 };

	(void)house;
	command_parse(&argp, argc, argv, &request);
	return list(&request, &err) ? command_fail(&err) : COMMAND_DONE;
}
