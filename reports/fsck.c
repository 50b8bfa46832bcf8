#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"
#include "reports/terminal.h"

struct fsck {
	struct terminal terminal;
	struct buffer out;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	const char **db = state->input;

	switch (key) {
	case COMMAND_DB:
		*db = argument;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "too many arguments");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void report(void *context, bool bad, const char *line)
{
	struct fsck *fsck = context;

	terminal_add(&fsck->terminal, bad ? STYLE_BAD : STYLE_PLAIN, bad ? "BAD  " : "     ",
		     &fsck->out);
	terminal_add_escaped(&fsck->terminal, bytes_of(line), 0, &fsck->out);
	buffer_add_char(&fsck->out, '\n');
}

static void add_verdict(struct fsck *fsck, const struct fsck_result *result)
{
	struct buffer *out = &fsck->out;
	bool bad = result->damaged || result->altered;

	terminal_add(&fsck->terminal, bad ? STYLE_BAD : STYLE_GOOD,
		     result->damaged   ? "damaged"
		     : result->altered ? "altered"
				       : "fine",
		     out);
	buffer_add(out, ": ");
	terminal_add_count(result->runs, "run", "runs", out);
	buffer_add(out, ", ");
	terminal_add_number(result->sealed, out);
	buffer_add(out, " sealed, ");
	terminal_add_number(result->incomplete, out);
	buffer_add(out, " incomplete");
	if (bad) {
		buffer_add(out, "; ");
		terminal_add_count(result->damaged, "fault", "faults", out);
		buffer_add(out, " of the database, ");
		terminal_add_count(result->altered, "broken seal", "broken seals", out);
	}
	buffer_add_char(out, '\n');
}

static int check(const char *db, const struct house *house, struct fsck *fsck,
		 struct fsck_result *ret, struct error *err)
{
	struct store *store;
	int rc = store_open(&store, db, STORE_READ, err);

	if (rc < 0)
		return rc;
	rc = store_fsck(store, report, fsck, ret, err);
	if (rc == 0 && !ret->damaged && house->sweep)
		rc = house->sweep(store, report, fsck, err);
	if (rc == 0)
		add_verdict(fsck, ret);
	store_close(store);
	return rc;
}

static int print(const struct buffer *text, struct error *err)
{
	struct output *output;
	int rc = output_open(&output, NULL, err);

	if (rc < 0)
		return rc;
	fputs(buffer_text(text), output_file(output));
	return output_commit(output, err);
}

static int status_of(const struct fsck_result *result)
{
	if (result->damaged)
		return COMMAND_FAILED;
	return result->altered ? COMMAND_NO : COMMAND_DONE;
}

static const struct argp_option option[] = { COMMAND_DB_OPTION, { 0 } };

int command_fsck(int argc, char **argv, const struct house *house)
{
	static const struct argp argp = {
		option,
		parse_option,
		NULL,
		"Checks the database and the chain of seals: that nothing in a sealed run was "
		"changed, and that no sealed run is missing.  Removes what dry runs have left that "
		"were killed.\v"
		"Exit status: 0 all is well, 1 the database itself is damaged, 3 a run was "
		"altered or the chain is broken.",
		NULL,
		NULL,
		NULL
	};
	struct fsck fsck = { .terminal = terminal_of(stdout) };
	struct fsck_result result = { 0 };
	struct error err = { 0 };
	const char *db = NULL;
	int rc;

	command_parse(&argp, argc, argv, &db);
	rc = check(db, house, &fsck, &result, &err);
	if (rc == 0)
		rc = print(&fsck.out, &err);
	buffer_release(&fsck.out);
	return rc < 0 ? command_fail(&err) : status_of(&result);
}
