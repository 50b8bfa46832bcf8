#ifndef CORE_POLICY_XML_H
#define CORE_POLICY_XML_H

#include "core/policy_private.h"

#include <libxml/tree.h>

/* Between policy_xml.c and policy_xml_read.c, which alone use libxml2 in core/. */

/* A document on its way in or out: its name, and where to say what is wrong with it. */
struct reader {
	const char *name;
	struct error *err;
};

/* Says "NAME:LINE: ..." (line 0: not known) and returns -EINVAL. */
int xml_refuse(const struct reader *reader, long line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What libxml2 says, as one harmless line. */
const char *xml_reason(const xmlError *error, struct buffer *out);

/* Checks the document against policy.rng. */
int xml_validate(const struct reader *reader, xmlDoc *document);

/* For scoped(): what libxml2 hands out. */
void document_cleanup(xmlDoc **document);
void characters_cleanup(xmlChar **characters);

#endif
