#include "reports/html/collect.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct chooser {
	struct report_model *model;
	struct store *store;
	struct error *err;
	struct keys agent;
	struct buffer names; /* "a, b, c" */
	size_t room, started, run_count;
};

static int note_agent(void *context, const struct run *run)
{
	struct chooser *chooser = context;
	scoped(buffer) struct buffer name = { 0 };
	size_t known = chooser->agent.count, number;

	chooser->run_count++;
	if (keys_number(&chooser->agent, bytes_of(run->agent), &number))
		return error_set(chooser->err, ENOMEM, "list the agents");
	if (number < known)
		return 0;
	text_safe(bytes_of(run->agent), 40, &name);
	if (chooser->names.size < 300)
		buffer_printf(&chooser->names, "%s%s", known ? ", " : "", buffer_text(&name));
	if (!chooser->model->agent)
		chooser->model->agent = strdup(run->agent);
	return chooser->model->agent ? 0 : error_set(chooser->err, ENOMEM, "list the agents");
}

static int no_such_agent(struct chooser *chooser, const char *agent)
{
	scoped(buffer) struct buffer name = { 0 }, path = { 0 };

	text_safe(bytes_of(store_path(chooser->store)), 0, &path);
	if (!chooser->run_count)
		return error_say(chooser->err, ENOENT,
				 "report from %s: it holds no runs yet; `pare record` adds one",
				 buffer_text(&path));
	if (!agent)
		return error_say(chooser->err, EINVAL,
				 "report from %s: it holds several agents; choose one with "
				 "--agent: %s",
				 buffer_text(&path), buffer_text(&chooser->names));
	text_safe(bytes_of(agent), 60, &name);
	return error_say(chooser->err, ENOENT, "report on %s: no such agent in %s; it holds %s",
			 buffer_text(&name), buffer_text(&path), buffer_text(&chooser->names));
}

/* Sets model->agent. */
static int choose_agent(struct chooser *chooser, const char *agent)
{
	struct run_filter filter = { .agent = agent, .since_ns = INT64_MIN };
	struct report_model *model = chooser->model;
	int status = store_each_run(chooser->store, &filter, note_agent, chooser, chooser->err);

	if (status)
		return status;
	if (chooser->agent.count == 1)
		return 0;
	if (agent) { /* for the names that there are */
		filter.agent = NULL;
		status = store_each_run(chooser->store, &filter, note_agent, chooser, chooser->err);
	}
	free(model->agent);
	model->agent = NULL;
	return status ? status : no_such_agent(chooser, agent);
}

/* An audit is of its window: of what was before, only when it began is of interest. */
static int keep_start(struct chooser *chooser, const struct run *run)
{
	struct report_model *model = chooser->model;
	int64_t *grown = array_grow(model->started_ns, model->started_count, &chooser->started,
				    sizeof *grown);

	if (!grown)
		return error_set(chooser->err, ENOMEM, "list the runs");
	model->started_ns = grown;
	grown[model->started_count++] = run->started_ns;
	return 0;
}

static bool is_before_window(const struct report_model *model, const struct run *run)
{
	int64_t last_ns = run->ended_ns > run->started_ns ? run->ended_ns : run->started_ns;

	return model->audit &&
	       last_ns < model->audit->options.as_of_ns - model->audit->options.window_ns;
}

static int keep_run(void *context, const struct run *run)
{
	struct chooser *chooser = context;
	struct report_model *model = chooser->model;
	struct report_run *row;

	if (run->state == RUN_RECORDING) {
		model->recording++;
		return 0;
	}
	if (keep_start(chooser, run))
		return -ENOMEM;
	if (is_before_window(model, run))
		return 0;
	row = array_grow(model->run, model->run_count, &chooser->room, sizeof *row);
	if (!row)
		return error_set(chooser->err, ENOMEM, "list the runs");
	model->run = row;
	memcpy(row[model->run_count++].run.id, run->id, sizeof run->id);
	return 0;
}

static int read_run(struct chooser *chooser, size_t number)
{
	struct report_model *model = chooser->model;
	struct run *run = &model->run[number].run;
	char id[sizeof run->id];
	int status;

	memcpy(id, run->id, sizeof id);
	status = store_find_run(chooser->store, id, run, chooser->err);
	if (status)
		return status;
	model->incomplete += run->state == RUN_INCOMPLETE;
	if (!number || run->started_ns < model->first_ns)
		model->first_ns = run->started_ns;
	if (!number || run->started_ns > model->last_ns)
		model->last_ns = run->started_ns;
	if (run->ended_ns > model->last_ns)
		model->last_ns = run->ended_ns;
	return 0;
}

static int no_runs(struct chooser *chooser)
{
	scoped(buffer) struct buffer name = { 0 };

	text_safe(bytes_of(chooser->model->agent), 60, &name);
	if (chooser->model->recording)
		return error_say(chooser->err, ENOENT,
				 "report on %s: its runs are still being recorded; `pare runs` "
				 "lists them",
				 buffer_text(&name));
	return error_say(chooser->err, ENOENT,
			 "report on %s: no run of it had started by then; `pare runs` lists them",
			 buffer_text(&name));
}

static int choose_runs(struct chooser *chooser, int64_t as_of_ns)
{
	struct run_filter filter = {
		.agent = chooser->model->agent,
		.since_ns = INT64_MIN,
		.until_ns = report_until(as_of_ns),
	};
	int status;

	if (chooser->model->audit)
		filter.until_ns = chooser->model->audit->options.as_of_ns;
	status = store_each_run(chooser->store, &filter, keep_run, chooser, chooser->err);

	for (size_t i = 0; !status && i < chooser->model->run_count; i++)
		status = read_run(chooser, i);
	if (!status && !chooser->model->run_count)
		status = no_runs(chooser);
	return status;
}

int report_choose(struct report_model *model, struct store *store,
		  const struct report_request *request, struct error *err)
{
	struct chooser chooser = { .model = model, .store = store, .err = err };
	int status = choose_agent(&chooser, request->agent);

	if (!status)
		status = choose_runs(&chooser, request->as_of_ns);
	keys_release(&chooser.agent);
	buffer_release(&chooser.names);
	return status;
}
