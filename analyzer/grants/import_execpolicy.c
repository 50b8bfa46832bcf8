#include "analyzer/grants/grants.h"
#include "analyzer/grants/sources.h"
#include "analyzer/grants/starlark.h"
#include "core/argv.h"
#include "core/error.h"
#include "core/hash.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Rules of Codex (codex-rs/execpolicy/README.md): which commands run without a question.  Of all
 * rules that fit a command the strictest counts.  What fits none is asked about as
 * approval_policy says, so nothing is governed here. */

/* Commands of all rules, each alternative one. */
#define WAYS_MAX 65536

/* A program that rules speak of, by its pattern. */
struct spoken {
	char *pattern;
	bool is_free;		/* a rule allows it something */
	struct statement asked; /* a rule that asks; no source: there is none */
	UT_hash_handle hh;
};

struct rules {
	const struct source *source;
	struct granted *grants;
	const struct star **listed; /* calls of host_executable(), by name */
	size_t listed_count;
	struct spoken *spoken;
	size_t ways;
};

/* One rule while its alternatives are gone through. */
struct prefix {
	struct rules *rules;
	struct statement from;
	const struct star *word; /* behind the program's name */
	struct bytes name;	 /* the program's */
	struct buffer words;	 /* each ended by a NUL, the program's name first */
};

static void forget(struct spoken **spoken)
{
	struct spoken *one, *next;

	HASH_ITER(hh, *spoken, one, next)
	{
		HASH_DEL(*spoken, one);
		free(one->pattern);
		free(one);
	}
}

static struct spoken *remember(struct rules *rules, const char *pattern)
{
	struct spoken *one;

	HASH_FIND_STR(rules->spoken, pattern, one);
	if (one)
		return one;
	one = calloc(1, sizeof *one);
	if (one)
		one->pattern = strdup(pattern);
	if (!one || !one->pattern) {
		free(one);
		return NULL;
	}
	HASH_ADD_KEYPTR(hh, rules->spoken, one->pattern, strlen(one->pattern), one);
	if (one->hh.tbl)
		return one;
	free(one->pattern);
	free(one);
	return NULL;
}

static void take_verdict(struct rules *rules, const struct statement *from, const char *pattern)
{
	struct spoken *one = from->is_denied ? NULL : remember(rules, pattern);

	if (from->is_denied)
		return;
	if (!one)
		rules->grants->failed = true;
	else if (from->gate)
		one->asked = *from;
	else
		one->is_free = true;
}

/* As a template: in the form that command lines are compared in, and any words behind. */
static bool write_template(struct prefix *prefix, struct bytes program, struct buffer *out)
{
	scoped(argv) struct argv argv = { 0 };
	int r = argv_of_command(&argv, program, buffer_bytes(&prefix->words));

	r = r < 0 ? r : argv_make_symbolic(&argv, &prefix->rules->source->roots);
	if (r == -ENOMEM)
		prefix->rules->grants->failed = true;
	if (r < 0) {
		granted_note(&prefix->from, NOTE_UNREAD, "its words are no command line");
		return false;
	}
	if (argv.count)
		argv_write(&argv, out);
	buffer_add(out, out->size ? " **" : "**");
	prefix->rules->grants->failed |= out->failed;
	return !out->failed;
}

static void add_program(struct prefix *prefix, struct bytes program, const char *pattern)
{
	scoped(buffer) struct buffer template = { 0 };

	if (!write_template(prefix, program, &template))
		return;
	take_verdict(prefix->rules, &prefix->from, pattern);
	granted_add_command(&prefix->from, pattern,
			    strcmp(buffer_text(&template), "**") != 0 ? buffer_text(&template)
								      : NULL);
}

