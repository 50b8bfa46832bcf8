#include "analyzer/agents.h"

#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_agent(void *context, const struct run *run)
{
	struct agents *agents = context;
	char **grown;

	for (size_t i = agents->count; i-- > 0;)
		if (!strcmp(agents->name[i], run->agent))
			return 0;
	grown = reallocarray(agents->name, agents->count + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	agents->name = grown;
	grown[agents->count] = strdup(run->agent);
	if (!grown[agents->count])
		return -ENOMEM;
	agents->count++;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int agents_list(struct agents *ret, struct store *store, struct error *err)
{
	scoped(agents) struct agents agents = { 0 };
	struct run_filter every = { 0 };
	int r = store_each_run(store, &every, add_agent, &agents, err);

	if (r)
		return error_set(err, -r, "list the agents");
	if (agents.count)
		qsort(agents.name, agents.count, sizeof *agents.name, compare_names);
	*ret = agents;
	agents = (struct agents){ 0 };
	return 0;
}

void agents_cleanup(struct agents *agents)
{
	for (size_t i = 0; i < agents->count; i++)
		free(agents->name[i]);
	free(agents->name);
	*agents = (struct agents){ 0 };
}

static void name_all(const struct agents *agents, struct buffer *out)
{
	scoped(buffer) struct buffer name = { 0 };

	for (size_t i = 0; i < agents->count; i++) {
		if (i)
			buffer_add(out, ", ");
		buffer_add(out, text_safe(bytes_of(agents->name[i]), 40, &name));
	}
}

int agents_choose(const struct agents *agents, const char *wanted, const char **ret,
		  struct error *err)
{
	scoped(buffer) struct buffer every = { 0 };
	scoped(buffer) struct buffer name = { 0 };

	if (!agents->count)
		return error_say(err, ENOENT,
				 "choose an agent: nothing was recorded yet; "
				 "try `pare record --agent NAME -- COMMAND`");
	for (size_t i = 0; wanted && i < agents->count; i++) {
		if (strcmp(wanted, agents->name[i]))
			continue;
		*ret = agents->name[i];
		return 0;
	}
	if (!wanted && agents->count == 1) {
		*ret = agents->name[0];
		return 0;
	}
	name_all(agents, &every);
	if (!wanted)
		return error_say(err, EINVAL, "choose an agent: say which with --agent: %s",
				 buffer_text(&every));
	return error_say(err, ENOENT, "choose agent %s: no such agent; recorded are: %s",
			 text_safe(bytes_of(wanted), 40, &name), buffer_text(&every));
}
