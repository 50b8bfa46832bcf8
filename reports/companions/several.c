#include "reports/companions/several.h"

#include "core/command.h"
#include "core/digest.h"
#include "core/store.h"
#include "reports/audit_text.h"
#include "reports/companions/companions.h"
#include "reports/companions/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct several {
	const struct several_request *request;
	const struct house *house;
	struct overview overview;
	char **agent; /* by name, each once */
	size_t agent_count;
	struct buffer manifest;
	struct error *err;
};

static void several_cleanup(struct several *several)
{
	for (size_t i = 0; i < several->overview.count; i++) {
		free(several->overview.row[i].agent);
		free(several->overview.row[i].folder);
		free(several->overview.row[i].reason);
	}
	free(several->overview.row);
	for (size_t i = 0; i < several->agent_count; i++)
		free(several->agent[i]);
	free(several->agent);
	buffer_release(&several->manifest);
}

/* ---- which agents ---- */

static int add_agent(struct several *several, const char *name)
{
	char **grown;

	for (size_t i = 0; i < several->agent_count; i++)
		if (!strcmp(several->agent[i], name))
			return 0;
	grown = reallocarray(several->agent, several->agent_count + 1, sizeof *grown);
	if (!grown)
		return error_set(several->err, ENOMEM, "list the agents");
	several->agent = grown;
	grown[several->agent_count] = strdup(name);
	if (!grown[several->agent_count])
		return error_set(several->err, ENOMEM, "list the agents");
	several->agent_count++;
	return 0;
}

