#include "reports/html/chart.h"
#include "reports/html/collect.h"
#include "reports/html/drawings.h"
#include "reports/html/parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define WIDTH 720.0
#define LEFT  250.0 /* right edge of the programs' names */
#define RIGHT 440.0 /* left edge of the hosts' names */
#define TOP   22.0
#define SPACE 10.0 /* between two ends */
#define END   8.0  /* their width */
#define SHOWN 40   /* flows; each end is one of at most as many */

/* One program and one host. */
struct flow {
	size_t program, object;
	int64_t ok, denied;
	size_t from, to; /* numbers of its ends */
	double height;
};

struct end {
	size_t item; /* program or object */
	double height, top, used;
	int64_t ok;
};

struct flows {
	const struct report_model *model;
	struct chart *chart;
	struct flow *flow;
	size_t count, shown;
	struct end program[SHOWN], host[SHOWN];
	size_t program_count, host_count;
};

static bool is_traffic(const struct report_model *model, const struct link *link)
{
	const struct use *use = &model->use[link->use];

	return model->object[use->object].resource == RESOURCE_HOST &&
	       use->action != ACTION_RESOLVE && (link->ok || link->denied);
}

/* Links are sorted by program and object: those of one flow stand together. */
static int collect(struct flows *flows)
{
	const struct report_model *model = flows->model;

	flows->flow = calloc(model->link_count + 1, sizeof *flows->flow);
	if (!flows->flow)
		return -ENOMEM;
	for (size_t i = 0; i < model->link_count; i++) {
		const struct link *link = &model->link[i];
		size_t object = model->use[link->use].object;
		struct flow *flow = &flows->flow[flows->count];

		if (!is_traffic(model, link))
			continue;
		if (flows->count && flow[-1].program == link->program && flow[-1].object == object)
			flow--;
		else
			flows->count++;
		flow->program = link->program;
		flow->object = object;
		flow->ok = count_add(flow->ok, link->ok);
		flow->denied = count_add(flow->denied, link->denied);
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct flow *one = a, *other = b;
	int64_t left = count_add(one->ok, one->denied);
	int64_t right = count_add(other->ok, other->denied);

	if (left != right)
		return left > right ? -1 : 1;
	if (one->program != other->program)
		return one->program < other->program ? -1 : 1;
	return one->object < other->object ? -1 : one->object > other->object;
}

/* The end for an item, made where it is not there; adds the flow's height. */
static size_t add_end(struct end *end, size_t *count, size_t item, const struct flow *flow)
{
	size_t i = 0;

	while (i < *count && end[i].item != item)
		i++;
	if (i == *count)
		end[(*count)++] = (struct end){ .item = item };
	end[i].height += flow->height;
	end[i].ok = count_add(end[i].ok, flow->ok);
	return i;
}

static double place(struct end *end, size_t count)
{
	double y = TOP;

	for (size_t i = 0; i < count; i++) {
		end[i].top = end[i].used = y;
		y += end[i].height + SPACE;
	}
	return y;
}

/* Returns the height of the drawing. */
static double arrange(struct flows *flows)
{
	double left, right;

	if (flows->count)
		qsort(flows->flow, flows->count, sizeof *flows->flow, compare);
	flows->shown = flows->count < SHOWN ? flows->count : SHOWN;
	for (size_t i = 0; i < flows->shown; i++) {
		struct flow *flow = &flows->flow[i];

		/* By the logarithm: what happened once must be seen beside what happened often. */
		flow->height = 9 + 6 * log10((double)flow->ok + (double)flow->denied);
		flow->from = add_end(flows->program, &flows->program_count, flow->program, flow);
		flow->to = add_end(flows->host, &flows->host_count, flow->object, flow);
	}
	left = place(flows->program, flows->program_count);
	right = place(flows->host, flows->host_count);
	return left > right ? left : right;
}

static void draw_flow(struct flows *flows, const struct flow *flow)
{
	struct end *from = &flows->program[flow->from], *to = &flows->host[flow->to];
	char tip[2 * CHART_LABEL_SIZE], name[2][CHART_LABEL_SIZE], room[2][WORDS_SIZE];

	snprintf(tip, sizeof tip, "%.200s \xe2\x86\x92 %.200s: %s, %s denied",
		 chart_fit(flows->model->program[flow->program].name, 1, 60, name[0]),
		 chart_fit(flows->model->object[flow->object].name, 1, 60, name[1]),
		 counted(flow->ok, "time", "times", room[0]), number_text(flow->denied, room[1]));
	chart_band(flows->chart, (struct point){ LEFT + END, from->used },
		   (struct point){ RIGHT - END, to->used }, flow->height,
		   flow->ok ? INK_BAND : INK_BAD_SOFT, tip);
	from->used += flow->height;
	to->used += flow->height;
}

static void draw_ends(const struct flows *flows)
{
	char room[CHART_LABEL_SIZE], text[CHART_LABEL_SIZE + 16];

	for (size_t i = 0; i < flows->program_count; i++) {
		const struct end *end = &flows->program[i];
		const char *name = flows->model->program[end->item].name;

		chart_bar(flows->chart, (struct point){ LEFT, end->top }, END, end->height,
			  INK_MAIN_FILL, name);
		chart_label(flows->chart,
			    (struct point){ LEFT - 9, end->top + end->height / 2 + 4 }, ANCHOR_END,
			    12.5, INK_STRONG, chart_fit(name, 12.5, LEFT - 16, room));
	}
	for (size_t i = 0; i < flows->host_count; i++) {
		const struct end *end = &flows->host[i];
		const char *name = flows->model->object[end->item].name;

		chart_bar(flows->chart, (struct point){ RIGHT - END, end->top }, END, end->height,
			  end->ok ? INK_SECOND : INK_BAD, name);
		snprintf(text, sizeof text, "%s%s", end->ok ? "" : "\xe2\x9c\x95 denied: ",
			 chart_fit(name, 12.5, WIDTH - RIGHT - (end->ok ? 12 : 76), room));
		chart_label(flows->chart,
			    (struct point){ RIGHT + 8, end->top + end->height / 2 + 4 },
			    ANCHOR_START, 12.5, end->ok ? INK_STRONG : INK_BAD, text);
	}
}

static int draw(struct flows *flows, struct element *into)
{
	double height = arrange(flows);
	char title[128], room[2][WORDS_SIZE];
	int status;

	status = chart_open(&flows->chart, WIDTH, height, "flows", "Which program talked to whom",
			    "Bands from programs on the left to hosts on the right; red ones were "
			    "denied.  The table below has the numbers.");
	if (status)
		return status;
	chart_label(flows->chart, (struct point){ LEFT + END, 12 }, ANCHOR_END, 12, INK_LABEL,
		    "program");
	chart_label(flows->chart, (struct point){ RIGHT - END, 12 }, ANCHOR_START, 12, INK_LABEL,
		    "endpoint");
	for (size_t i = 0; i < flows->shown; i++)
		draw_flow(flows, &flows->flow[i]);
	draw_ends(flows);
	snprintf(title, sizeof title, "%s and %s; red is what was denied.",
		 counted((int64_t)flows->program_count, "program", "programs", room[0]),
		 counted((int64_t)flows->host_count, "endpoint", "endpoints", room[1]));
	part_caption(
		part_figure(into), flows->chart, title,
		flows->count > flows->shown
			? "The 40 busiest pairs; a band grows with the logarithm of the times, "
			  "so that rare ones can be seen."
			: "A band grows with the logarithm of the times, so that rare ones can "
			  "be seen.");
	return 0;
}

int figure_flows(const struct report_model *model, struct element *into)
{
	struct flows flows = { .model = model };
	int status = collect(&flows);

	if (!status && flows.count)
		status = draw(&flows, into);
	free(flows.flow);
	return status;
}
