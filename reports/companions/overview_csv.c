#include "reports/companions/several.h"

#include "reports/companions/companions.h"
#include "reports/companions/csv.h"

int overview_csv(const struct overview *overview, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };

	csv_head("agent,folder,as_of,runs,permissions,can_go,critical,high,medium,low,info,reason",
		 &text);
	for (size_t i = 0; i < overview->count; i++) {
		const struct overview_row *row = &overview->row[i];

		csv_name(bytes_of(row->agent), &text);
		csv_text(row->folder, &text);
		csv_time(row->as_of_ns, &text);
		csv_number(row->runs, &text);
		csv_number(row->permissions, &text);
		csv_number(row->removals, &text);
		for (int k = SEVERITY_CRITICAL; k >= SEVERITY_INFO; k--)
			csv_number(row->findings[k], &text);
		csv_text(row->reason, &text);
		csv_end(&text);
	}
	return companion_put(&text, out, err);
}
