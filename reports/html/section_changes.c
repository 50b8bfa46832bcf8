#include "reports/html/audited.h"

#include <string.h>

#define SHOWN 300
#define LINES 12 /* of what would do, for one permission */

static bool is_change(const struct audit_grant *grant)
{
	return grant_state_is_removal(grant->state) ||
	       (grant->state == GRANT_NARROWABLE && (grant->narrower || grant->narrower_argv));
}

static struct element *add_line(struct element *into, const char *name, const char *mark)
{
	struct element *line = page_element(into, name);

	return page_text(line, mark);
}

/* "+ file read PATTERN", a line each. */
static void add_lines(struct element *into, const struct audit_grant *grant, const char *lines,
		      bool is_argv)
{
	size_t shown = 0, more = 0;
	char room[WORDS_SIZE];

	while (*lines) {
		scoped(buffer) struct buffer text = { 0 };
		size_t size = strcspn(lines, "\n");

		buffer_printf(&text, "%s %s ", resource_text(grant->rule->resource),
			      action_text(grant->rule->action));
		if (is_argv)
			buffer_printf(&text, "%s with ", grant->rule->pattern);
		buffer_append(&text, lines, size);
		if (shown < LINES)
			page_text(add_line(into, "ins", "+ "), buffer_text(&text));
		shown++;
		lines += size + (lines[size] == '\n');
	}
	more = shown > LINES ? shown - LINES : 0;
	if (!more)
		return;
	add_line(into, "ins", "+ and ");
	page_text(page_element(into, "ins"), number_text((int64_t)more, room));
}

static void add_change(struct element *into, const struct audit_grant *grant)
{
	scoped(buffer) struct buffer text = { 0 };
	struct element *line, *note;
	char room[2][WORDS_SIZE];

	audited_text(grant, &text);
	line = page_text(add_line(into, "del", "\xe2\x88\x92 "), buffer_text(&text));
	note = page_attribute(page_element(line, "span"), "class", "because");
	page_text(note, "  ");
	audited_link(note, grant->id);
	page_text(note, " ");
	page_text(note, counted(grant->use.uses, "use", "uses", room[0]));
	page_text(note, " in ");
	page_text(note, counted(grant->use.runs, "run", "runs", room[1]));
	if (grant_state_is_removal(grant->state))
		return;
	if (grant->narrower)
		add_lines(into, grant, grant->narrower, false);
	if (grant->narrower_argv)
		add_lines(into, grant, grant->narrower_argv, true);
}

static void add_source(const struct audit *audit, size_t source, struct element *into)
{
	struct element *list = NULL;
	size_t shown = 0, all = 0;

	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_grant *grant = &audit->grant[i];

		if (grant->source != source || !is_change(grant) || all++ >= SHOWN)
			continue;
		if (!list) {
			struct element *heading = part_heading(into, audit->source[source].format);

			page_text(heading, " ");
			page_name(heading, bytes_of(audit->source[source].name));
			list = page_attribute(page_element(into, "div"), "class", "diff");
		}
		add_change(list, grant);
		shown++;
	}
	part_more(into, shown, all, "`pare audit --json` lists all");
}

int section_changes(const struct report_model *model, struct element *into)
{
	const struct audit *audit = model->audit;
	int64_t removals = audit_removals(audit), narrower = 0;
	char room[2][WORDS_SIZE];

	for (size_t i = 0; i < audit->grant_count; i++)
		narrower += is_change(&audit->grant[i]);
	narrower -= removals;
	if (!removals && !narrower) {
		part_answer(into, "Nothing: what is granted is what is needed.");
		return 0;
	}
	part_answer(into, "%s away, and %s by what would do.",
		    counted(removals, "permission is taken", "permissions are taken", room[0]),
		    counted(narrower, "is replaced", "are replaced", room[1]));
	for (size_t i = 0; i < audit->source_count; i++)
		add_source(audit, i, into);
	part_note(into,
		  "What would do covers all that was used, not what may be needed one day: the "
		  "section on the observation says how far to trust that. Nothing is changed by "
		  "this report. To go back, keep the file as it is now: `cp -p FILE FILE.before` "
		  "before, and `cp -p FILE.before FILE` after.");
	return 0;
}
