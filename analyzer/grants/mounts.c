#include "analyzer/grants/mounts.h"
#include "core/facility.h"

#include <string.h>

/* bubblewrap(1), --dev: what it makes, and what may be done with it. */
static const struct {
	const char *name;
	unsigned actions;
} device_row[] = {
	{ "/null", GRANT_READ | GRANT_EDIT },
	{ "/zero", GRANT_READ | GRANT_EDIT },
	{ "/full", GRANT_READ | GRANT_EDIT },
	{ "/random", GRANT_READ | GRANT_EDIT },
	{ "/urandom", GRANT_READ | GRANT_EDIT },
	{ "/tty", GRANT_READ | GRANT_EDIT },
	{ "/console", GRANT_READ | GRANT_EDIT },
	{ "/ptmx", GRANT_READ | GRANT_EDIT },
	{ "/fd", GRANT_LOOK },
	{ "/stdin", GRANT_LOOK },
	{ "/stdout", GRANT_LOOK },
	{ "/stderr", GRANT_LOOK },
	{ "/core", GRANT_LOOK },
};

static void add_below(struct nest *places, const struct nest_place *like, struct bytes folder,
		      const char *name)
{
	scoped(buffer) struct buffer path = { 0 };

	buffer_append(&path, folder.data, folder.size);
	buffer_add(&path, name);
	if (buffer_status(&path) < 0)
		places->failed = true;
	else
		nest_add(places, like, ROOT_NONE, buffer_bytes(&path));
}

void nest_add_devices(struct nest *places, const struct nest_place *like, struct bytes folder)
{
	struct nest_place device = *like;

	device.is_file = true;
	device.is_mount = true;
	for (size_t i = 0; i < sizeof device_row / sizeof *device_row; i++) {
		device.actions = device_row[i].actions;
		add_below(places, &device, folder, device_row[i].name);
	}
	device.is_file = false;
	device.actions = GRANT_READ | GRANT_EDIT;
	add_below(places, &device, folder, "/pts");
	device.own = true;
	device.actions = GRANT_ALL;
	add_below(places, &device, folder, "/shm");
}

void nest_add_processes(struct nest *places, const struct nest_place *like, struct bytes folder)
{
	struct nest_place process = *like;

	process.is_mount = true;
	process.actions = GRANT_READ | GRANT_BIT(WRITE) | GRANT_BIT(APPEND);
	nest_add(places, &process, ROOT_NONE, folder);
}

void granted_add_any_host(const struct statement *from, unsigned actions)
{
	granted_add(from, RESOURCE_HOST, actions, "{any:1-8}/{any:1-128}");
}

void granted_add_loopback(const struct statement *from)
{
	static const char *const name[] = { "localhost", "127.0.0.0/8", "\\[::1\\]" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		scoped(buffer) struct buffer pattern = { 0 };

		buffer_printf(&pattern, "{any:1-8}/%s:{digit:1-5}", name[i]);
		granted_add(from, RESOURCE_HOST, GRANT_ALL, buffer_text(&pattern));
	}
}

void granted_add_inner_network(const struct statement *from)
{
	static const char *const any[] = { "0.0.0.0", "\\[::\\]" };
	struct statement own = *from;

	granted_add_loopback(from);
	for (size_t i = 0; i < sizeof any / sizeof *any; i++) {
		scoped(buffer) struct buffer pattern = { 0 };

		buffer_printf(&pattern, "{any:1-8}/%s:{digit:1-5}", any[i]);
		granted_add(from, RESOURCE_HOST, GRANT_LISTEN, buffer_text(&pattern));
	}
	own.own = true;
	granted_add_any_host(&own, GRANT_ALL);
}

void granted_add_host(const struct statement *from, unsigned actions, struct bytes host)
{
	scoped(buffer) struct buffer pattern = { 0 };
	bool bracket = memchr(host.size ? host.data : "", ':', host.size);

	buffer_add(&pattern, bracket ? "tcp/\\[" : "tcp/");
	pattern_write_literal(host, &pattern);
	buffer_add(&pattern, bracket ? "\\]:{digit:1-5}" : ":{digit:1-5}");
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_HOST, actions, buffer_text(&pattern));
}

/* Of these a device or a socket's family decides, not a privilege. */
static bool is_unprivileged(const struct facility *facility, bool has_namespaces)
{
	static const char *const not [] = { "kvm", "input-device", "raw-socket" };

	for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
		if (!strcmp(facility->name, not [i]))
			return false;
	return !*facility->capability && (has_namespaces || strcmp(facility->name, "namespace"));
}

void granted_add_unprivileged(const struct statement *from, bool has_namespaces)
{
	from->grants->governs |= 1u << RESOURCE_KERNEL;
	for (size_t i = 0; i < facility_count; i++)
		if (is_unprivileged(&facility_row[i], has_namespaces))
			granted_add(from, RESOURCE_KERNEL, GRANT_ALL, facility_row[i].name);
}
