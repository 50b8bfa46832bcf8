#include "reports/exporters/facilities.h"
#include "reports/exporters/grants.h"
#include "reports/exporters/losses.h"

#include <string.h>

bool facility_is_granted(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == RESOURCE_KERNEL &&
		    rule_names(&policy->rule[i], name))
			return true;
	return false;
}

static const char *words_of(const struct facility *facility, enum facility_by by)
{
	return by == FACILITY_CALLS ? facility->calls : facility->capability;
}

/* Whether the word stands in `text` between spaces. */
static bool has_word(const char *text, const char *word, size_t size)
{
	for (const char *at = text; *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");

		if (length == size && !memcmp(at, word, size))
			return true;
		at += length;
	}
	return false;
}

void facilities_write(const struct policy *policy, enum facility_by by, const char *format,
		      struct buffer *out)
{
	scoped(buffer) struct buffer seen = { 0 };

	for (size_t i = 0; i < facility_count; i++) {
		const char *at = words_of(&facility_row[i], by);

		if (!facility_is_granted(policy, facility_row[i].name))
			continue;
		for (; *at; at += strspn(at, " ")) {
			size_t size = strcspn(at, " "), begin = seen.size;

			if (!has_word(buffer_text(&seen), at, size)) {
				buffer_append(&seen, at, size);
				buffer_printf(out, format, buffer_text(&seen) + begin);
				buffer_add_char(&seen, ' ');
			}
			at += size;
		}
	}
	out->failed |= seen.failed;
}

void facility_losses(const struct rule *rule, enum facility_by by, struct losses *losses)
{
	for (size_t i = 0; i < facility_count; i++) {
		const char *words = words_of(&facility_row[i], by);

		if (!rule_names(rule, facility_row[i].name))
			continue;
		if (by == FACILITY_CAPABILITY && *words)
			losses_add(losses, rule, LOSS_WIDENED, "all that %s allows", words);
		return;
	}
	losses_add(losses, rule, LOSS_DROPPED, "not known as a facility here");
}
