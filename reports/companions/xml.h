#ifndef REPORTS_COMPANIONS_XML_H
#define REPORTS_COMPANIONS_XML_H

#include "core/bytes.h"

#include <stdint.h>
#include <stdio.h>

struct error;

/* An XML 1.0 document that is written as it grows.  Names of elements and attributes are constants
 * of the program; every value passes reports/guard.h here, whoever forgot to.  What fails is
 * remembered and told by xml_close(). */
struct xml;

/* 0 or -ENOMEM. */
int xml_open(struct xml **ret, FILE *out, struct error *err);
/* Ends the document; 0 or -errno. */
int xml_close(struct xml *xml, struct error *err);

void xml_start(struct xml *xml, const char *name);
void xml_end(struct xml *xml);
/* Text that was escaped already; NULL: "". */
void xml_attribute(struct xml *xml, const char *name, const char *value);
void xml_attribute_number(struct xml *xml, const char *name, int64_t value);
void xml_text(struct xml *xml, const char *text);
void xml_element(struct xml *xml, const char *name, const char *text); /* with nothing else in it */

/* Checks a document against an XML schema (XSD) in a file; nothing is fetched.  0, or -EINVAL with
 * the first thing that is wrong. */
int xml_check(struct bytes document, const char *schema, struct error *err);

#endif
