#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "reports/companions/companions.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"
#include "reports/redact/model.h"

#include <errno.h>

/* The page reads the evidence by itself, and verifies it first, in a transaction of its own: what
 * was recorded meanwhile is not of that day. */
int companion_html(struct edition *edition, FILE *out, struct error *err)
{
	__attribute__((cleanup(report_model_cleanup))) struct report_model model = { 0 };
	struct report_request request = { .agent = edition->agent, .as_of_ns = edition->as_of_ns };
	scoped(page) struct page *page = NULL;
	struct store *store;
	int r = store_open(&store, store_path(edition->store), STORE_READ, err);

	if (r)
		return r;
	r = report_model_load(&model, store, edition->house, &request, err);
	store_close(store);
	if (!r && edition->redactor && redact_model(edition->redactor, &model) < 0)
		r = error_set(err, ENOMEM, "redact a report");
	r = r ? r : report_page(&model, &page, err);
	return r ? r : page_write(page, out);
}
