#include "reports/html/parts.h"
#include "reports/html/sections.h"

static void add_formulas(const struct report_model *model, struct element *into)
{
	static const struct {
		const char *term, *meaning;
	} row[] = {
		{ "permission", "an action on an object, where the object is written as in a "
				"policy: $WS, $HOME and $TMP stand for the run's own workspace, "
				"home and temporary folder. Counted once, however often used." },
		{ "access", "one time that it happened, or was tried." },
		{ "in one run only", "Q1: permissions that exactly one run used; Q2: that two "
				     "did. m is the number of runs, U the sum over all permissions "
				     "of the runs that used them." },
		{ "new permissions expected", "Q1 / m (Good, 1953): what the next run is expected "
					      "to need that no run had needed. The policy is "
					      "called minimal only from 20 runs on and at most "
					      "at 0.05." },
		{ "share of all use", "1 \xe2\x88\x92 (Q1 / U) \xc2\xb7 (m \xe2\x88\x92 1) Q1 / "
				      "((m \xe2\x88\x92 1) Q1 + 2 Q2) (Chao and Jost, 2012)." },
		{ "upper bound", "3 / m: if a permission was needed in more runs than that, one "
				 "of m runs would have shown it with 95 % certainty." },
		{ "own", "made by the run itself, each time: scratch files, mostly." },
		{ "names", "bytes that could mislead a reader (controls, changes of writing "
			   "direction, invisible characters, bytes that are not UTF-8) are "
			   "written as escapes, \\xNN and \\u{NN}; a backslash is doubled, so that "
			   "a name can be read back. In objects of a policy * ? [ ] { } $ @ have a "
			   "backslash too." },
		{ "risk", "how much harm the permission can do: from a table by resource and "
			  "action, and from the list of protected objects." },
	};
	struct element *list = page_element(into, "dl");

	(void)model;
	page_attribute(list, "class", "facts wide");
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		page_text(part_pair(list, row[i].term), row[i].meaning);
	for (const struct word *word = outcome_word; word->code; word++)
		page_text(part_pair(list, word->text), word->meaning);
}

int section_method(const struct report_model *model, struct element *into)
{
	part_answer(into, "By counting, from one snapshot of the database, with nothing sampled "
			  "and nothing estimated but what is called an estimate.");
	add_formulas(model, into);
	part_heading(into, "To check it");
	part_paragraph(into, "`pare fsck` verifies the database and the chain of seals over its "
			     "runs, and names any run that was altered. The line \xe2\x80\x9cMade "
			     "by\xe2\x80\x9d at the top makes this report again, byte for byte, "
			     "while the evidence is the same. `pare dump RUN` prints the "
			     "accesses of a run; the view `evidence` of the database has them for "
			     "any SQLite client.");
	return 0;
}
