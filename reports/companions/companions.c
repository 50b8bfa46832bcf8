#include "reports/companions/companions.h"

#include "core/error.h"
#include "reports/json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

const struct companion_row companion_row[] = {
#define COMPANION(name, format, file, when, help)                                                  \
	{ #name, format, file, help, when, companion_##name },
#include "reports/companions/companions.def"
	{ NULL, NULL, NULL, NULL, 0, NULL }
};

bool companion_is_of(const struct companion_row *row, const char *format, bool is_redacted)
{
	if (is_redacted && !(row->when & OTHERS))
		return false;
	return !strcmp(format, "all") || !strcmp(format, row->format);
}

bool companion_is_wanted(const struct companion_row *row, const char *format,
			 const struct edition *edition)
{
	bool is_too_large = (row->when & SMALL) && edition->accesses > COMPANION_SMALL;
	bool is_without = (row->when & AUDIT) && edition->audit_reason.code == ENOENT;

	if ((is_too_large || is_without) && strcmp(format, row->format) != 0)
		return false;
	return companion_is_of(row, format, edition->redactor);
}

size_t companion_count(const char *format, bool is_redacted)
{
	size_t count = 0;

	for (const struct companion_row *row = companion_row; row->name; row++)
		count += companion_is_of(row, format, is_redacted);
	return count;
}

void companion_evidence(const char *run, int64_t seq, struct buffer *out)
{
	buffer_printf(out, "E-%s-%" PRId64, run, seq);
}

void companion_json_evidence(const struct audit_finding *finding, struct buffer *out)
{
	json_key("evidence", out);
	json_open('[', out);
	for (size_t i = 0; i < finding->witness_count; i++) {
		scoped(buffer) struct buffer id = { 0 };

		companion_evidence(finding->witness[i].run, finding->witness[i].seq, &id);
		json_text(buffer_text(&id), out);
	}
	json_close(']', out);
}

int companion_put(const struct buffer *text, FILE *out, struct error *err)
{
	if (buffer_status(text) < 0)
		return error_set(err, ENOMEM, "write a report");
	errno = 0;
	if (fwrite(buffer_text(text), 1, text->size, out) < text->size)
		return errno ? -errno : -EIO; /* who opened it knows its name */
	return 0;
}
