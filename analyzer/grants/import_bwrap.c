#include "analyzer/grants/bwrap.h"
#include "analyzer/grants/script.h"
#include "analyzer/grants/whole.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum option_act {
	NOTHING,
	UNREAD,
	BIND,
	READ_BIND,
	DATA,
	READ_DATA,
	DEVICES,
	PROCESSES,
	EMPTY,
	FOLDER,
	LINK,
	READ_ONLY,
	NETWORK,
	NO_NETWORK,
	NO_NAMESPACE,
	CAPABILITY,
	CLEAR,
	SET,
	UNSET,
};

static const struct option_row {
	const char *name;
	size_t words;
	enum option_act act;
} option_row[] = {
#define BWRAP_OPTION(name, words, act) { name, words, act },
#include "analyzer/grants/bwrap_option.def"
};

/* ---- mounts ---- */

/* Whether there is a file, and no folder, on this machine. */
static bool is_file(const struct bwrap *bwrap, const struct line_word *word)
{
	struct bytes folder = root_folder(&bwrap->source->roots, word->root);
	scoped(buffer) struct buffer path = { 0 };
	struct stat status;

	buffer_append(&path, folder.data, folder.size);
	buffer_append(&path, word->text.data, word->text.size);
	return path.size && !stat(buffer_text(&path), &status) && !S_ISDIR(status.st_mode);
}

/* A slash at the end says nothing. */
static struct bytes path_of(const struct line_word *word)
{
	struct bytes path = buffer_bytes(&word->text);

	while (path.size > !word->root && path.data[path.size - 1] == '/')
		path.size--;
	return path;
}

static void cover(struct bwrap *bwrap, const struct nest_place *like, const struct line_word *place)
{
	size_t before = bwrap->places.count;

	if (nest_add(&bwrap->places, like, place->root, path_of(place)) &&
	    bwrap->places.count > before)
		nest_cover(&bwrap->places);
}

static void bind(struct bwrap *bwrap, const struct line_word *option, bool is_written)
{
	const struct line_word *from = option + 1, *to = option + 2;
	struct nest_place place = { .from = bwrap_at(bwrap, option), .is_mount = true };

	place.actions = SANDBOX_READ | SANDBOX_SOCKET;
	if (is_written)
		place.actions |= GRANT_CHANGE | GRANT_LISTEN;
	place.is_file = is_file(bwrap, from);
	cover(bwrap, &place, to);
	if (!word_equal(from, to))
		granted_note(&place.from, NOTE_NARROWER, "outside, %s%s is %s%s",
			     root_text(to->root), buffer_text(&to->text), root_text(from->root),
			     buffer_text(&from->text));
}

static void mount(struct bwrap *bwrap, const struct line_word *option, enum option_act act)
{
	struct nest_place place = { .from = bwrap_at(bwrap, option), .is_mount = true };
	struct bytes path = path_of(option + 1);

	if (act == PROCESSES) {
		place.actions = GRANT_READ | GRANT_BIT(WRITE) | GRANT_BIT(APPEND);
		cover(bwrap, &place, option + 1);
		return;
	}
	place.own = true;
	place.actions = GRANT_ALL;
	cover(bwrap, &place, option + 1);
	if (act == DEVICES && !option[1].root) {
		place.own = false;
		nest_add_devices(&bwrap->places, &place, path);
	}
}

/* What is made there, without hiding anything. */
static void make(struct bwrap *bwrap, const struct line_word *option, const struct line_word *place,
		 unsigned actions)
{
	struct nest_place made = { .from = bwrap_at(bwrap, option),
				   .actions = actions,
				   .adds = true };

	made.is_file = true;
	nest_add(&bwrap->places, &made, place->root, path_of(place));
}

/* Only of the mount there itself. */
static void remount(struct bwrap *bwrap, const struct line_word *option)
{
	struct nest *places = &bwrap->places;
	struct nest_place like = { .from = bwrap_at(bwrap, option) };
	size_t before = places->count;

	if (!nest_add(places, &like, option[1].root, path_of(option + 1)) ||
	    places->count == before)
		return;
	for (size_t i = 0; i < before; i++) {
		struct nest_place *place = &places->place[i];

		if (strcmp(place->name, places->place[before].name) != 0 || place->adds)
			continue;
		/* One that was made empty has then only what is mounted in it. */
		place->actions &= place->own ? 0 : SANDBOX_READ | SANDBOX_SOCKET;
	}
	nest_drop(places);
}

