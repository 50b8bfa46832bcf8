#include "reports/html/page.h"

#include "core/embed.h"
#include "core/error.h"
#include "core/text.h"
#include "reports/guard.h"
#include "reports/redact/redact.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <libxml/HTMLtree.h>
#include <libxml/hash.h>
#include <libxml/tree.h>
#include <libxml/xmlsave.h>
#include <stdlib.h>
#include <string.h>

/* xmlNewChild(), xmlNodeSetContent(), xmlNewDocProp() and the content argument of xmlNewDocNode()
 * read "&...;" in the value and would turn a file name into markup; xmlNewDocText() and
 * xmlSetProp() take it as it is.  tests/markup.t keeps the others out. */

EMBED(style, "reports/html/style.css");

struct page {
	xmlDoc *document;
	struct element *body;
	const struct redactor *redactor;
	bool failed;
};

/* Elements that begin on a new line, so that two reports can be compared with diff. */
static const char *const line_element[] = { "head",   "meta",	 "title",   "style",   "body",
					    "header", "nav",	 "main",    "footer",  "section",
					    "h1",     "h2",	 "h3",	    "p",       "ul",
					    "ol",     "li",	 "dl",	    "dt",      "figure",
					    "table",  "caption", "thead",   "tbody",   "tr",
					    "div",    "svg",	 "details", "summary", NULL };

static xmlNode *node_of(struct element *element)
{
	return (xmlNode *)element;
}

static void fail(xmlNode *node)
{
	struct page *page = node->doc->_private;

	if (page)
		page->failed = true;
}

static bool begins_line(const char *name)
{
	for (size_t i = 0; line_element[i]; i++)
		if (!strcmp(line_element[i], name))
			return true;
	return false;
}

/* Hides what others may not see, then what a reader could be misled by. */
static void guard(const xmlNode *node, const char *whole, struct buffer *out)
{
	const struct page *page = node->doc->_private;
	scoped(buffer) struct buffer told = { 0 };
	const char *text = whole;

	if (page && page->redactor) {
		redact(page->redactor, bytes_of(whole), &told);
		text = buffer_text(&told);
		out->failed = out->failed || told.failed;
	}
	guard_text(text, out);
}

static void add_text(xmlNode *node, const char *text)
{
	xmlNode *child = xmlNewDocText(node->doc, BAD_CAST text);

	if (!child || !xmlAddChild(node, child))
		fail(node);
}

struct element *page_element(struct element *parent, const char *name)
{
	xmlNode *node = node_of(parent), *child;

	if (!node)
		return NULL;
	if (begins_line(name))
		add_text(node, "\n");
	child = xmlNewDocNode(node->doc, node->ns, BAD_CAST name, NULL);
	if (!child || !xmlAddChild(node, child))
		fail(node);
	return (struct element *)child;
}

struct element *page_text(struct element *element, const char *text)
{
	scoped(buffer) struct buffer safe = { 0 };

	if (!element)
		return NULL;
	guard(node_of(element), text, &safe);
	if (buffer_status(&safe))
		fail(node_of(element));
	else
		add_text(node_of(element), buffer_text(&safe));
	return element;
}

/* What people are told.  The others are words of HTML and of the style: what has such a name must
 * not be hidden in them. */
static bool is_told(const char *attribute)
{
	static const char *const told[] = { "aria-label", "title", "alt", "content" };

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (!strcmp(attribute, told[i]))
			return true;
	return false;
}

struct element *page_attribute(struct element *element, const char *name, const char *value)
{
	scoped(buffer) struct buffer safe = { 0 };

	if (!element)
		return NULL;
	if (is_told(name))
		guard(node_of(element), value, &safe);
	else
		guard_text(value, &safe);
	if (buffer_status(&safe) ||
	    !xmlSetProp(node_of(element), BAD_CAST name, BAD_CAST buffer_text(&safe)))
		fail(node_of(element));
	return element;
}

static void tag(struct element *parent, unsigned flags, enum text_flag flag, const char *text)
{
	struct element *span;

	if (!(flags & flag))
		return;
	page_text(parent, " ");
	span = page_element(parent, "span");
	page_attribute(span, "class", "tag odd");
	page_text(span, text);
}

struct element *page_escaped(struct element *parent, const char *text, unsigned flags)
{
	struct element *name = page_element(parent, "bdi");

	page_attribute(name, "class", "name");
	page_text(name, *text ? text : "(empty)");
	tag(parent, flags, TEXT_INVALID, "not UTF-8");
	tag(parent, flags, TEXT_CONTROL, "control characters");
	tag(parent, flags, TEXT_BIDI, "writing direction changed");
	tag(parent, flags, TEXT_INVISIBLE, "invisible characters");
	tag(parent, flags, TEXT_MIXED, "mixed alphabets");
	tag(parent, flags, TEXT_STACKED, "stacked marks");
	return name;
}

struct element *page_name(struct element *parent, struct bytes name)
{
	scoped(buffer) struct buffer safe = { 0 };
	unsigned flags;

	if (!parent)
		return NULL;
	flags = text_escape(name, TEXT_SAFE, &safe);
	if (buffer_status(&safe)) {
		fail(node_of(parent));
		return NULL;
	}
	return page_escaped(parent, buffer_text(&safe), flags);
}

int page_adopt(struct element *parent, void *root)
{
	xmlNode *copy;

	if (!parent)
		return -ENOMEM;
	copy = xmlDocCopyNode(root, node_of(parent)->doc, 1);
	if (!copy)
		return -ENOMEM;
	add_text(node_of(parent), "\n");
	if (xmlAddChild(node_of(parent), copy))
		return 0;
	xmlFreeNode(copy);
	return -ENOMEM;
}

