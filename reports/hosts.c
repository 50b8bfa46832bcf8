#include "reports/hosts.h"

#include "reports/json.h"
#include "reports/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN 12
#define INDENT	   2
#define NAME_WIDE  44

static const struct table_column column[] = {
	{ "HOST", false, 0 },	 { "NAMED BY", false, 5 }, { "ASKED FOR", false, 3 },
	{ "PROGRAM", false, 4 }, { "TIMES", true, 2 },	   { "SENT", true, 0 },
	{ "RECEIVED", true, 0 }, { "PEER", false, 1 },	   { "THROUGH", false, 0 },
};

/* Connections that look the same to people: of whatever process. */
struct line {
	struct connection sum;
	struct bytes program; /* the last component of its path */
};

static struct bytes last_component(struct bytes path)
{
	const char *slash = path.size ? memrchr(path.data, '/', path.size) : NULL;
	size_t before = slash ? (size_t)(slash + 1 - path.data) : 0;

	return (struct bytes){ path.data + before, path.size - before };
}

static int compare_names(const void *a, const void *b)
{
	const struct line *one = a, *other = b;
	int order = bytes_compare(one->sum.name, other->sum.name);

	order = order ? order : bytes_compare(one->program, other->program);
	order = order ? order : bytes_compare(one->sum.peer, other->sum.peer);
	order = order ? order : (int)one->sum.source - (int)other->sum.source;
	order = order ? order : (int)one->sum.protocol - (int)other->sum.protocol;
	order = order ? order : bytes_compare(one->sum.question, other->sum.question);
	return order ? order : bytes_compare(one->sum.relay, other->sum.relay);
}

/* The most first; by name where it is the same. */
static int compare_sizes(const void *a, const void *b)
{
	const struct line *one = a, *other = b;
	int64_t less = other->sum.sent + other->sum.received;
	int64_t more = one->sum.sent + one->sum.received;

	if (more != less)
		return more > less ? -1 : 1;
	return compare_names(a, b);
}

/* A socket of UDP that was connected to see which address it would have is nothing to people. */
static bool is_silent(const struct connection *connection)
{
	return connection->protocol == PROTOCOL_UDP && connection->measured && !connection->sent &&
	       !connection->received;
}

/* To people those that were accepted are alike, whatever the port of the other end. */
static struct line line_of(const struct connection_row *row)
{
	struct line line = { row->connection, last_component(row->program) };

	if (line.sum.source == SOURCE_ACCEPTED)
		line.sum.peer = line.sum.name;
	return line;
}

static size_t add_alike(struct line *line, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct connection *sum = &line[kept ? kept - 1 : 0].sum;

		if (!kept || compare_names(&line[kept - 1], &line[i])) {
			line[kept++] = line[i];
			continue;
		}
		sum->count += line[i].sum.count;
		sum->measured += line[i].sum.measured;
		sum->sent += line[i].sum.sent;
		sum->received += line[i].sum.received;
	}
	return kept;
}

/* As they are best shown.  The number of lines, or -ENOMEM. */
static ssize_t find_lines(const struct connections *connections, struct line **ret)
{
	struct line *line = calloc(connections->count + 1, sizeof *line);
	size_t count = 0;

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < connections->count; i++) {
		const struct connection_row *row = connections->row[i];

		if (!is_silent(&row->connection))
			line[count++] = line_of(row);
	}
	qsort(line, count, sizeof *line, compare_names);
	count = add_alike(line, count);
	qsort(line, count, sizeof *line, compare_sizes);
	*ret = line;
	return (ssize_t)count;
}

/* "712 B", "1.4 KiB", "23 MiB". */
static void add_size(int64_t bytes, struct buffer *out)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double size = (double)bytes;
	size_t i = 0;

	for (; size >= 1000 && i + 1 < sizeof unit / sizeof *unit; i++)
		size /= 1024;
	buffer_printf(out, i && size < 9.95 ? "%.1f %s" : "%.0f %s", size, unit[i]);
}

static void add_cell(struct table *table, enum style style, struct buffer *text, int *rc)
{
	if (*rc == 0)
		*rc = buffer_status(text);
	if (*rc == 0)
		*rc = table_add(table, style, buffer_text(text));
	buffer_clear(text);
}

static void add_name_cell(const struct page *page, struct table *table, struct bytes name, int *rc)
{
	scoped(buffer) struct buffer text = { 0 };

	if (name.size)
		terminal_add_name(page->terminal, name, NAME_WIDE, &text);
	add_cell(table, STYLE_PLAIN, &text, rc);
}

static void add_size_cell(struct table *table, const struct connection *sum, int64_t size, int *rc)
{
	scoped(buffer) struct buffer text = { 0 };

	if (sum->measured)
		add_size(size, &text);
	else
		buffer_add(&text, "?");
	add_cell(table, STYLE_PLAIN, &text, rc);
}

