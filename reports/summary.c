#include "reports/summary.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/store.h"
#include "core/store_fingerprint.h"
#include "reports/called_tools.h"
#include "reports/hosts.h"
#include "reports/page.h"
#include "reports/run_text.h"
#include "reports/tally.h"
#include "reports/terminal.h"

#include <inttypes.h>
#include <errno.h>
#include <string.h>

/* A label of the head, and the columns that are left behind it. */
static unsigned label(struct page *page, const char *text)
{
	const unsigned column = 11;

	buffer_add(&page->out, "  ");
	page_say(page, STYLE_FAINT, text);
	terminal_pad((unsigned)strlen(text) + 2, column, &page->out);
	return page->terminal->columns - column;
}

static void add_verdict(struct page *page)
{
	const struct run *run = page->run;
	enum style style = run_evidence_style(run);
	char duration[CLOCK_TEXT_SIZE];

	page_say(page, style, page->terminal->utf8 ? "\u25cf " : "* ");
	terminal_add_name(page->terminal, bytes_of(run->agent), 40, &page->out);
	buffer_add(&page->out, ", run ");
	run_add_id(page->terminal, run, &page->out);
	buffer_add(&page->out, ": ");
	run_add_status(run, &page->out);
	if (run_duration_ns(run))
		buffer_printf(&page->out, " after %s",
			      clock_format_duration(run_duration_ns(run), duration));
	buffer_add(&page->out, ", ");
	page_say(page, style, run_state_text(run->state));
	if (run->gaps) {
		buffer_add(&page->out, ", ");
		page_count(page, STYLE_CAUTION, run->gaps, "gap", "gaps");
	}
	buffer_add(&page->out, ", ");
	terminal_add_name(page->terminal, bytes_of(run->assurance), 20, &page->out);
	buffer_add(&page->out, " recording\n");
}

static void add_times(struct page *page)
{
	const struct run *run = page->run;
	char started[CLOCK_TEXT_SIZE];

	label(page, "when");
	buffer_add(&page->out, clock_format_short(run->started_ns, started));
	buffer_add(&page->out, " UTC");
	if (strcmp(run->clock, "system"))
		buffer_add(&page->out, " (as --at said)");
	buffer_add(&page->out, " on ");
	terminal_add_name(page->terminal, bytes_of(run->host), 30, &page->out);
	if (*run->task) {
		buffer_add(&page->out, ", task ");
		terminal_add_name(page->terminal, bytes_of(run->task), 30, &page->out);
	}
	buffer_add_char(&page->out, '\n');
}

static void add_roots(struct page *page)
{
	const struct run *run = page->run;
	const struct {
		const char *symbol;
		struct bytes folder;
	} root[] = { { "$WS", run->workspace }, { "$HOME", run->home }, { "$TMP", run->tmp } };
	unsigned columns = label(page, "where") - 11; /* "$HOME is " before, ", " behind */
	const char *before = "";

	for (size_t i = 0; i < sizeof root / sizeof *root; i++) {
		if (root[i].folder.size < 2)
			continue;
		buffer_printf(&page->out, "%s%s is ", before, root[i].symbol);
		terminal_add_name(page->terminal, root[i].folder, columns, &page->out);
		before = ", ";
	}
	buffer_add_char(&page->out, '\n');
}

static void add_effort(struct page *page)
{
	label(page, "seen");
	page_count(page, STYLE_PLAIN, page->tally->accesses, "distinct access",
		   "distinct accesses");
	if (page->run->calls) {
		buffer_add(&page->out, " in ");
		page_count(page, STYLE_PLAIN, page->run->calls, "system call", "system calls");
	}
	if (page->tally->unstopped)
		buffer_printf(&page->out, "; %d %% of the uses did not stop it",
			      (int)(100 * page->tally->unstopped / page->tally->uses));
	buffer_add_char(&page->out, '\n');
}

static void add_usage(struct page *page)
{
	const struct usage *usage = &page->run->usage;

	if (!usage->tasks)
		return;
	label(page, "used");
	page_count(page, STYLE_PLAIN, usage->tasks, "process or thread", "processes and threads");
	buffer_printf(&page->out, " at once, %" PRId64 " KiB of memory in one",
		      usage->memory_bytes / 1024);
	if (usage->file_bytes) {
		buffer_add(&page->out, ", ");
		page_count(page, STYLE_PLAIN, usage->file_bytes, "byte in one file",
			   "bytes in one file");
	}
	buffer_add_char(&page->out, '\n');
}

struct made {
	struct page *page;
	bool any;
};

