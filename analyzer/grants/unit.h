#ifndef ANALYZER_GRANTS_UNIT_H
#define ANALYZER_GRANTS_UNIT_H

#include "analyzer/grants/view.h"

/* Units of systemd: systemd.syntax(7), systemd.exec(5). */

/* A line of the section that says how the unit's processes run. */
struct setting {
	char *key, *value;
	char *text; /* "KEY=VALUE" */
	int line;
	bool is_used; /* somebody has read it */
};

struct unit {
	const struct source *source;
	struct granted *grants;
	struct setting *setting;
	size_t count;
	bool failed;
};

/* Reads the lines; a section that is none is noted.  False: there is no section that says how
 * processes run. */
bool unit_read(struct unit *unit);
void unit_release(struct unit *unit);
struct statement unit_statement(const struct unit *unit, const struct setting *setting);

/* The last setting of the key that is not empty; NULL. */
struct setting *unit_find(struct unit *unit, const char *key);
/* "yes", "no" ... of the last; `otherwise` where there is none. */
bool unit_is_true(struct unit *unit, const char *key, bool otherwise);
/* The last value, "" where there is none. */
const char *unit_value(struct unit *unit, const char *key);

/* Each word of each value of the key, since the last that was empty; without quotes, and with "%%"
 * for a percent sign.  A word with another specifier is noted and left out. */
typedef void unit_visit(struct unit *unit, struct setting *setting, const char *word,
			void *context);
void unit_each(struct unit *unit, const char *key, unit_visit *visit, void *context);

/* Whether one of words that may be "~..." for all others has the name; of none everything. */
typedef bool unit_meets(const char *word, const char *name);
bool unit_admits(struct unit *unit, const char *key, unit_meets *meets, const char *name);

/* Whether "mount", "@mount" or "@mount:EPERM" has the system call (call_groups.def). */
bool call_is_meant(const char *word, const char *name);

/* ---- what the settings mean (systemd_*.c) ---- */

void unit_places(struct unit *unit);
void unit_kernel(struct unit *unit);
void unit_network(struct unit *unit);
void unit_rest(struct unit *unit); /* variables, limits */
/* Whether sockets of the family ("AF_INET") may be made. */
bool unit_has_family(struct unit *unit, const char *family);
/* Whether the system call may be made, and the capability ("sys_admin") be used. */
bool unit_has_call(struct unit *unit, const char *name);
bool unit_has_capability(struct unit *unit, const char *name);

#endif
