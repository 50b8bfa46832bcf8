#include "analyzer/audit/auditing.h"

#include "core/bytes.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What must be there before a cause can be assessed; grants always are. */
enum need { NEEDS_GRANTS, NEEDS_RUNS };

static const struct {
	const char *id, *title;
	enum need need;
} cause_row[] = {
#define CAUSE(id, need, title) { id, title, NEEDS_##need },
#include "analyzer/audit/llm06.def"
};

static const struct {
	const char *kind, *llm06;
} kind_row[] = {
#define FINDING(name, title, llm06, ...) { #name, llm06 },
#include "analyzer/audit/findings.def"
};

#define CAUSE_COUNT (sizeof cause_row / sizeof *cause_row)
#define KIND_COUNT  (sizeof kind_row / sizeof *kind_row)

/* Whether the words have that one, with blanks between them. */
static bool has_word(const char *words, const char *word)
{
	size_t size = strlen(word);

	for (; *words; words += strspn(words, " ")) {
		size_t length = strcspn(words, " ");

		if (length == size && !memcmp(words, word, size))
			return true;
		words += length;
	}
	return false;
}

static char *kinds_of(const char *id)
{
	scoped(buffer) struct buffer kinds = { 0 };

	for (size_t i = 0; i < KIND_COUNT; i++)
		if (has_word(kind_row[i].llm06, id))
			buffer_printf(&kinds, "%s%s", kinds.size ? " " : "", kind_row[i].kind);
	return kinds.size ? buffer_steal(&kinds) : strdup("");
}

static void count(const struct audit *audit, struct audit_cause *cause)
{
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct audit_finding *finding = &audit->finding[i];

		if (!has_word(finding->framework.llm06, cause->id))
			continue;
		cause->findings++;
		if (finding->severity > cause->worst)
			cause->worst = finding->severity;
	}
}

/* NULL: nothing is missing. */
static const char *missing(const struct audit *audit, const struct audit_cause *cause,
			   enum need need)
{
	if (!*cause->kinds)
		return "nothing here looks for it";
	if (need == NEEDS_RUNS && !audit->runs)
		return "no run within the window";
	return NULL;
}

int audit_causes(struct auditing *auditing)
{
	struct audit *audit = auditing->audit;

	audit->cause = calloc(CAUSE_COUNT, sizeof *audit->cause);
	if (!audit->cause)
		return error_set(auditing->err, ENOMEM, "sum the findings up");
	for (size_t i = 0; i < CAUSE_COUNT; i++) {
		struct audit_cause *cause = &audit->cause[i];

		*cause = (struct audit_cause){ .id = cause_row[i].id,
					       .title = cause_row[i].title,
					       .kinds = kinds_of(cause_row[i].id) };
		audit->cause_count++;
		if (!cause->kinds)
			return error_set(auditing->err, ENOMEM, "sum the findings up");
		count(audit, cause);
		cause->missing = missing(audit, cause, cause_row[i].need);
		cause->is_assessed = !cause->missing;
	}
	return 0;
}