/* What the agent itself was: the machine's part of it is told by --json. */
static int add_made(void *context, enum fingerprint_kind kind, struct bytes value)
{
	struct made *made = context;
	struct page *page = made->page;

	if (kind > FINGERPRINT_TOOLS)
		return 0;
	if (!made->any)
		label(page, "made of");
	buffer_printf(&page->out, "%s%s ", made->any ? ", " : "", fingerprint_text(kind));
	terminal_add_name(page->terminal, value, page->terminal->columns - 16, &page->out);
	made->any = true;
	return 0;
}

static int add_fingerprints(struct page *page, struct store *store, struct error *err)
{
	struct made made = { page, false };
	int r = store_each_fingerprint(store, page->run->key, add_made, &made, err);

	buffer_add(&page->out, made.any ? "\n\n" : "\n");
	return r;
}

static void add_head(struct page *page)
{
	unsigned columns;

	add_verdict(page);
	columns = label(page, "command");
	terminal_add_command(page->terminal, page->run->command, columns, &page->out);
	buffer_add_char(&page->out, '\n');
	add_times(page);
	add_roots(page);
	add_effort(page);
	add_usage(page);
}

static void add_gap(struct page *page, const struct tally_gap *gap)
{
	const unsigned indent = 6;
	struct bytes detail = bytes_of(gap->detail);

	buffer_add(&page->out, "  ");
	page_say(page, STYLE_STRONG, gap_text(gap->kind));
	buffer_printf(&page->out, ": %s\n", gap_meaning(gap->kind));
	if (!detail.size && gap->count < 2)
		return;
	terminal_pad(0, indent, &page->out);
	page_count(page, STYLE_FAINT, gap->count, "time", "times");
	if (detail.size) {
		buffer_add(&page->out, gap->rows > 1 ? ", first: " : ": ");
		terminal_add_name(page->terminal, detail, page->terminal->columns - indent - 24,
				  &page->out);
	}
	buffer_add_char(&page->out, '\n');
}

static void add_gaps(struct page *page)
{
	const struct tally *tally = page->tally;

	if (!tally->gap_count && page->run->state == RUN_COMPLETE)
		return;
	page_say(page, STYLE_CAUTION, "Not all was seen");
	buffer_add(&page->out, ", so this run cannot show that something is never used:\n");
	if (page->run->state == RUN_INCOMPLETE)
		buffer_add(&page->out, "  the recorder died: its last 100 ms may be missing\n");
	if (page->run->state == RUN_RECORDING)
		buffer_add(&page->out, "  it is still being recorded\n");
	for (size_t i = 0; i < tally->gap_count; i++)
		add_gap(page, &tally->gap[i]);
}

static void add_next(struct page *page)
{
	buffer_add(&page->out, "\nNext, the smallest policy that fits what it did:\n");
	buffer_add(&page->out, "  pare propose --agent ");
	terminal_add_word(page->terminal, bytes_of(page->run->agent), &page->out);
	buffer_add(&page->out, " -o policy.xml\nor every access, one a line:\n  pare dump ");
	run_add_id(page->terminal, page->run, &page->out);
	buffer_add_char(&page->out, '\n');
}

static int print(const struct page *page, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	int rc;

	terminal_wrap(page->terminal, buffer_bytes(&page->out), &text);
	rc = page->out.failed ? -ENOMEM : buffer_status(&text);
	if (rc == 0 && fwrite(text.data, 1, text.size, out) < text.size)
		rc = -errno;
	return rc < 0 ? error_set(err, -rc, "write the summary") : 0;
}

int summarize(struct store *store, const struct run *run, FILE *out, struct error *err)
{
	struct terminal terminal = terminal_of(out);
	scoped(tally) struct tally tally = { 0 };
	scoped(connections) struct connections connections = { 0 };
	scoped(called_tools) struct called_tools tools = { 0 };
	struct page page = { &terminal, run, &tally, { 0 } };
	int rc = tally_run(&tally, store, run, err);

	if (rc == 0)
		rc = connections_read(&connections, store, run->key, err);
	if (rc == 0)
		rc = called_tools_read(&tools, store, run->key, err);
	if (rc < 0)
		return rc;
	add_head(&page);
	rc = add_fingerprints(&page, store, err);
	for (size_t i = 0; i < summary_section_count; i++)
		page_section(&page, i);
	page_called_tools(&page, &tools);
	if (page_hosts(&page, &connections) < 0)
		page.out.failed = true;
	add_gaps(&page);
	add_next(&page);
	rc = rc < 0 ? rc : print(&page, out, err);
	buffer_release(&page.out);
	return rc;
}
