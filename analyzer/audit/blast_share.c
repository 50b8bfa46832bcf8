#include "analyzer/audit/blast.h"

#include "analyzer/audit/memo.h"
#include "analyzer/evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of the files here that a grant admits: how many of them some run used by it. */

/* What runs did to files of one name, as a pattern: it is the same below other roots. */
struct used_file {
	UT_hash_handle hh;
	uint32_t actions; /* bits */
	char text[];
};

#define BIT(action) (UINT32_C(1) << (action))

/* What can be done to a file that is there. */
#define TO_FILE                                                                                    \
	(BIT(ACTION_READ) | BIT(ACTION_STAT) | BIT(ACTION_WRITE) | BIT(ACTION_APPEND) |            \
	 BIT(ACTION_DELETE) | BIT(ACTION_RENAME) | BIT(ACTION_LINK) | BIT(ACTION_ATTR) |           \
	 BIT(ACTION_MAP) | BIT(ACTION_EXEC))

void blast_forget_used(struct blast *blast)
{
	struct used_file *used, *next;

	HASH_ITER(hh, blast->used, used, next)
	{
		HASH_DEL(blast->used, used);
		free(used);
	}
}

/* ---- what was used ---- */

static struct used_file *add_used(struct blast *blast, const struct buffer *text)
{
	struct used_file *used = calloc(1, sizeof *used + text->size + 1);

	if (!used)
		return NULL;
	memcpy(used->text, text->data, text->size);
	HASH_ADD_KEYPTR(hh, blast->used, used->text, text->size, used);
	if (used->hh.tbl)
		return used;
	free(used);
	return NULL;
}

static struct used_file *find_used(const struct blast *blast, const struct buffer *text)
{
	struct used_file *used;

	HASH_FIND(hh, blast->used, text->data, text->size, used);
	return used;
}

static bool is_of_file(enum resource resource)
{
	return resource == RESOURCE_FILE || resource == RESOURCE_PROGRAM;
}

int blast_note_used(struct blast *blast, const struct memos *memos, const struct evidence *roots)
{
	scoped(buffer) struct buffer text = { 0 };
	int r = 0;

	for (size_t i = 0; i < memos->count && r == 0; i++) {
		const struct memo *memo = &memos->memo[i];
		struct used_file *used;

		if (!memo->runs || !is_of_file((enum resource)memo->resource))
			continue;
		buffer_clear(&text);
		pattern_of_name(&roots->root[memo->root].roots, RESOURCE_FILE, memo->name, &text);
		r = buffer_status(&text);
		used = r < 0 ? NULL : find_used(blast, &text);
		used = used || r < 0 ? used : add_used(blast, &text);
		if (used)
			used->actions |= BIT(memo->action);
		r = used ? 0 : -ENOMEM;
	}
	return r;
}

/* ---- what is there ---- */

struct sharing {
	const struct blast *blast;
	size_t source;
	enum action action;
	uint32_t used; /* bits: what was done to the file */
};

static void visit_rule(void *context, const struct rule *rule)
{
	struct sharing *sharing = context;
	const struct audit_source *source =
		&sharing->blast->auditing->audit->source[sharing->source];
	struct audit_grant *grant =
		sharing->blast->kept[sharing->source][rule - source->allowed.rule].grant;

	if (!grant || !pattern_is_open(&rule->match))
		return;
	grant->here_admitted++;
	grant->here_used += (sharing->used & BIT(sharing->action)) != 0;
}

static void share_actions(const struct blast *blast, size_t source, uint32_t actions, uint32_t used,
			  struct bytes name)
{
	struct sharing sharing = { .blast = blast, .source = source, .used = used };

	for (actions &= blast->open_actions[source]; actions; actions &= actions - 1) {
		struct asked asked = { .name = name, .in_any_phase = true };

		sharing.action = asked.action = (enum action)__builtin_ctz(actions);
		asked.resource = asked.action == ACTION_EXEC ? RESOURCE_PROGRAM : RESOURCE_FILE;
		policy_match_each(&blast->auditing->audit->source[source].allowed, &blast->roots,
				  &asked, visit_rule, &sharing);
	}
}

int blast_share(const struct blast *blast, struct bytes name, unsigned can)
{
	uint32_t actions = can & 1u << EFFECT_EXECUTE ? TO_FILE : TO_FILE & ~BIT(ACTION_EXEC);
	const struct audit *audit = blast->auditing->audit;
	scoped(buffer) struct buffer text = { 0 };
	const struct used_file *used;

	if (!(actions & blast->all_open))
		return 0;
	pattern_of_name(&blast->roots, RESOURCE_FILE, name, &text);
	if (buffer_status(&text) < 0)
		return -ENOMEM;
	used = find_used(blast, &text);
	for (size_t i = 0; i < audit->source_count; i++)
		share_actions(blast, i, actions, used ? used->actions : 0, name);
	return 0;
}

int blast_find_open(struct blast *blast)
{
	const struct audit *audit = blast->auditing->audit;

	blast->open_actions = calloc(audit->source_count + 1, sizeof *blast->open_actions);
	if (!blast->open_actions)
		return -ENOMEM;
	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_grant *grant = &audit->grant[i];

		if (is_of_file(grant->rule->resource) && pattern_is_open(&grant->rule->match))
			blast->open_actions[grant->source] |= BIT(grant->rule->action);
		blast->all_open |= blast->open_actions[grant->source];
	}
	return 0;
}
