#include "recorder/wire/encrypted.h"

#include "recorder/wire/doh.h"

#include <netinet/in.h>

#define ENCRYPTED_DNS_PORT 853 /* RFC 7858, 3.1; RFC 9250, 4.1.1 */
#define HTTPS_PORT	   443

/* What is spoken with a resolver, in the protocol's usual name; NULL: nothing that is known. */
static const char *dns_of(const struct flow *flow, const struct encrypted_host *host)
{
	bool is_tcp = host->protocol == IPPROTO_TCP;

	if (flow->asks == ASKS_TLS || (is_tcp && host->port == ENCRYPTED_DNS_PORT))
		return "DNS over TLS";
	if (flow->asks == ASKS_QUIC || (!is_tcp && host->port == ENCRYPTED_DNS_PORT))
		return "DNS over QUIC";
	if (flow->asks == ASKS_HTTP || (host->port == HTTPS_PORT && doh_is_resolver(host->host)))
		return "DNS over HTTPS";
	return NULL;
}

void encrypted_report(struct sink *sink, const struct flow *flow, const struct encrypted_host *host)
{
	scoped(buffer) struct buffer detail = { 0 };
	const char *dns = dns_of(flow, host);

	if (flow->ech == HELLO_ECH_OUTER)
		sink_gap(sink, GAP_ENCRYPTED_HELLO, host->image, host->name);
	if (!dns)
		return;
	buffer_append(&detail, host->name.data, host->name.size);
	buffer_printf(&detail, " (%s)", dns);
	sink_gap(sink, GAP_ENCRYPTED_DNS, host->image, buffer_bytes(&detail));
}
