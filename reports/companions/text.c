#include "reports/companions/companions.h"

#include "reports/audit_text.h"

#include <errno.h>

int companion_text(struct edition *edition, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	const struct audit *audit;
	int r = edition_audit(edition, &audit, err);

	if (r)
		return r;
	if (edition->quarter.name[0])
		buffer_printf(&text, "quarter %s%s\n", edition->quarter.name,
			      edition->is_unfinished ? ", which has not ended: up to now" : "");
	if (audit_add_text(audit, &edition->terminal, &text))
		return error_set(err, ENOMEM, "write a report");
	return companion_put(&text, out, err);
}
