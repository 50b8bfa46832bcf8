#include "reports/companions/companions.h"

#include "core/store.h"
#include "reports/companions/csv.h"

#include <string.h>

struct listing {
	const struct edition *edition;
	struct buffer text, name;
};

static void listing_cleanup(struct listing *listing)
{
	buffer_release(&listing->text);
	buffer_release(&listing->name);
}

static int add_row(void *context, const struct denied_use *use)
{
	struct listing *listing = context;
	scoped(buffer) struct buffer evidence = { 0 };
	const char *error = use->error ? strerrorname_np(use->error) : NULL;
	struct buffer *out = &listing->text;

	companion_evidence(use->run, use->seq, &evidence);
	csv_text(resource_text(use->resource), out);
	csv_text(action_text(use->action), out);
	csv_name(edition_name(listing->edition, use->name, &listing->name), out);
	csv_text(outcome_text(use->outcome), out);
	csv_text(error, out);
	csv_number(use->count, out);
	csv_number(use->runs, out);
	csv_time(use->last_ns, out);
	csv_text(buffer_text(&evidence), out);
	csv_end(out);
	out->failed |= evidence.failed || listing->name.failed;
	return 0;
}

int companion_denied(struct edition *edition, FILE *out, struct error *err)
{
	scoped(listing) struct listing listing = { .edition = edition };
	struct run_filter filter = { .agent = edition->agent,
				     .since_ns = edition_window_ns(edition),
				     .until_ns = edition->as_of_ns };
	int r;

	csv_head("resource,action,name,outcome,error,times,runs,last,evidence", &listing.text);
	r = store_each_denied(edition->store, &filter, add_row, &listing, err);
	return r ? r : companion_put(&listing.text, out, err);
}
