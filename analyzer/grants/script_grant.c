#include "analyzer/grants/mounts.h"
#include "analyzer/grants/script.h"
#include "analyzer/grants/whole.h"

#include <string.h>

#define USED   (SANDBOX_READ | SANDBOX_SOCKET)
#define EDITED (USED | GRANT_EDIT)

static const struct {
	const char *text;
	unsigned at, inside;
} set_row[] = {
	[SET_ROOM] = { "pare_each_room", GRANT_LOOK | GRANT_BIT(ATTR), GRANT_BIT(CREATE) },
	[SET_FREE] = { "pare_free_has", GRANT_ALL, 0 },
	[SET_EDIT] = { "pare_each_edit", EDITED, 0 },
	[SET_READ] = { "pare_each_read", USED, 0 },
	[SET_GLANCE] = { "pare_each_glance", USED, 0 },
	[SET_HIDE] = { "pare_each_hide", GRANT_LOOK, 0 },
	[SET_TREE] = { "pare_each_tree", USED, USED },
	[SET_OPEN] = { "pare_each_open", EDITED, GRANT_ALL },
	[SET_DEVICE] = { "pare_each_device", GRANT_READ | GRANT_EDIT, 0 },
	[SET_WAY] = { "pare_way_has", GRANT_LOOK, 0 },
};

static void add(const struct statement *from, unsigned actions, const char *pattern)
{
	struct statement any = *from;

	granted_add(from, RESOURCE_FILE, actions, pattern);
	if (!strcmp(pattern, "/"))
		return;
	/* Only of files is known which are a run's own; of the rest there is nothing else. */
	any.own = false;
	from = &any;
	if (actions & GRANT_BIT(EXEC))
		granted_add(from, RESOURCE_PROGRAM, actions, pattern);
	if (actions & SANDBOX_SOCKET)
		granted_add(from, RESOURCE_SOCKET, actions, pattern);
}

static void add_below(const struct statement *from, unsigned actions, const char *pattern)
{
	scoped(buffer) struct buffer below = { 0 };

	buffer_printf(&below, "%s/**", strcmp(pattern, "/") != 0 ? pattern : "");
	if (buffer_status(&below) < 0)
		from->grants->failed = true;
	else if (actions)
		add(from, actions, buffer_text(&below));
}

static void grant_set(const struct script *script, enum script_set set,
		      const struct statement *whole)
{
	const struct script_places *places = &script->set[set];

	for (size_t i = 0; i < places->count; i++) {
		struct statement from = *whole;

		from.text = set_row[set].text;
		from.line = places->place[i].line;
		add(&from, set_row[set].at, places->place[i].pattern);
		add_below(&from, set_row[set].inside, places->place[i].pattern);
		if (set != SET_ROOM)
			continue;
		/* What was there before is masked. */
		from.own = true;
		add_below(&from, GRANT_ALL, places->place[i].pattern);
	}
}

static void note_sets(const struct script *script, const struct statement *whole)
{
	if (!script->is_summed)
		granted_note(whole, NOTE_UNREAD,
			     "somebody has changed it: its tables count as they are now, and what "
			     "its head says does not");
	granted_note(whole, NOTE_WIDER, "only what is there when the script begins");
	if (script->set[SET_GLANCE].count)
		granted_note(whole, NOTE_WIDER,
			     "of what is only looked at, files that none but their owner may read "
			     "are masked");
	if (script->set[SET_FREE].count)
		granted_note(whole, NOTE_WIDER,
			     "what may be replaced, only where the folder around it is writable");
	if (script->set[SET_ROOM].count)
		granted_note(whole, NOTE_NARROWER,
			     "in writable folders the names of all entries are seen, and symbolic "
			     "links can be read and replaced");
}

/* ---- what bubblewrap makes itself ---- */

static void grant_processes(const struct script *script, const struct statement *whole)
{
	static const char *const process[] = { "/proc/{digit:1-10}/**", "/proc/self/**",
					       "/proc/thread-self/**" };

	add(whole, GRANT_READ, "/proc");
	add(whole, GRANT_READ, "/proc/**");
	for (size_t i = 0; script->proc_writable && i < sizeof process / sizeof *process; i++)
		add(whole, GRANT_EDIT, process[i]);
}

static void grant_devices(const struct script *script, const struct statement *whole)
{
	scoped(nest) struct nest places = { 0 };
	struct nest_place device = { .from = *whole, .is_mount = true };

	/* The folder of shared memory is the last of them. */
	nest_add_devices(&places, &device, bytes_of("/dev"));
	if (!script->shared_memory && places.count)
		nest_drop(&places);
	nest_grant(&places, whole->grants);
}

/* ---- all else ---- */

static void grant_variables(const struct script *script, const struct statement *whole)
{
	const struct script_places *names = &script->set[SET_VARIABLE];

	for (size_t i = 0; i < names->count; i++) {
		struct statement from = *whole;

		from.text = "pare_is_granted";
		from.line = names->place[i].line;
		granted_add(&from, RESOURCE_VARIABLE, GRANT_ALL, names->place[i].pattern);
	}
	granted_add(whole, RESOURCE_VARIABLE, GRANT_ALL, "argv:{any:1-250}");
	granted_note(whole, NOTE_NARROWER,
		     "variables whose names do not say that they are secrets are passed on, too");
}

static void grant_network(const struct script *script, const struct statement *whole)
{
	if (!script->network) {
		granted_add_inner_network(whole);
		return;
	}
	granted_add_any_host(whole, GRANT_ALL);
	granted_note(whole, NOTE_NARROWER, "abstract sockets, too: no pattern admits them");
}

void script_grant(const struct script *script, const struct source *source, struct granted *grants)
{
	static const char *const made[] = { "/",    "$WS",    "/bin",	"/sbin",
					    "/lib", "/lib32", "/lib64", "/libx32" };
	struct statement whole = { .source = source, .grants = grants };

	for (enum script_set set = 0; set < SET_VARIABLE; set++)
		grant_set(script, set, &whole);
	note_sets(script, &whole);
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		add(&whole, GRANT_LOOK, made[i]);
	if (script->proc)
		grant_processes(script, &whole);
	if (script->devices)
		grant_devices(script, &whole);
	grant_network(script, &whole);
	grant_variables(script, &whole);
	granted_add_unprivileged(&whole, script->nested);
	grants->governs |= 1u << RESOURCE_SOCKET | 1u << RESOURCE_PROGRAM;
	if (script->network)
		granted_leave(grants, RESOURCE_SOCKET);
	grants->allowed.limits = script->limits;
}
