#ifndef CORE_FACILITY_H
#define CORE_FACILITY_H

#include <stddef.h>

/* facilities.def */
struct facility {
	const char *name;
	const char *capability, *calls; /* words, a space between two */
};

extern const struct facility facility_row[];
extern const size_t facility_count;

#endif
