#include "analyzer/audit/sighting.h"

int finding_startup_changed(struct auditing *auditing, const struct finding_row *row)
{
	return sightings_find(
		auditing, row,
		"look at what stands there now; deny the agent to change it, or have a "
		"person confirm each change");
}

int finding_planted(struct auditing *auditing, const struct finding_row *row)
{
	return sightings_find(
		auditing, row,
		"grant execution by exact name, and writing elsewhere: who may do both "
		"to one file can run anything");
}

int finding_escalated(struct auditing *auditing, const struct finding_row *row)
{
	return sightings_find(auditing, row,
			      "decide which it shall be: grant what was refused, or deny the way "
			      "around it");
}
