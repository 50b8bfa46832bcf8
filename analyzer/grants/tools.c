#include "analyzer/grants/agents.h"
#include "analyzer/grants/whole.h"

#include <string.h>

/* What is between the stars, where these are no bytes of the name. */
static void write_name(struct bytes name, bool has_stars, struct buffer *out)
{
	bool is_all = bytes_equal(name, bytes_of("*"));

	while (name.size) {
		const char *star = has_stars ? memchr(name.data, '*', name.size) : NULL;
		size_t size = star ? (size_t)(star - name.data) : name.size;

		if (size)
			pattern_write_literal((struct bytes){ name.data, size }, out);
		if (star)
			buffer_printf(out, "{any:%d-255}", is_all);
		size += star != NULL;
		name.data += size;
		name.size -= size;
	}
}

static bool is_name(const struct statement *from, struct bytes name)
{
	if (name.size && !memchr(name.data, '\0', name.size))
		return true;
	granted_note(from, NOTE_UNREAD, "it is no name of a server and a tool");
	return false;
}

static void add(const struct statement *from, struct bytes server, bool server_has_stars,
		struct bytes tool, bool tool_has_stars)
{
	scoped(buffer) struct buffer pattern = { 0 };

	from->grants->governs |= 1u << RESOURCE_TOOL;
	if (!is_name(from, server) || !is_name(from, tool))
		return;
	write_name(server, server_has_stars, &pattern);
	buffer_add_char(&pattern, '/');
	write_name(tool, tool_has_stars, &pattern);
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_TOOL, GRANT_BIT(CALL), buffer_text(&pattern));
}

void granted_add_tool(const struct statement *from, struct bytes server, struct bytes tool)
{
	add(from, server, false, tool, false);
}

void granted_add_all_tools(const struct statement *from, struct bytes server)
{
	add(from, server, false, bytes_of("*"), true);
}

void granted_add_tools(const struct statement *from, struct bytes server, struct bytes tool)
{
	add(from, server, true, tool, true);
}

void granted_add_everything(const struct statement *from)
{
	granted_add(from, RESOURCE_FILE, GRANT_ALL, "/");
	granted_add(from, RESOURCE_FILE, GRANT_ALL, "/**");
	granted_add_programs(from);
	granted_add_domain(from, bytes_of("*"));
	granted_add(from, RESOURCE_HOST, GRANT_ALL & ~GRANT_BIT(RESOLVE),
		    "udp/{any:1-255}:{digit:1-5}");
	granted_add(from, RESOURCE_HOST, GRANT_LISTEN, "tcp/{any:1-255}:{digit:1-5}");
	granted_add(from, RESOURCE_SOCKET, GRANT_ALL, "/**");
	granted_add(from, RESOURCE_PROCESS, GRANT_ALL, "/**");
	granted_add_all(from, RESOURCE_VARIABLE, GRANT_ALL);
	granted_add_tools(from, bytes_of("*"), bytes_of("*"));
}
