#include "analyzer/grants/addresses.h"
#include "analyzer/grants/nft.h"
#include "analyzer/grants/whole.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* What the base chains at a hook make of packets of this machine: nft(8), "CHAINS".  A packet has
 * to be let through by each of them, and the first rule that decides is the one that counts. */

#define DEPTH_MAX 16 /* of chains that lead to others; nftables' own limit */
#define STEPS_MAX                                                                                  \
	50000 /* rules that are come by, again where chains lead there again, and hosts            \
	       */

struct hook {
	const char *name;
	unsigned actions;
	unsigned open;	  /* families of which what no rule decides is let through */
	size_t deciding;  /* chains that refuse what no rule decides */
	bool has_address; /* some host is named by its address */
};

struct walk {
	const struct nft *nft;
	struct hook *hook;
	bool grants;  /* what is accepted is granted: the chain refuses the rest */
	bool has_let; /* something was accepted; of this machine itself */
	bool has_let_inward;
	bool is_over; /* nothing behind this is reached */
	bool is_cut;  /* some of it is not read */
	size_t steps;
};

static bool bytes_are(struct bytes bytes, const char *text)
{
	return bytes_equal(bytes, bytes_of(text));
}

static const struct nft_table *table_of(const struct nft *nft, const struct nft_chain *chain)
{
	return &nft->table[chain->table];
}

/* ---- one rule after the other ---- */

static void accept(struct walk *walk, const struct nft_match *match, const struct statement *from)
{
	if (match->is_whole)
		walk->is_over = true;
	walk->has_let = walk->has_let || !match->is_loopback;
	walk->has_let_inward = true;
	if (!walk->grants)
		return;
	walk->hook->has_address = walk->hook->has_address || match->hosts.is_there;
	if (match->only)
		granted_note(from, NOTE_WIDER, "%s", match->only);
	walk->steps += nft_grant(walk->nft, match, from, walk->hook->actions);
}

/* What is refused, and could have been accepted. */
static void drop(struct walk *walk, const struct nft_match *match, const struct statement *from)
{
	struct statement denied = *from;

	if (match->is_whole) {
		walk->is_over = true;
		return;
	}
	denied.is_denied = true;
	if (match->only || walk->has_let || (walk->has_let_inward && !match->hosts.is_there))
		granted_note(from, NOTE_WIDER,
			     "%s: what it refuses is counted as far as another rule grants it",
			     match->only ? match->only : "behind rules that accept");
	else
		walk->steps += nft_grant(walk->nft, match, &denied, walk->hook->actions);
}

static const struct nft_chain *find_chain(const struct nft *nft, size_t table, struct bytes name)
{
	for (size_t i = 0; i < nft->chains; i++)
		if (nft->chain[i].table == table && bytes_equal(nft->chain[i].name, name))
			return &nft->chain[i];
	return NULL;
}

static void walk_chain(struct walk *walk, const struct nft_chain *chain,
		       const struct nft_match *outer, int depth);

static void jump(struct walk *walk, const struct nft_chain *chain, const struct nft_match *match,
		 const struct statement *from, int depth)
{
	const struct nft_chain *target = find_chain(walk->nft, chain->table, match->target);
	bool was_over = walk->is_over;

	if (!target || depth >= DEPTH_MAX) {
		granted_note(from, NOTE_UNREAD, "there is no such chain, or it leads too deep");
		return;
	}
	if (match->is_goto && !match->is_bare)
		granted_note(from, NOTE_WIDER, "what comes behind it is counted for these, too");
	walk_chain(walk, target, match, depth + 1);
	/* All of what came there, which is not all. */
	walk->is_over = was_over || (walk->is_over && match->is_whole);
}

/* Whether what comes there at all goes no further. */
static bool ends_chain(const struct nft_match *match)
{
	if (!match->is_bare || match->verdict == NFT_NOTHING)
		return false;
	return match->verdict != NFT_JUMP || match->is_goto;
}

/* Whether the chain goes on. */
static bool decide(struct walk *walk, const struct nft_chain *chain, const struct nft_match *match,
		   const struct statement *from, int depth)
{
	if (match->is_answer || match->is_neighbour || !match->families)
		return true;
	switch (match->verdict) {
	case NFT_ACCEPT:
		accept(walk, match, from);
		break;
	case NFT_DROP:
		drop(walk, match, from);
		break;
	case NFT_JUMP:
		jump(walk, chain, match, from, depth);
		break;
	case NFT_RETURN:
		if (!match->is_bare)
			granted_note(from, NOTE_WIDER,
				     "what it returns is counted as if it went on");
		break;
	case NFT_NOTHING:
		break;
	}
	return !walk->is_over && !ends_chain(match);
}

static void walk_rule(struct walk *walk, const struct nft_chain *chain, struct nft_span words,
		      const struct nft_match *outer, int depth, bool *goes_on)
{
	scoped(buffer) struct buffer text = { 0 };
	struct nft_match match = *outer;
	struct statement from = nft_statement(walk->nft, words, &text);
	const char *why = nft_match_read(walk->nft, chain, words, &match);

	match.is_whole = match.is_bare && outer->is_whole;
	if (why)
		granted_note(&from, NOTE_UNREAD, "%s", why);
	else
		*goes_on = decide(walk, chain, &match, &from, depth);
	if (++walk->steps < STEPS_MAX)
		return;
	if (!walk->is_cut)
		granted_note(&from, NOTE_UNREAD, "too many rules: what is behind it is not read");
	walk->is_cut = walk->is_over = true;
	*goes_on = false;
}

