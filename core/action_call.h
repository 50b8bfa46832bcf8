#ifndef CORE_ACTION_CALL_H
#define CORE_ACTION_CALL_H

#include "core/vocab.h"

#include <stdbool.h>
#include <stddef.h>

/* action_call.def */
struct action_call {
	enum resource resource;
	enum action action;
	bool only;	   /* they can be refused where nothing of the kind is granted */
	const char *calls; /* words, a space between two */
};

extern const struct action_call action_call_row[];
extern const size_t action_call_count;

#endif
