#include "reports/html/audited.h"
#include "reports/html/chart.h"
#include "reports/html/drawings.h"

#include <string.h>

#define WIDTH	720.0
#define HEIGHT	262.0
#define LEFT	52.0
#define BOTTOM	196.0
#define TOP	40.0
#define BAR	42.0
#define STEP	54.0
#define SPACE	14.0 /* before "never" */
#define CLASSES 10   /* of age; the last has all that is older */
#define BEFORE	3    /* of them are below the threshold */

struct bars {
	const struct audit *audit;
	struct chart *chart;
	int64_t days; /* that a class is wide */
	/* By class, behind them those never used: that can go, others. */
	int64_t go[CLASSES + 1], stay[CLASSES + 1], most;
};

static void count(struct bars *bars)
{
	for (size_t i = 0; i < bars->audit->grant_count; i++) {
		const struct audit_grant *grant = &bars->audit->grant[i];
		int64_t age = (bars->audit->options.as_of_ns - grant->use.last_ns) / AUDITED_DAY_NS;
		int64_t class = age / bars->days;

		if (class >= CLASSES)
			class = CLASSES - 1;
		if (!grant->use.last_ns)
			class = CLASSES;
		if (grant_state_is_removal(grant->state))
			bars->go[class]++;
		else
			bars->stay[class]++;
	}
	for (size_t i = 0; i <= CLASSES; i++)
		if (bars->go[i] + bars->stay[i] > bars->most)
			bars->most = bars->go[i] + bars->stay[i];
}

static double x_of(size_t class)
{
	return LEFT + 8 + STEP * (double)class + (class == CLASSES ? SPACE : 0);
}

static double height_of(const struct bars *bars, int64_t value)
{
	return (BOTTOM - TOP) * (double)value / (double)bars->most;
}

static void name_class(const struct bars *bars, size_t class, char text[static 40])
{
	long long first = (long long)(bars->days * (int64_t) class);

	if (class == CLASSES)
		snprintf(text, 40, "never");
	else if (class == CLASSES - 1)
		snprintf(text, 40, "%lld+", first);
	else if (bars->days == 1)
		snprintf(text, 40, "%lld", first);
	else
		snprintf(text, 40, "%lld\xe2\x80\x93%lld", first,
			 first + (long long)bars->days - 1);
}

static void draw_class(const struct bars *bars, size_t class)
{
	double x = x_of(class), go = height_of(bars, bars->go[class]);
	double stay = height_of(bars, bars->stay[class]);
	int64_t all = bars->go[class] + bars->stay[class];
	char text[40], room[2][WORDS_SIZE], tip[WORDS_SIZE * 3];

	name_class(bars, class, text);
	snprintf(tip, sizeof tip, "%s%s: %s, %s can go", text, class == CLASSES ? "" : " days",
		 counted(all, "permission", "permissions", room[0]),
		 number_text(bars->go[class], room[1]));
	chart_bar(bars->chart, (struct point){ x, BOTTOM - go }, BAR, go, INK_BAD, tip);
	chart_bar(bars->chart, (struct point){ x, BOTTOM - go - stay }, BAR,
		  stay - (go > 0 ? 1 : 0), class < BEFORE ? INK_MAIN_FILL : INK_MIDDLE, tip);
	chart_label(bars->chart, (struct point){ x + BAR / 2, BOTTOM + 17 }, ANCHOR_MIDDLE, 11.5,
		    class == CLASSES ? INK_STRONG : INK_LABEL, text);
	if (all)
		chart_label(bars->chart, (struct point){ x + BAR / 2, BOTTOM - go - stay - 6 },
			    ANCHOR_MIDDLE, 12.5, INK_STRONG, number_text(all, room[0]));
}

static void draw_grid(const struct bars *bars)
{
	int64_t step = axis_step(bars->most, 4);
	double right = x_of(CLASSES) + BAR + 6;
	char room[WORDS_SIZE];

	for (int64_t value = 0; value <= bars->most; value += step) {
		double y = BOTTOM - height_of(bars, value);

		chart_line(bars->chart, (struct point){ LEFT, y }, (struct point){ right, y }, 1,
			   INK_GRID);
		chart_label(bars->chart, (struct point){ LEFT - 8, y + 4 }, ANCHOR_END, 12,
			    INK_LABEL, number_text(value, room));
	}
	chart_label(bars->chart, (struct point){ (LEFT + right) / 2, BOTTOM + 40 }, ANCHOR_MIDDLE,
		    12, INK_LABEL, "days since the permission was last used");
}

static void draw_limit(const struct bars *bars)
{
	double x = x_of(BEFORE) - (STEP - BAR) / 2;
	char text[WORDS_SIZE + 32], room[WORDS_SIZE];

	chart_line(bars->chart, (struct point){ x, TOP - 24 }, (struct point){ x, BOTTOM }, 1.3,
		   INK_BAD_LINE);
	snprintf(text, sizeof text, "%s: what is red can go",
		 days_text(bars->audit->options.unused_ns, room));
	chart_label(bars->chart, (struct point){ x + 7, TOP - 16 }, ANCHOR_START, 12, INK_BAD,
		    text);
}

static int draw(struct bars *bars)
{
	int status =
		chart_open(&bars->chart, WIDTH, HEIGHT, "ages", "Permissions by age of last use",
			   "A bar for each class of age, the permissions that were never used "
			   "apart at the right; red is what can go.  The table below has the "
			   "numbers.");

	if (status)
		return status;
	draw_grid(bars);
	for (size_t i = 0; i <= CLASSES; i++)
		draw_class(bars, i);
	draw_limit(bars);
	return 0;
}

int figure_unused(const struct report_model *model, struct element *into)
{
	struct bars bars = { .audit = model->audit };
	char title[2 * WORDS_SIZE], room[2][WORDS_SIZE];
	int64_t old = 0;
	int status;

	bars.days = model->audit->options.unused_ns / BEFORE / AUDITED_DAY_NS;
	if (bars.days < 1)
		bars.days = 1;
	count(&bars);
	if (!bars.most)
		return 0;
	for (size_t i = BEFORE; i <= CLASSES; i++)
		old += bars.go[i] + bars.stay[i];
	status = draw(&bars);
	if (status)
		return status;
	snprintf(title, sizeof title, "%s not used for %s.",
		 counted(old, "permission was", "permissions were", room[0]),
		 days_text(model->audit->options.unused_ns, room[1]));
	part_caption(part_figure(into), bars.chart, title,
		     "Of these, what is not red is kept: it is used now and then, too new to be "
		     "judged, pinned by somebody, or nothing recorded could have shown its use.");
	return 0;
}
