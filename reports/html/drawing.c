#include "reports/html/chart_private.h"
#include "reports/html/page.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *class;
	unsigned colour;
} ink_row[] = {
#define INK(name, class, colour) { class, colour },
#include "reports/html/inks.def"
};

static struct element *element_of(xmlNode *node)
{
	return (struct element *)node;
}

static bool is_geometry(const xmlChar *name)
{
	static const char *const kept[] = { "x",  "y",	"width", "height", "x1", "y1",	   "x2",
					    "y2", "cx", "cy",	 "r",	   "d",	 "points", NULL };

	for (size_t i = 0; kept[i]; i++)
		if (!strcmp((const char *)name, kept[i]))
			return true;
	return false;
}

static void strip(xmlNode *node, bool keep_geometry)
{
	for (xmlAttr *attribute = node->properties, *next; attribute; attribute = next) {
		next = attribute->next;
		if (!keep_geometry || !is_geometry(attribute->name))
			xmlRemoveProp(attribute);
	}
}

static void drop(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

/* Hundredths of a pixel, without the locale. */
static void set_number(xmlNode *node, const char *name, double value)
{
	long whole = lround(value * 100), size = labs(whole);
	char text[32];

	snprintf(text, sizeof text, "%s%ld.%02ld", whole < 0 ? "-" : "", size / 100, size % 100);
	page_attribute(element_of(node), name, text);
}

static void set_ink(xmlNode *node, const char *paint, enum ink ink)
{
	char colour[8];

	snprintf(colour, sizeof colour, "#%06x", ink_row[ink].colour);
	page_attribute(element_of(node), paint, colour);
	page_attribute(element_of(node), "class", ink_row[ink].class);
}

static void restore_label(const struct drawing *drawing, xmlNode *node)
{
	static const char *const anchor[] = { "start", "middle", "end" };
	xmlChar *token = xmlNodeGetContent(node);
	size_t number = token && *token == 'T' ? strtoul((char *)token + 1, NULL, 10) : SIZE_MAX;
	const struct label *label;

	xmlFree(token);
	if (number >= drawing->label_count || !drawing->label[number].text) {
		drop(node);
		return;
	}
	label = &drawing->label[number];
	strip(node, false);
	while (node->children)
		drop(node->children);
	set_number(node, "x", label->at.x);
	set_number(node, "y", label->at.y);
	set_number(node, "font-size", label->size);
	if (label->anchor)
		page_attribute(element_of(node), "text-anchor", anchor[label->anchor]);
	set_ink(node, "fill", label->ink);
	page_text(element_of(node), label->text);
}

/* The mark whose colour the attribute holds, or NULL. */
static const struct mark *mark_of(const struct drawing *drawing, xmlNode *node, const char *paint)
{
	xmlChar *value = xmlGetProp(node, BAD_CAST paint);
	unsigned colour = 0;

	if (value && *value == '#')
		colour = (unsigned)strtoul((char *)value + 1, NULL, 16);
	xmlFree(value);
	if (colour >> 16 != MARK_RED || (colour & 0xFFFF) >= drawing->mark_count)
		return NULL;
	return &drawing->mark[colour & 0xFFFF];
}

static void restore_mark(const struct drawing *drawing, xmlNode *node)
{
	const struct mark *filled = mark_of(drawing, node, "fill");
	const struct mark *mark = filled ? filled : mark_of(drawing, node, "stroke");
	xmlChar *stroke;

	if (!mark) {
		drop(node);
		return;
	}
	stroke = xmlGetProp(node, BAD_CAST "stroke-width");
	strip(node, true);
	if (!filled && stroke)
		page_attribute(element_of(node), "stroke-width", (char *)stroke);
	xmlFree(stroke);
	set_ink(node, filled ? "fill" : "stroke", mark->ink);
	if (mark->tip)
		page_text(page_element(element_of(node), "title"), mark->tip);
}

/* libplot's only group that draws; everything beside it goes. */
static xmlNode *drawing_of(xmlNode *svg)
{
	xmlNode *group = NULL;

	for (xmlNode *node = svg->children, *next; node; node = next) {
		next = node->next;
		if (node->type == XML_ELEMENT_NODE && !strcmp((char *)node->name, "g"))
			group = node;
		else
			drop(node);
	}
	return group;
}

static void name_drawing(const struct drawing *drawing, xmlNode *svg, xmlNode *group)
{
	char text[160];
	xmlNode *title, *description;

	strip(svg, false);
	strip(group, false);
	snprintf(text, sizeof text, "0 0 %d %d", (int)drawing->width, (int)drawing->height);
	page_attribute(element_of(svg), "class", "chart");
	page_attribute(element_of(svg), "viewBox", text);
	page_attribute(element_of(svg), "role", "img");
	snprintf(text, sizeof text, "%s-title %s-text", drawing->id, drawing->id);
	page_attribute(element_of(svg), "aria-labelledby", text);
	page_attribute(element_of(group), "fill", "none");
	title = (xmlNode *)page_text(page_element(element_of(svg), "title"), drawing->title);
	description =
		(xmlNode *)page_text(page_element(element_of(svg), "desc"), drawing->description);
	snprintf(text, sizeof text, "%s-title", drawing->id);
	page_attribute(element_of(title), "id", text);
	snprintf(text, sizeof text, "%s-text", drawing->id);
	page_attribute(element_of(description), "id", text);
	xmlAddNextSibling(description, group);
}

/* xlink: and ev: are declared but not used. */
static void drop_prefixes(xmlNode *svg)
{
	for (xmlNs **at = &svg->nsDef; *at;) {
		xmlNs *space = *at;

		if (!space->prefix) {
			at = &space->next;
			continue;
		}
		*at = space->next;
		space->next = NULL;
		xmlFreeNs(space);
	}
}

static int restore(const struct drawing *drawing, xmlDoc *document, struct element *parent)
{
	xmlNode *svg = xmlDocGetRootElement(document), *group = svg ? drawing_of(svg) : NULL;

	if (!group)
		return -EIO;
	for (xmlNode *node = group->children, *next; node; node = next) {
		next = node->next;
		if (node->type != XML_ELEMENT_NODE)
			drop(node);
		else if (!strcmp((char *)node->name, "text"))
			restore_label(drawing, node);
		else
			restore_mark(drawing, node);
	}
	name_drawing(drawing, svg, group);
	drop_prefixes(svg);
	return page_adopt(parent, svg);
}

int drawing_append(const struct drawing *drawing, struct element *parent)
{
	/* Its DOCTYPE names a file of the W3C: neither loaded nor asked for. */
	xmlDoc *document = xmlReadMemory(drawing->svg, (int)drawing->svg_size, "chart", NULL,
					 XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR |
						 XML_PARSE_NOWARNING);
	int status;

	if (!document)
		return -ENOMEM;
	if (parent) /* whose page then remembers what went wrong */
		document->_private = ((xmlNode *)parent)->doc->_private;
	status = restore(drawing, document, parent);
	document->_private = NULL;
	xmlFreeDoc(document);
	return status;
}
