#include "reports/called_tools.h"

#include "core/error.h"
#include "reports/json.h"
#include "reports/page.h"
#include "reports/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct bytes name_of(const struct called_tool *tool)
{
	return (struct bytes){ tool->name, tool->size };
}

/* The place of a name, or where it would be. */
static size_t find(const struct called_tools *tools, struct bytes name)
{
	size_t low = 0, high = tools->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(name_of(&tools->tool[middle]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int insert(struct called_tools *tools, size_t at, struct bytes name)
{
	size_t capacity = tools->capacity ? tools->capacity * 2 : 16;
	struct called_tool *grown = tools->tool;
	char *copy = malloc(name.size + 1);

	if (copy && tools->count == tools->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (grown) {
			tools->tool = grown;
			tools->capacity = capacity;
		}
	}
	if (!copy || !grown) {
		free(copy);
		return -ENOMEM;
	}
	if (name.size)
		memcpy(copy, name.data, name.size);
	memmove(grown + at + 1, grown + at, (tools->count - at) * sizeof *grown);
	grown[at] = (struct called_tool){ .name = copy, .size = name.size };
	tools->count++;
	return 0;
}

static int count_call(void *context, const struct tool_call *call, const struct image *image)
{
	struct called_tools *tools = context;
	size_t at = find(tools, call->tool), status = (size_t)call->status;
	int r = 0;

	(void)image;
	if (at == tools->count || !bytes_equal(name_of(&tools->tool[at]), call->tool))
		r = insert(tools, at, call->tool);
	if (r < 0)
		return r;
	tools->tool[at].calls++;
	tools->tool[at].by_status[status < STATUS_ROOM ? status : 0]++;
	return 0;
}

int called_tools_read(struct called_tools *tools, struct store *store, int64_t run,
		      struct error *err)
{
	int r = store_each_call(store, run, count_call, tools, err);

	return r < 0 ? error_set(err, -r, "read the tool calls") : 0;
}

void called_tools_cleanup(struct called_tools *tools)
{
	for (size_t i = 0; i < tools->count; i++)
		free(tools->tool[i].name);
	free(tools->tool);
	*tools = (struct called_tools){ 0 };
}

static void add_tool(struct page *page, const struct called_tool *tool)
{
	const char *before = ": ";

	buffer_add(&page->out, "  ");
	terminal_add_name(page->terminal, name_of(tool), 50, &page->out);
	buffer_add(&page->out, "  ");
	page_count(page, STYLE_PLAIN, tool->calls, "call", "calls");
	for (size_t i = 0; i < STATUS_ROOM; i++) {
		if (!tool->by_status[i])
			continue;
		buffer_printf(&page->out, "%s%lld %s", before, (long long)tool->by_status[i],
			      status_text((enum call_status)i));
		before = ", ";
	}
	buffer_add_char(&page->out, '\n');
}

void page_called_tools(struct page *page, const struct called_tools *tools)
{
	if (!tools->count)
		return;
	page_say(page, STYLE_STRONG, "Tool calls");
	buffer_add_char(&page->out, '\n');
	for (size_t i = 0; i < tools->count; i++)
		add_tool(page, &tools->tool[i]);
}

void called_tools_add_json(const struct called_tools *tools, struct buffer *out)
{
	json_open('[', out);
	for (size_t i = 0; i < tools->count; i++) {
		const struct called_tool *tool = &tools->tool[i];

		json_open('{', out);
		json_key("tool", out);
		json_bytes(name_of(tool), out);
		json_key("calls", out);
		json_number(tool->calls, out);
		for (size_t k = 0; k < STATUS_ROOM; k++) {
			if (!tool->by_status[k])
				continue;
			json_key(status_text((enum call_status)k), out);
			json_number(tool->by_status[k], out);
		}
		json_close('}', out);
	}
	json_close(']', out);
}
