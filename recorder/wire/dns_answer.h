#ifndef RECORDER_WIRE_DNS_ANSWER_H
#define RECORDER_WIRE_DNS_ANSWER_H

#include "recorder/wire/dns.h"
#include "recorder/wire/ip.h"

/* An address that a response gives to a name. */
struct dns_answer {
	struct dns_name question; /* what was asked for; of mDNS the record's own name */
	struct dns_name name;	  /* where aliases (CNAME, RFC 9460's AliasMode) led from there */
	struct address address;
	uint32_t ttl; /* of the last record, seconds */
	bool hint;    /* an address in SVCB or HTTPS, not A or AAAA */
};

typedef void dns_answer_visit(void *context, const struct dns_answer *answer);

/* Visits each address that a response without an error gives to the name in its first question,
 * over at most DNS_ALIASES_MAX aliases.  Addresses of other names are passed over: nobody asked.  A
 * response without a question (mDNS) answers for each of its names.  Returns 0, -EBADMSG when the
 * message is malformed somewhere; what stood before that has been visited. */
int dns_answers(struct bytes message, dns_answer_visit *visit, void *context);

#define DNS_ALIASES_MAX 16

#endif
