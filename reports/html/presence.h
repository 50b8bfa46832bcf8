#ifndef REPORTS_HTML_PRESENCE_H
#define REPORTS_HTML_PRESENCE_H

#include "reports/html/pick.h"

/* Programs: those of most runs first. */
pick_order order_programs;

#endif
