#include "reports/html/audited.h"
#include "reports/html/drawings.h"

static int64_t all_files(const int64_t files[EFFECTS][SENSITIVITIES], enum effect effect)
{
	int64_t sum = 0;

	for (int i = 0; i < SENSITIVITIES; i++)
		sum += files[effect][i];
	return sum;
}

static void add_answer(const struct audit_blast *blast, struct element *into)
{
	char room[4][WORDS_SIZE];

	part_answer(into, "Now %s could be read and %s changed; without what can go, %s and %s.",
		    counted(all_files(blast->now.files, EFFECT_READ), "file", "files", room[0]),
		    number_text(all_files(blast->now.files, EFFECT_CHANGE), room[1]),
		    number_text(all_files(blast->then.files, EFFECT_READ), room[2]),
		    number_text(all_files(blast->then.files, EFFECT_CHANGE), room[3]));
}

static void add_pair(struct element *row, int64_t now, int64_t then, const char *which,
		     const char *member)
{
	char path[128];

	snprintf(path, sizeof path, "now/%s/%s", which, member);
	audited_number(row, now, "blast", NULL, path);
	snprintf(path, sizeof path, "then/%s/%s", which, member);
	audited_number(row, then, "blast", NULL, path);
}

static void add_rows(const struct audit_blast *blast, struct element *body)
{
	for (int i = 0; i < EFFECTS; i++)
		for (int k = 0; k < SENSITIVITIES; k++) {
			const char *effect = effect_text((enum effect)i);
			const char *what = sensitivity_text((enum sensitivity)k);
			char member[64];
			struct element *row;

			if (!blast->now.files[i][k])
				continue;
			row = part_row(body);
			page_text(page_attribute(page_element(row, "th"), "scope", "row"), effect);
			part_cell(row, what);
			part_cell(row, sensitivity_meaning((enum sensitivity)k));
			snprintf(member, sizeof member, "%s/%s", effect, what);
			add_pair(row, blast->now.files[i][k], blast->then.files[i][k], "files",
				 member);
			add_pair(row, blast->now.lasting[i][k], blast->then.lasting[i][k],
				 "irreversible", member);
		}
}

static void add_table(const struct audit_blast *blast, struct element *into)
{
	static const struct column column[] = {
		{ "Effect", COLUMN_TEXT },    { "On", COLUMN_TEXT },
		{ "Which are", COLUMN_TEXT }, { "Files now", COLUMN_NUMBER },
		{ "Then", COLUMN_NUMBER },    { "For good, now", COLUMN_NUMBER },
		{ "Then", COLUMN_NUMBER },    { NULL, COLUMN_TEXT },
	};

	add_rows(blast, part_table(into, "blast-caption",
				   "Files of this machine: as it is granted, then without what can "
				   "go and with what would do; for good is what nobody can undo",
				   column));
}

static void add_names(struct element *list, const char *term, const struct blast_names *now,
		      const struct blast_names *then)
{
	struct element *into = part_pair(list, term);
	char room[WORDS_SIZE];

	page_text(into, now->any ? "any" : number_text(now->exact, room));
	page_text(into, " \xe2\x86\x92 ");
	page_text(into, then->any ? "any" : number_text(then->exact, room));
}

static void add_facts(const struct audit_blast *blast, struct element *into)
{
	struct element *list = page_attribute(page_element(into, "dl"), "class", "facts");
	char room[WORDS_SIZE];

	add_names(list, "Hosts that could be reached (what they are sent stays there)",
		  &blast->now.hosts, &blast->then.hosts);
	add_names(list, "Ports that could be listened on", &blast->now.listening,
		  &blast->then.listening);
	add_names(list, "Tools that could be called", &blast->now.tools, &blast->then.tools);
	page_text(part_pair(list, "Secrets that could be read, and no run did"),
		  number_text(blast->new_secrets, room));
	for (size_t i = 0; i < blast->example_count; i++)
		page_escaped(part_pair(list, i ? "" : "Of these"), blast->example[i], 0);
	page_text(part_pair(list, "Entries of folders that were looked at"),
		  number_text(blast->looked, room));
	page_text(part_pair(list, "Mounts left out"), number_text(blast->mounts, room));
	page_text(part_pair(list, "Folders unreadable"), number_text(blast->unread, room));
	page_text(part_pair(list, "Folders skipped"), number_text(blast->skipped, room));
	for (const struct word *word = resource_word; word->code; word++)
		if (blast->ungoverned & 1u << word->code)
			page_text(part_pair(list, word->text),
				  "nothing restricts it: the user's rights do");
}

int section_blast(const struct report_model *model, struct element *into)
{
	const struct audit_blast *blast = &model->audit->blast;
	int status;

	if (!blast->is_made) {
		part_answer(into,
			    "Not looked at: `pare report --machine` counts what could be read, "
			    "changed and reached on the machine that it runs on.");
		return 0;
	}
	add_answer(blast, into);
	status = figure_reach(model, into);
	status = status ? status : figure_blast(model, into);
	if (status)
		return status;
	add_table(blast, into);
	add_facts(blast, into);
	return 0;
}
