#include "analyzer/review/changes.h"

#include "analyzer/diff_print.h"
#include "core/digest.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int changes_find(struct diff *ret, const struct policy *before, const struct policy *after,
		 struct error *err)
{
	scoped(policy) struct policy nothing = { 0 };
	int r = 0;

	if (!before) {
		nothing.agent = strdup(after->agent);
		r = nothing.agent ? policy_finish(&nothing, NULL, err)
				  : error_set(err, ENOMEM, "compare the policies");
		before = &nothing;
	}
	/* Of what is not there no change says anything. */
	return r ? r : diff_policies(ret, before, after, NULL, err);
}

size_t changes_taken(const struct diff *changes)
{
	return changes->of_kind[CHANGE_NARROWED] + changes->of_kind[CHANGE_REMOVED];
}

size_t changes_given(const struct diff *changes)
{
	return changes->of_kind[CHANGE_ADDED] + changes->of_kind[CHANGE_WIDENED];
}

static bool has_argv(const struct rule *rule, const char *text)
{
	for (size_t i = 0; i < rule->argv_count; i++)
		if (!strcmp(rule->argv[i], text))
			return true;
	return false;
}

/* Command lines that the rule of the change has and the other has not. */
static void write_argv(const struct change *change, struct buffer *out)
{
	if (!change->other || !(change->conditions & CONDITION_ARGV))
		return;
	for (size_t i = 0; i < change->rule->argv_count; i++)
		if (!has_argv(change->other, change->rule->argv[i]))
			buffer_printf(out, "      %s\n", change->rule->argv[i]);
	if (!change->rule->argv_count)
		buffer_add(out, "      with any arguments\n");
}

struct list {
	const char *title, *before, *after;
	size_t count;
	struct buffer lines;
};

static void list_cleanup(struct list *list)
{
	buffer_release(&list->lines);
}

static void print_list(FILE *out, const struct list *list)
{
	char hash[DIGEST_HEX_SIZE];
	struct digest *digest;

	if (!list->count || digest_open(&digest) < 0)
		return;
	digest_bytes(digest, bytes_of(list->before ? list->before : ""));
	digest_bytes(digest, bytes_of(list->after));
	digest_bytes(digest, buffer_bytes(&list->lines));
	digest_close(digest, hash);
	fprintf(out, "%s %zu permissions (list %.12s):\n%s", list->title, list->count, hash,
		buffer_text(&list->lines));
}

void changes_print(FILE *out, const struct diff *changes, const char *before, const char *after)
{
	scoped(list) struct list taken = {
		"takes away", before, after, changes_taken(changes), { 0 }
	};
	scoped(list) struct list given = {
		before ? "adds" : "grants", before, after, changes_given(changes), { 0 }
	};

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->change[i];
		bool is_less = change->kind == CHANGE_NARROWED || change->kind == CHANGE_REMOVED;
		struct buffer *to = is_less ? &taken.lines : &given.lines;

		buffer_add(to, "  ");
		change_write(change, to);
		write_argv(change, to);
	}
	print_list(out, &taken);
	print_list(out, &given);
}
