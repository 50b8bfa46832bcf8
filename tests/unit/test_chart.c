/* Drawings: what goes into libplot, and what comes out on the page. */
#include "core/error.h"
#include "reports/html/chart.h"
#include "reports/html/page.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct chart *begin(void)
{
	struct chart *chart;

	assert_int_equal(chart_open(&chart, 400, 200, "test", "A title", "A text"), 0);
	return chart;
}

/* The page with the drawing in it, owned by the caller. */
static char *finish(struct chart *chart)
{
	struct error err = { 0 };
	struct page *page;
	size_t size;
	char *html;
	FILE *file = open_memstream(&html, &size);

	if (page_open(&page, "chart", &err))
		fail_msg("%s", err.text);
	assert_int_equal(chart_close(chart, page_body(page)), 0);
	assert_int_equal(page_write(page, file), 0);
	fclose(file);
	page_close(page);
	return html;
}

static void assert_holds(const char *html, const char *text)
{
	if (!strstr(html, text))
		fail_msg("no %s in\n%s", text, strstr(html, "<body"));
}

static void assert_not(const char *html, const char *text)
{
	if (strstr(strstr(html, "<body"), text))
		fail_msg("%s in\n%s", text, strstr(html, "<body"));
}

/* Not by strstr(3): AddressSanitizer measures the whole string at each call. */
static size_t count(const char *html, const char *text)
{
	const char *end = html + strlen(html);
	size_t found = 0;

	while ((html = memmem(html, (size_t)(end - html), text, strlen(text)))) {
		found++;
		html++;
	}
	return found;
}

static void marks_get_their_class_and_labels_their_text(void **state)
{
	struct chart *chart = begin();
	char *html;

	(void)state;
	chart_bar(chart, (struct point){ 10, 20 }, 30, 40, INK_SOFT, "a bar");
	chart_dot(chart, (struct point){ 50, 50 }, 4, INK_MAIN_FILL, NULL);
	chart_line(chart, (struct point){ 0, 0 }, (struct point){ 400, 200 }, 1.5, INK_GRID);
	chart_band(chart, (struct point){ 0, 10 }, (struct point){ 200, 90 }, 12, INK_BAND, "band");
	chart_label(chart, (struct point){ 5, 195.5 }, ANCHOR_END, 12, INK_LABEL, "\xc3\xa4 label");
	html = finish(chart);
	assert_holds(html, "viewBox=\"0 0 400 200\"");
	assert_holds(html, "role=\"img\" aria-labelledby=\"test-title test-text\"");
	assert_holds(html, "id=\"test-title\">A title<");
	assert_holds(html, "x=\"10\" y=\"20\" width=\"30\" height=\"40\"");
	assert_holds(html, "class=\"soft\"");
	assert_holds(html, "a bar");
	assert_holds(html, "stroke-width=\"1.5\"");
	assert_holds(html, "x=\"5.00\" y=\"195.50\"");
	assert_holds(html, "text-anchor=\"end\"");
	assert_holds(html, "\xc3\xa4 label");
	assert_not(html, "#5a");
	assert_not(html, ">T0<");
	assert_not(html, "transform");
	assert_not(html, "DOCTYPE svg");
	free(html);
}

/* libplot reads a backslash as the start of a command, and knows Latin-1 alone. */
static void labels_cannot_command(void **state)
{
	struct chart *chart = begin();
	char *html;

	(void)state;
	chart_label(chart, (struct point){ 0, 0 }, ANCHOR_START, 12, INK_LABEL,
		    "C:\\temp\\new \\sp2\\ep <b>&lt;\xff\xe2\x80\xae");
	chart_bar(chart, (struct point){ 0, 0 }, 9, 9, INK_SOFT, "</title><script>\x1b");
	html = finish(chart);
	assert_holds(html, "C:\\temp\\new \\sp2\\ep &lt;b&gt;&amp;lt;\\xff\\u{202e}");
	assert_holds(html, "&lt;/title&gt;&lt;script&gt;\\x1b");
	assert_not(html, "<script");
	assert_not(html, "<b>");
	free(html);
}

static void numbers_that_are_none_do_no_harm(void **state)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300, 0 };
	struct chart *chart = begin();
	char *html;

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct point at = { odd[i], odd[i] };

		chart_bar(chart, at, odd[i], odd[i], INK_SOFT, NULL);
		chart_dot(chart, at, odd[i], INK_MAIN_FILL, NULL);
		chart_line(chart, at, (struct point){ 1, odd[i] }, 1, INK_GRID);
		chart_band(chart, at, at, odd[i], INK_BAND, NULL);
		chart_label(chart, at, ANCHOR_START, 12, INK_LABEL, "x");
		chart_path(chart, &at, 1, 1, INK_MAIN);
		chart_area(chart, NULL, 0, INK_SOFT, NULL);
	}
	html = finish(chart);
	assert_not(html, "nan");
	assert_not(html, "inf");
	assert_not(html, "e+");
	free(html);
}

