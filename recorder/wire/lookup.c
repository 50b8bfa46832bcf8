/* What resolvers were asked, and what they answered. */
#include "recorder/wire/join.h"

#include "recorder/wire/dns_answer.h"

#include <stdio.h>
#include <string.h>

#define HELD_MAX 16384 /* bytes of answers that wait for their call */

enum { RCODE_NONE = 0, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 }; /* RFC 1035 4.1.1, 2136 2.2 */

/* Before each message that is held. */
struct held {
	int64_t time_ns;
	size_t size;
};

struct lookup {
	struct join *join;
	uint32_t space;
	int64_t image, time_ns;
};

static void add_answer(void *context, const struct dns_answer *answer)
{
	const struct lookup *lookup = context;
	struct bytes question = { answer->question.text, answer->question.size };

	answers_add(&lookup->join->answers, lookup->space, &answer->address, question,
		    lookup->image, lookup->time_ns);
}

static void set_outcome(struct access *access, uint16_t rcode)
{
	access->outcome = OUTCOME_OK;
	if (rcode == RCODE_NXDOMAIN)
		access->outcome = OUTCOME_ABSENT;
	else if (rcode == RCODE_REFUSED)
		access->outcome = OUTCOME_DENIED;
	else if (rcode != RCODE_NONE)
		access->outcome = OUTCOME_FAILED;
}

/* "dns/example.com:53", asked of "udp/192.0.2.53:53". */
static void report(const struct lookup *lookup, const struct view *client,
		   const struct dns_name *name, uint16_t rcode)
{
	scoped(buffer) struct buffer resolver = { 0 };
	char question[DNS_NAME_SIZE + 16];
	struct observation observation = {
		.time_ns = sink_time_ns(lookup->join->sink, lookup->time_ns),
		.count = 1,
		.access = {
			.image = lookup->image,
			.resource = RESOURCE_HOST,
			.action = ACTION_RESOLVE,
			.via = VIA_WIRE,
		},
	};

	snprintf(question, sizeof question, "dns/%s:%u", name->text, client->key.remote.port);
	endpoint_write(client->key.protocol, &client->key.remote, &resolver);
	observation.access.name = bytes_of(question);
	observation.access.peer = buffer_bytes(&resolver);
	set_outcome(&observation.access, rcode);
	sink_access(lookup->join->sink, &observation);
}

static void read_answer(struct join *join, const struct view *client, struct bytes message,
			int64_t time_ns)
{
	struct lookup lookup = { join, client->key.space, client->image, time_ns };
	struct dns_entry entry;
	struct dns dns;

	if (dns_read(message, &dns) < 0 || !dns.response)
		return;
	/* A whole message is read for the upper bits of its code, which EDNS adds. */
	if (dns_next(&dns, &entry) == 1 && entry.section == DNS_QUESTION) {
		struct dns_entry rest;

		while (dns_next(&dns, &rest) == 1)
			;
		report(&lookup, client, &entry.name, dns.rcode);
	}
	dns_answers(message, add_answer, &lookup);
}

void lookup_answered(struct join *join, struct view *client, struct bytes message, int64_t time_ns)
{
	struct held held = { time_ns, message.size };

	if (client->image) {
		read_answer(join, client, message, time_ns);
	} else if (client->held.size + message.size <= HELD_MAX) {
		buffer_append(&client->held, &held, sizeof held);
		buffer_append(&client->held, message.data, message.size);
	}
}

void lookup_held(struct join *join, struct view *client)
{
	size_t at = 0;
	struct held held;

	while (at + sizeof held <= client->held.size) {
		memcpy(&held, client->held.data + at, sizeof held);
		at += sizeof held;
		read_answer(join, client, (struct bytes){ client->held.data + at, held.size },
			    held.time_ns);
		at += held.size;
	}
	buffer_release(&client->held);
}
