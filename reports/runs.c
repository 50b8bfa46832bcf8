#include "core/clock.h"
#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "reports/json.h"
#include "reports/run_text.h"
#include "reports/table.h"
#include "reports/terminal.h"

#include <errno.h>

struct runs_options {
	const char *db, *agent;
	bool json;
};

struct runs {
	struct terminal terminal;
	FILE *file;
	struct table table;
	struct buffer text; /* of the cell or line at hand */
	int64_t count;
};

static const struct table_column column[] = {
	{ "RUN", false, 0 }, { "AGENT", false, 0 }, { "TASK", false, 1 },  { "STARTED", false, 3 },
	{ "TOOK", true, 2 }, { "EXIT", true, 4 },   { "STATE", false, 0 }, { "COMMAND", false, 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct runs_options *options = state->input;

	switch (key) {
	case COMMAND_DB:
		options->db = argument;
		return 0;
	case 'a':
		options->agent = argument;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "too many arguments; `pare show RUN` shows one run");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- the table ---- */

/* Adds what `text` holds as a cell. */
static int add_cell(struct runs *runs, enum style style)
{
	int rc = buffer_status(&runs->text);

	if (rc == 0)
		rc = table_add(&runs->table, style, buffer_text(&runs->text));
	buffer_clear(&runs->text);
	return rc;
}

static int add_name(struct runs *runs, struct bytes name, unsigned columns)
{
	terminal_add_name(&runs->terminal, name, columns, &runs->text);
	return add_cell(runs, STYLE_PLAIN);
}

static int add_times(struct runs *runs, const struct run *run)
{
	char time[CLOCK_TEXT_SIZE];
	int rc;

	buffer_printf(&runs->text, "%.16s", clock_format_short(run->started_ns, time));
	rc = add_cell(runs, STYLE_PLAIN);
	if (run_duration_ns(run))
		buffer_add(&runs->text, clock_format_duration(run_duration_ns(run), time));
	return rc ? rc : add_cell(runs, STYLE_PLAIN);
}

static int add_state(struct runs *runs, const struct run *run)
{
	int rc;

	if (run->status >= 0)
		buffer_printf(&runs->text, "%d", run->status);
	rc = add_cell(runs, run->status ? STYLE_CAUTION : STYLE_PLAIN);
	if (run->state == RUN_COMPLETE && run->gaps)
		terminal_add_count(run->gaps, "gap", "gaps", &runs->text);
	else
		buffer_add(&runs->text, run_state_text(run->state));
	return rc ? rc : add_cell(runs, run_evidence_style(run));
}

static int add_row(void *context, const struct run *run)
{
	struct runs *runs = context;
	int rc;

	runs->count++;
	run_add_id(&runs->terminal, run, &runs->text);
	rc = add_cell(runs, STYLE_PLAIN);
	if (rc == 0)
		rc = add_name(runs, bytes_of(run->agent), 24);
	if (rc == 0)
		rc = add_name(runs, bytes_of(run->task), 16);
	if (rc == 0)
		rc = add_times(runs, run);
	if (rc == 0)
		rc = add_state(runs, run);
	terminal_add_command(&runs->terminal, run->command, 0, &runs->text);
	return rc ? rc : add_cell(runs, STYLE_PLAIN);
}

/* ---- JSON lines ---- */

static int write_line(void *context, const struct run *run)
{
	struct runs *runs = context;

	runs->count++;
	json_open('{', &runs->text);
	run_add_json(run, &runs->text);
	json_close('}', &runs->text);
	buffer_add_char(&runs->text, '\n');
	if (runs->text.failed)
		return -ENOMEM;
	if (fwrite(runs->text.data, 1, runs->text.size, runs->file) < runs->text.size)
		return -errno;
	buffer_clear(&runs->text);
	return 0;
}

static void print_table(struct runs *runs)
{
	buffer_clear(&runs->text);
	if (runs->count)
		table_write(&runs->table, &runs->terminal, &runs->text);
	fputs(buffer_text(&runs->text), runs->file);
}

static int list(struct store *store, const struct runs_options *options, struct runs *runs,
		struct error *err)
{
	const struct run_filter filter = { .agent = options->agent };
	struct output *output;
	int rc = output_open(&output, NULL, err);

	if (rc < 0)
		return rc;
	runs->file = output_file(output);
	rc = store_each_run(store, &filter, options->json ? write_line : add_row, runs, err);
	if (rc < 0) {
		output_abandon(output);
		return error_set(err, -rc, "list the runs");
	}
	if (!options->json)
		print_table(runs);
	return output_commit(output, err);
}

/* An empty answer that does not say why looks like a mistake. */
static void explain_nothing(const struct runs *runs, const struct runs_options *options)
{
	if (runs->count || options->json)
		return;
	fputs(options->agent
		      ? "pare: no run of that agent is recorded\n"
		      : "pare: no run is recorded yet; `pare record -- COMMAND` records one\n",
	      stderr);
}

static const struct argp_option option[] = {
	{ "agent", 'a', "NAME", 0, "only the runs of this agent", 0 },
	{ "json", 'j', NULL, 0, "JSON lines, one run a line", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

int command_runs(int argc, char **argv, const struct house *house)
{
	static const struct argp argp = { option, parse_option,
					  NULL,	  "Lists the recorded runs, the newest last.",
					  NULL,	  NULL,
					  NULL };
	struct runs runs = { .terminal = terminal_of(stdout),
			     .table = { .column = column,
					.column_count = sizeof column / sizeof *column } };
	struct runs_options options = { 0 };
	struct error err = { 0 };
	struct store *store;
	int rc;

	(void)house;
	command_parse(&argp, argc, argv, &options);
	rc = store_open(&store, options.db, STORE_READ, &err);
	if (rc < 0)
		return command_fail(&err);
	rc = list(store, &options, &runs, &err);
	if (rc == 0)
		explain_nothing(&runs, &options);
	store_close(store);
	table_release(&runs.table);
	buffer_release(&runs.text);
	return rc < 0 ? command_fail(&err) : COMMAND_DONE;
}
