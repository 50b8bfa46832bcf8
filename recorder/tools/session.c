#include "recorder/tools/session.h"

#include "core/clock.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/store.h"
#include "recorder/record.h"
#include "recorder/tools/hook.h"
#include "recorder/tools/arguments.h"
#include "recorder/tools/peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASSURANCE "hooks"

enum { IMAGE_AGENT = 1, RESUMED_MAX = 1000, ANCESTORS_MAX = 8 };

/* The id of the run; a session that goes on after its end has another one. */
static int make_id(const char *agent, struct bytes session, int resumed, char ret[static 33])
{
	scoped(buffer) struct buffer text = { 0 };
	char hex[DIGEST_HEX_SIZE];

	buffer_printf(&text, "pare hook %d %s", resumed, agent);
	buffer_append(&text, "", 1);
	buffer_append(&text, session.data, session.size);
	if (buffer_status(&text) < 0 || digest_of(buffer_bytes(&text), hex) < 0)
		return -ENOMEM;
	snprintf(ret, 33, "%.32s", hex);
	return 0;
}

/* The run of the session that is not ended, or the id for a new one with key 0. */
static int find_run(struct store *store, const char *agent, struct bytes session, struct run *ret,
		    struct error *err)
{
	for (int resumed = 0; resumed < RESUMED_MAX; resumed++) {
		struct error ignored = { 0 };
		struct run run = { 0 };
		int r = make_id(agent, session, resumed, ret->id);

		if (r < 0)
			return error_set(err, -r, "record the call");
		r = store_find_run(store, ret->id, &run, &ignored);
		if (r == -ENOENT)
			return 0;
		if (r < 0)
			return error_say(err, -r, "%s", ignored.text);
		*ret = (struct run){ .key = run.key, .started_ns = run.started_ns };
		memcpy(ret->id, run.id, sizeof ret->id);
		r = run.ended_ns ? 1 : 0;
		run_release(&run);
		if (r == 0)
			return 0;
		ret->key = 0;
	}
	return error_say(err, EEXIST, "record the call: the session was ended too often");
}

/* ---- a new run ---- */

static bool is_between(const char *name)
{
	static const char *const between[] = {
		"sh", "bash", "dash", "zsh", "ash", "env", "timeout"
	};

	for (size_t i = 0; i < sizeof between / sizeof *between; i++)
		if (!strcmp(between[i], name))
			return true;
	return false;
}

/* Name and parent of a process; proc_pid_stat(5). */
static pid_t read_parent(pid_t pid, char name[static 32])
{
	char path[64], line[512];
	const char *begin, *end;
	pid_t parent = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	begin = fgets(line, sizeof line, file) ? strchr(line, '(') : NULL;
	fclose(file);
	end = begin ? strrchr(begin, ')') : NULL;
	if (!end || sscanf(end + 1, " %*c %d", &parent) != 1)
		return 0;
	snprintf(name, 32, "%.*s", (int)(end - begin - 1), begin + 1);
	return parent;
}

/* The process of the agent: who runs the hook, behind the shells that it runs it by. */
static pid_t find_agent(void)
{
	pid_t pid = getppid();
	char name[32];

	for (int i = 0; i < ANCESTORS_MAX; i++) {
		pid_t parent = read_parent(pid, name);

		if (parent <= 1 || !is_between(name))
			break;
		pid = parent;
	}
	return pid;
}

static int add_image(struct store *store, int64_t run, const struct peer *peer, pid_t pid,
		     int64_t now_ns, struct error *err)
{
	const struct image image = {
		.seq = IMAGE_AGENT,
		.pid = pid,
		.program = buffer_bytes(&peer->program),
		.argv = buffer_bytes(&peer->argv),
		.cwd = buffer_bytes(&peer->cwd),
		.started_ns = now_ns,
	};
	const struct gap gap = {
		.seq = 1,
		.kind = GAP_TOOLS_ONLY,
		.detail = bytes_of("pare hook"),
		.count = 1,
		.first_ns = now_ns,
		.last_ns = now_ns,
	};
	int r = store_add_image(store, run, &image, err);

	return r ? r : store_put_gap(store, run, &gap, err);
}

