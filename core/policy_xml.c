#include "core/policy_xml.h"
#include "core/embed.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/c14n.h>
#include <libxml/relaxng.h>
#include <libxml/xmlschemastypes.h>

EMBED(policy_rng, "core/policy.rng");

void policy_xml_begin(void)
{
	xmlInitParser();
	/* Else each thread makes them at its first use, and may find the other's half done. */
	xmlSchemaInitTypes();
	xmlRelaxNGInitTypes();
}

void document_cleanup(xmlDoc **document)
{
	xmlFreeDoc(*document);
}

void characters_cleanup(xmlChar **characters)
{
	xmlFree(*characters);
}

static void grammar_parser_cleanup(xmlRelaxNGParserCtxt **parser)
{
	xmlRelaxNGFreeParserCtxt(*parser);
}

static void grammar_cleanup(xmlRelaxNG **grammar)
{
	xmlRelaxNGFree(*grammar);
}

static void validator_cleanup(xmlRelaxNGValidCtxt **validator)
{
	xmlRelaxNGFreeValidCtxt(*validator);
}

int xml_refuse(const struct reader *reader, long line, const char *format, ...)
{
	scoped(buffer) struct buffer name = { 0 };
	scoped(text) char *why = NULL;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&why, format, args);
	va_end(args);
	if (size < 0) {
		why = NULL;
		return error_set(reader->err, ENOMEM, "read a policy");
	}
	text_safe(bytes_of(reader->name), 100, &name);
	if (line > 0)
		return error_say(reader->err, EINVAL, "%s:%ld: %s", buffer_text(&name), line, why);
	return error_say(reader->err, EINVAL, "%s: %s", buffer_text(&name), why);
}

const char *xml_reason(const xmlError *error, struct buffer *out)
{
	struct bytes message = bytes_of(error->message);

	while (message.size && strchr("\n ", message.data[message.size - 1]))
		message.size--;
	return text_safe(message, 200, out);
}

static void take_invalid(void *context, xmlError *error)
{
	scoped(buffer) struct buffer text = { 0 };

	/* error_say() keeps the first, which stood nearest to the cause. */
	xml_refuse(context, error->line, "not a valid policy: %s", xml_reason(error, &text));
}

int xml_validate(const struct reader *reader, xmlDoc *document)
{
	scoped(grammar_parser) xmlRelaxNGParserCtxt *parser = NULL;
	scoped(grammar) xmlRelaxNG *grammar = NULL;
	scoped(validator) xmlRelaxNGValidCtxt *validator = NULL;
	int r;

	parser = xmlRelaxNGNewMemParserCtxt(policy_rng_data, (int)strlen(policy_rng_data));
	grammar = parser ? xmlRelaxNGParse(parser) : NULL;
	validator = grammar ? xmlRelaxNGNewValidCtxt(grammar) : NULL;
	if (!validator)
		return error_set(reader->err, ENOMEM, "load the grammar of policies");
	xmlRelaxNGSetValidStructuredErrors(validator, (xmlStructuredErrorFunc)take_invalid,
					   (void *)reader);
	r = xmlRelaxNGValidateDoc(validator, document);
	return r == 0 ? 0 : xml_refuse(reader, 0, "not a valid policy");
}

/* ---- writing ---- */

/* A document being built; `failed` stays set once memory ran out. */
struct writer {
	xmlDoc *document;
	xmlNs *space;
	bool failed;
};

static xmlNode *add_text(struct writer *writer, xmlNode *parent, const char *text)
{
	xmlNode *node = xmlNewDocText(writer->document, BAD_CAST text);

	if (node && xmlAddChild(parent, node))
		return node;
	xmlFreeNode(node);
	writer->failed = true;
	return NULL;
}

/* The layout is part of the document, so that no version of libxml2 changes its digest. */
static xmlNode *add_element(struct writer *writer, xmlNode *parent, const char *indent,
			    const char *name)
{
	xmlNode *node = xmlNewDocNode(writer->document, writer->space, BAD_CAST name, NULL);

	add_text(writer, parent, indent);
	if (node && xmlAddChild(parent, node))
		return node;
	xmlFreeNode(node);
	writer->failed = true;
	return NULL;
}

static void add_fields(struct writer *writer, xmlNode *node, const struct field *list,
		       const void *from)
{
	scoped(buffer) struct buffer value = { 0 };

	for (; node && list->name; list++) {
		buffer_clear(&value);
		if (!list->kind->write((const char *)from + list->offset, &value))
			continue;
		if (buffer_status(&value) < 0 ||
		    !xmlSetProp(node, BAD_CAST list->name, BAD_CAST buffer_text(&value)))
			writer->failed = true;
	}
}

/* An element with text and nothing else. */
static void add_leaf(struct writer *writer, xmlNode *parent, const char *name,
		     const struct buffer *text)
{
	xmlNode *node = add_element(writer, parent, "\n    ", name);

	if (buffer_status(text) < 0)
		writer->failed = true;
	else if (node)
		add_text(writer, node, buffer_text(text));
}

static void add_argv(struct writer *writer, xmlNode *node, const struct rule *rule)
{
	scoped(buffer) struct buffer text = { 0 };

	for (size_t i = 0; i < rule->argv_count && !writer->failed; i++) {
		buffer_clear(&text);
		buffer_add(&text, rule->argv[i]);
		add_leaf(writer, node, "argv", &text);
	}
}

