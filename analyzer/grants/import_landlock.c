#include "analyzer/grants/sources.h"
#include "analyzer/grants/whole.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Rulesets of Landlock as landlockconfig has them in JSON, and as pare writes them: landlock(7). */

/* What each right lets be done; `stands` where it is not handled, or is given. */
static const struct {
	const char *right;
	unsigned actions;
	bool executes, binds, reads, writes;
} right_row[] = {
	{ "execute", 0, .executes = true, .reads = true },
	{ "write_file", GRANT_BIT(WRITE) | GRANT_BIT(APPEND), .writes = true },
	{ "read_file", GRANT_BIT(READ) | GRANT_BIT(MAP), .reads = true },
	{ "read_dir", GRANT_BIT(LIST), .reads = true },
	{ "remove_dir", GRANT_BIT(DELETE) | GRANT_BIT(RENAME), .writes = true },
	{ "remove_file", GRANT_BIT(DELETE) | GRANT_BIT(RENAME), .writes = true },
	{ "make_char", GRANT_BIT(CREATE), .writes = true },
	{ "make_dir", GRANT_BIT(CREATE), .writes = true },
	{ "make_reg", GRANT_BIT(CREATE) | GRANT_BIT(LINK), .writes = true },
	{ "make_sock", GRANT_BIT(CREATE), .binds = true, .writes = true },
	{ "make_fifo", GRANT_BIT(CREATE), .writes = true },
	{ "make_block", GRANT_BIT(CREATE), .writes = true },
	{ "make_sym", GRANT_BIT(CREATE), .writes = true },
	{ "refer", GRANT_BIT(RENAME) | GRANT_BIT(LINK), .writes = true },
	{ "truncate", 0, .writes = true },
	{ "ioctl_dev", 0, .writes = true },
};

#define RIGHTS (sizeof right_row / sizeof *right_row)

struct landlock {
	const struct source *source;
	struct granted *grants;
	bool handles[RIGHTS], connects, binds; /* what the rulesets handle */
};

static struct statement statement(const struct landlock *landlock, const char *text)
{
	return (struct statement){ .source = landlock->source,
				   .grants = landlock->grants,
				   .text = text };
}

static void refuse(const struct landlock *landlock, const char *text)
{
	struct statement from = statement(landlock, text);

	granted_note(&from, NOTE_UNREAD, "it is not known here");
}

/* Whether the list has the right, by its name or by that of a group. */
static bool list_has(const json_t *list, size_t right)
{
	size_t at;
	json_t *item;

	json_array_foreach(list, at, item)
	{
		const char *word = json_string_value(item) ? json_string_value(item) : "";

		if (!strcmp(word, right_row[right].right) || !strcmp(word, "abi.all") ||
		    !strcmp(word, "abi.read_write") ||
		    (!strcmp(word, "abi.read_execute") && right_row[right].reads))
			return true;
	}
	return false;
}

static bool has_word(const json_t *list, const char *word)
{
	size_t at;
	json_t *item;

	json_array_foreach(list, at, item)
	{
		if (json_is_string(item) && !strcmp(json_string_value(item), word))
			return true;
	}
	return false;
}

static bool is_right(const char *word)
{
	bool known = !strncmp(word, "abi.", 4) || !strcmp(word, "bind_tcp") ||
		     !strcmp(word, "connect_tcp");

	for (size_t i = 0; i < RIGHTS; i++)
		known = known || !strcmp(right_row[i].right, word);
	return known;
}

static void check_rights(const struct landlock *landlock, const json_t *list)
{
	size_t at;
	json_t *item;

	json_array_foreach(list, at, item)
	{
		if (!json_is_string(item) || !is_right(json_string_value(item)))
			refuse(landlock,
			       json_is_string(item) ? json_string_value(item) : "a right");
	}
}

static void add_right(const struct statement *from, size_t right, struct bytes path)
{
	granted_add_tree(from, RESOURCE_FILE, right_row[right].actions, path);
	if (right_row[right].executes)
		granted_add_tree(from, RESOURCE_PROGRAM, GRANT_ALL, path);
	if (right_row[right].binds)
		granted_add_tree(from, RESOURCE_SOCKET, GRANT_BIT(BIND), path);
}

static void read_path(const struct landlock *landlock, const json_t *row)
{
	const json_t *rights = json_object_get(row, "allowedAccess"), *parent;
	size_t at;

	check_rights(landlock, rights);
	json_array_foreach(json_object_get(row, "parent"), at, parent)
	{
		struct statement from = statement(landlock, json_string_value(parent));

		for (size_t i = 0; i < RIGHTS && json_is_string(parent); i++)
			if (list_has(rights, i))
				add_right(&from, i, json_bytes_of(parent));
	}
}

