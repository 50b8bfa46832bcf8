/* What the host of a recorded call is called, and who says so. */
#include "recorder/wire/name.h"

#include "recorder/wire/claims.h"
#include "recorder/wire/encrypted.h"
#include "recorder/wire/join.h"

#include "recorder/wire/keep.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* A client may say anything; what could not be a host's name is none: RFC 1123 2.1, and "_", which
 * is used all the same. */
static bool is_host_name(struct bytes name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!isalnum((unsigned char)name.data[i]) && !memchr("-._", name.data[i], 3))
			return false;
	return name.size > 0 && name.size <= TARGET_HOST_MAX;
}

static bool is_address(const char *text)
{
	struct in6_addr address;

	return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

bool naming_is_possible(const struct naming *naming)
{
	return is_host_name(target_name(&naming->target)) ||
	       (naming->is_relayed && is_address(naming->target.host));
}

static void set(struct naming *naming, enum name_source source, struct bytes name)
{
	naming->source = source;
	if (target_host(&naming->target, name) < 0)
		*naming = (struct naming){ 0 };
}

/* What resolvers said to the program itself. */
static struct bytes told_itself(const struct join *join, const struct view *client,
				const struct use *use)
{
	return answers_find(&join->answers, client->key.space, &client->key.remote.address,
			    use->observation.access.image, use->time_ns);
}

/* The same, else what they said to anyone in the run. */
static struct bytes looked_up(const struct join *join, const struct view *client,
			      const struct use *use)
{
	struct bytes name = told_itself(join, client, use);

	return name.data ? name
			 : answers_find(&join->answers, client->key.space,
					&client->key.remote.address, 0, use->time_ns);
}

/* A client that may be hostile can claim any name for any address: where resolvers have said what
 * the address is, one of their names it must be. */
static bool is_believed(const struct join *join, const struct view *client,
			const struct naming *naming, struct bytes looked_up)
{
	struct bytes claimed = target_name(&naming->target);

	if (!naming_is_possible(naming))
		return false;
	return naming->is_relayed || !looked_up.data ||
	       answers_agree(&join->answers, client->key.space, &client->key.remote.address,
			     claimed);
}

/* Of a resolver resolv.conf(5) has the address alone. */
static bool is_in_hosts(const struct view *client, const struct use *use)
{
	return is_host_name(target_name(&use->hosts)) && !view_is_dns(client);
}

/* What the program itself has found out is better than what others have. */
static void set_found(const struct join *join, const struct view *client, const struct use *use,
		      struct naming *ret)
{
	struct bytes name = looked_up(join, client, use);

	if (!told_itself(join, client, use).data && is_in_hosts(client, use))
		set(ret, NAME_HOSTS, target_name(&use->hosts));
	else if (name.data && is_host_name(name))
		set(ret, NAME_DNS, name);
}

struct bytes name_question(const struct join *join, const struct view *client,
			   const struct use *use, const struct naming *naming)
{
	struct bytes host = target_name(&naming->target);

	if (naming->source == NAME_HOSTS)
		return (struct bytes){ 0 };
	if (naming->source && !naming->is_relayed &&
	    answers_agree(&join->answers, client->key.space, &client->key.remote.address, host))
		return host;
	return told_itself(join, client, use);
}

void name_host(const struct join *join, const struct view *client, const struct use *use,
	       struct naming *ret)
{
	struct bytes name = looked_up(join, client, use);

	*ret = client->flow->naming;
	if (ret->source && is_believed(join, client, ret, name))
		return;
	if (ret->source == NAME_HOST && is_address(ret->target.host)) {
		*ret = (struct naming){ 0 }; /* it was asked for by its address */
		return;
	}
	*ret = (struct naming){ 0 };
	set_found(join, client, use, ret);
}

void naming_write(const struct naming *naming, unsigned port, struct buffer *out)
{
	bool brackets = strchr(naming->target.host, ':') != NULL;

	buffer_printf(out, "%s%s%s:%u", brackets ? "[" : "", naming->target.host,
		      brackets ? "]" : "", port);
}

static unsigned port_of(const struct view *client, const struct naming *naming)
{
	return naming->is_relayed ? naming->target.port : client->key.remote.port;
}

/* "tcp/example.com:443", beside "tcp/192.0.2.1:443". */
void name_of_use(const struct view *client, const struct use *use, const struct naming *naming,
		 struct buffer *out)
{
	struct bytes address = use->observation.access.name;
	const char *slash = memchr(address.data, '/', address.size);

	if (!slash)
		return;
	buffer_append(out, address.data, (size_t)(slash + 1 - address.data));
	naming_write(naming, port_of(client, naming), out);
}

/* A gap, where it is something that we cannot see. */
static void report_encrypted(const struct join *join, const struct view *client,
			     const struct use *use, const struct naming *naming)
{
	scoped(buffer) struct buffer name = { 0 };
	char address[INET6_ADDRSTRLEN] = "";
	struct encrypted_host host = {
		.image = use->observation.access.image,
		.protocol = client->key.protocol,
		.port = port_of(client, naming),
		.host = target_name(&naming->target),
		.name = use->observation.access.name,
	};

	if (use->observation.access.outcome != OUTCOME_OK)
		return;
	if (naming->source) {
		name_of_use(client, use, naming, &name);
		host.name = buffer_bytes(&name);
	} else {
		inet_ntop(client->key.remote.address.size == 4 ? AF_INET : AF_INET6,
			  client->key.remote.address.byte, address, sizeof address);
		host.host = bytes_of(address);
	}
	encrypted_report(join->sink, client->flow, &host);
}

/* The address alone was counted before; a proxy that was connected to stays what it is. */
static void rename_use(struct join *join, struct view *client, const struct use *use,
		       const struct naming *naming)
{
	scoped(buffer) struct buffer name = { 0 };
	struct observation renamed = use->observation, before = use->observation;

	name_of_use(client, use, naming, &name);
	if (!name.size)
		return;
	buffer_clear(&client->name);
	buffer_append(&client->name, name.data, name.size);
	before.count = -before.count;
	if (!naming->is_relayed) {
		sink_access(join->sink, &before);
		keep_name(join->keep, &client->key.remote.address, target_name(&naming->target));
	}
	renamed.access.name = buffer_bytes(&name);
	renamed.access.peer = use->observation.access.name;
	sink_access(join->sink, &renamed);
	if (join->claims && naming->source != NAME_DNS && naming->source != NAME_HOSTS)
		claims_add(join->claims, use->party.pid, use->party.program, buffer_bytes(&name));
}

void name_uses(struct join *join, struct view *client)
{
	struct naming naming;

	while (client->use) {
		struct use *use = client->use;

		name_host(join, client, use, &naming);
		if (naming.source)
			rename_use(join, client, use, &naming);
		report_encrypted(join, client, use, &naming);
		view_drop_use(client);
	}
}

void name_write(const struct join *join, const struct view *client, struct buffer *out)
{
	struct naming naming = { 0 };
	size_t before = out->size;

	buffer_append(out, client->name.data, client->name.size);
	if (!client->name.size && client->use)
		name_host(join, client, client->use, &naming);
	if (naming.source)
		name_of_use(client, client->use, &naming, out);
	if (out->size == before)
		endpoint_write(client->key.protocol, &client->key.remote, out);
}
