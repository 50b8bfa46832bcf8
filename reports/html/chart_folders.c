#include "reports/html/chart.h"
#include "reports/html/drawings.h"
#include "reports/html/folders.h"
#include "reports/html/parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define WIDTH  720.0
#define HEIGHT 260.0
#define SHOWN  24

struct box {
	double x, y, width, height;
};

struct tiles {
	struct chart *chart;
	const struct folder *folder;
	double weight[SHOWN]; /* of the area */
	size_t count;
};

/* Linear areas would let one folder of libraries swallow the rest. */
static double weight_of(const struct folder *folder)
{
	return sqrt((double)folder->files);
}

static double total(const struct tiles *tiles, size_t first, size_t end)
{
	double sum = 0;

	for (size_t i = first; i < end; i++)
		sum += tiles->weight[i];
	return sum;
}

static void label_tile(const struct tiles *tiles, size_t number, struct box box)
{
	const struct folder *folder = &tiles->folder[number];
	char name[CHART_LABEL_SIZE], room[CHART_LABEL_SIZE], count[WORDS_SIZE];
	const char *label = chart_fit(folder->name, 12.5, box.width - 12, name);

	if (box.height < 20 || !*label)
		return; /* its tip and the table name it */
	chart_label(tiles->chart, (struct point){ box.x + 7, box.y + 17 }, ANCHOR_START, 12.5,
		    INK_STRONG, label);
	if (box.height < 38)
		return;
	chart_label(tiles->chart, (struct point){ box.x + 7, box.y + 33 }, ANCHOR_START, 11.5,
		    INK_STRONG,
		    chart_fit(counted(folder->files, "file", "files", count), 11.5, box.width - 12,
			      room));
}

/* What was changed fills the tile from below. */
static void draw_tile(const struct tiles *tiles, size_t number, struct box box)
{
	const struct folder *folder = &tiles->folder[number];
	double part = (double)folder->changed / (double)folder->files;
	char tip[320], name[CHART_LABEL_SIZE], room[2][WORDS_SIZE];

	box.x += 1.5;
	box.y += 1.5;
	box.width -= 3;
	box.height -= 3;
	snprintf(tip, sizeof tip, "%s: %s, %s changed", chart_fit(folder->name, 1, 60, name),
		 counted(folder->files, "file", "files", room[0]),
		 number_text(folder->changed, room[1]));
	chart_bar(tiles->chart, (struct point){ box.x, box.y }, box.width, box.height, INK_SOFT,
		  tip);
	chart_bar(tiles->chart, (struct point){ box.x, box.y + box.height * (1 - part) }, box.width,
		  box.height * part, INK_CHANGED, tip);
	label_tile(tiles, number, box);
}

/* How far from square the worst tile of a strip is. */
static double worst(const struct tiles *tiles, size_t first, size_t end, double side, double area)
{
	double sum = total(tiles, first, end), thick = sum * area / side, most = 1;

	for (size_t i = first; i < end; i++) {
		double length = tiles->weight[i] / sum * side;
		double ratio = length > thick ? length / thick : thick / length;

		if (ratio > most)
			most = ratio;
	}
	return most;
}

/* Lays tiles [first, end) along the shorter side; returns what is left of the box. */
static struct box lay(const struct tiles *tiles, size_t first, size_t end, struct box box,
		      double area)
{
	bool is_tall = box.width < box.height;
	double side = is_tall ? box.width : box.height;
	double sum = total(tiles, first, end), thick = sum * area / side, at = 0;

	for (size_t i = first; i < end; i++) {
		double length = tiles->weight[i] / sum * side;
		struct box tile = { is_tall ? box.x + at : box.x, is_tall ? box.y : box.y + at,
				    is_tall ? length : thick, is_tall ? thick : length };

		draw_tile(tiles, i, tile);
		at += length;
	}
	if (is_tall)
		return (struct box){ box.x, box.y + thick, box.width, box.height - thick };
	return (struct box){ box.x + thick, box.y, box.width - thick, box.height };
}

/* Squarified treemap (Bruls, Huizing, van Wijk, 2000). */
static void draw_tiles(const struct tiles *tiles)
{
	struct box box = { 0, 0, WIDTH, HEIGHT };
	double area = WIDTH * HEIGHT / total(tiles, 0, tiles->count); /* of a unit of weight */

	for (size_t first = 0, end; first < tiles->count; first = end) {
		double side = box.width < box.height ? box.width : box.height;
		double best = worst(tiles, first, first + 1, side, area);

		for (end = first + 1; end < tiles->count; end++) {
			double next = worst(tiles, first, end + 1, side, area);

			if (next > best)
				break;
			best = next;
		}
		box = lay(tiles, first, end, box, area);
	}
}

static int draw(const struct folders *folders, struct element *into)
{
	struct tiles tiles = { .folder = folders->folder };
	char title[96], room[WORDS_SIZE];
	int status;

	tiles.count = folders->count < SHOWN ? folders->count : SHOWN;
	for (size_t i = 0; i < tiles.count; i++)
		tiles.weight[i] = weight_of(&folders->folder[i]);
	status = chart_open(&tiles.chart, WIDTH, HEIGHT, "folders", "Files by folder",
			    "A tile for each folder; the darker part at its bottom is the share of "
			    "files that were changed.  The table below has the numbers.");
	if (status)
		return status;
	draw_tiles(&tiles);
	snprintf(title, sizeof title, "Files in %s.",
		 counted((int64_t)folders->count, "folder", "folders", room));
	part_caption(
		part_figure(into), tiles.chart, title,
		folders->count > SHOWN
			? "The 24 with most files. A tile grows with the square root of their "
			  "number; its filled part was changed, the rest only read."
			: "A tile grows with the square root of the number of files; its filled "
			  "part was changed, the rest only read.");
	return 0;
}

int figure_folders(const struct report_model *model, struct element *into)
{
	__attribute__((cleanup(folders_cleanup))) struct folders folders;
	int status = folders_collect(&folders, model);

	if (status || folders.count < 2)
		return status;
	return draw(&folders, into);
}
