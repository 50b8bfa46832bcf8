#include "recorder/tools/lines.h"

#include <string.h>

/* A line that is longer than others leaves no large buffer behind. */
#define KEPT_CAPACITY ((size_t)1024 * 1024)

static void begin(struct lines *lines)
{
	if (lines->line.capacity > KEPT_CAPACITY)
		buffer_release(&lines->line);
	buffer_clear(&lines->line);
	lines->line.failed = false;
	skim_clear(&lines->skim);
	lines->size = 0;
	lines->lost = false;
}

static void cut_to_head(struct lines *lines)
{
	scoped(buffer) struct buffer head = { 0 };

	if (lines->line.size > LINES_HEAD) {
		buffer_append(&head, lines->line.data, LINES_HEAD);
		buffer_release(&lines->line);
		lines->line = head;
		head = (struct buffer){ 0 };
	}
}

static void add(struct lines *lines, struct bytes part)
{
	lines->size += part.size;
	if (lines->lost)
		return;
	skim_feed(&lines->skim, part);
	if (lines->size <= LINES_KEPT)
		buffer_append(&lines->line, part.data, part.size);
	else
		cut_to_head(lines);
}

static bool is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.size; i++)
		if (!strchr(" \t\r", line.data[i]) || !line.data[i])
			return false;
	return true;
}

static void end(struct lines *lines, int64_t time_ns, message_visit *visit, void *context)
{
	struct message message = {
		.line = buffer_bytes(&lines->line),
		.whole = lines->line.size == lines->size,
		.size = lines->size,
		.time_ns = time_ns,
		.skim = &lines->skim,
	};

	skim_end(&lines->skim);
	if (!lines->lost && !(message.whole && is_blank(message.line)))
		visit(context, &message);
	begin(lines);
}

void lines_feed(struct lines *lines, struct bytes data, int64_t time_ns, message_visit *visit,
		void *context)
{
	while (data.size) {
		const char *found = memchr(data.data, '\n', data.size);
		size_t size = found ? (size_t)(found - data.data) : data.size;

		add(lines, (struct bytes){ data.data, size });
		if (found)
			end(lines, time_ns, visit, context);
		size += found != NULL;
		data.data += size;
		data.size -= size;
	}
}

void lines_lose(struct lines *lines)
{
	begin(lines);
	lines->lost = true;
}

bool lines_are_open(const struct lines *lines)
{
	return lines->size && !lines->lost;
}

void lines_release(struct lines *lines)
{
	buffer_release(&lines->line);
	skim_release(&lines->skim);
}