static int note_agent(void *context, const struct run *run)
{
	return add_agent(context, run->agent);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_agents(struct several *several)
{
	const struct several_request *request = several->request;
	struct store *store = NULL;
	int r = 0;

	for (size_t i = 0; i < request->agent_count && !r; i++)
		r = add_agent(several, request->agent[i]);
	if (request->all)
		r = store_open(&store, request->db, STORE_READ, several->err);
	if (store && !r)
		r = store_each_run(store, NULL, note_agent, several, several->err);
	store_close(store);
	if (!r && !several->agent_count)
		return error_say(several->err, ENOENT,
				 "report on all agents: there are none; `pare record` adds one");
	if (!r)
		qsort(several->agent, several->agent_count, sizeof *several->agent, compare);
	return r;
}

/* ---- one agent ---- */

/* Bytes of a name that may be that of a folder, too. */
#define PLAIN_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
#define FOLDER_MAX  60

/* A name for its folder: what is not plain becomes _, and then a sum tells them apart. */
static void name_folder(const char *agent, struct buffer *out)
{
	char hex[DIGEST_HEX_SIZE] = "";
	size_t plain = strspn(agent, PLAIN_BYTES), size = strlen(agent);

	if (plain == size && size && size <= FOLDER_MAX && !strchr(".-", *agent)) {
		buffer_add(out, agent);
		return;
	}
	for (size_t i = 0; i < size && i < FOLDER_MAX; i++)
		buffer_add_char(out, i && strchr(PLAIN_BYTES, agent[i]) ? agent[i] : '_');
	out->failed |= digest_of(bytes_of(agent), hex) < 0;
	buffer_printf(out, "-%.8s", hex);
}

static void count(const struct edition *edition, struct overview_row *row)
{
	const struct audit *audit = &edition->audit;

	row->as_of_ns = edition->as_of_ns;
	row->runs = edition->runs;
	row->permissions = (int64_t)audit->grant_count;
	row->removals = audit_removals(audit);
	for (size_t i = 0; i < audit->finding_count; i++)
		row->findings[audit->finding[i].severity]++;
}

static int write_folder(struct several *several, struct edition *edition, struct overview_row *row)
{
	scoped(buffer) struct buffer name = { 0 }, path = { 0 };
	int r;

	name_folder(row->agent, &name);
	folder_join(several->request->path, buffer_text(&name), &path);
	if (buffer_status(&name) < 0 || buffer_status(&path) < 0)
		return error_set(several->err, ENOMEM, "write a report");
	r = folder_write(edition, several->request->format, buffer_text(&path), several->err);
	r = r ? r
	      : folder_list(buffer_text(&path), buffer_text(&name), &several->manifest,
			    several->err);
	row->folder = buffer_steal(&name);
	return r;
}

static struct overview_row *next_row(struct several *several)
{
	struct overview *overview = &several->overview;
	struct overview_row *grown =
		reallocarray(overview->row, overview->count + 1, sizeof *grown);

	if (!grown)
		return NULL;
	overview->row = grown;
	grown[overview->count] = (struct overview_row){ 0 };
	return &grown[overview->count++];
}

/* Nothing granted, or nothing recorded by then, is no failure of the others. */
static int add_reason(struct overview_row *row, const char *agent, const char *why)
{
	row->agent = row->agent ? row->agent : strdup(agent);
	row->reason = strdup(why);
	return row->agent && row->reason ? 0 : -ENOMEM;
}

static int write_agent(struct several *several, const char *agent)
{
	struct edition_request request = several->request->edition;
	scoped(edition) struct edition edition = { 0 };
	scoped(buffer) struct buffer shown = { 0 };
	struct overview_row *row = next_row(several);
	struct error err = { 0 };
	int r;

	if (!row)
		return error_set(several->err, ENOMEM, "write a report");
	request.agent = agent;
	r = edition_open(&edition, several->request->db, several->house, &request, &err);
	if (r == -ENOENT) /* whose names nobody has learned */
		return add_reason(row, request.is_redacted ? "(another)" : agent,
				  "nothing was recorded of it by then");
	if (r) {
		*several->err = err;
		return r;
	}
	edition_name(&edition, bytes_of(agent), &shown);
	row->agent = strdup(buffer_text(&shown));
	if (!row->agent || buffer_status(&shown) < 0)
		return error_set(several->err, ENOMEM, "write a report");
	count(&edition, row);
	if (edition.audit_reason.code)
		return add_reason(row, agent,
				  edition.audit_reason.code == ENOENT ? "it is granted nothing"
								      : "its audit failed");
	return write_folder(several, &edition, row);
}

/* ---- the overview ---- */

static const struct {
	const char *file;
	overview_file *write;
} overview_files[] = {
#define OVERVIEW(name, file, help) { file, overview_##name },
#include "reports/companions/overviews.def"
};

struct overview_of {
	overview_file *write;
	const struct overview *overview;
};

static int write_one(void *context, FILE *out, struct error *err)
{
	const struct overview_of *of = context;

	return of->write(of->overview, out, err);
}

static int write_overview(struct several *several)
{
	int r = 0;

	for (size_t i = 0; i < sizeof overview_files / sizeof *overview_files && !r; i++) {
		scoped(buffer) struct buffer path = { 0 };
		struct overview_of of = { overview_files[i].write, &several->overview };

		folder_join(several->request->path, overview_files[i].file, &path);
		r = buffer_status(&path);
		r = r ? r : folder_write_file(buffer_text(&path), write_one, &of, several->err);
		r = r ? r
		      : folder_add_sum(buffer_text(&path), overview_files[i].file,
				       &several->manifest, several->err);
	}
	return r;
}

static bool has_page(const struct several_request *request)
{
	for (const struct companion_row *row = companion_row; row->name; row++)
		if (!strcmp(row->file, "report.html"))
			return companion_is_of(row, request->format, request->edition.is_redacted);
	return false;
}

int several_write(const struct several_request *request, const struct house *house,
		  struct error *err)
{
	scoped(several) struct several several = {
		.request = request,
		.house = house,
		.err = err,
		.overview = { .quarter = request->edition.quarter ? request->edition.quarter->name
								  : "",
			      .is_redacted = request->edition.is_redacted },
	};
	int r = list_agents(&several);

	several.overview.has_pages = has_page(request);
	r = r ? r : folder_take_empty(request->path, err);
	for (size_t i = 0; i < several.agent_count && !r; i++)
		r = write_agent(&several, several.agent[i]);
	r = r ? r : write_overview(&several);
	r = r ? r : folder_seal(request->path, &several.manifest, err);
	return r ? error_set(err, -r, "write a report to %s", request->path) : 0;
}