static void walk_chain(struct walk *walk, const struct nft_chain *chain,
		       const struct nft_match *outer, int depth)
{
	bool goes_on = true;

	for (size_t i = chain->rules.from; i < chain->rules.to && goes_on; i++)
		walk_rule(walk, chain, walk->nft->rule[i], outer, depth, &goes_on);
}

/* ---- hooks ---- */

static bool is_at(const struct nft *nft, const struct nft_chain *chain, const char *hook)
{
	return bytes_are(chain->hook, hook) && bytes_are(chain->type, "filter") &&
	       !table_of(nft, chain)->is_dormant;
}

static bool refuses_rest(const struct nft *nft, const struct nft_chain *chain, int depth,
			 size_t *steps);

static bool rule_refuses_all(const struct nft *nft, const struct nft_chain *chain,
			     struct nft_span words, int depth, size_t *steps)
{
	struct nft_match match = { .families = NFT_IPV4 | NFT_IPV6 };
	const struct nft_chain *target;

	if (nft_match_read(nft, chain, words, &match) || !match.is_bare)
		return false;
	if (match.verdict != NFT_JUMP)
		return match.verdict == NFT_DROP;
	target = find_chain(nft, chain->table, match.target);
	return target && depth < DEPTH_MAX && refuses_rest(nft, target, depth + 1, steps);
}

/* Whether it refuses what its rules say nothing of: by its policy, or by a last rule.  Where that
 * takes too many steps it is not known that it does; walk_rule() tells of these. */
static bool refuses_rest(const struct nft *nft, const struct nft_chain *chain, int depth,
			 size_t *steps)
{
	if (chain->drops)
		return true;
	for (size_t i = chain->rules.from; i < chain->rules.to && ++*steps < STEPS_MAX; i++)
		if (rule_refuses_all(nft, chain, nft->rule[i], depth, steps))
			return true;
	return false;
}

static void walk_base(const struct nft *nft, struct hook *hook, const struct nft_chain *chain)
{
	struct nft_match all = { .families = table_of(nft, chain)->families, .is_whole = true };
	struct walk walk = { .nft = nft, .hook = hook };
	size_t steps = 0;

	walk.grants = refuses_rest(nft, chain, 0, &steps);

	if (walk.grants) {
		hook->open &= ~all.families;
		hook->deciding++;
	}
	walk_chain(&walk, chain, &all, 0);
}

static void add_open(const struct hook *hook, const struct statement *whole)
{
	granted_add_every_address(whole, hook->actions, hook->open & NFT_IPV4,
				  hook->open & NFT_IPV6);
}

static void read_hook(const struct nft *nft, struct hook *hook)
{
	struct statement whole = { .source = nft->source, .grants = nft->grants };

	for (size_t i = 0; i < nft->chains; i++)
		if (is_at(nft, &nft->chain[i], hook->name))
			walk_base(nft, hook, &nft->chain[i]);
	add_open(hook, &whole);
	if (hook->deciding > 1)
		granted_note(&whole, NOTE_WIDER,
			     "%s: %zu chains have to let a packet through, and what any one of "
			     "them does is counted",
			     hook->name, hook->deciding);
	if (hook->has_address && !hook->open)
		granted_note(&whole, NOTE_NARROWER,
			     "%s: a host that is reached by its name is not counted for its "
			     "address",
			     hook->name);
}

/* ---- the whole ---- */

/* Where packets are handed on or rewritten, and others' packets. */
static void note_others(const struct nft *nft)
{
	for (size_t i = 0; i < nft->chains; i++) {
		const struct nft_chain *chain = &nft->chain[i];
		scoped(buffer) struct buffer name = { 0 };
		struct statement from = { .source = nft->source,
					  .grants = nft->grants,
					  .line = chain->line };

		if (!chain->hook.size || is_at(nft, chain, "output") || is_at(nft, chain, "input"))
			continue;
		buffer_printf(&name, "chain %.*s", (int)chain->name.size, chain->name.data);
		from.text = buffer_text(&name);
		granted_note(&from, NOTE_UNREAD,
			     table_of(nft, chain)->is_dormant
				     ? "its table is dormant"
				     : "only filters of what this machine sends and gets are read");
	}
}

int import_nftables(const struct source *source, struct granted *ret, struct error *err)
{
	scoped(nft) struct nft nft = { .source = source, .grants = ret };
	struct hook output = { .name = "output",
			       .actions = GRANT_BIT(CONNECT) | GRANT_BIT(SEND),
			       .open = NFT_IPV4 | NFT_IPV6 };
	struct hook input = { .name = "input",
			      .actions = GRANT_BIT(ACCEPT),
			      .open = NFT_IPV4 | NFT_IPV6 };
	struct statement whole = { .source = source, .grants = ret };
	scoped(buffer) struct buffer name = { 0 };

	if (source->text.size > NFT_BYTES_MAX)
		return error_say(err, EFBIG, "more than 8 MiB are no ruleset");
	if (nft_split(&nft))
		nft_read(&nft);
	if (!nft.tables && !nft.failed)
		return error_say(err, EINVAL, "%s: no table of nftables is in it",
				 text_safe(bytes_of(source->name), 100, &name));
	read_hook(&nft, &output);
	read_hook(&nft, &input);
	note_others(&nft);
	/* Packets alone are seen. */
	granted_add_all(&whole, RESOURCE_HOST, GRANT_BIT(BIND) | GRANT_BIT(RESOLVE));
	return nft.failed || ret->failed ? error_set(err, ENOMEM, "keep the grants") : 0;
}