/* The program at a path: the file that it leads to, where it is there. */
static void add_path(struct prefix *prefix, struct bytes path)
{
	const struct roots *roots = &prefix->rules->source->roots, none = { 0 };
	struct bytes below;
	scoped(buffer) struct buffer pattern = { 0 };
	scoped(text) char *text = strndup(path.data, path.size);
	char resolved[PATH_MAX];

	if (path.size > 1 && !memcmp(path.data, "~/", 2)) {
		below = (struct bytes){ path.data + 1, path.size - 1 };
		buffer_add(&pattern, root_text(ROOT_HOME));
	} else {
		if (text && *text == '/' && realpath(text, resolved))
			path = bytes_of(resolved);
		below = path;
	}
	if (!name_is_canonical(below)) {
		granted_note(&prefix->from, NOTE_UNREAD, "it is no path of a program");
		return;
	}
	pattern_of_name(pattern.size ? &none : roots, RESOURCE_PROGRAM, below, &pattern);
	if (!text || buffer_status(&pattern) < 0)
		prefix->rules->grants->failed = true;
	else
		add_program(prefix, path, buffer_text(&pattern));
}

static struct bytes listed_name(const struct star *call)
{
	return buffer_bytes(&star_argument(call, "name")->text);
}

static int compare_listed(const void *a, const void *b)
{
	const struct star *const *one = a, *const *other = b;

	return bytes_compare(listed_name(*one), listed_name(*other));
}

static bool is_listing(const struct star *call)
{
	return call->kind == STAR_CALL && !strcmp(buffer_text(&call->name), "host_executable") &&
	       star_argument(call, "name") && star_argument(call, "paths");
}

static int collect_listed(struct rules *rules, const struct star *list)
{
	size_t count = 0;

	for (const struct star *call = list->child; call; call = call->next)
		count++;
	rules->listed = calloc(count + 1, sizeof *rules->listed);
	if (!rules->listed)
		return -ENOMEM;
	for (const struct star *call = list->child; call; call = call->next)
		if (is_listing(call))
			rules->listed[rules->listed_count++] = call;
	qsort(rules->listed, rules->listed_count, sizeof *rules->listed, compare_listed);
	return 0;
}

