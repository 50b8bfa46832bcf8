#include "analyzer/hints.h"

#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A shell that was given a command, and what it executed. */
struct shell {
	UT_hash_handle hh;
	int64_t seq;
	size_t children;
	char *child; /* the first */
};

/* A program that shells ran alone. */
struct alone {
	UT_hash_handle hh;
	int64_t times;
	char program[];
};

struct search {
	struct hints *hints;
	struct shell *shell; /* of the run at hand, by seq */
	struct alone *alone;
};

/* Names of programs that read commands. */
static bool is_shell(struct bytes program)
{
	static const char *const name[] = { "/sh", "/dash", "/bash", "/zsh", "/ksh", "/busybox" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		size_t size = strlen(name[i]);

		if (program.size >= size &&
		    !memcmp(program.data + program.size - size, name[i], size))
			return true;
	}
	return false;
}

static bool has_command(struct bytes argv)
{
	const char *first = argv.size ? memchr(argv.data, '\0', argv.size) : NULL;
	size_t left = first ? argv.size - (size_t)(first - argv.data) - 1 : 0;

	return left > 3 && !memcmp(first + 1, "-c", 3);
}

static int note_child(struct search *search, const struct image *image)
{
	struct shell *parent;

	HASH_FIND(hh, search->shell, &image->parent, sizeof image->parent, parent);
	if (!parent || parent->children++)
		return 0;
	parent->child =
		strndup(image->program.data ? image->program.data : "", image->program.size);
	return parent->child ? 0 : -ENOMEM;
}

static int visit_image(void *context, const struct image *image)
{
	struct search *search = context;
	struct shell *shell;
	int r = note_child(search, image);

	if (r < 0 || !is_shell(image->program) || !has_command(image->argv))
		return r;
	shell = calloc(1, sizeof *shell);
	if (!shell)
		return -ENOMEM;
	shell->seq = image->seq;
	HASH_ADD(hh, search->shell, seq, sizeof shell->seq, shell);
	if (shell->hh.tbl)
		return 0;
	free(shell);
	return -ENOMEM;
}

static int add_alone(struct search *search, const char *program)
{
	struct alone *alone;

	HASH_FIND_STR(search->alone, program, alone);
	if (alone) {
		alone->times++;
		return 0;
	}
	alone = calloc(1, sizeof *alone + strlen(program) + 1);
	if (!alone)
		return -ENOMEM;
	memcpy(alone->program, program, strlen(program));
	alone->times = 1;
	HASH_ADD_STR(search->alone, program, alone);
	if (alone->hh.tbl)
		return 0;
	free(alone);
	return -ENOMEM;
}

/* The run has been read. */
static int end_run(struct search *search)
{
	struct shell *shell = search->shell, *next;
	int r = 0;

	HASH_CLEAR(hh, search->shell);
	for (; shell; shell = next) {
		next = shell->hh.next;
		if (shell->children == 1 && r == 0)
			r = add_alone(search, shell->child);
		free(shell->child);
		free(shell);
	}
	return r;
}

static bool is_chosen(const struct propose_options *options, const struct run *run)
{
	for (size_t i = 0; i < options->task_count; i++)
		if (!strcmp(options->task[i], run->task))
			return true;
	return options->task_count == 0;
}

static int visit_run(void *context, const struct run *run)
{
	struct search *search = context;
	int r, ended;

	if (run->state == RUN_RECORDING || !is_chosen(search->hints->options, run))
		return 0;
	r = store_each_image(search->hints->store, run->key, visit_image, search,
			     search->hints->err);
	ended = end_run(search);
	return r ? r : ended;
}

static int compare_alone(const struct alone *a, const struct alone *b)
{
	return strcmp(a->program, b->program);
}

static int tell(struct search *search)
{
	struct alone *alone = search->alone, *next;
	int r = 0;

	HASH_SORT(search->alone, compare_alone);
	alone = search->alone;
	HASH_CLEAR(hh, search->alone);
	for (; alone; alone = next) {
		scoped(buffer) struct buffer safe = { 0 };

		next = alone->hh.next;
		text_safe(bytes_of(alone->program), 0, &safe);
		if (r == 0)
			r = hint_add(search->hints, HINT_shell, "%s, %lld time%s",
				     buffer_text(&safe), (long long)alone->times,
				     alone->times == 1 ? "" : "s");
		free(alone);
	}
	return r;
}

int hint_shell(struct hints *hints)
{
	const struct propose_options *options = hints->options;
	const struct run_filter filter = { .agent = options->agent,
					   .since_ns = options->since_ns,
					   .until_ns = options->until_ns };
	struct search search = { .hints = hints };
	int r = store_each_run(hints->store, &filter, visit_run, &search, hints->err);
	int told = tell(&search);

	return r ? r : told;
}
