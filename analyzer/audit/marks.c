#include "analyzer/audit/session.h"

#include "analyzer/endpoint.h"
#include "analyzer/protect.h"
#include "core/language.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Keys beyond are no work of ours. */
#define KEYS_MAX (INT64_C(1) << 32)

struct input_row {
	enum resource resource;
	const char *pattern;
	unsigned gives;
	bool is_scratch, is_inner;
};

static const struct input_row input_row[] = {
#define OTHERS_FILE(pattern)	    { RESOURCE_FILE, pattern, INPUT, false, false },
#define SCRATCH_FILE(pattern)	    { RESOURCE_FILE, pattern, 0, true, false },
#define INNER_HOST(pattern)	    { RESOURCE_HOST, pattern, 0, false, true },
#define WORK_SOCKET(pattern, gives) { RESOURCE_SOCKET, pattern, gives, false, false },
#define WORK_TOOL(pattern, gives)   { RESOURCE_TOOL, pattern, gives, false, false },
#include "analyzer/audit/untrusted.def"
};

#define ROWS (sizeof input_row / sizeof *input_row)

/* The first row that fits, of those that are about changes or of the others; NULL: none. */
static const struct input_row *find_row(enum resource resource, bool is_scratch, struct bytes name)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct input_row *row = &input_row[i];

		if (row->resource == resource && row->is_scratch == is_scratch && name.size &&
		    protect_fits(row->pattern, name))
			return row;
	}
	return NULL;
}

