#include "reports/html/audited.h"
#include "reports/html/drawings.h"

int figure_reach(const struct report_model *model, struct element *into)
{
	(void)model;
	(void)into;
	return 0;
}
