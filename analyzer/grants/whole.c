#include "analyzer/grants/whole.h"
#include "core/facility.h"

#include <string.h>

static const struct {
	enum resource resource;
	const char *pattern;
} everything[] = {
	{ RESOURCE_FILE, "/" },
	{ RESOURCE_FILE, "/**" },
	{ RESOURCE_PROGRAM, "/**" },
	{ RESOURCE_HOST, "{any:1-12}/{any:1-242}" },
	{ RESOURCE_SOCKET, "/**" },
	{ RESOURCE_PROCESS, "/**" },
	{ RESOURCE_KERNEL, "{any:1-64}" },
	{ RESOURCE_VARIABLE, "{any:1-255}" },
	{ RESOURCE_VARIABLE, "{any:0-127}/{any:0-127}" }, /* a slash is in hardly any name */
	{ RESOURCE_TOOL, "{any:1-126}/{any:1-128}" },
};

void granted_add_all(const struct statement *from, enum resource resource, unsigned actions)
{
	for (size_t i = 0; i < sizeof everything / sizeof *everything; i++)
		if (everything[i].resource == resource)
			granted_add(from, resource, actions, everything[i].pattern);
}

void granted_leave(struct granted *grants, enum resource resource)
{
	grants->governs &= ~(1u << resource);
}

/* Whether one of the words is allowed. */
static bool allows_any(const char *name, const char *words, is_allowed *ask, void *context)
{
	char word[64];

	if (!*words)
		return ask(context, name, "");
	for (const char *at = words; *at; at += strspn(at, " ")) {
		size_t size = strcspn(at, " ");

		memcpy(word, at, size);
		word[size] = '\0';
		if (ask(context, name, word))
			return true;
		at += size;
	}
	return false;
}

void granted_add_facilities(const struct statement *from, is_allowed *capability, is_allowed *call,
			    void *context)
{
	from->grants->governs |= 1u << RESOURCE_KERNEL;
	for (size_t i = 0; i < facility_count; i++)
		if (allows_any(facility_row[i].name, facility_row[i].capability, capability,
			       context) &&
		    allows_any(facility_row[i].name, facility_row[i].calls, call, context))
			granted_add(from, RESOURCE_KERNEL, GRANT_ALL, facility_row[i].name);
}