/* The name of a host without its protocol and port: what DNS would have been asked for. */
static struct bytes host_of(struct bytes name)
{
	const char *slash = memchr(name.data, '/', name.size);
	const char *colon = memrchr(name.data, ':', name.size);

	if (!slash || !colon || colon < slash)
		return name;
	return (struct bytes){ slash + 1, (size_t)(colon - slash - 1) };
}

static int add_line(const struct page *page, struct table *table, const struct line *line)
{
	const struct connection *sum = &line->sum;
	bool asked = sum->question.size && !bytes_equal(sum->question, host_of(sum->name));
	bool named = !bytes_equal(sum->name, sum->peer) && !sum->relay.size;
	scoped(buffer) struct buffer text = { 0 };
	int rc = 0;

	add_name_cell(page, table, sum->name, &rc);
	buffer_add(&text, source_text(sum->source));
	add_cell(table, STYLE_FAINT, &text, &rc);
	add_name_cell(page, table, asked ? sum->question : (struct bytes){ 0 }, &rc);
	add_name_cell(page, table, line->program, &rc);
	terminal_add_number(sum->count, &text);
	add_cell(table, STYLE_FAINT, &text, &rc);
	add_size_cell(table, sum, sum->sent, &rc);
	add_size_cell(table, sum, sum->received, &rc);
	add_name_cell(page, table, named ? sum->peer : (struct bytes){ 0 }, &rc);
	add_name_cell(page, table, sum->relay, &rc);
	return rc;
}

/* The last column may be empty, with what leads to it. */
static void indent(const struct buffer *text, struct buffer *out)
{
	const char *at = buffer_text(text), *end;

	for (; (end = strchr(at, '\n')); at = end + 1) {
		size_t size = (size_t)(end - at);

		while (size && at[size - 1] == ' ')
			size--;
		terminal_pad(0, INDENT, out);
		buffer_append(out, at, size);
		buffer_add_char(out, '\n');
	}
}

static int add_table(struct page *page, const struct line *line, size_t count)
{
	struct table table = { .column = column, .column_count = sizeof column / sizeof *column };
	struct terminal narrower = *page->terminal;
	scoped(buffer) struct buffer text = { 0 };
	int rc = 0;

	narrower.columns -= INDENT;
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = add_line(page, &table, &line[i]);
	if (rc == 0)
		table_write(&table, &narrower, &text);
	table_release(&table);
	indent(&text, &page->out);
	return rc ? rc : buffer_status(&text);
}

int page_hosts(struct page *page, const struct connections *connections)
{
	struct line *line;
	ssize_t count = find_lines(connections, &line);
	size_t shown = count > ROWS_SHOWN + 2 ? ROWS_SHOWN : (size_t)count;
	int rc;

	if (count < 0)
		return -ENOMEM;
	if (count == 0) {
		free(line);
		return 0;
	}
	page_say(page, STYLE_STRONG, "Talked with ");
	page_count(page, STYLE_STRONG, count, "host", "hosts");
	buffer_add(&page->out, ":\n");
	rc = add_table(page, line, shown);
	page_more(page, (size_t)count - shown);
	free(line);
	return rc;
}

static void add_bytes_or_none(const char *key, struct bytes bytes, struct buffer *out)
{
	json_key(key, out);
	if (bytes.data)
		json_bytes(bytes, out);
	else
		json_none(out);
}

static void add_number_or_none(const char *key, bool known, int64_t number, struct buffer *out)
{
	json_key(key, out);
	if (known)
		json_number(number, out);
	else
		json_none(out);
}

void hosts_add_facts(const struct connection *of, struct buffer *out)
{
	json_key("source", out);
	json_text(source_text(of->source), out);
	add_bytes_or_none("question", of->question, out);
	add_bytes_or_none("relay", of->relay, out);
	add_number_or_none("sent", of->measured, of->sent, out);
	add_number_or_none("received", of->measured, of->received, out);
}

static void add_row(const struct connection_row *row, struct buffer *out)
{
	const struct connection *connection = &row->connection;

	json_open('{', out);
	add_bytes_or_none("name", connection->name, out);
	json_key("protocol", out);
	json_text(protocol_text(connection->protocol), out);
	add_bytes_or_none("program", row->program, out);
	add_number_or_none("image", true, connection->image, out);
	add_bytes_or_none("peer", connection->peer, out);
	hosts_add_facts(connection, out);
	add_number_or_none("count", true, connection->count, out);
	add_number_or_none("measured", true, connection->measured, out);
	json_key("first", out);
	json_time(connection->first_ns, out);
	json_key("last", out);
	json_time(connection->last_ns, out);
	json_close('}', out);
}

void hosts_add_json(const struct connections *connections, struct buffer *out)
{
	json_open('[', out);
	for (size_t i = 0; i < connections->count; i++)
		add_row(connections->row[i], out);
	json_close(']', out);
}
