#include "analyzer/grants/keep.h"
#include "analyzer/grants/grants.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <string.h>

/* What is written, and what the same source granted before. */
struct keeping {
	const struct granted *grants;
	struct stored_grants row;
	struct buffer allowed, denied;
	char digest[DIGEST_HEX_SIZE];
	bool is_last; /* the source's last one says the same */
	int64_t seq;
};

static void keeping_cleanup(struct keeping *keeping)
{
	buffer_release(&keeping->allowed);
	buffer_release(&keeping->denied);
}

static int sum(struct keeping *keeping, struct error *err)
{
	struct digest *digest;

	if (digest_open(&digest) < 0)
		return error_set(err, ENOMEM, "keep the grants");
	digest_bytes(digest, buffer_bytes(&keeping->allowed));
	digest_bytes(digest, buffer_bytes(&keeping->denied));
	for (size_t i = 0; i < keeping->grants->note_count; i++)
		digest_bytes(digest, bytes_of(keeping->grants->note[i].reason));
	digest_close(digest, keeping->digest);
	return 0;
}

static int write_documents(struct keeping *keeping, struct error *err)
{
	int r = policy_write(&keeping->grants->allowed, &keeping->allowed, err);

	r = r < 0 ? r : policy_write(&keeping->grants->denied, &keeping->denied, err);
	r = r < 0 ? r : sum(keeping, err);
	keeping->row.allowed = buffer_bytes(&keeping->allowed);
	keeping->row.denied = buffer_bytes(&keeping->denied);
	keeping->row.digest = keeping->digest;
	keeping->row.governs = keeping->grants->governs;
	return r;
}

static int compare_with(void *context, const struct stored_grants *other)
{
	struct keeping *keeping = context;
	const struct stored_grants *row = &keeping->row;

	if (other->granted_ns <= row->granted_ns && !strcmp(other->format, row->format) &&
	    bytes_equal(other->source, row->source))
		keeping->is_last = !strcmp(other->digest, row->digest);
	return 0;
}

static int add_rules(struct keeping *keeping, struct store *store, const struct policy *policy,
		     struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < policy->count && !r; i++) {
		const struct rule *rule = &policy->rule[i];
		struct stored_grant grant = { .is_denied = policy == &keeping->grants->denied,
					      .rule = rule->id,
					      .resource = rule->resource,
					      .action = rule->action,
					      .pattern = rule->pattern,
					      .expires_ns = rule->expires_ns };

		r = store_add_grant(store, keeping->row.key, ++keeping->seq, &grant, err);
	}
	return r;
}

static int add_notes(const struct keeping *keeping, struct store *store, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < keeping->grants->note_count && !r; i++) {
		const struct note *note = &keeping->grants->note[i];
		struct stored_note row = { .kind = note_kind_text(note->kind),
					   .line = note->line,
					   .text = bytes_of(note->text ? note->text : ""),
					   .reason = note->reason };

		r = store_add_grant_note(store, keeping->row.key, (int64_t)i + 1, &row, err);
	}
	return r;
}

static int add_all(struct keeping *keeping, struct store *store, struct error *err)
{
	int r = store_add_grants(store, &keeping->row, err);

	r = r ? r : add_rules(keeping, store, &keeping->grants->allowed, err);
	r = r ? r : add_rules(keeping, store, &keeping->grants->denied, err);
	return r ? r : add_notes(keeping, store, err);
}

/* Where the caller has begun. */
static int keep_set(struct keeping *keeping, struct store *store, struct error *err)
{
	int r = store_each_grants(store, keeping->row.agent, compare_with, keeping, err);

	return r || keeping->is_last ? r : add_all(keeping, store, err);
}

int granted_add_set(const struct granted *granted, struct store *store,
		    const struct stored_grants *as, struct error *err)
{
	scoped(keeping) struct keeping keeping = { .grants = granted, .row = *as };
	int r = write_documents(&keeping, err);

	return r ? r : keep_set(&keeping, store, err);
}

int granted_keep(const struct granted *grants, struct store *store, const struct stored_grants *as,
		 struct error *err)
{
	scoped(keeping) struct keeping keeping = { .grants = grants, .row = *as };
	int r = write_documents(&keeping, err);

	r = r ? r : store_begin(store, err);
	if (r)
		return r;
	r = keep_set(&keeping, store, err);
	if (!r)
		r = store_commit(store, err);
	if (r)
		store_rollback(store);
	return r ? r : keeping.is_last;
}
