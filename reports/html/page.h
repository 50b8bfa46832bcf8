#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

#include "core/bytes.h"

#include <stdio.h>

struct error;

/* The document tree of a report.  Only the functions here put anything into it, and each of
 * them guards what it is given: bytes that could change what a reader sees (controls, bidi,
 * invisible, not UTF-8) come out escaped, whoever forgot to do so before.
 *
 * Elements belong to the page.  When memory runs out, the page remembers it, later calls do
 * nothing (a NULL element is fine everywhere) and page_write() fails. */
struct page;
struct element;
struct redactor;

/* A page with its head: title, style and a policy that allows the style and nothing else. */
int page_open(struct page **ret, const char *title, struct error *err);
void page_close(struct page *page); /* NULL is fine */
void page_cleanup(struct page **page);
struct element *page_body(struct page *page);
/* From now on all text is redacted before it is guarded.  Borrowed; NULL: no longer. */
void page_redact(struct page *page, const struct redactor *redactor);

/* Appends an element to `parent` and returns it.  Names of elements and attributes are
 * constants of the program, never data. */
struct element *page_element(struct element *parent, const char *name);
/* These two return `element`. */
struct element *page_text(struct element *element, const char *text);
struct element *page_attribute(struct element *element, const char *name, const char *value);

/* Appends bytes from outside, isolated and escaped, each oddity named by a tag behind them.
 * Returns the element that holds the name. */
struct element *page_name(struct element *parent, struct bytes name);
/* The same for text that text_escape() made; `flags` is what it returned. */
struct element *page_escaped(struct element *parent, const char *text, unsigned flags);

/* Takes a finished drawing over: `root` is a node of libxml2 from another document, copied.
 * For chart.c alone.  Returns 0 or -ENOMEM. */
int page_adopt(struct element *parent, void *root);

/* Writes HTML: the same tree gives the same bytes.  A link to an id that is not in the page becomes
 * text.  Returns 0 or -errno. */
int page_write(struct page *page, FILE *out);

#endif