/* ---- all else ---- */

static void act_on_world(struct bwrap *bwrap, const struct line_word *option, enum option_act act)
{
	if (act == NETWORK)
		bwrap->has_network = true;
	else if (act == NO_NETWORK)
		bwrap->has_network = bwrap->has_network && bwrap->shares_network;
	else if (act == NO_NAMESPACE)
		bwrap->has_namespaces = false;
	else if (act == CAPABILITY)
		bwrap_capability(bwrap, option);
	else if (act == CLEAR)
		bwrap->is_cleared = true;
	else if (act == SET || act == UNSET)
		bwrap_variable(bwrap, option, act == UNSET);
}

static void act_on(struct bwrap *bwrap, const struct line_word *option, enum option_act act)
{
	static const unsigned made[UNSET + 1] = {
		[DATA] = GRANT_READ | GRANT_EDIT,
		[READ_DATA] = GRANT_READ,
		[LINK] = GRANT_BIT(STAT),
		[FOLDER] = GRANT_LOOK,
	};
	struct statement from = bwrap_at(bwrap, option);

	if (act == UNREAD)
		granted_note(&from, NOTE_UNREAD, "what it says stands elsewhere");
	else if (act == BIND || act == READ_BIND)
		bind(bwrap, option, act == BIND);
	else if (act == DEVICES || act == PROCESSES || act == EMPTY)
		mount(bwrap, option, act);
	else if (act == READ_ONLY)
		remount(bwrap, option);
	else if (made[act])
		make(bwrap, option, option + (act == FOLDER ? 1 : 2), made[act]);
	else
		act_on_world(bwrap, option, act);
}

/* ---- the command line ---- */

static const struct option_row *find_option(const struct line_word *word)
{
	for (size_t i = 0; i < sizeof option_row / sizeof *option_row; i++)
		if (word_is(word, option_row[i].name))
			return &option_row[i];
	return NULL;
}

/* Words of an option that are all there and known. */
static size_t known_words(const struct line_word *option, size_t wanted)
{
	size_t known = 0;

	while (known < wanted && option[known + 1].kind == WORD_TEXT)
		known++;
	return known;
}

/* One option; how many words it takes.  0: the command begins. */
static size_t read_option(struct bwrap *bwrap, const struct line_word *word)
{
	const struct option_row *row = find_option(word);
	struct statement from = bwrap_at(bwrap, word);
	size_t present = 0;

	if (word->kind == WORD_UNKNOWN) {
		granted_note(&from, NOTE_UNREAD,
			     "only where the script runs is known what it stands for");
		return 1;
	}
	if (!row && strncmp(buffer_text(&word->text), "--", 2) != 0)
		return 0;
	if (!row) {
		granted_note(&from, NOTE_UNREAD, "it is no option that is known here");
		return 1;
	}
	while (present < row->words && word[present + 1].kind != WORD_END)
		present++;
	if (known_words(word, row->words) == row->words)
		act_on(bwrap, word, row->act);
	else
		granted_note(&from, NOTE_UNREAD,
			     "its words are missing, or known only where the script runs");
	return 1 + present;
}

static void read_options(struct bwrap *bwrap, const struct line_word *word)
{
	struct statement from = bwrap_at(bwrap, word);
	struct nest_place root = { .from = from, .own = true, .is_mount = true };
	struct line_word slash = { .line = word->line };
	size_t taken, all = 0;

	buffer_add_char(&slash.text, '/');
	root.actions = GRANT_ALL;
	for (const struct line_word *one = word; one->kind != WORD_END; one++)
		bwrap->shares_network = bwrap->shares_network || word_is(one, "--share-net");
	cover(bwrap, &root, &slash);
	buffer_release(&slash.text);
	while (word->kind != WORD_END && !word_is(word, "--") &&
	       (taken = read_option(bwrap, word))) {
		word += taken;
		all += taken;
		if (all <= BWRAP_WORDS_MAX)
			continue;
		granted_note(&from, NOTE_UNREAD, "bwrap takes no more than %d words",
			     BWRAP_WORDS_MAX);
		return;
	}
}

