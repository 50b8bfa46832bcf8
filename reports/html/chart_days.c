#include "core/clock.h"
#include "reports/html/audited.h"
#include "reports/html/chart.h"
#include "reports/html/drawings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH  760.0
#define LEFT   300.0
#define RIGHT  752.0
#define TOP    34.0
#define ROW    17.0
#define CELL   13.0
#define FOOT   34.0
#define SHOWN  40 /* permissions */
#define LEVELS 4

/* From so many runs a day on. */
static const struct {
	uint32_t least;
	enum ink ink;
	const char *text;
} level[LEVELS] = {
	{ 1, INK_HEAT_1, "1 run" },
	{ 2, INK_HEAT_2, "2 to 3" },
	{ 4, INK_HEAT_3, "4 to 9" },
	{ 10, INK_HEAT_4, "10 or more" },
};

struct heatmap {
	const struct audit *audit;
	struct chart *chart;
	const struct audit_grant **grant;
	size_t count;
	double cell;
};

static int latest_first(const void *a, const void *b)
{
	const struct audit_grant *one = *(const struct audit_grant *const *)a;
	const struct audit_grant *other = *(const struct audit_grant *const *)b;

	if (one->use.last_ns != other->use.last_ns)
		return one->use.last_ns > other->use.last_ns ? -1 : 1;
	return strcmp(one->id, other->id);
}

static int most_used_first(const void *a, const void *b)
{
	const struct audit_grant *one = *(const struct audit_grant *const *)a;
	const struct audit_grant *other = *(const struct audit_grant *const *)b;

	if (one->use.window_runs != other->use.window_runs)
		return one->use.window_runs > other->use.window_runs ? -1 : 1;
	return strcmp(one->id, other->id);
}

/* Where there are too many: the most used and the least, half of each. */
static void choose(struct heatmap *map)
{
	size_t half = SHOWN / 2;

	if (map->count > SHOWN) {
		qsort(map->grant, map->count, sizeof *map->grant, most_used_first);
		memmove(map->grant + half, map->grant + map->count - half,
			half * sizeof *map->grant);
		map->count = SHOWN;
	}
	if (map->count)
		qsort(map->grant, map->count, sizeof *map->grant, latest_first);
}

static double x_of(const struct heatmap *map, size_t day)
{
	return LEFT + map->cell * (double)day;
}

static size_t level_of(uint32_t runs)
{
	size_t at = 0;

	while (at + 1 < LEVELS && runs >= level[at + 1].least)
		at++;
	return at;
}

/* Neighbours of one level are one bar. */
static void draw_days(const struct heatmap *map, const struct audit_grant *grant, double y)
{
	size_t days = map->audit->day_count, end;

	for (size_t day = 0; grant->day_runs && day < days; day = end) {
		size_t at = level_of(grant->day_runs[day]);

		for (end = day + 1; end < days; end++)
			if (!grant->day_runs[end] != !grant->day_runs[day] ||
			    level_of(grant->day_runs[end]) != at)
				break;
		if (grant->day_runs[day])
			chart_bar(map->chart, (struct point){ x_of(map, day), y },
				  map->cell * (double)(end - day) - (map->cell > 3 ? 0.7 : 0), CELL,
				  level[at].ink, NULL);
	}
}

static int64_t days_used(const struct heatmap *map, const struct audit_grant *grant)
{
	int64_t count = 0;

	for (size_t i = 0; grant->day_runs && i < map->audit->day_count; i++)
		count += grant->day_runs[i] > 0;
	return count;
}

static void draw_row(const struct heatmap *map, size_t number)
{
	const struct audit_grant *grant = map->grant[number];
	scoped(buffer) struct buffer name = { 0 }, tip = { 0 };
	double y = TOP + ROW * (double)number;
	char room[CHART_LABEL_SIZE], count[2][WORDS_SIZE];
	struct point corner = { LEFT, y };

	audited_text(grant, &name);
	buffer_printf(&tip, "%s: used on %s of %s, %s", buffer_text(&name),
		      number_text(days_used(map, grant), count[0]),
		      counted((int64_t)map->audit->day_count, "day", "days", count[1]),
		      grant_state_text(grant->state));
	chart_label(map->chart, (struct point){ LEFT - 10, y + 10.5 }, ANCHOR_END, 11.5,
		    grant_state_is_removal(grant->state) ? INK_BAD : INK_STRONG,
		    chart_fit(buffer_text(&name), 11.5, LEFT - 20, room));
	chart_bar(map->chart, corner, x_of(map, map->audit->day_count) - LEFT, CELL, INK_TRACK,
		  NULL);
	draw_days(map, grant, y);
	chart_bar(map->chart, corner, x_of(map, map->audit->day_count) - LEFT, CELL, INK_HIT,
		  buffer_text(&tip));
}

