#include "reports/companions/folder.h"
#include "reports/html/parts.h"
#include "reports/html/sections.h"
#include "reports/sign/signature.h"

static void add_command(struct element *list, const char *term, const char *command)
{
	part_code(part_pair(list, term), command);
}

int section_integrity(const struct report_model *model, struct element *into)
{
	struct element *list;
	char room[WORDS_SIZE];

	if (!report_is_intact(model))
		part_answer(into, "Yes, and it does not verify: %s in the database.",
			    counted(model->trouble_count, "fault", "faults", room));
	else if (!model->is_verified)
		part_answer(into, "Yes. This report did not, because the database is large: do so "
				  "before you rely on it.");
	else
		part_answer(into,
			    "Yes: each run is sealed, and its seal names the one before. All were "
			    "verified when this report was made.");
	list = page_attribute(page_element(into, "dl"), "class", "facts wide");
	if (*model->last_seal)
		page_attribute(page_text(page_element(part_pair(list, "Last seal"), "code"),
					 model->last_seal),
			       "class", "name");
	add_command(list, "The database", "pare fsck --db FILE");
	add_command(list, "This report",
		    "cmp REPORT <(pare report ...), as \xe2\x80\x9cMade by\xe2\x80\x9d "
		    "says at the top");
	add_command(list, "A folder of files", "cd FOLDER && sha256sum -c " FOLDER_MANIFEST);
	add_command(list, "Its signatures",
		    "ssh-keygen -Y verify -f allowed_signers -I ROLE -n " SIGNATURE_NAMESPACE
		    " -s " FOLDER_MANIFEST ".ROLE.sig <" FOLDER_MANIFEST
		    ", as VERIFY.txt says for each");
	return 0;
}
