#include "reports/html/document.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"
#include "reports/html/audited.h"
#include "reports/html/keys.h"
#include "reports/html/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_VALUES 4

typedef const char *run_text(const struct report_run *row);

static const char *host_of(const struct report_run *row)
{
	return row->run.host;
}

static const char *kernel_of(const struct report_run *row)
{
	return row->run.kernel;
}

static const char *version_of(const struct report_run *row)
{
	return row->run.version;
}

static const char *assurance_of(const struct report_run *row)
{
	static const struct {
		const char *assurance, *meaning;
	} known[] = {
		{ "fast", "fast: most calls were logged by the agent's own processes; code that "
			  "knows pare could have kept some back" },
		{ "tools", "tools: what passed between an agent and its server of tools, and no "
			   "more" },
		{ "hooks", "hooks: what the agent told of its calls of tools, and no more" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(row->run.assurance, known[i].assurance))
			return known[i].meaning;
	return "strict: every call was stopped and looked at";
}

static const char *clock_of(const struct report_run *row)
{
	return strcmp(row->run.clock, "system") ? "set by hand (--at)" : "the machine's";
}

static const char *task_of(const struct report_run *row)
{
	return row->run.task;
}

/* What one value is worth: how many runs have it. */
struct value {
	const char *text;
	int64_t runs;
};

static void add_values(struct element *into, const struct value *value, size_t count)
{
	char room[WORDS_SIZE];

	for (size_t i = 0; i < count && i < SHOWN_VALUES; i++) {
		if (i)
			page_text(into, ", ");
		if (*value[i].text)
			page_name(into, bytes_of(value[i].text));
		else
			page_text(into, "none");
		if (count > 1) {
			page_text(into, " (");
			page_text(into, counted(value[i].runs, "run", "runs", room));
			page_text(into, ")");
		}
	}
	if (count <= SHOWN_VALUES)
		return;
	page_text(into, ", and ");
	page_text(into, number_text((int64_t)(count - SHOWN_VALUES), room));
	page_text(into, " more");
}

/* The different values of the runs, the oldest first. */
static int add_distinct(const struct report_model *model, struct element *into, run_text *text_of)
{
	struct value *value = calloc(model->run_count, sizeof *value);
	struct keys keys = { 0 };
	int status = value ? 0 : -ENOMEM;
	size_t number;

	for (size_t i = 0; !status && i < model->run_count; i++) {
		status = keys_number(&keys, bytes_of(text_of(&model->run[i])), &number);
		if (!status && !value[number].runs++)
			value[number].text = text_of(&model->run[i]);
	}
	if (!status)
		add_values(into, value, keys.count);
	keys_release(&keys);
	free(value);
	return status;
}

static void add_runs(const struct report_model *model, struct element *list)
{
	struct element *into = part_pair(list, "Runs");
	char room[WORDS_SIZE];

	page_text(into, counted((int64_t)model->run_count, "run", "runs", room));
	if (!model->recording)
		return;
	page_text(into, "; ");
	page_text(into, counted((int64_t)model->recording, "more is", "more are", room));
	page_text(into, " still being recorded and left out");
}

static void add_period(const struct report_model *model, struct element *list)
{
	struct element *into = part_pair(list, "Period (UTC)");
	char room[CLOCK_TEXT_SIZE];

	page_text(into, clock_format_short(model->first_ns, room));
	page_text(into, " to ");
	page_text(into, clock_format_short(model->last_ns, room));
}

static void add_completeness(const struct report_model *model, struct element *list)
{
	struct element *into = part_pair(list, "Completeness");
	char room[WORDS_SIZE];

	if (report_is_complete(model)) {
		page_text(into, "every run ended and was sealed; no gap was recorded");
		return;
	}
	part_tag(into, TONE_WARN,
		 "cannot support \xe2\x80\x9c"
		 "complete\xe2\x80\x9d");
	if (!model->incomplete && !model->gaps)
		return;
	page_text(into, " ");
	page_text(into, counted((int64_t)model->incomplete, "run", "runs", room));
	page_text(into, " cut short, ");
	page_text(into, counted(model->gaps, "gap", "gaps", room));
	page_text(into, " recorded");
}

static void add_integrity(const struct report_model *model, struct element *list)
{
	struct element *into = part_pair(list, "Integrity");
	char room[WORDS_SIZE];

	if (!model->is_verified) {
		part_tag(into, TONE_WARN, "not verified");
		page_text(into, ": the database is large; run ");
		part_code(into, "pare fsck");
		return;
	}
	if (report_is_intact(model)) {
		page_text(into, "the seals of this database were verified: no run was altered");
		return;
	}
	part_tag(into, TONE_BAD, counted(model->trouble_count, "fault", "faults", room));
	page_text(into, " found: see Scope and gaps");
}

static void add_command(const struct report_model *model, struct element *list)
{
	struct element *into = part_pair(list, "Command recorded");
	const struct report_run *first = &model->run[0];
	size_t others = 0;
	char room[WORDS_SIZE];

	part_command(into, first->command, first->command_flags);
	for (size_t i = 1; i < model->run_count; i++)
		others += strcmp(model->run[i].command, first->command) != 0;
	if (!others)
		return;
	page_text(into, " (first run; ");
	page_text(into, counted((int64_t)others, "run has another", "runs have others", room));
	page_text(into, ")");
}

/* A word of a command line, quoted for a shell where that is needed. */
static void add_word(struct element *into, const char *word)
{
	scoped(buffer) struct buffer quoted = { 0 };

	if (*word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_-./:+@%,=")]) {
		page_text(into, word);
		return;
	}
	buffer_add_char(&quoted, '\'');
	for (; *word; word++)
		if (*word == '\'')
			buffer_add(&quoted, "'\\''");
		else
			buffer_add_char(&quoted, *word);
	buffer_add_char(&quoted, '\'');
	page_text(into, buffer_text(&quoted));
}

/* The command line in full, whatever was left to defaults when it was given. */
static void add_reproduce(const struct report_model *model, struct element *list)
{
	struct element *code = page_element(part_pair(list, "Made by"), "code");
	char room[CLOCK_TEXT_SIZE];

	page_text(code, "pare report --agent ");
	add_word(code, model->agent);
	page_text(code, *model->quarter ? " --quarter " : " --as-of ");
	page_text(code, *model->quarter ? model->quarter : clock_format(model->as_of_ns, room));
	page_text(code, " --db ");
	add_word(code, model->database);
	page_text(code, model->redactor ? " --redact -o FILE" : " -o FILE");
}

static void add_evidence(const struct report_model *model, struct element *list)
{
	char room[CLOCK_TEXT_SIZE];
	struct element *into = part_pair(list, "As of");

	page_text(into, clock_format(model->as_of_ns, room));
	into = part_pair(list, "Database");
	page_name(into, bytes_of(model->database));
	snprintf(room, sizeof room, ", schema %d", store_schema_version());
	page_text(into, room);
	if (!model->policy.evidence)
		return;
	into = part_pair(list, "Evidence digest");
	page_text(into, "SHA-256 ");
	part_code(into, model->policy.evidence);
}

static void add_source(const struct audit_source *source, struct element *list)
{
	struct element *into = part_pair(list, "Granted by");
	char room[2][WORDS_SIZE];

	page_text(into, source->format);
	page_text(into, " ");
	page_name(into, bytes_of(source->name));
	page_text(into, ", since ");
	page_text(into, date_text(source->granted_ns, room[0]));
	page_text(into, ", imported by ");
	page_name(into, bytes_of(source->grantor));
	page_text(into, " on ");
	page_text(into, date_text(source->imported_ns, room[0]));
	if (!source->unread)
		return;
	page_text(into, " ");
	part_tag(into, TONE_WARN,
		 counted(source->unread, "part not read", "parts not read", room[1]));
}

/* What the audit was asked for, and where the permissions stand. */
static void add_audit(const struct audit *audit, struct element *list)
{
	struct element *into = part_pair(list, "Window");
	char room[3][WORDS_SIZE];

	page_text(into, days_text(audit->options.window_ns, room[0]));
	page_text(into, "; what was not used for ");
	page_text(into, days_text(audit->options.unused_ns, room[1]));
	page_text(into, " can go; what was granted again is not judged for ");
	page_text(into, days_text(audit->options.grace_ns, room[2]));
	for (size_t i = 0; i < audit->source_count; i++)
		add_source(&audit->source[i], list);
}

int document_add(const struct report_model *model, struct element *into)
{
	static const struct {
		const char *term;
		run_text *text_of;
	} pair[] = {
		{ "Tasks", task_of },	       { "Hosts", host_of },
		{ "Kernels", kernel_of },      { "Recorded with pare", version_of },
		{ "Assurance", assurance_of }, { "Clock", clock_of },
	};
	struct element *list = page_element(into, "dl");
	int status = 0;

	page_attribute(page_attribute(list, "class", "document"), "aria-label",
		       "About this document");
	page_name(part_pair(list, "Agent"), bytes_of(model->agent));
	add_completeness(model, list);
	add_integrity(model, list);
	if (model->audit)
		add_audit(model->audit, list);
	add_runs(model, list);
	add_period(model, list);
	add_command(model, list);
	for (size_t i = 0; !status && i < sizeof pair / sizeof *pair; i++)
		status = add_distinct(model, part_pair(list, pair[i].term), pair[i].text_of);
	add_evidence(model, list);
	add_reproduce(model, list);
	return status;
}
