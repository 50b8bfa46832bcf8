/* What the page makes of text that means harm. */
#include "core/error.h"
#include "core/text.h"
#include "reports/html/page.h"

#include <errno.h>
#include <libxml/HTMLparser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct written {
	char *data;
	size_t size;
};

static struct page *open_page(const char *title)
{
	struct error err = { 0 };
	struct page *page;

	if (page_open(&page, title, &err))
		fail_msg("%s", err.text);
	return page;
}

static struct written write_page(struct page *page)
{
	struct written written;
	FILE *file = open_memstream(&written.data, &written.size);

	assert_int_equal(page_write(page, file), 0);
	fclose(file);
	page_close(page);
	return written;
}

static const struct bytes hostile[] = {
	{ "a&<img src=x onerror=alert(1)>;b", 32 },
	{ "a&lt;img src=x&gt;b", 19 },
	{ "</p></title></style><script>alert(1)</script>", 45 },
	{ "\" onload=\"alert(1)", 18 },
	{ "' \" onload='alert(1)' x=\"", 26 },
	{ "-->]]>&#60;", 11 },
	{ "bad\xff\xfe\x1b[2J.c", 11 },
	{ "in\xe2\x80\xae"
	  "gpj.exe",
	  12 },
	{ "zero\xe2\x80\x8bwidth\xef\xbb\xbf", 15 },
	{ "nul\0in it", 9 },
	{ "line\nline\ttab\r", 14 },
	{ "C:\\temp\\new", 11 },
	{ "  two  spaces  ", 15 },
	{ "p\xd0\xb0ypal.com", 11 },
	{ "\xf0\x9f\xa6\x8a and \xc3\xa4", 11 },
	{ "", 0 },
};

#define HOSTILE_COUNT (sizeof hostile / sizeof *hostile)

static bool holds(struct written written, const char *text)
{
	return memmem(written.data, written.size, text, strlen(text)) != NULL;
}

static xmlDoc *parse(struct written written)
{
	xmlDoc *document =
		htmlReadMemory(written.data, (int)written.size, "page", "UTF-8",
			       HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);

	assert_non_null(document);
	return document;
}

static void assert_no_markup(const xmlNode *node, const char *html)
{
	for (; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (!xmlStrcmp(node->name, BAD_CAST "img") ||
		    !xmlStrcmp(node->name, BAD_CAST "script"))
			fail_msg("there is a <%s> in the page:\n%s", node->name, html);
		for (const xmlAttr *attribute = node->properties; attribute;
		     attribute = attribute->next)
			if (!xmlStrncasecmp(attribute->name, BAD_CAST "on", 2))
				fail_msg("there is %s= in the page:\n%s", attribute->name, html);
		assert_no_markup(node->children, html);
	}
}

/* Nothing of it is markup, and nothing misleads a reader. */
static void assert_inert(struct written written)
{
	static const char *const never[] = {
		"\xe2\x80\xae", "\xe2\x80\x8b", "\xef\xbb\xbf", "\x1b", "\xff", "\r", NULL
	};
	scoped(buffer) struct buffer same = { 0 };
	xmlDoc *document = parse(written);

	assert_no_markup(xmlDocGetRootElement(document), strstr(written.data, "<body"));
	xmlFreeDoc(document);
	for (size_t i = 0; never[i]; i++)
		if (holds(written, never[i]))
			fail_msg("%zu is in the page:\n%s", i, strstr(written.data, "<body"));
	assert_non_null(strstr(written.data, "</html>")); /* not cut off */
	assert_null(memchr(written.data, '\0', written.size));
	/* Valid UTF-8: nothing in it is escaped for not being that. */
	assert_int_equal(
		text_escape((struct bytes){ written.data, written.size }, TEXT_EXACT, &same) &
			TEXT_INVALID,
		0);
}

static void names_are_shown_and_harmless(void **state)
{
	struct page *page = open_page("names");
	struct written written;

	(void)state;
	for (size_t i = 0; i < HOSTILE_COUNT; i++)
		page_name(page_element(page_body(page), "p"), hostile[i]);
	written = write_page(page);
	assert_inert(written);
	assert_true(holds(written, "a&amp;&lt;img src=x onerror=alert(1)&gt;;b"));
	assert_true(holds(written, "a&amp;lt;img"));
	assert_true(holds(written, "bad\\xff\\xfe\\x1b[2J.c"));
	assert_true(holds(written, "in\\u{202e}gpj.exe"));
	assert_true(holds(written, "nul\\x00in it"));
	assert_true(holds(written, "C:\\\\temp\\\\new"));
	assert_true(holds(written, "(empty)"));
	assert_true(holds(written, "<span class=\"tag odd\">writing direction changed</span>"));
	assert_true(holds(written, "<span class=\"tag odd\">mixed alphabets</span>"));
	assert_true(holds(written, "<bdi class=\"name\">"));
	free(written.data);
}

