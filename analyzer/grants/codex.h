#ifndef ANALYZER_GRANTS_CODEX_H
#define ANALYZER_GRANTS_CODEX_H

#include "analyzer/grants/mounts.h"
#include "analyzer/grants/toml.h"

/* Between the files that read config.toml of Codex (its config.schema.json and
 * https://developers.openai.com/codex/permissions). */

enum codex_table {
	CODEX_ROOT,
	CODEX_PROFILE,	   /* profiles.NAME */
	CODEX_PERMISSIONS, /* permissions.NAME */
	CODEX_NETWORK,
	CODEX_WORKSPACE_WRITE,
	CODEX_ENVIRONMENT,
	CODEX_SERVER,
	CODEX_GRANULAR,
};

struct codex {
	const struct source *source;
	struct granted *grants;
	const struct toml *root, *profile; /* of profiles, the one that is in force; or NULL */
	struct nest places;
	bool is_proxied; /* features.network_proxy: only so do rules of domains hold */
	bool is_free;	 /* no sandbox at all */
	bool has_network;
};

/* The setting, its key being its text. */
struct statement codex_at(const struct codex *codex, const struct toml *setting);
/* Of the profile, else of the root. */
const struct toml *codex_setting(const struct codex *codex, const char *key);
/* Notes what is no setting of that table, and what is one that is not read. */
void codex_check(const struct codex *codex, enum codex_table table, const struct toml *settings);
/* The setting where it is of that kind; else NULL, with a note where it is there. */
const struct toml *codex_typed(const struct codex *codex, const struct toml *setting,
			       enum toml_kind kind);
bool codex_is_true(const struct codex *codex, const struct toml *setting);
/* An element of a list where it is a string; else a note, and false. */
bool codex_string(const struct codex *codex, const struct toml *value);
/* Its bytes; none where it is no string. */
struct bytes codex_text(const struct toml *value);

/* default_permissions: the built-in or a table of [permissions]. */
void codex_permissions(struct codex *codex, const char *name, const struct toml *chosen);
/* Denies what a glob of a filesystem table names: a path, and what is below it there. */
void codex_deny(const struct statement *from, struct bytes path, struct bytes below);
/* sandbox_mode and sandbox_workspace_write. */
void codex_sandbox(struct codex *codex, const struct toml *mode);
/* [permissions.NAME.network]; NULL: none. */
void codex_network(struct codex *codex, const struct toml *network);
/* The whole network, as nobody asks where to. */
void codex_open_network(struct codex *codex, const struct statement *from);
void codex_environment(struct codex *codex);
void codex_servers(struct codex *codex);
/* A program that Codex itself starts, with these words and, where `rest` says so, any more. */
void codex_command(const struct codex *codex, const struct toml *program,
		   const struct toml *first_word, bool rest);

#endif