static void add_texts(struct writer *writer, xmlNode *parent, const char *indent, const char *name,
		      char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		xmlNode *node = add_element(writer, parent, indent, name);

		if (node)
			add_text(writer, node, list[i]);
	}
}

static void add_argument(struct writer *writer, xmlNode *parent, const struct argument *argument)
{
	const char *indent = "\n      ";
	xmlNode *node = add_element(writer, parent, "\n    ", "argument");

	if (!node)
		return;
	add_fields(writer, node, argument_field, argument);
	add_texts(writer, node, indent, "value", argument->value, argument->value_count);
	add_texts(writer, node, indent, "scope", argument->scope, argument->scope_count);
	if (argument->value_count || argument->scope_count)
		add_text(writer, node, "\n    ");
}

static void add_arguments(struct writer *writer, xmlNode *parent, const struct arguments *arguments)
{
	add_texts(writer, parent, "\n    ", "exact", arguments->exact, arguments->exact_count);
	for (size_t i = 0; i < arguments->count; i++)
		add_argument(writer, parent, &arguments->argument[i]);
}

static void add_rule(struct writer *writer, xmlNode *root, const struct rule *rule)
{
	scoped(buffer) struct buffer pattern = { 0 }, justification = { 0 };
	xmlNode *node = add_element(writer, root, "\n  ", "rule"), *evidence;

	if (!node)
		return;
	add_fields(writer, node, rule_field, rule);
	buffer_add(&pattern, rule->pattern);
	add_leaf(writer, node, "pattern", &pattern);
	add_argv(writer, node, rule);
	add_arguments(writer, node, &rule->arguments);
	if (field_prose.write(&rule->justification, &justification))
		add_leaf(writer, node, "justification", &justification);
	if (field_any(evidence_field, rule)) {
		evidence = add_element(writer, node, "\n    ", "evidence");
		add_fields(writer, evidence, evidence_field, rule);
	}
	add_text(writer, node, "\n  ");
}

static void add_part(struct writer *writer, xmlNode *root, const char *name,
		     const struct field *list, const struct policy *policy)
{
	if (field_any(list, policy))
		add_fields(writer, add_element(writer, root, "\n  ", name), list, policy);
}

static void add_policy(struct writer *writer, const struct policy *policy)
{
	xmlNode *root = xmlNewDocNode(writer->document, NULL, BAD_CAST "policy", NULL);

	writer->space = root ? xmlNewNs(root, BAD_CAST POLICY_NAMESPACE, NULL) : NULL;
	if (!writer->space) {
		xmlFreeNode(root);
		writer->failed = true;
		return;
	}
	xmlDocSetRootElement(writer->document, root);
	xmlSetNs(root, writer->space);
	add_fields(writer, root, policy_field, policy);
	add_part(writer, root, "basis", basis_field, policy);
	add_part(writer, root, "quality", quality_field, policy);
	add_part(writer, root, "limits", limits_field, policy);
	for (size_t i = 0; i < policy->count && !writer->failed; i++)
		add_rule(writer, root, &policy->rule[i]);
	add_text(writer, root, "\n");
}

static int build(const struct policy *policy, xmlDoc **ret, struct error *err)
{
	const struct reader reader = { "write the policy", err };
	struct writer writer = { 0 };
	int r;

	if (policy->count && !policy->index)
		return error_say(err, EINVAL, "write the policy: it has not been finished");
	writer.document = xmlNewDoc(BAD_CAST "1.0");
	if (writer.document)
		add_policy(&writer, policy);
	if (!writer.document || writer.failed)
		r = error_set(err, ENOMEM, "write the policy");
	else
		r = xml_validate(&reader, writer.document);
	if (r < 0)
		xmlFreeDoc(writer.document);
	else
		*ret = writer.document;
	return r;
}

int policy_write(const struct policy *policy, struct buffer *out, struct error *err)
{
	scoped(document) xmlDoc *document = NULL;
	scoped(characters) xmlChar *text = NULL;
	int size = 0, r = build(policy, &document, err);

	if (r < 0)
		return r;
	xmlDocDumpMemoryEnc(document, &text, &size, "UTF-8");
	if (!text || size <= 0)
		return error_set(err, ENOMEM, "write the policy");
	if (size > POLICY_DOCUMENT_MIB << 20)
		return error_say(err, EFBIG, "write the policy: it would be larger than %d MiB",
				 POLICY_DOCUMENT_MIB);
	buffer_append(out, text, (size_t)size);
	return buffer_status(out) < 0 ? error_set(err, ENOMEM, "write the policy") : 0;
}

int policy_digest(const struct policy *policy, char ret_hex[static DIGEST_HEX_SIZE],
		  struct error *err)
{
	scoped(document) xmlDoc *document = NULL;
	scoped(characters) xmlChar *text = NULL;
	int size, r = build(policy, &document, err);

	if (r < 0)
		return r;
	size = xmlC14NDocDumpMemory(document, NULL, XML_C14N_1_0, NULL, 0, &text);
	if (size < 0)
		return error_set(err, ENOMEM, "write the policy in its canonical form");
	r = digest_of((struct bytes){ (const char *)text, (size_t)size }, ret_hex);
	return r < 0 ? error_set(err, -r, "take the digest of the policy") : 0;
}
