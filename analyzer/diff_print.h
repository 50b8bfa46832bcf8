#ifndef ANALYZER_DIFF_PRINT_H
#define ANALYZER_DIFF_PRINT_H

#include <stdio.h>

struct buffer;
struct change;
struct diff;

/* One line for people, with its end. */
void change_write(const struct change *change, struct buffer *out);
void change_print(FILE *out, const struct change *change);
/* One JSON object, one line.  0 or -ENOMEM. */
int change_print_json(FILE *out, const struct change *change);
/* What it comes to, one line. */
void diff_summarize(FILE *out, const struct diff *diff);

#endif
