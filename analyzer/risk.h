#ifndef ANALYZER_RISK_H
#define ANALYZER_RISK_H

#include "core/policy.h"

struct rating {
	enum risk risk;
	enum gate gate;
	const char *reason; /* "" where there is none to give */
};

/* Rates an action by risk.def.  `own`: the run itself created the object, each time. */
struct rating risk_rate(enum resource resource, enum action action, bool own);

#endif
