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

/* Who connected is said before who accepted. */
static void add_recorded(const struct join *join, const struct flow *flow, bool accepted,
			 struct buffer *out)
{
	for (unsigned i = 0; i < flow->views; i++)
		if (view_is_recorded(&flow->view[i]) && !flow->view[i].image == accepted)
			add_end(join, &flow->view[i], out);
}

void comment_write(const struct join *join, const struct flow *flow, struct buffer *out)
{
	if (flow->ended) {
		buffer_append(out, flow->comment.data, flow->comment.size);
		return;
	}
	if (flow_is_recorded(flow)) {
		add_recorded(join, flow, false, out);
		add_recorded(join, flow, true, out);
		return;
	}
	for (unsigned i = 0; i < flow->views; i++)
		if (flow->view[i].party.pid)
			add_end(join, &flow->view[i], out);
	buffer_add(out, ": the socket is open there, but no recorded call explains it");
}
