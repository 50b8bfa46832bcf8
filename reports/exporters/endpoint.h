#ifndef REPORTS_EXPORTERS_ENDPOINT_H
#define REPORTS_EXPORTERS_ENDPOINT_H

#include "core/policy.h"

#include <stdbool.h>

/* "tcp/[::1]:80" taken apart; all of it borrowed. */
struct endpoint {
	struct bytes protocol, host, port; /* the host without brackets */
};

/* How a format tells hosts. */
enum host_kind { HOST_NAME, HOST_IPV4, HOST_IPV6 };

/* False: the rule's host is none that is taken apart (another kind of name, a pattern). */
bool rule_endpoint(const struct rule *rule, struct endpoint *ret);
enum host_kind host_kind(struct bytes host);
/* "127.0.0.1", "::1", "localhost": only as an address, for a name may lead anywhere. */
bool host_is_loopback(struct bytes host);
bool host_is_any(struct bytes host); /* "0.0.0.0", "::" */
/* Whether it is a host name in letters, digits, dashes, underscores and dots (RFC 952, RFC 1123),
 * which no format takes for anything else. */
bool host_is_plain(struct bytes host);
/* Whether all of it is letters and digits of ASCII, and these; not empty. */
bool text_is_plain(struct bytes text, const char *also);
/* The port as a number: 0 where it is none, or any. */
unsigned endpoint_port(const struct endpoint *endpoint);
bool endpoint_is(const struct endpoint *endpoint, const char *protocol);
bool rule_is_listening(const struct rule *rule); /* bind, accept */
bool rule_is_sending(const struct rule *rule);	 /* connect, send */

/* Whether a loopback interface of the agent's own does for a rule of hosts: it is there that the
 * agent listens, or where it connects to what it serves. */
bool rule_is_inward(const struct policy *policy, const struct rule *rule);
/* Whether that does not do for some rule. */
bool policy_needs_network(const struct policy *policy);

#endif
