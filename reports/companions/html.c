#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "reports/companions/companions.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"
#include "reports/redact/model.h"

#include <errno.h>

/* From the same transaction as all other files, so that all numbers agree. */
int companion_html(struct edition *edition, FILE *out, struct error *err)
{
	__attribute__((cleanup(report_model_cleanup))) struct report_model model = { 0 };
	struct report_request request = { .agent = edition->agent,
					  .as_of_ns = edition->as_of_ns,
					  .quarter = edition->quarter.name,
					  .redactor = edition->redactor };
	scoped(page) struct page *page = NULL;
	int r;

	if (!edition->audit_reason.code)
		request.audit = &edition->audit;
	r = report_model_load(&model, edition->store, edition->house, &request, err);
	if (!r && edition->redactor && redact_model(edition->redactor, &model) < 0)
		r = error_set(err, ENOMEM, "redact a report");
	r = r ? r : report_page(&model, &page, err);
	return r ? r : page_write(page, out);
}
