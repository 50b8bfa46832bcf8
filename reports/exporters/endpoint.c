#include "reports/exporters/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

static bool endpoint_of(struct bytes name, struct endpoint *ret)
{
	const char *slash = name.size ? memchr(name.data, '/', name.size) : NULL;
	const char *colon = name.size ? memrchr(name.data, ':', name.size) : NULL;
	struct bytes host;

	if (!slash || !colon || colon < slash)
		return false;
	host = (struct bytes){ slash + 1, (size_t)(colon - slash) - 1 };
	if (host.size > 1 && host.data[0] == '[' && host.data[host.size - 1] == ']')
		host = (struct bytes){ host.data + 1, host.size - 2 };
	ret->protocol = (struct bytes){ name.data, (size_t)(slash - name.data) };
	ret->host = host;
	ret->port = (struct bytes){ colon + 1, (size_t)(name.data + name.size - colon) - 1 };
	return true;
}

bool rule_endpoint(const struct rule *rule, struct endpoint *ret)
{
	return rule->resource == RESOURCE_HOST && rule->match.count == 1 &&
	       rule->match.token[0].kind == TOKEN_LITERAL &&
	       endpoint_of(rule->match.token[0].literal, ret);
}

/* The text of an address, or "" where it cannot be one. */
static const char *address_text(struct bytes host, char text[static INET6_ADDRSTRLEN])
{
	*text = '\0';
	if (!host.size || host.size >= INET6_ADDRSTRLEN || memchr(host.data, '\0', host.size))
		return text;
	memcpy(text, host.data, host.size);
	text[host.size] = '\0';
	return text;
}

enum host_kind host_kind(struct bytes host)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr in;
	struct in6_addr in6;

	address_text(host, text);
	if (inet_pton(AF_INET, text, &in) == 1)
		return HOST_IPV4;
	return inet_pton(AF_INET6, text, &in6) == 1 ? HOST_IPV6 : HOST_NAME;
}

bool host_is_loopback(struct bytes host)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr in;
	struct in6_addr in6;

	if (bytes_equal(host, bytes_of("localhost")))
		return true;
	address_text(host, text);
	if (inet_pton(AF_INET, text, &in) == 1)
		return ntohl(in.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, text, &in6) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&in6) || (IN6_IS_ADDR_V4MAPPED(&in6) && in6.s6_addr[12] == 127);
}

bool host_is_any(struct bytes host)
{
	return bytes_equal(host, bytes_of("0.0.0.0")) || bytes_equal(host, bytes_of("::"));
}

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool text_is_plain(struct bytes text, const char *also)
{
	for (size_t i = 0; i < text.size; i++)
		if (!is_alphanumeric(text.data[i]) &&
		    (!text.data[i] || !strchr(also, text.data[i])))
			return false;
	return text.size;
}

bool host_is_plain(struct bytes host)
{
	return host.size <= 253 && text_is_plain(host, "._-") && !strchr(".-", host.data[0]);
}

unsigned endpoint_port(const struct endpoint *endpoint)
{
	unsigned port = 0;

	for (size_t i = 0; i < endpoint->port.size; i++) {
		char c = endpoint->port.data[i];

		if (c < '0' || c > '9' || port > 6553)
			return 0;
		port = port * 10 + (unsigned)(c - '0');
	}
	return port > 65535 ? 0 : port;
}

bool endpoint_is(const struct endpoint *endpoint, const char *protocol)
{
	return bytes_equal(endpoint->protocol, bytes_of(protocol));
}

bool rule_is_listening(const struct rule *rule)
{
	return rule->action == ACTION_BIND || rule->action == ACTION_ACCEPT;
}

bool rule_is_sending(const struct rule *rule)
{
	return rule->action == ACTION_CONNECT || rule->action == ACTION_SEND;
}
