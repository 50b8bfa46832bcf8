#include "core/policy_xml.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>

static void parser_cleanup(xmlParserCtxt **parser)
{
	xmlFreeParserCtxt(*parser);
}

static void take_parse_error(void *context, xmlError *error)
{
	scoped(buffer) struct buffer text = { 0 };
	xmlParserCtxt *parser = context;

	if (error->level > XML_ERR_WARNING)
		xml_refuse(parser->_private, error->line, "not well-formed XML: %s",
			   xml_reason(error, &text));
}

/* Nothing of a document type is needed, and much harm comes of one. */
static void refuse_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
			   const xmlChar *system_id)
{
	xmlParserCtxt *parser = context;

	(void)name, (void)public_id, (void)system_id;
	xml_refuse(parser->_private, xmlSAX2GetLineNumber(parser),
		   "a document type (<!DOCTYPE>) has no place in a policy");
	xmlStopParser(parser);
}

static int parse(struct reader *reader, struct bytes document, xmlDoc **ret)
{
	scoped(parser) xmlParserCtxt *parser = xmlNewParserCtxt();
	scoped(document) xmlDoc *parsed = NULL;

	if (!document.size)
		return xml_refuse(reader, 0, "is empty, not a policy");
	if (!parser || document.size > INT32_MAX)
		return error_set(reader->err, ENOMEM, "read a policy");
	parser->_private = reader;
	parser->sax->serror = (xmlStructuredErrorFunc)take_parse_error;
	parser->sax->internalSubset = refuse_doctype;
	parsed = xmlCtxtReadMemory(parser, document.data, (int)document.size, NULL, NULL,
				   XML_PARSE_NONET | XML_PARSE_BIG_LINES);
	if (!parsed || !parser->wellFormed || reader->err->code || !xmlDocGetRootElement(parsed))
		return xml_refuse(reader, 0, "not well-formed XML");
	*ret = parsed;
	parsed = NULL;
	return 0;
}

typedef int element_read(const struct reader *reader, xmlNode *node, void *into);

/* A child element.  They stand in the order of their list. */
struct child {
	const char *name;
	bool many;
	element_read *read;
};

/* Names in a list, for "it may have ...". */
static void list_names(const char *first, const char *next, struct buffer *out)
{
	buffer_printf(out, "%s%s", next == first ? "" : ", ", next);
}

static int refuse_attribute(const struct reader *reader, const xmlAttr *attribute,
			    const struct field *list)
{
	scoped(buffer) struct buffer name = { 0 }, known = { 0 };

	for (const struct field *field = list; field->name; field++)
		list_names(list->name, field->name, &known);
	return xml_refuse(reader, xmlGetLineNo(attribute->parent),
			  "<%s> has no attribute \"%s\"; it may have %s", attribute->parent->name,
			  text_safe(bytes_of((const char *)attribute->name), 60, &name),
			  list->name ? buffer_text(&known) : "none");
}

static int read_attribute(const struct reader *reader, xmlAttr *attribute, const struct field *list,
			  void *into)
{
	scoped(characters) xmlChar *value = NULL;
	scoped(buffer) struct buffer shown = { 0 };
	const struct field *field = list;
	const char *why;

	while (field->name && strcmp(field->name, (const char *)attribute->name) != 0)
		field++;
	if (!field->name || attribute->ns)
		return refuse_attribute(reader, attribute, list);
	value = xmlNodeListGetString(attribute->doc, attribute->children, 1);
	why = field->kind->read((char *)into + field->offset, value ? (const char *)value : "");
	if (!why)
		return 0;
	return xml_refuse(reader, xmlGetLineNo(attribute->parent), "<%s> %s=\"%s\": %s",
			  attribute->parent->name, field->name,
			  text_safe(bytes_of((const char *)value), 100, &shown), why);
}

static int read_fields(const struct reader *reader, xmlNode *node, const struct field *list,
		       void *into)
{
	int r = 0;

	for (xmlAttr *at = node->properties; at && r == 0; at = at->next)
		r = read_attribute(reader, at, list, into);
	for (; list->name && r == 0; list++)
		if (list->needed && !xmlHasProp(node, BAD_CAST list->name))
			r = xml_refuse(reader, xmlGetLineNo(node),
				       "<%s> lacks its attribute \"%s\"", node->name, list->name);
	return r;
}

