#include "analyzer/grants/agents.h"

#include "core/varying.h"

#include <string.h>

/* No name of a tool is longer. */
#define TOOL_MAX 128

/* What is between the stars; `room`: what a star may stand for, 0: it is a byte of the name. */
static void write_name(struct bytes name, size_t room, struct buffer *out)
{
	bool is_all = bytes_equal(name, bytes_of("*"));

	while (name.size) {
		const char *star = room ? memchr(name.data, '*', name.size) : NULL;
		size_t size = star ? (size_t)(star - name.data) : name.size;

		if (size)
			pattern_write_literal((struct bytes){ name.data, size }, out);
		if (star)
			buffer_printf(out, "{any:%d-%zu}", is_all, room);
		size += star != NULL;
		name.data += size;
		name.size -= size;
	}
}

static size_t count_stars(struct bytes name)
{
	size_t count = 0;

	for (size_t i = 0; i < name.size; i++)
		count += name.data[i] == '*';
	return count;
}

static bool is_name(const struct statement *from, struct bytes name)
{
	if (name.size && !memchr(name.data, '\0', name.size))
		return true;
	granted_note(from, NOTE_UNREAD, "it is no name of a server and a tool");
	return false;
}

static void add(const struct statement *from, struct bytes server, size_t server_room,
		struct bytes tool, size_t tool_room)
{
	scoped(buffer) struct buffer pattern = { 0 };

	from->grants->governs |= 1u << RESOURCE_TOOL;
	if (!is_name(from, server) || !is_name(from, tool))
		return;
	write_name(server, server_room, &pattern);
	buffer_add_char(&pattern, '/');
	write_name(tool, tool_room, &pattern);
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_TOOL, GRANT_BIT(CALL), buffer_text(&pattern));
}

void granted_add_tool(const struct statement *from, struct bytes server, struct bytes tool)
{
	add(from, server, 0, tool, 0);
}

/* How much each star may stand for, so that the whole is no longer than any name. */
static size_t star_room(size_t stars, size_t fixed)
{
	size_t room = stars && fixed < VARYING_MAX ? (VARYING_MAX - fixed) / stars : 0;

	return room < TOOL_MAX ? room : TOOL_MAX;
}

void granted_add_all_tools(const struct statement *from, struct bytes server)
{
	size_t room = star_room(1, server.size + 1);

	if (room)
		add(from, server, 0, bytes_of("*"), room);
	else
		granted_note(from, NOTE_UNREAD, "it is longer than any name of a tool");
}

void granted_add_tools(const struct statement *from, struct bytes server, struct bytes tool)
{
	size_t stars = count_stars(server) + count_stars(tool);
	size_t room = star_room(stars, server.size + tool.size + 1 - stars);

	if (stars && !room)
		granted_note(from, NOTE_UNREAD, "it is longer than any name of a tool");
	else
		add(from, server, room, tool, room);
}

void granted_add_everything(const struct statement *from)
{
	granted_add(from, RESOURCE_FILE, GRANT_ALL, "/");
	granted_add(from, RESOURCE_FILE, GRANT_ALL, "/**");
	granted_add_programs(from);
	granted_add_domain(from, bytes_of("*"));
	granted_add(from, RESOURCE_HOST, GRANT_ALL & ~GRANT_BIT(RESOLVE),
		    "udp/{any:1-240}:{digit:1-5}");
	granted_add(from, RESOURCE_HOST, GRANT_LISTEN, "tcp/{any:1-240}:{digit:1-5}");
	granted_add(from, RESOURCE_SOCKET, GRANT_ALL, "/**");
	granted_add(from, RESOURCE_PROCESS, GRANT_ALL, "/**");
	granted_add(from, RESOURCE_VARIABLE, GRANT_ALL, "{any:1-255}");
	granted_add_tools(from, bytes_of("*"), bytes_of("*"));
}
