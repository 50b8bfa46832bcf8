#include "recorder/wire/comment.h"

#include "core/text.h"

static void add_end(const struct join *join, const struct view *view, struct buffer *out)
{
	scoped(buffer) struct buffer name = { 0 }, shown = { 0 };

	name_write(join, view, &name);
	if (out->size)
		buffer_add(out, "; ");
	buffer_printf(out, "%s (pid %d) ", text_safe(bytes_of(view->party.program), 0, &shown),
		      view->party.pid);
	buffer_add(out, text_safe(buffer_bytes(&name), 0, &shown));
}

void comment_write(const struct join *join, const struct flow *flow, struct buffer *out)
{
	bool is_recorded = flow_is_recorded(flow);

	if (flow->ended) {
		buffer_append(out, flow->comment.data, flow->comment.size);
		return;
	}
	for (unsigned i = 0; i < flow->views; i++)
		if (is_recorded ? flow->view[i].image != 0 : flow->view[i].party.pid != 0)
			add_end(join, &flow->view[i], out);
	if (!is_recorded)
		buffer_add(out, ": the socket is open there, but no recorded call explains it");
}
