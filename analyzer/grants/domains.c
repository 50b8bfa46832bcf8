#include "analyzer/grants/agents.h"

#include "core/varying.h"

#include <arpa/inet.h>
#include <string.h>

#define ANY_PORT "{digit:1-5}"

/* "host:443" taken apart. */
struct domain {
	struct bytes host;
	struct bytes port; /* none: any */
	bool is_v6, is_v4;
	bool is_open; /* "*.host": all below it */
};

static bool is_port(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	if (!text.size || text.size > 5 || *text.data == '0')
		return false;
	return text.size < 5 || bytes_compare(text, bytes_of("65535")) <= 0;
}

static bool is_address(int family, struct bytes host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr room;

	if (!host.size || host.size >= sizeof text)
		return false;
	memcpy(text, host.data, host.size);
	text[host.size] = '\0';
	return inet_pton(family, text, &room) == 1;
}

/* "[::1]:443", "[::1]". */
static bool split_brackets(struct bytes text, struct domain *ret)
{
	const char *end = memchr(text.data, ']', text.size);
	size_t left = end ? (size_t)(text.data + text.size - end) - 1 : 0;

	if (!end)
		return false;
	ret->host = (struct bytes){ text.data + 1, (size_t)(end - text.data) - 1 };
	ret->is_v6 = true;
	if (!left)
		return is_address(AF_INET6, ret->host);
	ret->port = (struct bytes){ end + 2, left - 1 };
	return end[1] == ':' && is_port(ret->port) && is_address(AF_INET6, ret->host);
}

/* Labels of letters, digits, dashes and underscores (RFC 1123, and what is in use). */
static bool is_name(struct bytes host)
{
	for (size_t i = 0; i < host.size; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
			    host.data[i]) ||
		    (host.data[i] == '.' && (!i || host.data[i - 1] == '.')))
			return false;
	return host.size && host.size <= 200 && host.data[host.size - 1] != '.';
}

static bool split(struct bytes text, struct domain *ret)
{
	const char *colon = text.size ? memrchr(text.data, ':', text.size) : NULL;

	if (!text.size || memchr(text.data, '\0', text.size))
		return false;
	if (*text.data == '[')
		return split_brackets(text, ret);
	ret->host = text;
	if (is_address(AF_INET6, text)) {
		ret->is_v6 = true;
		return true;
	}
	if (colon) {
		ret->host.size = (size_t)(colon - text.data);
		ret->port = (struct bytes){ colon + 1, text.size - ret->host.size - 1 };
		if (!is_port(ret->port))
			return false;
	}
	ret->is_v4 = is_address(AF_INET, ret->host);
	ret->is_open = bytes_start_with(ret->host, bytes_of("*."));
	if (ret->is_open) {
		ret->host.data += 2;
		ret->host.size -= 2;
	}
	return bytes_equal(ret->host, bytes_of("*")) || is_name(ret->host);
}

static void write_host(const struct domain *domain, struct buffer *out)
{
	/* What is left beside the protocol, the dot and the port. */
	size_t room = VARYING_MAX - sizeof "tcp/.:65535" + 1;

	if (bytes_equal(domain->host, bytes_of("*"))) {
		buffer_add(out, "{any:1-255}");
		return;
	}
	if (domain->is_open)
		buffer_printf(out, "{name:1-%zu}.", room - domain->host.size);
	buffer_add(out, domain->is_v6 ? "\\[" : "");
	for (size_t i = 0; i < domain->host.size; i++) {
		char byte = domain->host.data[i];

		buffer_add_char(out, byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte);
	}
	buffer_add(out, domain->is_v6 ? "\\]" : "");
}

static void add(const struct statement *from, const struct domain *domain, const char *protocol,
		struct bytes port, unsigned actions)
{
	scoped(buffer) struct buffer pattern = { 0 };

	buffer_printf(&pattern, "%s/", protocol);
	write_host(domain, &pattern);
	buffer_add_char(&pattern, ':');
	if (port.size)
		buffer_append(&pattern, port.data, port.size);
	else
		buffer_add(&pattern, ANY_PORT);
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_HOST, actions, buffer_text(&pattern));
}

void granted_add_domain(const struct statement *from, struct bytes text)
{
	struct domain domain = { 0 };

	if (!split(text, &domain)) {
		granted_note(from, NOTE_UNREAD, "it is no domain");
		return;
	}
	add(from, &domain, "tcp", domain.port, GRANT_BIT(CONNECT) | GRANT_BIT(SEND));
	/* The name is still looked up where a port of it alone is denied. */
	if (!domain.is_v4 && !domain.is_v6 && !(from->is_denied && domain.port.size))
		add(from, &domain, "dns", bytes_of("53"), GRANT_BIT(RESOLVE));
}

void granted_add_own_network(const struct statement *from)
{
	static const char *const protocol[] = { "tcp", "udp" };
	static const char *const address[] = { "127.0.0.1", "\\[::1\\]", "0.0.0.0", "\\[::\\]" };

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < sizeof address / sizeof *address; j++) {
			scoped(buffer) struct buffer pattern = { 0 };

			buffer_printf(&pattern, "%s/%s:" ANY_PORT, protocol[i], address[j]);
			granted_add(from, RESOURCE_HOST,
				    GRANT_LISTEN | GRANT_BIT(CONNECT) | GRANT_BIT(SEND),
				    buffer_text(&pattern));
		}
}