static int add_run(struct store *store, const char *agent, const struct masker *masker,
		   const struct secret_key *key, struct run *run, struct error *err)
{
	char *argv[] = { (char *)agent, NULL };
	const struct record_options options = { .agent = agent, .argv = argv };
	scoped(peer) struct peer peer = { 0 };
	scoped(buffer) struct buffer recorder = { 0 };
	struct run_identity identity;
	pid_t pid = find_agent();
	int r = run_identify(&identity, &options, key, err);

	if (r < 0)
		return r;
	peer_read(&peer, masker, pid);
	memcpy(identity.run.id, run->id, sizeof identity.run.id);
	identity.run.assurance = ASSURANCE;
	if (peer.argv.size)
		identity.run.command = buffer_bytes(&peer.argv);
	if (store_process_identity(pid, &recorder) == 0)
		identity.run.recorder = buffer_text(&recorder);
	r = store_add_run(store, &identity.run, err);
	if (r == 0)
		r = add_image(store, identity.run.key, &peer, pid, identity.run.started_ns, err);
	run->key = identity.run.key;
	run_identity_release(&identity);
	return r;
}

/* ---- the end ---- */

static int last_call(void *context, const struct tool_call *call, const struct image *image)
{
	struct run *run = context;

	(void)image;
	run->calls = call->seq;
	if (call->ended_ns > run->ended_ns)
		run->ended_ns = call->ended_ns;
	if (call->started_ns > run->ended_ns)
		run->ended_ns = call->started_ns;
	return 0;
}

/* It ended with its last call, as far as anybody knows. */
static int seal(struct store *store, struct run *run, struct error *err)
{
	int r;

	run->ended_ns = run->started_ns;
	run->status = 0;
	r = store_each_call(store, run->key, last_call, run, err);
	return r ? r : store_end_run(store, run, clock_now_ns(), err);
}

struct left {
	struct run *run;
	size_t count;
};

static int see_run(void *context, const struct run *run)
{
	struct left *left = context;
	struct run *grown;

	if (run->state != RUN_INCOMPLETE || strcmp(run->assurance, ASSURANCE))
		return 0;
	grown = reallocarray(left->run, left->count + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	left->run = grown;
	left->run[left->count] = (struct run){ .key = run->key, .started_ns = run->started_ns };
	memcpy(left->run[left->count++].id, run->id, sizeof run->id);
	return 0;
}

/* Sessions of which no hook has told the end, and whose agent is no more. */
static int seal_left(struct store *store, const char *agent, struct error *err)
{
	const struct run_filter filter = { .agent = agent };
	struct left left = { 0 };
	int r = store_each_run(store, &filter, see_run, &left, err);

	for (size_t i = 0; r == 0 && i < left.count; i++) {
		struct error ended = { 0 }; /* another hook may have sealed it just now */

		seal(store, &left.run[i], &ended);
	}
	free(left.run);
	return r;
}

int session_end(struct store *store, const char *agent, struct bytes session, struct error *err)
{
	struct run run = { 0 };
	int r = find_run(store, agent, session, &run, err);

	return r < 0 || !run.key ? r : seal(store, &run, err);
}

static int add(struct store *store, const char *agent, const struct hook *hook,
	       const struct masker *masker, bool *ret_new, struct error *err)
{
	struct run run = { 0 };
	int r = find_run(store, agent, buffer_bytes(&hook->session), &run, err);

	*ret_new = r == 0 && !run.key;
	if (*ret_new)
		r = add_run(store, agent, masker, masker->view.key, &run, err);
	return r < 0 ? r : hook_store(hook, masker, store, run.key, clock_now_ns(), err);
}

int session_add(struct store *store, const char *agent, const struct hook *hook,
		const struct masker *masker, struct error *err)
{
	bool is_new = false;
	int r = store_begin(store, err);

	if (r < 0)
		return r;
	r = add(store, agent, hook, masker, &is_new, err);
	if (r == 0)
		r = store_commit(store, err);
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	return is_new ? seal_left(store, agent, err) : 0;
}
