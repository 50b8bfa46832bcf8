#include "reports/companions/xml.h"

#include "core/error.h"
#include "core/text.h"
#include "reports/guard.h"

#include <errno.h>
#include <inttypes.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

/* xmlTextWriter neither checks names nor what it is given (controls, bytes that are no UTF-8): the
 * guard stands before each value. */
struct xml {
	xmlTextWriter *writer;
	FILE *out;
	int failed; /* -errno of the first failure */
};

static void note(struct xml *xml, int result)
{
	if (result < 0 && !xml->failed)
		xml->failed = -ENOMEM;
}

static int write_out(void *context, const char *data, int size)
{
	struct xml *xml = context;

	errno = 0;
	if (fwrite(data, 1, (size_t)size, xml->out) == (size_t)size)
		return size;
	if (!xml->failed)
		xml->failed = errno ? -errno : -EIO;
	return -1;
}

static int leave_open(void *context)
{
	(void)context;
	return 0;
}

int xml_open(struct xml **ret, FILE *out, struct error *err)
{
	struct xml *xml = calloc(1, sizeof *xml);
	xmlOutputBuffer *buffer;

	if (!xml)
		return error_set(err, ENOMEM, "write XML");
	xml->out = out;
	buffer = xmlOutputBufferCreateIO(write_out, leave_open, xml, NULL);
	xml->writer = buffer ? xmlNewTextWriter(buffer) : NULL;
	if (!xml->writer) {
		xmlOutputBufferClose(buffer);
		free(xml);
		return error_set(err, ENOMEM, "write XML");
	}
	note(xml, xmlTextWriterSetIndent(xml->writer, 1));
	note(xml, xmlTextWriterStartDocument(xml->writer, "1.0", "UTF-8", NULL));
	*ret = xml;
	return 0;
}

int xml_close(struct xml *xml, struct error *err)
{
	int failed;

	note(xml, xmlTextWriterEndDocument(xml->writer));
	note(xml, xmlTextWriterFlush(xml->writer));
	xmlFreeTextWriter(xml->writer);
	failed = xml->failed;
	free(xml);
	if (failed == -ENOMEM)
		return error_set(err, ENOMEM, "write XML");
	return failed; /* who opened the file knows its name */
}

void xml_start(struct xml *xml, const char *name)
{
	note(xml, xmlTextWriterStartElement(xml->writer, BAD_CAST name));
}

void xml_end(struct xml *xml)
{
	note(xml, xmlTextWriterEndElement(xml->writer));
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
	scoped(buffer) struct buffer safe = { 0 };

	guard_text(value, &safe);
	note(xml, buffer_status(&safe));
	note(xml,
	     xmlTextWriterWriteAttribute(xml->writer, BAD_CAST name, BAD_CAST buffer_text(&safe)));
}

void xml_attribute_number(struct xml *xml, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	xml_attribute(xml, name, text);
}

void xml_text(struct xml *xml, const char *text)
{
	scoped(buffer) struct buffer safe = { 0 };

	guard_text(text, &safe);
	note(xml, buffer_status(&safe));
	note(xml, xmlTextWriterWriteString(xml->writer, BAD_CAST buffer_text(&safe)));
}

void xml_element(struct xml *xml, const char *name, const char *text)
{
	xml_start(xml, name);
	xml_text(xml, text);
	xml_end(xml);
}

/* ---- XSD ---- */

struct judge {
	const char *schema;
	struct error *err;
};

static void refuse(void *context, const xmlError *error)
{
	struct judge *judge = context;
	scoped(buffer) struct buffer safe = { 0 };

	error_say(judge->err, EINVAL, "check against %s: line %d: %s", judge->schema, error->line,
		  text_safe(bytes_of(error->message), 200, &safe));
}

static void refuse_any(void *context, xmlError *error)
{
	refuse(context, error);
}

static xmlSchema *read_schema(struct judge *judge)
{
	xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(judge->schema);
	xmlSchema *schema;

	if (!parser)
		return NULL;
	xmlSchemaSetParserStructuredErrors(parser, refuse_any, judge);
	schema = xmlSchemaParse(parser);
	xmlSchemaFreeParserCtxt(parser);
	return schema;
}

static int judge_document(struct judge *judge, xmlSchema *schema, xmlDoc *document)
{
	xmlSchemaValidCtxt *check = xmlSchemaNewValidCtxt(schema);
	int result;

	if (!check)
		return -ENOMEM;
	xmlSchemaSetValidStructuredErrors(check, refuse_any, judge);
	result = xmlSchemaValidateDoc(check, document);
	xmlSchemaFreeValidCtxt(check);
	return result ? -EINVAL : 0;
}

int xml_check(struct bytes document, const char *schema, struct error *err)
{
	struct judge judge = { schema, err };
	xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
	xmlDoc *read = xmlReadMemory(document.data, (int)document.size, NULL, NULL,
				     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlSchema *rules;
	int r;

	xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader);
	rules = read ? read_schema(&judge) : NULL;
	r = rules ? judge_document(&judge, rules, read) : -EINVAL;
	xmlSetExternalEntityLoader(before);
	xmlSchemaFree(rules);
	xmlFreeDoc(read);
	return r ? error_say(err, -r, "check against %s: it cannot be done", schema) : 0;
}
