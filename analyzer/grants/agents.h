#ifndef ANALYZER_GRANTS_AGENTS_H
#define ANALYZER_GRANTS_AGENTS_H

#include "analyzer/grants/grants.h"

#include <jansson.h>

/* What the settings of agents name besides paths: hosts, tools, commands; and how such settings
 * are walked, so that nothing in them is passed over. */

/* Hosts that a domain of an allow list stands for: "example.com", "*.example.com", "*",
 * "127.0.0.1", "[::1]:443".  To connect, and to look the name up; on any port where there is none.
 * One that is none of these is noted. */
void granted_add_domain(const struct statement *from, struct bytes domain);
/* To listen, and to reach what listens there: a network of its own has only loopback. */
void granted_add_own_network(const struct statement *from);

/* One tool of a server, both as they are called. */
void granted_add_tool(const struct statement *from, struct bytes server, struct bytes tool);
void granted_add_all_tools(const struct statement *from, struct bytes server);
/* "get_*" has any bytes for the star, in the server's name, too; "*": all. */
void granted_add_tools(const struct statement *from, struct bytes server, struct bytes tool);

/* A command as it is typed, "git log", or with "*" for any text.  What is typed otherwise than in
 * plain words is noted. */
void granted_add_typed(const struct statement *from, struct bytes text);
/* A program that is started with just these words. */
void granted_add_started(const struct statement *from, struct bytes program, const json_t *words);
/* Every program. */
void granted_add_programs(const struct statement *from);
/* All that there is. */
void granted_add_everything(const struct statement *from);

/* To hold the variable, where its name says that it is a secret. */
void granted_add_secret(const struct statement *from, struct bytes name);
/* The same for each that the text refers to: "${NAME}", "$NAME", "${env:NAME}". */
void granted_add_secrets_of(const struct statement *from, struct bytes text);

/* ---- members of objects ---- */

/* What is walked: each member is a statement of its own, whose text is its path, "network.x". */
struct settings {
	const struct source *source;
	struct granted *grants;
	const char *prefix; /* "network.", or "" */
	void *context;	    /* for who takes members */
};

typedef void take_member(const struct settings *settings, const struct statement *from,
			 json_t *value);

struct member {
	const char *name;
	take_member *take; /* NULL: it grants nothing */
};

/* `known` ends with a NULL name.  What is not in it is noted. */
void settings_read(const struct settings *settings, json_t *object, const struct member *known);
/* The statement of each string in a list; what is no string, or no list, is noted. */
typedef void take_text(const struct settings *settings, const struct statement *from,
		       struct bytes text);
void settings_each_text(const struct settings *settings, const struct statement *from,
			const json_t *list, take_text *take);
/* The member, if it is a boolean. */
bool settings_flag(const json_t *object, const char *name, bool otherwise);
void settings_note_type(const struct statement *from, const char *wanted);

#endif
