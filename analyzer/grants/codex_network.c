#include "analyzer/grants/codex.h"

#include <string.h>

/* What the sandbox's proxy lets through (codex-rs/network-proxy). */

#define HOST_REACH (GRANT_BIT(CONNECT) | GRANT_BIT(SEND))

void codex_open_network(struct codex *codex, const struct statement *from)
{
	codex->has_network = true;
	granted_add_any_host(from, GRANT_ALL);
	granted_add(from, RESOURCE_SOCKET, GRANT_ALL, "/**");
	if (!from->is_denied)
		granted_note(from, NOTE_NARROWER, "abstract sockets, too: no pattern admits them");
}

static bool is_domain(struct bytes domain)
{
	return domain.size && domain.size <= 80 && !memchr(domain.data, '*', domain.size);
}

static void add_below(const struct statement *from, struct bytes domain)
{
	scoped(buffer) struct buffer pattern = { 0 };

	buffer_add(&pattern, "tcp/{any:1-64}.");
	pattern_write_literal(domain, &pattern);
	buffer_add(&pattern, ":{digit:1-5}");
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_HOST, HOST_REACH, buffer_text(&pattern));
}

/* "*.example.com": names below it; "**.example.com": the name itself, too; "*": every one. */
static void add_domain(const struct statement *from, struct bytes domain)
{
	bool with_itself = bytes_start_with(domain, bytes_of("**."));
	bool with_others = with_itself || bytes_start_with(domain, bytes_of("*."));
	size_t skip = with_itself ? 3 : with_others ? 2 : 0;

	if (bytes_equal(domain, bytes_of("*"))) {
		granted_add(from, RESOURCE_HOST, HOST_REACH, "tcp/{any:1-128}");
		return;
	}
	domain.data += skip;
	domain.size -= skip;
	if (!is_domain(domain)) {
		granted_note(from, NOTE_UNREAD, "it is no pattern of domains");
		return;
	}
	if (with_others)
		add_below(from, domain);
	if (!with_others || with_itself)
		granted_add_host(from, HOST_REACH, domain);
}

static bool read_verdict(const struct codex *codex, const struct toml *entry,
			 struct statement *from)
{
	*from = codex_at(codex, entry);
	from->is_denied = toml_is(entry, "deny") || toml_is(entry, "none");
	if (from->is_denied || toml_is(entry, "allow"))
		return true;
	granted_note(from, NOTE_UNREAD, "it is neither allow nor deny");
	return false;
}

static void read_domains(struct codex *codex, const struct toml *domains)
{
	struct statement from;

	domains = codex_typed(codex, domains, TOML_TABLE);
	for (const struct toml *entry = domains ? domains->child : NULL; entry; entry = entry->next)
		if (read_verdict(codex, entry, &from))
			add_domain(&from, buffer_bytes(&entry->key));
}

static void read_sockets(struct codex *codex, const struct toml *sockets)
{
	struct statement from;

	sockets = codex_typed(codex, sockets, TOML_TABLE);
	for (const struct toml *entry = sockets ? sockets->child : NULL; entry; entry = entry->next)
		if (read_verdict(codex, entry, &from))
			granted_add_path(&from, RESOURCE_SOCKET, HOST_REACH,
					 buffer_bytes(&entry->key));
}

/* Without it the proxy refuses addresses of this machine and of private networks that are not
 * listed. */
static void add_local(const struct statement *from)
{
	static const char *const block[] = {
		"10.0.0.0/8",	  "172.16.0.0/12",  "192.168.0.0/16",
		"169.254.0.0/16", "\\[fc00::/7\\]", "\\[fe80::/10\\]"
	};

	granted_add_loopback(from);
	for (size_t i = 0; i < sizeof block / sizeof *block; i++) {
		scoped(buffer) struct buffer pattern = { 0 };

		buffer_printf(&pattern, "tcp/%s:{digit:1-5}", block[i]);
		granted_add(from, RESOURCE_HOST, HOST_REACH, buffer_text(&pattern));
	}
}

static void read_proxied(struct codex *codex, const struct toml *network)
{
	const struct toml *mode = toml_get(network, "mode");
	const struct toml *local = toml_get(network, "allow_local_binding");
	const struct toml *all = toml_get(network, "dangerously_allow_all_unix_sockets");
	struct statement from = codex_at(codex, mode);

	if (toml_is(mode, "limited"))
		granted_note(&from, NOTE_WIDER, "of HTTP only what does not change anything");
	read_domains(codex, toml_get(network, "domains"));
	read_sockets(codex, toml_get(network, "unix_sockets"));
	if (codex_is_true(codex, local)) {
		from = codex_at(codex, local);
		add_local(&from);
	}
	if (codex_is_true(codex, all)) {
		from = codex_at(codex, all);
		granted_add(&from, RESOURCE_SOCKET, HOST_REACH, "/**");
	}
}

void codex_network(struct codex *codex, const struct toml *network)
{
	const struct toml *enabled = toml_get(network, "enabled");
	const struct toml *proxy = toml_get(codex_setting(codex, "features"), "network_proxy");
	struct statement from = codex_at(codex, enabled);

	codex_check(codex, CODEX_NETWORK, network);
	if (!codex_is_true(codex, enabled))
		return;
	if (!codex->is_proxied) {
		if (toml_get(network, "domains"))
			granted_note(&from, NOTE_NARROWER,
				     "domains hold only with features.network_proxy");
		codex_open_network(codex, &from);
		return;
	}
	read_proxied(codex, network);
	if (proxy->kind == TOML_TABLE)
		read_proxied(codex, proxy);
}
