#include "analyzer/grants/sandbox.h"
#include "analyzer/grants/places.h"
#include "analyzer/grants/sources.h"
#include "analyzer/grants/whole.h"

#include <string.h>

/* ---- the network ---- */

static void take_domain(const struct settings *settings, const struct statement *from,
			struct bytes text)
{
	(void)settings;
	granted_add_domain(from, text);
}

static void take_allowed(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	settings_each_text(settings, from, value, take_domain);
}

static void take_denied(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	struct statement denied = *from;

	denied.is_denied = true;
	settings_each_text(settings, &denied, value, take_domain);
}

static void take_strict(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	(void)settings;
	if (!json_is_boolean(value))
		settings_note_type(from, "boolean");
}

static void take_all_sockets(const struct settings *settings, const struct statement *from,
			     json_t *value)
{
	(void)settings;
	if (!json_is_true(value))
		return;
	granted_add(from, RESOURCE_SOCKET, GRANT_ALL, "/**");
	granted_note(from, NOTE_NARROWER, "abstract sockets, too, which no pattern says");
}

static void take_sockets(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	(void)settings;
	if (!json_is_array(value))
		settings_note_type(from, "list");
	else if (json_array_size(value))
		granted_note(from, NOTE_NARROWER, "macOS allows them; Linux refuses all");
}

static void take_resolved(const struct settings *settings, const struct statement *from,
			  json_t *value)
{
	(void)settings;
	if (json_array_size(value))
		granted_note(from, NOTE_WIDER,
			     "names that lead to these addresses are not reached");
}

static void take_proxy(const struct settings *settings, const struct statement *from, json_t *value)
{
	(void)settings;
	(void)value;
	granted_note(from, NOTE_UNREAD, "another program decides there what is allowed");
}

static const struct member network_member[] = {
	{ "allowedDomains", take_allowed },
	{ "deniedDomains", take_denied },
	{ "strictAllowlist", take_strict },
	{ "allowUnixSockets", take_sockets },
	{ "allowAllUnixSockets", take_all_sockets },
	{ "deniedResolvedAddresses", take_resolved },
	{ "httpProxyPort", take_proxy },
	{ "socksProxyPort", take_proxy },
	{ "mitmProxy", take_proxy },
	{ "filterRequest", take_proxy },
	/* In a network of its own anything may listen, and nobody outside reaches it. */
	{ "allowLocalBinding", NULL },
	{ "allowMachLookup", NULL },
	{ "allowManagedDomainsOnly", NULL },
	{ "deniedDomainReasons", NULL },
	{ "parentProxy", NULL },
	{ "tlsTerminate", NULL },
	{ NULL, NULL },
};

void sandbox_add_network(const struct sandbox *sandbox, json_t *network)
{
	scoped(buffer) struct buffer prefix = { 0 };
	struct settings settings = { sandbox->source, sandbox->grants, NULL, NULL };
	struct statement from = { .source = sandbox->source, .grants = sandbox->grants };

	buffer_printf(&prefix, "%snetwork.", sandbox->prefix);
	settings.prefix = buffer_text(&prefix);
	settings_read(&settings, network, network_member);
	from.text = "the sandbox's own network";
	granted_add_own_network(&from);
	from.text = "strictAllowlist";
	if (!settings_flag(network, "strictAllowlist", false))
		granted_note(&from, NOTE_NARROWER,
			     "without it, who started the sandbox may be asked for further hosts");
}

/* ---- credentials ---- */

static void deny_variable(const struct statement *from, json_t *row)
{
	struct bytes name = json_bytes_of(json_object_get(row, "name"));
	scoped(buffer) struct buffer pattern = { 0 }, text = { 0 };
	struct statement one = *from;

	if (!name.size) {
		settings_note_type(from, "object with a name");
		return;
	}
	buffer_printf(&text, "%s: %s", from->text, name.data);
	one.text = buffer_text(&text);
	one.is_denied = true;
	pattern_write_literal(name, &pattern);
	if (buffer_status(&pattern) < 0 || buffer_status(&text) < 0)
		from->grants->failed = true;
	else
		granted_add(&one, RESOURCE_VARIABLE, GRANT_BIT(HOLD), buffer_text(&pattern));
}

static void deny_file(const struct statement *from, json_t *row)
{
	struct bytes path = json_bytes_of(json_object_get(row, "path"));
	scoped(buffer) struct buffer text = { 0 };
	scoped(place) struct place place = { 0 };
	struct statement one = *from;

	buffer_printf(&text, "%s: %s", from->text, path.size ? path.data : "");
	one.text = buffer_text(&text);
	one.is_denied = true;
	if (!path.size)
		settings_note_type(from, "object with a path");
	else if (place_read(&one, path, PLACE_PLAIN, &place))
		place_add_ignored(&one, RESOURCE_FILE, GRANT_BIT(READ) | GRANT_BIT(MAP), &place,
				  false);
}

/* Denied or masked: what is there cannot be had. */
static void each_row(const struct statement *from, json_t *list,
		     void (*deny)(const struct statement *from, json_t *row))
{
	json_t *row;
	size_t i;

	if (!json_is_array(list))
		settings_note_type(from, "list");
	json_array_foreach(list, i, row)
	{
		struct bytes mode = json_bytes_of(json_object_get(row, "mode"));

		if (bytes_equal(mode, bytes_of("deny")) || bytes_equal(mode, bytes_of("mask")))
			deny(from, row);
		else
			granted_note(from, NOTE_UNREAD, "its mode is neither deny nor mask");
	}
}

static void take_variables(const struct settings *settings, const struct statement *from,
			   json_t *value)
{
	(void)settings;
	each_row(from, value, deny_variable);
}

static void take_files(const struct settings *settings, const struct statement *from, json_t *value)
{
	(void)settings;
	each_row(from, value, deny_file);
}

static const struct member credentials_member[] = {
	{ "envVars", take_variables }, { "files", take_files }, { "allowPlaintextInject", NULL },
	{ "awsPairs", NULL },	       { "sigv4", NULL },	{ NULL, NULL },
};

void sandbox_add_credentials(const struct sandbox *sandbox, json_t *credentials)
{
	scoped(buffer) struct buffer prefix = { 0 };
	struct settings settings = { sandbox->source, sandbox->grants, NULL, NULL };
	struct statement from = { .source = sandbox->source,
				  .grants = sandbox->grants,
				  .text = "credentials: all other variables are passed on" };

	buffer_printf(&prefix, "%scredentials.", sandbox->prefix);
	settings.prefix = buffer_text(&prefix);
	granted_add_all(&from, RESOURCE_VARIABLE, GRANT_BIT(HOLD));
	settings_read(&settings, credentials, credentials_member);
}