/* Text between elements: only layout is allowed. */
static int read_layout(const struct reader *reader, const xmlNode *node)
{
	scoped(buffer) struct buffer shown = { 0 };
	const char *text = (const char *)node->content;

	if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE)
		return 0;
	text = text ? text + strspn(text, " \t\r\n") : "";
	if (!*text)
		return 0;
	return xml_refuse(reader, xmlGetLineNo(node), "<%s> has text between its elements: \"%s\"",
			  node->parent->name,
			  text_safe((struct bytes){ text, strcspn(text, "\r\n") }, 60, &shown));
}

static int refuse_child(const struct reader *reader, const xmlNode *node, const struct child *list)
{
	scoped(buffer) struct buffer name = { 0 }, known = { 0 };

	for (const struct child *child = list; child->name; child++)
		list_names(list->name, child->name, &known);
	return xml_refuse(reader, xmlGetLineNo(node), "<%s> has no element <%s>; it may have %s",
			  node->parent->name,
			  text_safe(bytes_of((const char *)node->name), 60, &name),
			  list->name ? buffer_text(&known) : "none");
}

static bool is_ours(const xmlNode *node)
{
	return node->ns && !strcmp((const char *)node->ns->href, POLICY_NAMESPACE);
}

/* `latest` is the row of the child before it; it moves on. */
static int read_child(const struct reader *reader, xmlNode *node, const struct child *list,
		      const struct child **latest, void *into)
{
	const struct child *child = list, *before = *latest;

	while (child->name && strcmp(child->name, (const char *)node->name) != 0)
		child++;
	if (!child->name)
		return refuse_child(reader, node, list);
	if (!is_ours(node))
		return xml_refuse(reader, xmlGetLineNo(node),
				  "<%s> is not in the namespace " POLICY_NAMESPACE, child->name);
	if (before && child < before)
		return xml_refuse(reader, xmlGetLineNo(node), "<%s> must stand before <%s>",
				  child->name, before->name);
	if (before == child && !child->many)
		return xml_refuse(reader, xmlGetLineNo(node), "<%s> stands twice in <%s>",
				  child->name, node->parent->name);
	*latest = child;
	return child->read(reader, node, into);
}

static int read_children(const struct reader *reader, xmlNode *node, const struct child *list,
			 void *into)
{
	const struct child *latest = NULL;
	int r = 0;

	for (xmlNode *at = node->children; at && r == 0; at = at->next) {
		if (at->type == XML_ELEMENT_NODE)
			r = read_child(reader, at, list, &latest, into);
		else
			r = read_layout(reader, at);
	}
	return r;
}

static const struct child no_child[] = { { NULL, false, NULL } };
static const struct field no_field[] = { { NULL, false, NULL, 0 } };

static int read_basis(const struct reader *reader, xmlNode *node, void *into)
{
	int r = read_fields(reader, node, basis_field, into);

	return r < 0 ? r : read_children(reader, node, no_child, into);
}

static int read_quality(const struct reader *reader, xmlNode *node, void *into)
{
	int r = read_fields(reader, node, quality_field, into);

	return r < 0 ? r : read_children(reader, node, no_child, into);
}

static int read_limits(const struct reader *reader, xmlNode *node, void *into)
{
	int r = read_fields(reader, node, limits_field, into);

	return r < 0 ? r : read_children(reader, node, no_child, into);
}

static int read_evidence(const struct reader *reader, xmlNode *node, void *into)
{
	int r = read_fields(reader, node, evidence_field, into);

	return r < 0 ? r : read_children(reader, node, no_child, into);
}

/* The text of an element that holds nothing else. */
static int read_leaf(const struct reader *reader, xmlNode *node, const struct field_kind *kind,
		     char **into)
{
	scoped(characters) xmlChar *text = xmlNodeGetContent(node);
	const char *why;
	int r = read_fields(reader, node, no_field, into);

	for (const xmlNode *at = node->children; at && r == 0; at = at->next)
		if (at->type == XML_ELEMENT_NODE)
			r = refuse_child(reader, at, no_child);
	if (r < 0)
		return r;
	why = kind->read(into, text ? (const char *)text : "");
	return why ? xml_refuse(reader, xmlGetLineNo(node), "<%s> %s", node->name, why) : 0;
}

static int read_pattern(const struct reader *reader, xmlNode *node, void *into)
{
	return read_leaf(reader, node, &field_pattern, &((struct rule *)into)->pattern);
}

static int read_argv(const struct reader *reader, xmlNode *node, void *into)
{
	scoped(text) char *text = NULL;
	int r = read_leaf(reader, node, &field_pattern, &text);

	if (r == 0 && rule_add_argv(into, text) < 0)
		r = error_set(reader->err, ENOMEM, "read a policy");
	return r;
}