/* Where somebody forgot to escape, the page does. */
static void text_and_attributes_are_guarded(void **state)
{
	struct page *page = open_page("</title><script>\xff\xe2\x80\xae");
	struct written written;

	(void)state;
	for (size_t i = 0; i < HOSTILE_COUNT; i++) {
		struct element *element = page_element(page_body(page), "p");

		page_text(element, hostile[i].data);
		page_attribute(element, "title", hostile[i].data);
		page_escaped(element, hostile[i].data, 0);
	}
	written = write_page(page);
	assert_inert(written);
	assert_true(holds(written, "title='\" onload=\"alert(1)'"));
	assert_true(holds(written, "title=\"' &quot; onload='alert(1)' x=&quot;\""));
	assert_true(holds(written, "C:\\temp\\new"));
	free(written.data);
}

static void collect_text(const xmlNode *node, struct buffer *out)
{
	for (; node; node = node->next) {
		if (node->type == XML_TEXT_NODE)
			buffer_add(out, (const char *)node->content);
		collect_text(node->children, out);
	}
}

/* Random bytes come back from a parser as text_escape() wrote them. */
static void random_names_come_back(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		scoped(buffer) struct buffer want = { 0 }, got = { 0 };
		struct page *page = open_page("random");
		struct written written;
		xmlDoc *document;
		xmlNode *node;
		char name[40];
		size_t size = 1 + (size_t)rand_r(&seed) % sizeof name;

		for (size_t i = 0; i < size; i++)
			name[i] = (char)rand_r(&seed);
		text_escape((struct bytes){ name, size }, TEXT_SAFE, &want);
		page_name(page_element(page_body(page), "p"), (struct bytes){ name, size });
		written = write_page(page);
		assert_inert(written);
		document = parse(written);
		node = xmlDocGetRootElement(document)->children;
		while (node &&
		       (node->type != XML_ELEMENT_NODE || xmlStrcmp(node->name, BAD_CAST "body")))
			node = node->next;
		assert_non_null(node);
		collect_text(node->children, &got);
		if (!strstr(buffer_text(&got), buffer_text(&want)))
			fail_msg("no \"%s\" in \"%s\"", buffer_text(&want), buffer_text(&got));
		xmlFreeDoc(document);
		free(written.data);
	}
}

static void the_head_allows_the_style_alone(void **state)
{
	struct written written = write_page(open_page("head"));

	(void)state;
	assert_true(holds(written, "<!DOCTYPE html>"));
	assert_true(holds(written, "default-src 'none'; style-src 'sha256-"));
	assert_true(holds(written, "charset=UTF-8"));
	assert_true(holds(written, "lang=\"en\""));
	assert_false(holds(written, "http://"));
	assert_false(holds(written, "https://"));
	assert_false(holds(written, " style=\""));
	free(written.data);
}

static void no_element_is_no_harm(void **state)
{
	(void)state;
	assert_null(page_element(NULL, "p"));
	assert_null(page_text(NULL, "text"));
	assert_null(page_attribute(NULL, "id", "x"));
	assert_null(page_name(NULL, bytes_of("x")));
	page_close(NULL);
}

static ssize_t refuse(void *context, const char *data, size_t size)
{
	(void)context, (void)data, (void)size;
	errno = ENOSPC;
	return 0;
}

static void a_full_disk_is_told(void **state)
{
	struct page *page = open_page("full");
	FILE *file = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = refuse });

	(void)state;
	page_text(page_element(page_body(page), "p"), "text");
	assert_int_equal(page_write(page, file), -ENOSPC);
	fclose(file);
	page_close(page);
}

/* Of a table that is cut, rows may be missing that others lead to. */
static void a_link_to_nothing_is_text(void **state)
{
	struct page *page = open_page("links");
	struct element *body = page_body(page), *row = page_element(body, "p");
	char *html;
	size_t size;
	FILE *file = open_memstream(&html, &size);

	(void)state;
	page_text(page_attribute(row, "id", "there"), "row");
	page_text(page_attribute(page_element(body, "a"), "href", "#there"), "one");
	page_text(page_attribute(page_element(body, "a"), "href", "#gone"), "other");
	assert_int_equal(page_write(page, file), 0);
	fclose(file);
	assert_non_null(strstr(html, "<a href=\"#there\">one</a>"));
	assert_non_null(strstr(html, "<a>other</a>"));
	assert_null(strstr(html, "#gone"));
	free(html);
	page_close(page);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(names_are_shown_and_harmless),
		cmocka_unit_test(text_and_attributes_are_guarded),
		cmocka_unit_test(random_names_come_back),
		cmocka_unit_test(the_head_allows_the_style_alone),
		cmocka_unit_test(no_element_is_no_harm),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(a_link_to_nothing_is_text),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
