#include "core/error.h"
#include "core/store_private.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

static int make_id(char id[static 33], struct error *err)
{
	unsigned char random[16];

	if (getrandom(random, sizeof random, 0) != sizeof random)
		return error_set(err, errno, "make a run id");
	for (size_t i = 0; i < sizeof random; i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	return 0;
}

static void bind_run(struct query *add, const struct run *run, int64_t agent)
{
	query_bind_text(add, run->id);
	query_bind_int(add, agent);
	query_bind_text(add, run->task);
	query_bind_text(add, run->host);
	query_bind_int(add, run->uid);
	query_bind_bytes(add, run->command);
	query_bind_bytes(add, run->cwd);
	query_bind_bytes(add, run->workspace);
	query_bind_bytes(add, run->home);
	query_bind_bytes(add, run->tmp);
	query_bind_text(add, run->kernel);
	query_bind_text(add, run->version);
	query_bind_text(add, run->assurance);
	query_bind_text(add, run->clock);
	query_bind_text(add, run->recorder);
	query_bind_int(add, run->started_ns);
}

int store_add_run(struct store *store, struct run *run, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int64_t agent;
	int status = run->id[0] ? 0 : make_id(run->id, err);

	if (!status)
		status = store_agent(store, run->agent, run->started_ns, &agent, err);
	if (!status)
		status = query_open(&add, store, STATEMENT_ADD_RUN, err);
	if (status)
		return status;
	bind_run(&add, run, agent);
	status = query_run(&add, err);
	if (!status)
		run->key = sqlite3_last_insert_rowid(store->db);
	return status;
}

int store_add_image(struct store *store, int64_t run, const struct image *image, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int64_t program, argv, cwd;
	int status = store_name(store, image->program, &program, err);

	if (!status)
		status = store_name(store, image->argv, &argv, err);
	if (!status)
		status = store_name(store, image->cwd, &cwd, err);
	if (!status)
		status = query_open(&add, store, STATEMENT_ADD_IMAGE, err);
	if (status)
		return status;
	query_bind_int(&add, run);
	query_bind_int(&add, image->seq);
	query_bind_int(&add, image->parent);
	query_bind_int(&add, image->pid);
	query_bind_int(&add, program);
	query_bind_int(&add, argv);
	query_bind_int(&add, cwd);
	query_bind_int(&add, image->started_ns);
	return query_run(&add, err);
}

struct bytes store_requested(const struct access *access)
{
	bool is_name = bytes_equal(access->requested, access->name);

	return is_name ? (struct bytes){ 0 } : access->requested;
}

static int find_keys(struct store *store, const struct access *access, struct access_keys *ret,
		     struct error *err)
{
	struct bytes requested = store_requested(access);
	int status = store_name(store, access->phase, &ret->phase, err);

	if (!status)
		status = store_resource(store, access->resource, access->name, &ret->resource, err);
	if (!status && requested.data)
		status = store_name(store, requested, &ret->requested, err);
	if (!status && access->peer.data)
		status = store_name(store, access->peer, &ret->peer, err);
	return status;
}

static void bind_access(struct query *put, const struct access *access,
			const struct access_keys *key)
{
	query_bind_int(put, access->seq);
	query_bind_int(put, access->image);
	query_bind_int(put, key->phase);
	query_bind_int(put, access->call);
	query_bind_int(put, access->action);
	query_bind_int(put, key->resource);
	query_bind_key(put, key->requested);
	query_bind_key(put, key->peer);
	query_bind_int(put, access->outcome);
	query_bind_int(put, access->error);
	query_bind_int(put, access->count);
	query_bind_int(put, access->bytes);
	query_bind_int(put, access->first_ns);
	query_bind_int(put, access->last_ns);
	query_bind_int(put, access->peak_second);
	query_bind_int(put, access->peak_minute);
	query_bind_int(put, access->peak_hour);
	query_bind_int(put, access->own);
	query_bind_int(put, access->via);
	query_bind_int(put, (int64_t)access->dev);
	query_bind_int(put, (int64_t)access->ino);
}

int store_put_known(struct store *store, int64_t run, const struct access *access,
		    const struct access_keys *keys, struct error *err)
{
	scoped(query) struct query put = { 0 };
	int status = query_open(&put, store, STATEMENT_PUT_ACCESS, err);

	if (status)
		return status;
	query_bind_int(&put, run);
	bind_access(&put, access, keys);
	return query_run(&put, err);
}

int store_put_access(struct store *store, int64_t run, const struct access *access,
		     struct error *err)
{
	struct access_keys keys = { 0 };
	int status = find_keys(store, access, &keys, err);

	return status ? status : store_put_known(store, run, access, &keys, err);
}

int store_drop_access(struct store *store, int64_t run, int64_t seq, struct error *err)
{
	scoped(query) struct query drop = { 0 };
	int status = query_open(&drop, store, STATEMENT_DROP_ACCESS, err);

	if (status)
		return status;
	query_bind_int(&drop, run);
	query_bind_int(&drop, seq);
	return query_run(&drop, err);
}

int store_put_gap(struct store *store, int64_t run, const struct gap *gap, struct error *err)
{
	scoped(query) struct query put = { 0 };
	int64_t detail;
	int status = store_name(store, gap->detail, &detail, err);

	if (!status)
		status = query_open(&put, store, STATEMENT_PUT_GAP, err);
	if (status)
		return status;
	query_bind_int(&put, run);
	query_bind_int(&put, gap->seq);
	query_bind_int(&put, gap->kind);
	query_bind_int(&put, gap->image);
	query_bind_int(&put, detail);
	query_bind_int(&put, gap->count);
	query_bind_int(&put, gap->first_ns);
	query_bind_int(&put, gap->last_ns);
	return query_run(&put, err);
}

int store_add_policy(struct store *store, const struct stored_policy *policy, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int64_t agent;
	int status = store_agent(store, policy->agent, policy->created_ns, &agent, err);

	if (!status)
		status = query_open(&add, store, STATEMENT_ADD_POLICY, err);
	if (status)
		return status;
	query_bind_int(&add, agent);
	query_bind_int(&add, policy->created_ns);
	query_bind_text(&add, policy->digest);
	query_bind_text(&add, policy->parent);
	query_bind_bytes(&add, policy->document);
	query_bind_text(&add, policy->author);
	return query_run(&add, err);
}
