#include "analyzer/grants/codex.h"

#include <string.h>

enum setting_use { READ, NOTHING, UNREAD };

static const struct {
	enum codex_table table;
	const char *key;
	enum setting_use use;
} setting_row[] = {
#define ROOT_SETTING(key, use)		  { CODEX_ROOT, key, use },
#define PROFILE_SETTING(key, use)	  { CODEX_PROFILE, key, use },
#define PERMISSIONS_SETTING(key, use)	  { CODEX_PERMISSIONS, key, use },
#define NETWORK_SETTING(key, use)	  { CODEX_NETWORK, key, use },
#define WORKSPACE_WRITE_SETTING(key, use) { CODEX_WORKSPACE_WRITE, key, use },
#define ENVIRONMENT_SETTING(key, use)	  { CODEX_ENVIRONMENT, key, use },
#define SERVER_SETTING(key, use)	  { CODEX_SERVER, key, use },
#define GRANULAR_SETTING(key, use)	  { CODEX_GRANULAR, key, use },
#include "analyzer/grants/codex_setting.def"
};

struct statement codex_at(const struct codex *codex, const struct toml *setting)
{
	return (struct statement){ .source = codex->source,
				   .grants = codex->grants,
				   .text = setting ? buffer_text(&setting->key) : NULL,
				   .line = setting ? setting->line : 0 };
}

static void check_one(const struct codex *codex, enum codex_table table, const struct toml *setting)
{
	struct statement from = codex_at(codex, setting);

	for (size_t i = 0; i < sizeof setting_row / sizeof *setting_row; i++) {
		if (setting_row[i].table != table ||
		    !bytes_equal(buffer_bytes(&setting->key), bytes_of(setting_row[i].key)))
			continue;
		if (setting_row[i].use == UNREAD)
			granted_note(&from, NOTE_UNREAD,
				     "it may grant more, and is not read from here");
		return;
	}
	granted_note(&from, NOTE_UNREAD, "it is no setting of Codex that is known here");
}

void codex_check(const struct codex *codex, enum codex_table table, const struct toml *settings)
{
	if (settings && settings->kind == TOML_TABLE)
		for (const struct toml *setting = settings->child; setting; setting = setting->next)
			check_one(codex, table, setting);
}

const struct toml *codex_setting(const struct codex *codex, const char *key)
{
	const struct toml *own = toml_get(codex->profile, key);

	return own ? own : toml_get(codex->root, key);
}

const struct toml *codex_typed(const struct codex *codex, const struct toml *setting,
			       enum toml_kind kind)
{
	static const char *const word[] = { "a table",	  "an array", "a string",
					    "an integer", "a float",  "a boolean" };
	struct statement from = codex_at(codex, setting);

	if (!setting || setting->kind == kind)
		return setting;
	granted_note(&from, NOTE_UNREAD, "it has to be %s", word[kind]);
	return NULL;
}

bool codex_is_true(const struct codex *codex, const struct toml *setting)
{
	setting = codex_typed(codex, setting, TOML_BOOLEAN);
	return setting && setting->integer;
}

bool codex_string(const struct codex *codex, const struct toml *value)
{
	struct statement from = codex_at(codex, value);

	if (value->kind == TOML_STRING && !memchr(buffer_text(&value->text), 0, value->text.size))
		return true;
	if (!value->key.size)
		from.text = NULL;
	granted_note(&from, NOTE_UNREAD, "it has to be a string");
	return false;
}

struct bytes codex_text(const struct toml *value)
{
	return value && value->kind == TOML_STRING ? buffer_bytes(&value->text)
						   : (struct bytes){ 0 };
}
