#include "core/error.h"
#include "recorder/dryrun/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct argp_option option[] = { COMMAND_DB_OPTION, { 0 } };

struct request {
	struct left_request of;
	char **path;
	size_t count;
};

/* Absolute, without resolving: what is named may not be there yet. */
static char *absolute(const char *path)
{
	char *folder, *whole = NULL;
	size_t size;

	if (path[0] == '/')
		return strdup(path);
	folder = get_current_dir_name();
	while (!strncmp(path, "./", 2))
		path += 2;
	if (folder && asprintf(&whole, "%s/%s", folder, path) < 0)
		whole = NULL;
	free(folder);
	size = whole ? strlen(whole) : 0;
	while (size > 1 && whole[size - 1] == '/')
		whole[--size] = '\0';
	return whole;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct request *request = state->input;

	if (key != ARGP_KEY_ARG || !state->arg_num)
		return left_parse(key, text, state, &request->of);
	request->path[request->count] = absolute(text);
	request->count += request->path[request->count] != NULL;
	return 0;
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "RUN [PATH...]",
	.doc = "Make real what a dry run did: all of it, or what is at or below each PATH.  "
	       "Nothing "
	       "is done where a real file is no longer what the run saw.\v"
	       "Exit status: 0; 1 where something failed; 3 where a file was changed meanwhile.",
};

static int apply(struct request *request, const struct left *left, struct error *err)
{
	size_t count;
	int r;

	effects_open(&left->effects);
	r = effects_apply(&left->effects, request->path, request->count, &count, err);
	effects_close(&left->effects);

	if (r == -EBUSY && !err->code) {
		size_t found =
			print_conflicts(&left->effects, request->path, request->count, stderr);

		fprintf(stderr, "pare: nothing was applied: %zu %s changed meanwhile\n", found,
			found == 1 ? "file was" : "files were");
		return COMMAND_NO;
	}
	if (count)
		printf("applied %zu of %zu\n", count, left->effects.count);
	return r < 0 ? command_fail(err) : COMMAND_DONE;
}

/* Nothing of it is left to be applied. */
static int forget_if_done(const struct left *left, struct error *err)
{
	scoped(effects) struct effects now = { 0 };
	int r = effects_find(&now, &left->places, buffer_text(&left->folder), err);

	if (r == 0 && !now.count)
		r = left_remove(left, err);
	return r < 0 ? command_fail(err) : COMMAND_DONE;
}

int command_apply(int argc, char **argv, const struct house *house)
{
	scoped(left) struct left left = { 0 };
	struct request request = { .path = calloc((size_t)argc + 1, sizeof(char *)) };
	struct error err = { 0 };
	int status;

	(void)house;
	if (!request.path)
		return COMMAND_FAILED;
	command_parse(&argp, argc, argv, &request);
	if (left_open(&left, request.of.db, request.of.run, true, &err) < 0)
		status = command_fail(&err);
	else
		status = apply(&request, &left, &err);
	if (status == COMMAND_DONE)
		status = forget_if_done(&left, &err);
	for (size_t i = 0; i < request.count; i++)
		free(request.path[i]);
	free(request.path);
	return status;
}