static void meta(struct element *head, const char *kind, const char *name, const char *content)
{
	struct element *element = page_element(head, "meta");

	page_attribute(element, kind, name);
	page_attribute(element, "content", content);
}

/* Appends "sha256-BASE64" of the style: a source expression of CSP level 2. */
static int add_style_hash(struct buffer *out)
{
	unsigned char sum[32];
	gnutls_datum_t base64, raw = { sum, sizeof sum };

	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, style_data, strlen(style_data), sum) < 0 ||
	    gnutls_base64_encode2(&raw, &base64) < 0)
		return -EIO;
	buffer_add(out, "sha256-");
	buffer_append(out, base64.data, base64.size);
	gnutls_free(base64.data);
	return buffer_status(out);
}

static int add_head(struct page *page, struct element *html, const char *title)
{
	scoped(buffer) struct buffer policy = { 0 };
	struct element *head = page_element(html, "head"), *style;
	int status;

	buffer_add(&policy, "default-src 'none'; style-src '");
	status = add_style_hash(&policy);
	if (status)
		return status;
	buffer_add(&policy, "'; base-uri 'none'; form-action 'none'");
	meta(head, "http-equiv", "Content-Type", "text/html; charset=UTF-8");
	meta(head, "http-equiv", "Content-Security-Policy", buffer_text(&policy));
	meta(head, "name", "viewport", "width=device-width, initial-scale=1");
	meta(head, "name", "color-scheme", "light dark");
	meta(head, "name", "referrer", "no-referrer");
	meta(head, "name", "robots", "noindex");
	meta(head, "name", "generator", "pare " PARE_VERSION);
	page_text(page_element(head, "title"), title);
	style = page_element(head, "style");
	if (style) /* a constant, and serialised as it is */
		add_text(node_of(style), style_data);
	page->body = page_element(html, "body");
	return page->failed ? -ENOMEM : buffer_status(&policy);
}

static int build(struct page *page, const char *title)
{
	xmlNode *html;

	page->document = htmlNewDocNoDtD(NULL, NULL);
	if (!page->document)
		return -ENOMEM;
	page->document->_private = page;
	html = xmlNewDocNode(page->document, NULL, BAD_CAST "html", NULL);
	if (!html || !xmlCreateIntSubset(page->document, BAD_CAST "html", NULL, NULL)) {
		xmlFreeNode(html);
		return -ENOMEM;
	}
	xmlDocSetRootElement(page->document, html);
	page_attribute((struct element *)html, "lang", "en");
	return add_head(page, (struct element *)html, title);
}

int page_open(struct page **ret, const char *title, struct error *err)
{
	struct page *page = calloc(1, sizeof *page);
	int status = page ? build(page, title) : -ENOMEM;

	if (status) {
		page_close(page);
		return error_set(err, -status, "begin page");
	}
	*ret = page;
	return 0;
}

void page_close(struct page *page)
{
	if (!page)
		return;
	if (page->document)
		xmlFreeDoc(page->document);
	free(page);
}

void page_cleanup(struct page **page)
{
	page_close(*page);
}

void page_redact(struct page *page, const struct redactor *redactor)
{
	page->redactor = redactor;
}

struct element *page_body(struct page *page)
{
	return page->body;
}

/* In document order; NULL after the last. */
static xmlNode *next_node(xmlNode *node)
{
	if (node->children && node->type == XML_ELEMENT_NODE)
		return node->children;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

typedef void node_visit(xmlNode *node, const xmlChar *value, xmlHashTable *id);

/* Visits all that have the attribute. */
static void each_with(xmlNode *root, const char *name, node_visit *visit, xmlHashTable *id)
{
	for (xmlNode *node = root; node; node = next_node(node)) {
		xmlChar *value =
			node->type == XML_ELEMENT_NODE ? xmlGetProp(node, BAD_CAST name) : NULL;

		if (value)
			visit(node, value, id);
		xmlFree(value);
	}
}

static void note_id(xmlNode *node, const xmlChar *value, xmlHashTable *id)
{
	xmlHashUpdateEntry(id, value, node, NULL);
}

static void settle_link(xmlNode *node, const xmlChar *value, xmlHashTable *id)
{
	if (*value == '#' && !xmlHashLookup(id, value + 1))
		xmlUnsetProp(node, BAD_CAST "href");
}

/* A row that a long table leaves out is no target: what led there is text then. */
static int settle_links(struct page *page)
{
	xmlNode *root = xmlDocGetRootElement(page->document);
	xmlHashTable *id = xmlHashCreate(1024);

	if (!id)
		return -ENOMEM;
	each_with(root, "id", note_id, id);
	each_with(root, "href", settle_link, id);
	xmlHashFree(id, NULL);
	return 0;
}

struct writing {
	FILE *out;
	int failed; /* errno of the first failure */
};

/* Never tells libxml2, which would print a message of its own. */
static int write_some(void *context, const char *data, int size)
{
	struct writing *writing = context;

	errno = 0;
	if (!writing->failed && fwrite(data, 1, (size_t)size, writing->out) != (size_t)size)
		writing->failed = errno ? errno : EIO;
	return size;
}

int page_write(struct page *page, FILE *out)
{
	struct writing writing = { .out = out };
	xmlSaveCtxt *save;
	long written;

	if (page->failed || settle_links(page) < 0)
		return -ENOMEM;
	save = xmlSaveToIO(write_some, NULL, &writing, "UTF-8", XML_SAVE_AS_HTML);
	if (!save)
		return -ENOMEM;
	written = xmlSaveDoc(save, page->document);
	if (xmlSaveClose(save) < 0 || written < 0)
		return -EIO;
	if (!writing.failed && fflush(out))
		writing.failed = errno;
	return -writing.failed;
}
