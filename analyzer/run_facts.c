#include "analyzer/run_facts.h"

#include "analyzer/endpoint.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int make_room(struct fact_list *list)
{
	size_t capacity = list->capacity ? list->capacity * 2 : 16;
	struct fact_row *grown;

	if (list->count < list->capacity)
		return 0;
	grown = reallocarray(list->row, capacity, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	list->row = grown;
	list->capacity = capacity;
	return 0;
}

static int list_add(struct fact_list *list, struct bytes name, int64_t value)
{
	struct fact_row row = { .store = malloc(name.size + 1), .value = value };

	if (!row.store || make_room(list) < 0) {
		free(row.store);
		return -ENOMEM;
	}
	if (name.size)
		memcpy(row.store, name.data, name.size);
	row.name = (struct bytes){ row.store, name.size };
	list->row[list->count++] = row;
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct fact_row *one = a, *other = b;

	return bytes_compare(one->name, other->name);
}

static const struct fact_row *list_find(const struct fact_list *list, struct bytes name)
{
	const struct fact_row wanted = { .name = name };

	if (!list->count)
		return NULL;
	return bsearch(&wanted, list->row, list->count, sizeof *list->row, compare_rows);
}

/* Sorts, and adds up the values of those with the same name. */
static void list_finish(struct fact_list *list)
{
	size_t kept = 0;

	if (!list->count)
		return;
	qsort(list->row, list->count, sizeof *list->row, compare_rows);
	for (size_t i = 1; i < list->count; i++) {
		if (!compare_rows(&list->row[kept], &list->row[i])) {
			list->row[kept].value += list->row[i].value;
			free(list->row[i].store);
		} else {
			list->row[++kept] = list->row[i];
		}
	}
	list->count = kept + 1;
}

static void list_release(struct fact_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->row[i].store);
	free(list->row);
	*list = (struct fact_list){ 0 };
}

static void port_key(const struct endpoint *endpoint, struct buffer *out)
{
	buffer_append(out, endpoint->protocol.data, endpoint->protocol.size);
	buffer_add_char(out, ':');
	buffer_append(out, endpoint->port.data, endpoint->port.size);
}

static int add_listener(void *context, struct bytes name)
{
	scoped(buffer) struct buffer key = { 0 };
	struct run_facts *facts = context;
	struct endpoint endpoint;

	if (!endpoint_read(name, &endpoint) ||
	    !(endpoint_is_loopback(&endpoint) || endpoint_is_any(&endpoint)))
		return 0;
	port_key(&endpoint, &key);
	return buffer_status(&key) < 0 ? -ENOMEM : list_add(&facts->port, buffer_bytes(&key), 1);
}

/* Of each name: how many were made of which it is not known that they sent nothing. */
static int add_connection(void *context, const struct connection *connection,
			  const struct image *image)
{
	struct run_facts *facts = context;
	bool is_quiet = connection->measured == connection->count && !connection->sent &&
			!connection->received;

	(void)image;
	return connection->protocol == PROTOCOL_UDP
		       ? list_add(&facts->quiet, connection->name, !is_quiet)
		       : 0;
}

static int add_phase(void *context, struct bytes phase, int64_t first_ns)
{
	struct run_facts *facts = context;

	return list_add(&facts->phase, phase, first_ns);
}

int run_facts_read(struct run_facts *ret, struct store *store, int64_t run, struct error *err)
{
	int r = store_each_listener(store, run, add_listener, ret, err);

	r = r ? r : store_each_connection(store, run, add_connection, ret, err);
	r = r ? r : store_each_phase(store, run, add_phase, ret, err);
	if (r < 0)
		return error_set(err, -r, "read a run");
	list_finish(&ret->port);
	list_finish(&ret->quiet);
	list_finish(&ret->phase);
	return 0;
}

int run_facts_note(struct run_facts *facts, const struct access *access)
{
	if (access->resource != RESOURCE_HOST || access->outcome != OUTCOME_OK ||
	    (access->action != ACTION_BIND && access->action != ACTION_ACCEPT))
		return 0;
	return add_listener(facts, access->name);
}

int run_facts_noted(struct run_facts *facts, struct store *store, int64_t run, struct error *err)
{
	int r = store_each_connection(store, run, add_connection, facts, err);

	if (r < 0)
		return error_set(err, -r, "read a run");
	list_finish(&facts->port);
	list_finish(&facts->quiet);
	return 0;
}

static bool is_own_port(const struct run_facts *facts, struct bytes name)
{
	scoped(buffer) struct buffer key = { 0 };
	struct endpoint endpoint;

	if (!endpoint_read(name, &endpoint) || !endpoint_is_loopback(&endpoint) ||
	    bytes_equal(endpoint.port, bytes_of("0")))
		return false;
	port_key(&endpoint, &key);
	return buffer_status(&key) == 0 && list_find(&facts->port, buffer_bytes(&key));
}

bool run_facts_own(const struct run_facts *facts, const struct access *access)
{
	return access->own || (access->resource == RESOURCE_HOST && facts->port.count &&
			       is_own_port(facts, access->name));
}

bool run_facts_probe(const struct run_facts *facts, const struct access *access)
{
	const struct fact_row *row;

	if (access->resource != RESOURCE_HOST || access->action != ACTION_CONNECT ||
	    !bytes_start_with(access->name, bytes_of("udp/")))
		return false;
	row = list_find(&facts->quiet, access->name);
	return row && !row->value;
}

int64_t run_facts_start(const struct run_facts *facts, struct bytes phase)
{
	const struct fact_row *row = list_find(&facts->phase, phase);

	return row ? row->value : 0;
}

void run_facts_release(struct run_facts *facts)
{
	list_release(&facts->port);
	list_release(&facts->quiet);
	list_release(&facts->phase);
}
