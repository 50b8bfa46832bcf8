#ifndef ANALYZER_JSON_LINE_H
#define ANALYZER_JSON_LINE_H

#include <stdio.h>

#include <jansson.h>

/* Prints an object as a line of ASCII and takes it over.  NULL: memory ran out.  0, -ENOMEM; what
 * the stream says is the caller's to ask. */
int json_line(FILE *out, json_t *object);

#endif