static int grow(struct sessions *sessions, size_t key)
{
	size_t count = sessions->mark_count ? sessions->mark_count : 1024;
	struct mark **grown;

	while (count <= key)
		count *= 2;
	grown = reallocarray(sessions->mark, count, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	memset(grown + sessions->mark_count, 0,
	       (count - sessions->mark_count) * sizeof(struct mark *));
	sessions->mark = grown;
	sessions->mark_count = count;
	return 0;
}

struct mark *mark_find(struct sessions *sessions, const struct access *access)
{
	size_t key = access->key > 0 && access->key < KEYS_MAX ? (size_t)access->key : 0;
	struct mark *mark;

	if (key >= sessions->mark_count && grow(sessions, key) < 0)
		return NULL;
	if (sessions->mark[key])
		return sessions->mark[key];
	mark = calloc(1, sizeof *mark);
	if (!mark)
		return NULL;
	mark->resource = access->resource;
	mark->name = access->name;
	sessions->mark[key] = mark;
	return mark;
}

static bool is_this_machine(struct bytes name)
{
	struct endpoint endpoint;

	return endpoint_read(name, &endpoint) &&
	       (endpoint_is_loopback(&endpoint) || endpoint_is_any(&endpoint));
}

static enum action action_of(enum resource resource)
{
	return resource == RESOURCE_FILE ? ACTION_READ : ACTION_CONNECT;
}

void mark_judge_read(const struct sessions *sessions, struct mark *mark)
{
	const struct input_row *row;

	if (mark->is_read_judged)
		return;
	mark->is_read_judged = true;
	row = find_row(mark->resource, false, mark->name);
	mark->gives = row ? row->gives : 0;
	mark->is_inner = row && row->is_inner;
	if (mark->resource == RESOURCE_TOOL)
		return;
	mark->secret = protect_find(sessions->protection, mark->resource, action_of(mark->resource),
				    mark->name);
	if (mark->secret)
		mark->gives |= SENSITIVE;
	if (mark->resource != RESOURCE_HOST)
		return;
	mark->is_inner = mark->is_inner || is_this_machine(mark->name);
	if (!mark->is_inner)
		mark->gives |= INPUT | EFFECT;
}

/* A secret that is changed is no startup file. */
void mark_judge_change(const struct sessions *sessions, struct mark *mark)
{
	const struct protected_object *secret;

	if (mark->is_change_judged)
		return;
	mark->is_change_judged = true;
	mark->is_scratch = find_row(mark->resource, true, mark->name) != NULL;
	mark->startup =
		protect_find(sessions->protection, mark->resource, ACTION_WRITE, mark->name);
	secret = protect_find(sessions->protection, mark->resource, ACTION_READ, mark->name);
	if (mark->startup == secret)
		mark->startup = NULL;
}

static bool is_below(const struct session *session, enum root_kind root, struct bytes name)
{
	struct bytes folder = root_folder(&session->roots, root), rest;

	return folder.size && name_is_below(name, folder, &rest);
}

/* Whether a grant names exactly this host. */
static int is_named(struct sessions *sessions, const struct touch *touch)
{
	const struct audit *audit = sessions->auditing->audit;
	const struct grant_set *set = session_grants(sessions, touch);

	if (!set)
		return -ENOMEM;
	for (size_t i = 0; i < set->count; i++)
		if (!pattern_is_open(&audit->grant[set->grant[i]].rule->match))
			return 1;
	return 0;
}

static int judge_host(struct sessions *sessions, struct touch *touch)
{
	int r;

	touch->gives = touch->mark->gives;
	if (!(touch->gives & INPUT))
		return 0;
	r = is_named(sessions, touch);
	if (r > 0)
		touch->gives &= ~INPUT;
	return r < 0 ? r : 0;
}

/* What the run has made, and is outside of its own places, is an effect all the same. */
static bool makes_a_name(enum action action)
{
	return action == ACTION_CREATE || action == ACTION_RENAME || action == ACTION_LINK;
}

static void note_removal(const struct session *session, const struct touch *touch)
{
	struct mark *mark = touch->mark;

	if (touch->is_refused || touch->action != ACTION_DELETE || !touch->is_own)
		return;
	mark->removed_run = session->number;
	mark->removed_ns = touch->last_ns;
}

static void judge_change(struct sessions *sessions, struct touch *touch)
{
	const struct session *session = &sessions->session;
	struct mark *mark = touch->mark;

	mark_judge_change(sessions, mark);
	note_removal(session, touch);
	if (!mark->is_scratch && (!touch->is_own || makes_a_name(touch->action)) &&
	    !is_below(session, ROOT_WORKSPACE, mark->name) &&
	    !is_below(session, ROOT_TMP, mark->name))
		touch->gives = EFFECT;
}

static void judge_read(struct sessions *sessions, struct touch *touch)
{
	struct mark *mark = touch->mark;

	mark_judge_read(sessions, mark);
	touch->gives = mark->gives;
	if (touch->is_own ||
	    (touch->gives & INPUT && is_below(&sessions->session, ROOT_WORKSPACE, mark->name)))
		touch->gives &= ~INPUT;
}

static void judge_file(struct sessions *sessions, struct touch *touch)
{
	if (action_is_change(touch->action))
		judge_change(sessions, touch);
	else if (touch->action == ACTION_READ)
		judge_read(sessions, touch);
}

/* Reads of a file are a list, so that who wrote it finds them. */
static void note_read(const struct session *session, struct touch *touch)
{
	struct mark *mark = touch->mark;

	if (touch->is_refused || mark->resource != RESOURCE_FILE ||
	    (touch->action != ACTION_READ && touch->action != ACTION_MAP))
		return;
	touch->read_before = mark->read_run == session->number ? mark->read_last + 1 : 0;
	mark->read_run = session->number;
	mark->read_last = (size_t)(touch - session->touch);
}

int touch_judge(struct sessions *sessions, struct touch *touch)
{
	struct mark *mark = touch->mark;
	int r = 0;

	switch (mark->resource) {
	case RESOURCE_FILE:
		judge_file(sessions, touch);
		break;
	case RESOURCE_HOST:
		mark_judge_read(sessions, mark);
		r = touch->is_own ? 0 : judge_host(sessions, touch);
		break;
	case RESOURCE_SOCKET:
	case RESOURCE_TOOL:
		mark_judge_read(sessions, mark);
		touch->gives = mark->gives;
		break;
	case RESOURCE_VARIABLE:
		touch->gives = touch->is_held ? SENSITIVE : 0;
		break;
	default:
		break;
	}
	note_read(&sessions->session, touch);
	if (touch->is_refused || touch->is_covered)
		touch->gives = 0;
	return r;
}

bool touch_goes_out(const struct touch *touch)
{
	return touch->mark->resource == RESOURCE_HOST && touch->gives & EFFECT;
}

/* ---- what patterns give ---- */

static void add_glob(const char *pattern, struct language *out)
{
	while (*pattern) {
		size_t literal = strcspn(pattern, "*");

		language_add_literal(out, (struct bytes){ pattern, literal });
		pattern += literal;
		if (!*pattern)
			return;
		language_add_any(out, pattern[1] == '*');
		pattern += pattern[1] == '*' ? 2 : 1;
	}
}

/* Whether the row has all that the language has; `some` is one of that. */
static bool has_all(const struct input_row *row, const struct language *of_row,
		    const struct language *language, struct bytes some)
{
	return protect_fits(row->pattern, some) && language_includes(of_row, language, NULL) == 1;
}

/* What the rows give to some name that the language has; of an exception, whether it has them all.
 */
static unsigned gives_of_rows(enum resource resource, bool is_scratch,
			      const struct language *language, bool *ret_within)
{
	scoped(buffer) struct buffer some = { 0 };
	unsigned gives = 0;

	if (language_find(&language, 1, NULL, 0, &some) != 1)
		buffer_clear(&some);

	for (size_t i = 0; i < ROWS && !*ret_within; i++) {
		const struct input_row *row = &input_row[i];
		scoped(language) struct language of_row = { 0 };

		if (row->resource != resource || row->is_scratch != is_scratch)
			continue;
		add_glob(row->pattern, &of_row);
		if (language_intersects(language, &of_row, NULL) == 0)
			continue;
		gives |= row->gives;
		*ret_within = has_all(row, &of_row, language, buffer_bytes(&some));
	}
	return gives;
}

static bool is_inner_text(const char *pattern)
{
	const char *slash = strchr(pattern, '/');

	return slash && (!strncmp(slash, "/127.", 5) || !strncmp(slash, "/[::1]", 6));
}

static unsigned gives_of_host(const struct rule *rule, const struct language *language)
{
	bool within = is_inner_text(rule->pattern);

	gives_of_rows(RESOURCE_HOST, false, language, &within);
	if (within)
		return 0;
	return pattern_is_open(&rule->match) ? INPUT | EFFECT : EFFECT;
}

static unsigned gives_of_file(const struct rule *rule, const struct language *language)
{
	bool within = false;
	enum root_kind root = rule->match.root;

	if (rule->action == ACTION_READ)
		return root == ROOT_WORKSPACE || rule->own
			       ? 0
			       : gives_of_rows(RESOURCE_FILE, false, language, &within);
	if (!action_is_change(rule->action) || rule->own || root == ROOT_WORKSPACE ||
	    root == ROOT_TMP)
		return 0;
	gives_of_rows(RESOURCE_FILE, true, language, &within);
	return within ? 0 : EFFECT;
}

/* Whether the rule is about an action that can give something. */
static bool is_reach(const struct rule *rule)
{
	return rule->action == ACTION_CONNECT || rule->action == ACTION_SEND ||
	       (rule->resource == RESOURCE_FILE &&
		(rule->action == ACTION_READ || action_is_change(rule->action)));
}

unsigned mark_of_rule(const struct sessions *sessions, const struct rule *rule)
{
	scoped(language) struct language language = { 0 };
	bool within = false;
	unsigned gives = 0;

	if (rule->resource == RESOURCE_VARIABLE)
		return SENSITIVE;
	if (rule->resource != RESOURCE_TOOL && !is_reach(rule))
		return 0;
	pattern_language(&rule->match, NULL, &language);
	if (rule->resource == RESOURCE_HOST)
		gives = gives_of_host(rule, &language);
	else if (rule->resource == RESOURCE_FILE)
		gives = gives_of_file(rule, &language);
	else
		gives = gives_of_rows(rule->resource, false, &language, &within);
	if (!action_is_change(rule->action) && rule->resource != RESOURCE_TOOL &&
	    protect_meets(sessions->protection, rule->resource, rule->action, &language))
		gives |= SENSITIVE;
	return gives;
}