static void add_tcp(const struct statement *from, unsigned actions, const char *port)
{
	scoped(buffer) struct buffer pattern = { 0 };

	buffer_printf(&pattern, "tcp/{any:1-220}:%s", port);
	if (buffer_status(&pattern) == 0)
		granted_add(from, RESOURCE_HOST, actions, buffer_text(&pattern));
}

static void read_port(const struct landlock *landlock, const json_t *row)
{
	const json_t *rights = json_object_get(row, "allowedAccess"), *port;
	struct statement from = statement(landlock, "netPort");
	bool all = has_word(rights, "abi.all");
	size_t at;

	check_rights(landlock, rights);
	json_array_foreach(json_object_get(row, "port"), at, port)
	{
		char text[32];

		snprintf(text, sizeof text, "%lld", (long long)json_integer_value(port));
		if (all || has_word(rights, "connect_tcp"))
			add_tcp(&from, GRANT_BIT(CONNECT) | GRANT_BIT(SEND), text);
		if (all || has_word(rights, "bind_tcp"))
			add_tcp(&from, GRANT_LISTEN, text);
	}
}

static void read_ruleset(struct landlock *landlock, const json_t *row)
{
	const json_t *file = json_object_get(row, "handledAccessFs");
	const json_t *net = json_object_get(row, "handledAccessNet");
	bool all = has_word(net, "abi.all");

	check_rights(landlock, file);
	check_rights(landlock, net);
	for (size_t i = 0; i < RIGHTS; i++)
		landlock->handles[i] |= list_has(file, i);
	landlock->connects |= all || has_word(net, "connect_tcp");
	landlock->binds |= all || has_word(net, "bind_tcp");
}

/* Within a ruleset nothing is mounted. */
static bool allows(void *context, const char *facility, const char *name)
{
	(void)context;
	(void)name;
	return strcmp(facility, "mount") != 0;
}

/* What Landlock does not see, or this ruleset does not handle. */
static void add_rest(const struct landlock *landlock)
{
	static const char *const other[] = { "udp/{any:1-245}", "icmp/{any:1-245}",
					     "raw/{any:1-245}", "sctp/{any:1-245}" };
	struct statement from = statement(landlock, "Landlock does not look at it");

	granted_add_all(&from, RESOURCE_FILE, GRANT_BIT(STAT) | GRANT_BIT(ATTR));
	for (size_t i = 0; i < RIGHTS; i++)
		if (!landlock->handles[i])
			add_right(&from, i, bytes_of("/"));
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		granted_add(&from, RESOURCE_HOST, GRANT_ALL & ~GRANT_BIT(RESOLVE), other[i]);
	granted_add_all(&from, RESOURCE_HOST, GRANT_BIT(RESOLVE));
	granted_add_all(&from, RESOURCE_SOCKET, GRANT_ALL & ~GRANT_BIT(BIND));
	granted_add_facilities(&from, allows, allows, NULL);
	if (!landlock->connects)
		add_tcp(&from, GRANT_BIT(CONNECT) | GRANT_BIT(SEND), "{digit:1-5}");
	if (!landlock->binds)
		add_tcp(&from, GRANT_LISTEN, "{digit:1-5}");
	landlock->grants->governs =
		1u << RESOURCE_FILE | 1u << RESOURCE_PROGRAM | 1u << RESOURCE_HOST;
}

static void read_rows(struct landlock *landlock, const json_t *root)
{
	size_t at;
	json_t *row;

	json_array_foreach(json_object_get(root, "ruleset"), at, row)
	{
		read_ruleset(landlock, row);
	}
	json_array_foreach(json_object_get(root, "pathBeneath"), at, row)
	{
		read_path(landlock, row);
	}
	json_array_foreach(json_object_get(root, "netPort"), at, row)
	{
		read_port(landlock, row);
	}
}

static bool is_known(const char *key)
{
	static const char *const known[] = { "ruleset", "pathBeneath", "netPort",
					     "abi",	"pare",	       "$schema" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i], key))
			return true;
	return false;
}

int import_landlock(const struct source *source, struct granted *ret, struct error *err)
{
	struct landlock landlock = { .source = source, .grants = ret };
	scoped(buffer) struct buffer name = { 0 };
	json_t *root = source_json(source, err), *value;
	bool is_set = json_is_array(json_object_get(root, "ruleset"));
	const char *key;

	if (!root)
		return -EINVAL;
	json_object_foreach(root, key, value)
	{
		if (!is_known(key))
			refuse(&landlock, key);
	}
	if (is_set) {
		read_rows(&landlock, root);
		add_rest(&landlock);
	}
	json_decref(root);
	return is_set ? 0
		      : error_say(err, EINVAL, "%s: it has no ruleset of Landlock",
				  text_safe(bytes_of(source->name), 100, &name));
}
