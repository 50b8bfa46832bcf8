#include "recorder/wire/dns_answer.h"

#include <errno.h>
#include <string.h>

#define CLASS_INTERNET 1

struct walk {
	struct dns_answer answer;
	struct dns_name alias; /* what `answer.name` is an alias of, none so far: size 0 */
	dns_answer_visit *visit;
	void *context;
};

static bool same_name(const struct dns_name *a, const struct dns_name *b)
{
	return a->size == b->size && !memcmp(a->text, b->text, a->size);
}

static void give(struct walk *walk, struct bytes addresses, uint8_t size)
{
	for (size_t at = 0; at + size <= addresses.size; at += size) {
		walk->answer.address = (struct address){ .size = size };
		memcpy(walk->answer.address.byte, addresses.data + at, size);
		walk->visit(walk->context, &walk->answer);
	}
}

/* "." stands for the owner (RFC 9460, 2.5.2); as an alias it means that there is none (2.5.1). */
static void give_service(struct walk *walk, const struct dns_entry *entry)
{
	bool itself = entry->target.size == 1 && entry->target.text[0] == '.';

	if (entry->service.priority == 0) {
		if (!itself)
			walk->alias = entry->target;
		return;
	}
	walk->answer.hint = true;
	give(walk, entry->service.ipv4, 4);
	give(walk, entry->service.ipv6, 16);
	walk->answer.hint = false;
}

/* A record of the name that is looked for. */
static void take(struct walk *walk, const struct dns_entry *entry)
{
	walk->answer.ttl = entry->ttl;
	switch (entry->type) {
	case DNS_A:
		give(walk, entry->data, 4);
		break;
	case DNS_AAAA:
		give(walk, entry->data, 16);
		break;
	case DNS_CNAME:
		walk->alias = entry->target;
		break;
	case DNS_SVCB:
	case DNS_HTTPS:
		give_service(walk, entry);
		break;
	}
}

static bool is_record(const struct dns_entry *entry)
{
	return entry->section != DNS_QUESTION && entry->class == CLASS_INTERNET &&
	       entry->type != DNS_OPT;
}

/* One time through the message, from behind its question. */
static int pass(struct walk *walk, struct dns dns, bool any_name)
{
	struct dns_entry entry;
	int status;

	while ((status = dns_next(&dns, &entry)) == 1) {
		if (!is_record(&entry))
			continue;
		if (any_name)
			walk->answer.question = walk->answer.name = entry.name;
		if (same_name(&entry.name, &walk->answer.name))
			take(walk, &entry);
	}
	return status;
}

static int follow(struct walk *walk, const struct dns *dns)
{
	int status = 0;

	for (int i = 0; i <= DNS_ALIASES_MAX && status == 0; i++) {
		walk->alias.size = 0;
		status = pass(walk, *dns, false);
		if (walk->alias.size == 0)
			break;
		walk->answer.name = walk->alias;
	}
	return status;
}

int dns_answers(struct bytes message, dns_answer_visit *visit, void *context)
{
	struct walk walk = { .visit = visit, .context = context };
	struct dns_entry question;
	struct dns dns;

	if (dns_read(message, &dns) < 0)
		return -EBADMSG;
	if (!dns.response || dns.rcode != 0)
		return 0;
	if (dns.count[DNS_QUESTION] == 0)
		return pass(&walk, dns, true);
	if (dns_next(&dns, &question) < 0)
		return -EBADMSG;
	walk.answer.question = walk.answer.name = question.name;
	return follow(&walk, &dns);
}
