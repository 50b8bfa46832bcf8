#ifndef ANALYZER_RATES_PRINT_H
#define ANALYZER_RATES_PRINT_H

#include "analyzer/rates.h"

#include <stdio.h>

/* A line each.  0 or -ENOMEM. */
int rates_print(FILE *out, const struct replayed_rates *rates, bool is_json);

#endif