static void finish(struct bwrap *bwrap)
{
	struct statement from = { .source = bwrap->source,
				  .grants = bwrap->grants,
				  .text = "bwrap" };

	nest_grant(&bwrap->places, bwrap->grants);
	if (bwrap->has_network) {
		granted_add_any_host(&from, GRANT_ALL);
		granted_note(&from, NOTE_NARROWER, "abstract sockets, too: no pattern admits them");
	} else {
		granted_add_inner_network(&from);
	}
	granted_add_unprivileged(&from, bwrap->has_namespaces);
	if (!bwrap->is_cleared)
		granted_add_all(&from, RESOURCE_VARIABLE, GRANT_ALL);
	bwrap->grants->governs |= 1u << RESOURCE_VARIABLE | 1u << RESOURCE_SOCKET;
	if (bwrap->has_network)
		granted_leave(bwrap->grants, RESOURCE_SOCKET);
}

static bool is_bwrap(const struct line_word *word)
{
	const char *slash = strrchr(buffer_text(&word->text), '/');

	return word->kind == WORD_TEXT &&
	       !strcmp(slash ? slash + 1 : buffer_text(&word->text), "bwrap");
}

/* Behind assignments, exec, env and the like. */
static const struct line_word *find_options(const struct words *words,
					    const struct line_word *after)
{
	const struct line_word *end = words->word + words->count;

	for (const struct line_word *word = after; word < end; word++)
		if (is_bwrap(word))
			return word + 1;
	return NULL;
}

static int refuse(const struct source *source, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };

	return error_say(err, EINVAL, "%s: no command line of bwrap is in it",
			 text_safe(bytes_of(source->name), 100, &name));
}

/* Whether it is what `pare export` wrote; one that somebody has changed is read as any other. */
static bool read_own(const struct source *source, struct granted *ret)
{
	scoped(script) struct script script = { 0 };
	bool is_read = script_is_own(source->text) && script_read(source->text, &script);

	ret->failed = ret->failed || script.failed;
	if (is_read)
		script_grant(&script, source, ret);
	else if (script_is_own(source->text))
		granted_note(
			&(struct statement){ .source = source, .grants = ret, .line = script.line },
			NOTE_UNREAD,
			"from here on it is not what this version of pare writes, so its "
			"tables are not read");
	return is_read;
}

/* All but what has no words. */
static int read_line(const struct source *source, const struct words *words, struct granted *ret,
		     struct error *err)
{
	struct bwrap bwrap = {
		.source = source, .grants = ret, .has_network = true, .has_namespaces = true
	};
	const struct line_word *options = find_options(words, words->word), *more;

	/* A file for --args has no name of a program in front. */
	if (!options && !strncmp(buffer_text(&words->word[0].text), "--", 2))
		options = words->word;
	if (!options)
		return refuse(source, err);
	read_options(&bwrap, options);
	more = find_options(words, options);
	if (more) {
		struct statement from = bwrap_at(&bwrap, more - 1);

		granted_note(&from, NOTE_UNREAD, "another command line of bwrap");
	}
	finish(&bwrap);
	nest_cleanup(&bwrap.places);
	return 0;
}

int import_bwrap(const struct source *source, struct granted *ret, struct error *err)
{
	scoped(words) struct words words = { 0 };
	int r = 0;

	if (source->text.size > BWRAP_BYTES_MAX)
		return error_say(err, EFBIG, "more than 4 MiB are no command line");
	if (!read_own(source, ret)) {
		words_read(&words, source->text);
		if (words.failed)
			return error_set(err, ENOMEM, "read the words");
		r = words.count ? read_line(source, &words, ret, err) : refuse(source, err);
	}
	if (r < 0)
		return r;
	return ret->failed ? error_set(err, ENOMEM, "keep the grants") : 0;
}
