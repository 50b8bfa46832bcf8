#include "analyzer/grants/unit.h"
#include "analyzer/grants/whole.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/secret_name.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Units of systemd: what no setting restricts is granted. */

/* ---- variables ---- */

static void add_variable(const struct statement *from, struct bytes name)
{
	scoped(buffer) struct buffer pattern = { 0 };

	pattern_write_literal(name, &pattern);
	if (buffer_status(&pattern) == 0 && name.size)
		granted_add(from, RESOURCE_VARIABLE, GRANT_ALL, buffer_text(&pattern));
}

struct looking {
	const char *name;
	bool found;
};

static void look_for(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct looking *looking = context;
	size_t size = strcspn(word, "=");

	(void)unit;
	(void)setting;
	looking->found |=
		!strncmp(looking->name, word, size) && strchr("=", looking->name[size]) != NULL;
}

/* Of what is set here only secrets are a matter of evidence; what is passed on may be one. */
static void read_variable(struct unit *unit, struct setting *setting, const char *word,
			  void *context)
{
	struct statement from = unit_statement(unit, setting);
	struct bytes name = { word, strcspn(word, "=") };
	struct looking unset = { .name = word };

	unit_each(unit, "UnsetEnvironment", look_for, &unset);
	if (!unset.found && (!context || secret_name_find(name)))
		add_variable(&from, name);
}

/* Nobody says what an agent has in its arguments. */
static void add_variables(struct unit *unit)
{
	struct statement from = unit_statement(unit, NULL);

	unit_each(unit, "PassEnvironment", read_variable, NULL);
	unit_each(unit, "Environment", read_variable, unit);
	granted_add(&from, RESOURCE_VARIABLE, GRANT_ALL, "argv:{any:1-250}");
}

/* ---- limits ---- */

/* A number with a unit of 1024, in the text before what `stop` has; 0: none. */
static int64_t read_size(const char *text)
{
	static const char letters[] = "KMGTPE";
	char *end;
	int64_t size = strtoll(text, &end, 10);
	const char *letter = *end && *end != ':' ? strchr(letters, *end) : NULL;
	int shift = letter ? 10 * (int)(letter - letters + 1) : 0;

	if (end == text || size < 0 || size > INT64_MAX >> shift ||
	    (*end && *end != ':' && !letter))
		return 0;
	return size << shift;
}

/* systemd.time(7): "5min 20s"; 0: none, or one that is not known here. */
static int64_t read_time(const char *text)
{
	static const struct {
		const char *unit;
		int64_t ns;
	} row[] = {
		{ "", SECOND_NS },
		{ "s", SECOND_NS },
		{ "sec", SECOND_NS },
		{ "seconds", SECOND_NS },
		{ "second", SECOND_NS },
		{ "m", 60 * SECOND_NS },
		{ "min", 60 * SECOND_NS },
		{ "minutes", 60 * SECOND_NS },
		{ "h", 3600 * SECOND_NS },
		{ "hr", 3600 * SECOND_NS },
		{ "hours", 3600 * SECOND_NS },
		{ "d", 86400 * SECOND_NS },
		{ "days", 86400 * SECOND_NS },
		{ "w", 604800 * SECOND_NS },
		{ "ms", SECOND_NS / 1000 },
		{ "us", SECOND_NS / 1000000 },
	};
	int64_t sum = 0;

	while (*(text += strspn(text, " "))) {
		char *end;
		double value = strtod(text, &end);
		size_t size = strspn(end, "abcdefghijklmnopqrstuvwxyz"), i = 0;

		while (i < sizeof row / sizeof *row &&
		       (strlen(row[i].unit) != size || memcmp(row[i].unit, end, size)))
			i++;
		if (end == text || i == sizeof row / sizeof *row || !(value >= 0 && value < 1e7))
			return 0;
		sum += (int64_t)(value * (double)row[i].ns);
		text = end + size;
	}
	return sum;
}

static void add_limits(struct unit *unit)
{
	struct policy_limits *limits = &unit->grants->allowed.limits;

	limits->tasks = read_size(unit_value(unit, "TasksMax"));
	limits->file_bytes = read_size(unit_value(unit, "LimitFSIZE"));
	limits->memory_bytes = read_size(unit_value(unit, "MemoryMax"));
	limits->time_ns = read_time(unit_value(unit, "RuntimeMaxSec"));
	if (!limits->tasks)
		limits->tasks = read_size(unit_value(unit, "LimitNPROC"));
	if (!limits->memory_bytes)
		limits->memory_bytes = read_size(unit_value(unit, "LimitAS"));
}

void unit_rest(struct unit *unit)
{
	add_variables(unit);
	add_limits(unit);
}

/* ---- other settings ---- */

enum meaning { MEANS_NOTHING, MEANS_WIDER, MEANS_NARROWER, MEANS_UNREAD };

static const struct {
	const char *key;
	enum meaning meaning;
	const char *reason;
} setting_row[] = {
#define SETTING(key, meaning, reason) { key, MEANS_##meaning, reason },
#include "analyzer/grants/systemd_setting.def"
};

static bool is_like(const char *row, const char *key)
{
	size_t size = strlen(row);

	return row[size - 1] == '*' ? !strncmp(row, key, size - 1) : !strcmp(row, key);
}

static void note_setting(const struct unit *unit, const struct setting *setting)
{
	static const enum note_kind kind[] = { [MEANS_WIDER] = NOTE_WIDER,
					       [MEANS_NARROWER] = NOTE_NARROWER,
					       [MEANS_UNREAD] = NOTE_UNREAD };
	struct statement from = unit_statement(unit, setting);

	for (size_t i = 0; i < sizeof setting_row / sizeof *setting_row; i++) {
		if (!is_like(setting_row[i].key, setting->key))
			continue;
		if (setting_row[i].meaning != MEANS_NOTHING && *setting->value)
			granted_note(&from, kind[setting_row[i].meaning], "%s",
				     setting_row[i].reason);
		return;
	}
	if (strncmp(setting->key, "X-", 2) != 0)
		granted_note(&from, NOTE_UNREAD, "it is no setting that is known here");
}

/* "ExecStart=+/bin/x": systemd.service(5). */
static void note_privileged(const struct unit *unit, const struct setting *setting)
{
	struct statement from = unit_statement(unit, setting);

	if (!strncmp(setting->key, "Exec", 4) &&
	    memchr(setting->value, '+', strspn(setting->value, "@-:+!")))
		granted_note(&from, NOTE_NARROWER, "this command has none of the restrictions");
}

int import_systemd(const struct source *source, struct granted *ret, struct error *err)
{
	struct unit unit = { .source = source, .grants = ret };
	scoped(buffer) struct buffer name = { 0 };
	struct statement whole;
	bool runs = !memchr(source->text.size ? source->text.data : "", '\0', source->text.size) &&
		    unit_read(&unit);

	if (runs && !unit.failed) {
		whole = unit_statement(&unit, NULL);
		granted_note(&whole, NOTE_WIDER, "only what the user may whom it runs as");
		unit_places(&unit);
		unit_kernel(&unit);
		unit_network(&unit);
		unit_rest(&unit);
	}
	for (size_t i = 0; i < unit.count && runs && !unit.failed; i++) {
		note_privileged(&unit, &unit.setting[i]);
		if (!unit.setting[i].is_used)
			note_setting(&unit, &unit.setting[i]);
	}
	ret->failed |= unit.failed;
	unit_release(&unit);
	if (!runs)
		return error_say(err, EINVAL, "%s: it has no section that says how a unit runs",
				 text_safe(bytes_of(source->name), 100, &name));
	return 0;
}
