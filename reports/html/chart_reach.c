#include "reports/html/audited.h"
#include "reports/html/chart.h"
#include "reports/html/drawings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH  760.0
#define HEIGHT 300.0
#define SHOWN  24
#define POWER  0.4 /* else one large folder would leave no place for the others */

struct tile {
	const struct audit_grant *grant;
	double size;
};

struct treemap {
	struct chart *chart;
	struct tile tile[SHOWN];
	size_t count;
};

struct frame {
	double x, y, width, height;
};

static int largest_first(const void *a, const void *b)
{
	const struct audit_grant *one = *(const struct audit_grant *const *)a;
	const struct audit_grant *other = *(const struct audit_grant *const *)b;

	if (one->here_admitted != other->here_admitted)
		return one->here_admitted > other->here_admitted ? -1 : 1;
	return strcmp(one->id, other->id);
}

static void draw_label(const struct treemap *map, const struct audit_grant *grant,
		       const struct frame *at)
{
	char room[CHART_LABEL_SIZE], said[2][WORDS_SIZE], share[2 * WORDS_SIZE + 8];
	scoped(buffer) struct buffer name = { 0 };

	if (at->width < 62 || at->height < 36)
		return;
	buffer_printf(&name, "%s %s", action_text(grant->rule->action), grant->rule->pattern);
	chart_label(map->chart, (struct point){ at->x + 7, at->y + 17 }, ANCHOR_START, 12,
		    INK_STRONG, chart_fit(buffer_text(&name), 12, at->width - 12, room));
	snprintf(share, sizeof share, "%s / %s", number_text(grant->here_used, said[0]),
		 number_text(grant->here_admitted, said[1]));
	chart_label(map->chart, (struct point){ at->x + 7, at->y + 32 }, ANCHOR_START, 11,
		    INK_STRONG, chart_fit(share, 11, at->width - 12, room));
}

static void draw_tile(const struct treemap *map, const struct tile *tile, const struct frame *at)
{
	const struct audit_grant *grant = tile->grant;
	double part = (double)grant->here_used / (double)grant->here_admitted;
	scoped(buffer) struct buffer tip = { 0 };
	char said[2][WORDS_SIZE];
	double height = at->height - 2;

	if (part > 1)
		part = 1;
	audited_text(grant, &tip);
	buffer_printf(&tip, ": %s of %s", number_text(grant->here_used, said[0]),
		      counted(grant->here_admitted, "file", "files", said[1]));
	chart_bar(map->chart, (struct point){ at->x + 1, at->y + 1 }, at->width - 2, height,
		  INK_SOFT, buffer_text(&tip));
	chart_bar(map->chart, (struct point){ at->x + 1, at->y + 1 + height * (1 - part) },
		  at->width - 2, height * part, INK_MIDDLE, buffer_text(&tip));
	draw_label(map, grant, at);
}

/* How far from a square the worst of some tiles in a strip would be. */
static double worst_of(const struct tile *tile, size_t count, double sum, double thick, double side)
{
	double worst = 1;

	for (size_t i = 0; i < count; i++) {
		double length = tile[i].size / sum * side;
		double ratio = length > thick ? length / thick : thick / length;

		worst = ratio > worst ? ratio : worst;
	}
	return worst;
}

/* How many tiles the next strip has, and what they add up to: Bruls, Huizing, van Wijk, "Squarified
 * Treemaps" (2000). */
static size_t strip_of(const struct tile *tile, size_t count, double all, const struct frame *frame,
		       double *ret_sum)
{
	double side = frame->width < frame->height ? frame->width : frame->height;
	double area = frame->width * frame->height, best = HUGE_VAL, sum = 0;
	size_t taken = 0;

	for (size_t i = 0; i < count; i++) {
		double more = sum + tile[i].size;
		double worst = worst_of(tile, i + 1, more, more / all * area / side, side);

		if (worst > best)
			break;
		best = worst;
		sum = more;
		taken = i + 1;
	}
	*ret_sum = sum;
	return taken;
}

static void draw_tiles(const struct treemap *map)
{
	struct frame left = { 4, 4, WIDTH - 8, HEIGHT - 8 };
	double all = 0, sum;
	size_t first = 0;

	for (size_t i = 0; i < map->count; i++)
		all += map->tile[i].size;
	while (first < map->count) {
		bool is_tall = left.width < left.height;
		double side = is_tall ? left.width : left.height, at = 0, thick;
		size_t taken = strip_of(map->tile + first, map->count - first, all, &left, &sum);

		thick = sum / all * left.width * left.height / side;
		for (size_t i = first; i < first + taken; i++) {
			double length = map->tile[i].size / sum * side;
			struct frame tile = { left.x, left.y + at, thick, length };

			if (is_tall)
				tile = (struct frame){ left.x + at, left.y, length, thick };
			draw_tile(map, &map->tile[i], &tile);
			at += length;
		}
		left.x += is_tall ? 0 : thick;
		left.y += is_tall ? thick : 0;
		left.width -= is_tall ? 0 : thick;
		left.height -= is_tall ? thick : 0;
		all -= sum;
		first += taken;
	}
}

static int choose(struct treemap *map, const struct audit *audit, size_t *ret_all)
{
	const struct audit_grant **grant = calloc(audit->grant_count + 1, sizeof *grant);
	size_t count = 0;

	if (!grant)
		return -ENOMEM;
	for (size_t i = 0; i < audit->grant_count; i++)
		if (audit->grant[i].here_admitted)
			grant[count++] = &audit->grant[i];
	if (count)
		qsort(grant, count, sizeof *grant, largest_first);
	for (size_t i = 0; i < count && i < SHOWN; i++)
		map->tile[map->count++] =
			(struct tile){ grant[i], pow((double)grant[i]->here_admitted, POWER) };
	*ret_all = count;
	free(grant);
	return 0;
}

int figure_reach(const struct report_model *model, struct element *into)
{
	struct treemap map = { 0 };
	char title[3 * WORDS_SIZE], room[2][WORDS_SIZE];
	size_t all = 0;
	int status = choose(&map, model->audit, &all);

	if (status || !map.count)
		return status;
	status =
		chart_open(&map.chart, WIDTH, HEIGHT, "reach", "Files that may be reached",
			   "A tile for each open permission on files, as large as what it reaches, "
			   "and filled as far as that was used.");
	if (status)
		return status;
	draw_tiles(&map);
	snprintf(title, sizeof title, "%s %s of this machine.",
		 counted((int64_t)all, "open permission", "open permissions", room[0]),
		 all == 1 ? "reaches files" : "reach files");
	part_caption(part_figure(into), map.chart, title,
		     "Dark is what some run used of it; a tile that is "
		     "almost empty can be narrowed. Tiles grow with the number of files to the "
		     "power of 0.4: else one large folder would hide the rest.");
	return 0;
}
