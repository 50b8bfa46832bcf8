#include "reports/html/audited.h"
#include "reports/html/chart.h"
#include "reports/html/drawings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 760.0
#define LEFT  270.0
#define RIGHT 636.0 /* three halves of the limit */
#define TOP   34.0
#define ROW   21.0
#define SHOWN 20
#define OVER  1.5

struct bullets {
	struct chart *chart;
	const struct audit_grant **grant;
	size_t count;
};

/* A share of the limit, or of what would do. */
static double share(const struct audit_rate *rate, int64_t value)
{
	int64_t whole = rate->limit ? rate->limit : rate->would_do;
	double part = whole ? (double)value / (double)whole : 0;

	return part > OVER ? OVER : part;
}

static int fullest_first(const void *a, const void *b)
{
	const struct audit_grant *one = *(const struct audit_grant *const *)a;
	const struct audit_grant *other = *(const struct audit_grant *const *)b;
	double left = share(&one->rate, one->rate.most),
	       right = share(&other->rate, other->rate.most);

	if (!one->rate.limit != !other->rate.limit)
		return one->rate.limit ? -1 : 1;
	if (left > right || left < right)
		return left > right ? -1 : 1;
	return strcmp(one->id, other->id);
}

static double x_of(double part)
{
	return LEFT + (RIGHT - LEFT) * part / OVER;
}

static void draw_grid(const struct bullets *bullets)
{
	double bottom = TOP + ROW * (double)bullets->count;

	for (int i = 0; i <= 6; i++) {
		double x = x_of(i / 4.0);
		char text[16];

		snprintf(text, sizeof text, "%d %%", i * 25);
		chart_line(bullets->chart, (struct point){ x, TOP - 6 },
			   (struct point){ x, bottom }, i == 4 ? 1.3 : 1,
			   i == 4 ? INK_MARKER : INK_GRID);
		chart_label(bullets->chart, (struct point){ x, TOP - 14 }, ANCHOR_MIDDLE, 11,
			    i == 4 ? INK_STRONG : INK_LABEL, i == 4 ? "limit" : text);
	}
}

static void draw_row(const struct bullets *bullets, size_t number)
{
	const struct audit_grant *grant = bullets->grant[number];
	const struct audit_rate *rate = &grant->rate;
	bool is_over = rate->limit && rate->most > rate->limit;
	double y = TOP + ROW * (double)number;
	scoped(buffer) struct buffer name = { 0 }, tip = { 0 }, limit = { 0 };
	char room[CHART_LABEL_SIZE], said[4][WORDS_SIZE];

	audited_text(grant, &name);
	buffer_printf(&tip, "%s: median %s, 95 of 100 runs %s, most %s %s", buffer_text(&name),
		      number_text(rate->half, said[0]), number_text(rate->most_of, said[1]),
		      number_text(rate->most, said[2]), rate->scope);
	if (rate->limit)
		buffer_printf(&limit, "%s %s", number_text(rate->limit, said[3]), rate->scope);
	else
		buffer_printf(&limit, "none; %s %s", number_text(rate->would_do, said[3]),
			      rate->scope);
	chart_label(bullets->chart, (struct point){ LEFT - 10, y + 12 }, ANCHOR_END, 11.5,
		    INK_STRONG, chart_fit(buffer_text(&name), 11.5, LEFT - 20, room));
	chart_bar(bullets->chart, (struct point){ LEFT, y + 3 },
		  x_of(share(rate, rate->most)) - LEFT, 11, is_over ? INK_BAD_SOFT : INK_SOFT,
		  buffer_text(&tip));
	chart_bar(bullets->chart, (struct point){ LEFT, y + 6 },
		  x_of(share(rate, rate->most_of)) - LEFT, 5,
		  is_over	? INK_BAD
		  : rate->limit ? INK_MAIN_FILL
				: INK_MIDDLE,
		  buffer_text(&tip));
	chart_dot(bullets->chart, (struct point){ x_of(share(rate, rate->half)), y + 8.5 }, 3.2,
		  INK_STRONG, buffer_text(&tip));
	chart_label(bullets->chart, (struct point){ RIGHT + 8, y + 12 }, ANCHOR_START, 11.5,
		    is_over ? INK_BAD : INK_LABEL,
		    chart_fit(buffer_text(&limit), 11.5, WIDTH - RIGHT - 8, room));
}

static int draw(struct bullets *bullets)
{
	int status =
		chart_open(&bullets->chart, WIDTH, TOP + ROW * (double)bullets->count + 6, "rates",
			   "What runs needed, as a share of the limit",
			   "A row for each permission: a dot for the median of the runs, a dark "
			   "bar for 95 of 100, a light bar for the most.  The table below has the "
			   "numbers.");

	if (status)
		return status;
	draw_grid(bullets);
	for (size_t i = 0; i < bullets->count; i++)
		draw_row(bullets, i);
	return 0;
}

/* Those that were used, the fullest first. */
static void choose(struct bullets *bullets, const struct audit *audit)
{
	for (size_t i = 0; i < audit->grant_count; i++)
		if (audit->grant[i].rate.runs)
			bullets->grant[bullets->count++] = &audit->grant[i];
	if (bullets->count)
		qsort(bullets->grant, bullets->count, sizeof *bullets->grant, fullest_first);
	if (bullets->count > SHOWN)
		bullets->count = SHOWN;
}

static void caption(const struct bullets *bullets, const struct audit *audit, struct element *into)
{
	char title[2 * WORDS_SIZE], room[WORDS_SIZE];
	int64_t over = 0, limited = 0;

	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_rate *rate = &audit->grant[i].rate;

		over += rate->limit && rate->most > rate->limit;
		limited += rate->runs && rate->limit;
	}
	snprintf(title, sizeof title, "%s in some run.",
		 counted(over, "limit was exceeded", "limits were exceeded", room));
	part_caption(
		part_figure(into), bullets->chart, limited ? title : "None of them has a limit.",
		"Dot: the median of the runs; dark: 95 of 100; light: the most. Where there is "
		"no limit, the scale is the limit that would do, which stands at the right.");
}

int figure_rates(const struct report_model *model, struct element *into)
{
	const struct audit *audit = model->audit;
	struct bullets bullets = { .grant = calloc(audit->grant_count + 1, sizeof(void *)) };
	int status = bullets.grant ? 0 : -ENOMEM;

	if (!status)
		choose(&bullets, audit);
	if (!status && bullets.count) {
		status = draw(&bullets);
		if (!status)
			caption(&bullets, audit, into);
	}
	free(bullets.grant);
	return status;
}