static void an_empty_drawing_is_a_drawing(void **state)
{
	char *html = finish(begin());

	(void)state;
	assert_holds(html, "<svg");
	assert_holds(html, "</svg>");
	free(html);
}

/* Long curves stay in one piece (libplot would cut them at 500 points). */
static void long_curves_stay_whole(void **state)
{
	struct chart *chart = begin();
	struct point *point = calloc(5000, sizeof *point);
	char *html;

	(void)state;
	assert_non_null(point);
	for (size_t i = 0; i < 5000; i++)
		point[i] = (struct point){ (double)i / 20, (double)(i % 7) };
	chart_path(chart, point, 5000, 2, INK_MAIN);
	html = finish(chart);
	assert_int_equal(count(html, "class=\"main\""), 1);
	free(point);
	free(html);
}

/* Beyond 65,535 marks there is nothing to see; the rest is left out and nothing breaks. */
static void too_many_marks_are_left_out(void **state)
{
	struct chart *chart = begin();
	char *html;

	(void)state;
	for (size_t i = 0; i < 66000; i++)
		chart_bar(chart, (struct point){ 1, 1 }, 1, 1, INK_TRACK, NULL);
	html = finish(chart);
	assert_int_equal(count(html, "class=\"track\""), 65535);
	free(html);
}

static char *draw_some(void)
{
	struct chart *chart = begin();

	chart_bar(chart, (struct point){ 1.25, 2.5 }, 3.75, 4.125, INK_SOFT, "tip");
	chart_line(chart, (struct point){ 0.5, 0.5 }, (struct point){ 9.5, 9.5 }, 2.2, INK_MAIN);
	chart_label(chart, (struct point){ 0.25, 0.75 }, ANCHOR_MIDDLE, 12.5, INK_LABEL, "x");
	return finish(chart);
}

/* libplot asks the environment for what is not set, and prints numbers as the locale has them. */
static void surroundings_change_nothing(void **state)
{
	static const char *const variable[] = { "BG_COLOR", "PAGESIZE",	     "MAX_LINE_LENGTH",
						"ROTATION", "EMULATE_COLOR", "BITMAPSIZE" };
	static const char *const value[] = { "red", "a5", "3", "90", "yes", "9x9" };
	char *want = draw_some(), *got;

	(void)state;
	for (size_t i = 0; i < sizeof variable / sizeof *variable; i++)
		setenv(variable[i], value[i], 1);
	if (!setlocale(LC_ALL, "de_DE.UTF-8"))
		setlocale(LC_ALL, "");
	got = draw_some();
	setlocale(LC_ALL, "C");
	for (size_t i = 0; i < sizeof variable / sizeof *variable; i++)
		unsetenv(variable[i]);
	assert_string_equal(want, got);
	free(want);
	free(got);
}

static void labels_are_cut_to_fit(void **state)
{
	char room[CHART_LABEL_SIZE];
	const char *long_name = "/home/somebody/projects/with/a/very/long/path/to/the/file.c";

	(void)state;
	assert_string_equal(chart_fit("/etc/hosts", 12, 200, room), "/etc/hosts");
	assert_string_equal(chart_fit(long_name, 12, 10, room), "");
	assert_string_equal(chart_fit(long_name, 12, -5, room), "");
	assert_string_equal(chart_fit(long_name, 12, NAN, room), "");
	chart_fit(long_name, 12, 120, room);
	assert_true(chart_label_width(12, room) <= 120);
	assert_non_null(strstr(room, "file.c"));
	chart_fit(long_name, 1, 1e9, room);
	assert_true(strlen(room) < CHART_LABEL_SIZE);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(marks_get_their_class_and_labels_their_text),
		cmocka_unit_test(labels_cannot_command),
		cmocka_unit_test(numbers_that_are_none_do_no_harm),
		cmocka_unit_test(an_empty_drawing_is_a_drawing),
		cmocka_unit_test(long_curves_stay_whole),
		cmocka_unit_test(too_many_marks_are_left_out),
		cmocka_unit_test(surroundings_change_nothing),
		cmocka_unit_test(labels_are_cut_to_fit),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