/* The first day of each month. */
static void draw_months(const struct heatmap *map)
{
	double before = -100;

	for (size_t day = 0; day < map->audit->day_count; day++) {
		char room[WORDS_SIZE];
		const char *date =
			date_text((map->audit->first_day + (int64_t)day) * AUDITED_DAY_NS, room);
		double x = x_of(map, day);

		if ((strcmp(date + 8, "01") && day) || x - before < 58 || x > RIGHT - 50)
			continue;
		chart_label(map->chart, (struct point){ x, TOP - 18 }, ANCHOR_START, 11, INK_LABEL,
			    date);
		chart_line(map->chart, (struct point){ x, TOP - 12 }, (struct point){ x, TOP - 5 },
			   1, INK_MARKER_SOLID);
		before = x;
	}
}

static void draw_limit(const struct heatmap *map)
{
	double bottom = TOP + ROW * (double)map->count;
	int64_t unused = map->audit->options.unused_ns / AUDITED_DAY_NS;
	char text[WORDS_SIZE + 32], room[WORDS_SIZE];
	double x;

	if ((int64_t)map->audit->day_count <= unused)
		return;
	x = x_of(map, map->audit->day_count - (size_t)unused);
	chart_line(map->chart, (struct point){ x, TOP - 4 }, (struct point){ x, bottom + 2 }, 1.3,
		   INK_BAD_LINE);
	snprintf(text, sizeof text, "the last %s", days_text(map->audit->options.unused_ns, room));
	chart_label(map->chart, (struct point){ x + 5, bottom + 13 }, ANCHOR_START, 11.5, INK_BAD,
		    text);
}

static void draw_legend(const struct heatmap *map)
{
	double x = LEFT - 296, y = TOP + ROW * (double)map->count + 4;

	for (size_t i = 0; i < LEVELS; i++) {
		chart_bar(map->chart, (struct point){ x, y }, 11, 11, level[i].ink, NULL);
		chart_label(map->chart, (struct point){ x + 16, y + 10 }, ANCHOR_START, 11,
			    INK_LABEL, level[i].text);
		x += 34 + chart_label_width(11, level[i].text);
	}
}

static int draw(struct heatmap *map)
{
	int status = chart_open(&map->chart, WIDTH, TOP + ROW * (double)map->count + FOOT, "days",
				"Use of each permission by day",
				"One row for each permission and one column for each day; the "
				"darker, the more runs used it on that day.  The table below has "
				"the numbers.");

	if (status)
		return status;
	draw_months(map);
	for (size_t i = 0; i < map->count; i++)
		draw_row(map, i);
	draw_limit(map);
	draw_legend(map);
	return 0;
}

static const char *caption(const struct heatmap *map, struct buffer *out)
{
	size_t idle = 0;
	char room[2][WORDS_SIZE];

	for (size_t i = 0; i < map->count; i++)
		idle += days_used(map, map->grant[i]) == 0;
	buffer_printf(out, "%s no use at all in %s.",
		      counted((int64_t)idle, "row shows", "rows show", room[0]),
		      counted((int64_t)map->audit->day_count, "day", "days", room[1]));
	return buffer_text(out);
}

int figure_days(const struct report_model *model, struct element *into)
{
	struct heatmap map = { .audit = model->audit, .count = model->audit->grant_count };
	scoped(buffer) struct buffer title = { 0 };
	int status = 0;

	map.grant = calloc(map.count + 1, sizeof *map.grant);
	if (!map.grant)
		return -ENOMEM;
	for (size_t i = 0; i < map.count; i++)
		map.grant[i] = &model->audit->grant[i];
	choose(&map);
	map.cell = (RIGHT - LEFT) / (double)(map.audit->day_count ? map.audit->day_count : 1);
	if (map.count)
		status = draw(&map);
	if (map.count && !status)
		part_caption(part_figure(into), map.chart, caption(&map, &title),
			     map.count < model->audit->grant_count
				     ? "The twenty most and the twenty least used, the latest use "
				       "first; names in red can go."
				     : "The latest use first; names in red can go.");
	free(map.grant);
	return status;
}