/* The first that is for the name; the number of all where there is none. */
static size_t find_listed(const struct rules *rules, struct bytes name)
{
	size_t low = 0, high = rules->listed_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(listed_name(rules->listed[middle]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The paths that are listed for the name; how many. */
static size_t add_listed(struct prefix *prefix)
{
	const struct rules *rules = prefix->rules;
	size_t count = 0;

	for (size_t i = find_listed(rules, prefix->name);
	     i < rules->listed_count && bytes_equal(listed_name(rules->listed[i]), prefix->name);
	     i++) {
		const struct star *path = star_argument(rules->listed[i], "paths")->child;

		for (; path; path = path->next) {
			if (path->kind != STAR_STRING)
				continue;
			add_path(prefix, buffer_bytes(&path->text));
			count++;
		}
	}
	return count;
}

/* By name alone it is what PATH leads to; where paths are listed, one that PATH lacks is none the
 * less said. */
static void add_named(struct prefix *prefix)
{
	scoped(granted) struct granted ignored = { 0 };
	scoped(buffer) struct buffer pattern = { 0 };
	struct statement from = prefix->from;
	size_t listed = add_listed(prefix);

	if (listed)
		from.grants = &ignored;
	if (program_pattern(&from, prefix->name, &pattern))
		add_program(prefix, prefix->name, buffer_text(&pattern));
	prefix->rules->grants->failed |= ignored.failed;
}

static bool add_word(struct prefix *prefix, const struct star *word, const struct star *next);

/* Each alternative of what stands at `word`, and all of what follows. */
static bool add_words(struct prefix *prefix, const struct star *word)
{
	if (!word) {
		if (++prefix->rules->ways > WAYS_MAX) {
			granted_note(&prefix->from, NOTE_UNREAD,
				     "the rules are about more than %d commands", WAYS_MAX);
			return false;
		}
		if (memchr(prefix->name.data, '/', prefix->name.size))
			add_path(prefix, prefix->name);
		else
			add_named(prefix);
		return true;
	}
	if (word->kind == STAR_STRING)
		return add_word(prefix, word, word->next);
	for (const struct star *way = word->child; way; way = way->next)
		if (!add_word(prefix, way, word->next))
			return false;
	return true;
}

static bool add_word(struct prefix *prefix, const struct star *word, const struct star *next)
{
	size_t before = prefix->words.size;
	bool more;

	if (!before)
		prefix->name = buffer_bytes(&word->text);
	buffer_append(&prefix->words, word->text.data, word->text.size);
	buffer_append(&prefix->words, "", 1);
	if (prefix->words.failed)
		prefix->rules->grants->failed = true;
	more = !prefix->words.failed && add_words(prefix, next);
	prefix->words.size = before;
	return more;
}

static bool is_word(const struct star *word, bool is_program)
{
	return word->kind == STAR_STRING && (!is_program || word->text.size);
}

/* Strings, and where alternatives may stand, lists of them. */
static bool is_pattern(const struct star *pattern)
{
	const struct star *word = pattern && pattern->kind == STAR_LIST ? pattern->child : NULL;
	bool is_good = word;

	for (; word && is_good; word = word->next) {
		bool is_program = word == pattern->child;

		is_good = is_word(word, is_program) || (word->kind == STAR_LIST && word->child);
		for (const struct star *way = word->child; way && is_good; way = way->next)
			is_good = is_word(way, is_program);
	}
	return is_good;
}

static bool check_arguments(const struct statement *from, const struct star *call,
			    const char *const *known)
{
	for (const struct star *one = call->child; one; one = one->next) {
		size_t i = 0;

		while (known[i] && strcmp(known[i], buffer_text(&one->name)) != 0)
			i++;
		if (known[i])
			continue;
		granted_note(from, NOTE_UNREAD, "it has an argument that is not known here");
		return false;
	}
	return true;
}

static bool read_decision(const struct star *decision, struct statement *from)
{
	const char *text = decision ? buffer_text(&decision->text) : "allow";

	if (decision && decision->kind != STAR_STRING)
		return false;
	from->gate = strcmp(text, "prompt") ? GATE_NONE : GATE_CONFIRM;
	from->is_denied = !strcmp(text, "forbidden");
	return from->gate || from->is_denied || !strcmp(text, "allow");
}

static void read_prefix(struct rules *rules, const struct star *call, struct statement *from)
{
	static const char *const known[] = { "pattern",	  "decision",	   "match",
					     "not_match", "justification", NULL };
	const struct star *pattern = star_argument(call, "pattern");
	struct prefix prefix = { .rules = rules };

	if (!check_arguments(from, call, known))
		return;
	if (!is_pattern(pattern)) {
		granted_note(from, NOTE_UNREAD, "its pattern is no list of strings");
		return;
	}
	if (!read_decision(star_argument(call, "decision"), from)) {
		granted_note(from, NOTE_UNREAD,
			     "its decision is none of allow, prompt and forbidden");
		return;
	}
	prefix.from = *from;
	add_words(&prefix, pattern->child);
	buffer_release(&prefix.words);
}

static void read_call(struct rules *rules, const struct star *call)
{
	static const char *const known[] = { "name", "paths", NULL };
	struct statement from = { .source = rules->source,
				  .grants = rules->grants,
				  .text = buffer_text(&call->text),
				  .line = call->line };

	if (call->kind == STAR_CALL && !strcmp(buffer_text(&call->name), "prefix_rule"))
		read_prefix(rules, call, &from);
	else if (call->kind == STAR_CALL && !strcmp(buffer_text(&call->name), "host_executable"))
		check_arguments(&from, call, known);
	else
		granted_note(&from, NOTE_UNREAD,
			     "only prefix_rule() and host_executable() are read");
}

/* A policy has one gate for all that a program may be given. */
static void note_asked(const struct rules *rules)
{
	for (const struct spoken *one = rules->spoken; one; one = one->hh.next)
		if (one->is_free && one->asked.source)
			granted_note(&one->asked, NOTE_WIDER,
				     "it is asked about, and %s has more that is not: here "
				     "nothing of it is",
				     one->pattern);
}

int import_execpolicy(const struct source *source, struct granted *ret, struct error *err)
{
	scoped(star) struct star *list = NULL;
	struct rules rules = { .source = source, .grants = ret };
	int r = star_read(source->text, source->name, &list, err);

	if (r < 0)
		return r;
	if (collect_listed(&rules, list) < 0)
		return error_set(err, ENOMEM, "keep the rules");
	for (const struct star *call = list->child; call; call = call->next)
		read_call(&rules, call);
	note_asked(&rules);
	forget(&rules.spoken);
	free(rules.listed);
	ret->governs = 0;
	return ret->failed ? error_set(err, ENOMEM, "keep the grants") : 0;
}
