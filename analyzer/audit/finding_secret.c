#include "analyzer/audit/sighting.h"

int finding_secret_read(struct auditing *auditing, const struct finding_row *row)
{
	return sightings_find(
		auditing, row,
		"deny it to the agent where the task does not need it; where it does, "
		"give it a secret of its own that can do no more than the task");
}

int finding_secret_sent(struct auditing *auditing, const struct finding_row *row)
{
	return sightings_find(auditing, row,
			      "look at what was sent; if nobody can say, replace the secret; deny "
			      "the program one of the two");
}

int finding_secret_exposed(struct auditing *auditing, const struct finding_row *row)
{
	return sightings_find(auditing, row,
			      "hand the secret to the program that needs it alone, by a file or a "
			      "descriptor; whoever takes the process over has it");
}