static int read_justification(const struct reader *reader, xmlNode *node, void *into)
{
	return read_leaf(reader, node, &field_prose, &((struct rule *)into)->justification);
}

/* One more text in a list. */
static int read_text(const struct reader *reader, xmlNode *node, char ***list, size_t *count)
{
	char *text = NULL;
	int r = read_leaf(reader, node, &field_pattern, &text);

	if (r == 0 && texts_add(list, count, text) < 0)
		r = error_set(reader->err, ENOMEM, "read a policy");
	else if (r < 0)
		free(text);
	return r;
}

static int read_exact(const struct reader *reader, xmlNode *node, void *into)
{
	struct arguments *arguments = &((struct rule *)into)->arguments;

	return read_text(reader, node, &arguments->exact, &arguments->exact_count);
}

static int read_value(const struct reader *reader, xmlNode *node, void *into)
{
	struct argument *argument = into;

	return read_text(reader, node, &argument->value, &argument->value_count);
}

static int read_scope(const struct reader *reader, xmlNode *node, void *into)
{
	struct argument *argument = into;

	return read_text(reader, node, &argument->scope, &argument->scope_count);
}

static int read_argument(const struct reader *reader, xmlNode *node, void *into)
{
	static const struct child part[] = {
		{ "value", true, read_value },
		{ "scope", true, read_scope },
		{ NULL, false, NULL },
	};
	struct argument argument = { .line = (int)xmlGetLineNo(node) };
	int r = read_fields(reader, node, argument_field, &argument);

	if (r == 0)
		r = read_children(reader, node, part, &argument);
	if (r < 0) {
		argument_release(&argument);
		return r;
	}
	r = arguments_add(&((struct rule *)into)->arguments, &argument);
	return r < 0 ? error_set(reader->err, -r, "read a policy") : 0;
}

static int read_rule(const struct reader *reader, xmlNode *node, void *into)
{
	static const struct child part[] = {
		{ "pattern", false, read_pattern },
		{ "argv", true, read_argv },
		{ "exact", true, read_exact },
		{ "argument", true, read_argument },
		{ "justification", false, read_justification },
		{ "evidence", false, read_evidence },
		{ NULL, false, NULL },
	};
	struct rule rule = { .line = (int)xmlGetLineNo(node) };
	int r = read_fields(reader, node, rule_field, &rule);

	if (r == 0)
		r = read_children(reader, node, part, &rule);
	if (r == 0 && !rule.pattern)
		r = xml_refuse(reader, rule.line, "<rule> lacks its element <pattern>");
	if (r < 0) {
		rule_release(&rule);
		return r;
	}
	r = policy_add(into, &rule);
	return r < 0 ? error_set(reader->err, -r, "read a policy") : 0;
}

static int read_root(const struct reader *reader, xmlNode *node, struct policy *policy)
{
	static const struct child part[] = {
		{ "basis", false, read_basis },
		{ "quality", false, read_quality },
		{ "limits", false, read_limits },
		{ "rule", true, read_rule },
		{ NULL, false, NULL },
	};
	scoped(buffer) struct buffer name = { 0 };
	int r;

	if (strcmp((const char *)node->name, "policy") != 0)
		return xml_refuse(reader, xmlGetLineNo(node),
				  "the document is a <%s>, not a <policy>",
				  text_safe(bytes_of((const char *)node->name), 60, &name));
	if (!is_ours(node))
		return xml_refuse(reader, xmlGetLineNo(node),
				  "<policy> lacks xmlns=\"" POLICY_NAMESPACE "\"");
	r = read_fields(reader, node, policy_field, policy);
	return r < 0 ? r : read_children(reader, node, part, policy);
}

int policy_read_memory(struct policy *ret, struct bytes document, const char *name,
		       struct error *err)
{
	struct reader reader = { name, err };
	scoped(document) xmlDoc *parsed = NULL;
	scoped(policy) struct policy policy = { 0 };
	int r = parse(&reader, document, &parsed);

	if (r == 0)
		r = read_root(&reader, xmlDocGetRootElement(parsed), &policy);
	/* The grammar has the last word; its own words are no help to people. */
	if (r == 0)
		r = xml_validate(&reader, parsed);
	if (r == 0)
		r = policy_finish(&policy, name, err);
	if (r < 0)
		return r;
	*ret = policy;
	policy = (struct policy){ 0 };
	return 0;
}
