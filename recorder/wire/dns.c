#include "recorder/wire/dns.h"

#include <errno.h>
#include <string.h>

#include "recorder/wire/dns_name.h"

#define HEADER_SIZE 12
#define TOP	    0x8000

/* Keys of SVCB parameters, RFC 9460 14.3.2. */
enum { KEY_ALPN = 1, KEY_PORT = 3, KEY_IPV4 = 4, KEY_ECH = 5, KEY_IPV6 = 6 };

int dns_read(struct bytes message, struct dns *ret)
{
	struct dns dns = { .message = message, .cursor = cursor_of(message) };
	uint16_t flags;

	dns.id = cursor_u16(&dns.cursor);
	flags = cursor_u16(&dns.cursor);
	dns.response = flags & 0x8000;
	dns.opcode = flags >> 11 & 0xf;
	dns.truncated = flags & 0x0200;
	dns.rcode = flags & 0xf;
	for (int i = 0; i < DNS_SECTIONS; i++)
		dns.count[i] = cursor_u16(&dns.cursor);
	if (dns.cursor.failed)
		return -EBADMSG;
	*ret = dns;
	return 0;
}

/* A list of addresses of `size` bytes each, at least one. */
static bool take_addresses(struct cursor *value, size_t size, struct bytes *ret)
{
	*ret = cursor_rest(value);
	return ret->size && ret->size % size == 0;
}

static bool read_parameter(uint16_t key, struct cursor *value, struct dns_service *service)
{
	switch (key) {
	case KEY_ALPN:
		return alpn_read(value, &service->alpn) == 0;
	case KEY_PORT:
		service->port = cursor_u16(value);
		return cursor_whole(value);
	case KEY_IPV4:
		return take_addresses(value, 4, &service->ipv4);
	case KEY_IPV6:
		return take_addresses(value, 16, &service->ipv6);
	case KEY_ECH:
		service->ech = true;
		return true;
	default:
		return true;
	}
}

/* RFC 9460, 2.2: keys strictly ascend. */
static int read_service(struct cursor *data, struct dns_entry *entry)
{
	int32_t last = -1;

	entry->service.priority = cursor_u16(data);
	if (data->failed || dns_name_read(data, &entry->target) < 0)
		return -EBADMSG;
	while (cursor_left(data)) {
		uint16_t key = cursor_u16(data);
		struct cursor value = cursor_part(data, cursor_u16(data));

		if (data->failed || key <= last || !read_parameter(key, &value, &entry->service))
			return -EBADMSG;
		last = key;
	}
	return 0;
}

static int read_target(struct cursor *data, struct dns_entry *entry)
{
	if (dns_name_read(data, &entry->target) < 0 || !cursor_whole(data))
		return -EBADMSG;
	return 0;
}

/* `data` ends with the record, but begins with the message, because names lead back into it. */
static int read_data(struct dns *dns, struct cursor *data, struct dns_entry *entry)
{
	switch (entry->type) {
	case DNS_A:
		return entry->data.size == 4 ? 0 : -EBADMSG;
	case DNS_AAAA:
		return entry->data.size == 16 ? 0 : -EBADMSG;
	case DNS_CNAME:
	case DNS_DNAME:
	case DNS_PTR:
		return read_target(data, entry);
	case DNS_SVCB:
	case DNS_HTTPS:
		return read_service(data, entry);
	case DNS_OPT: /* RFC 6891, 6.1.3 */
		dns->rcode = (uint16_t)((dns->rcode & 0xf) | (entry->ttl >> 24) << 4);
		return 0;
	default:
		return 0;
	}
}

static int read_record(struct dns *dns, struct dns_entry *entry)
{
	struct cursor *cursor = &dns->cursor, data;
	uint16_t size;

	entry->ttl = cursor_u32(cursor);
	size = cursor_u16(cursor);
	data = *cursor;
	entry->data = cursor_take(cursor, size);
	if (cursor->failed)
		return -EBADMSG;
	data.size = cursor->at;
	/* Updates (RFC 2136) name types without data. */
	if (size == 0 && dns->opcode != 0 && entry->type != DNS_OPT)
		return 0;
	return read_data(dns, &data, entry);
}

/* Moves to the section that the next entry is in; false behind the last. */
static bool next_section(struct dns *dns)
{
	while (dns->section < DNS_SECTIONS && dns->taken == dns->count[dns->section]) {
		dns->section++;
		dns->taken = 0;
	}
	dns->taken++;
	return dns->section < DNS_SECTIONS;
}

/* What questions and records have in common. */
static int read_entry(struct dns *dns, struct dns_entry *entry)
{
	uint16_t class;

	if (dns_name_read(&dns->cursor, &entry->name) < 0)
		return -EBADMSG;
	entry->type = cursor_u16(&dns->cursor);
	class = cursor_u16(&dns->cursor);
	entry->top = entry->type != DNS_OPT && (class & TOP);
	entry->class = entry->top ? class & (uint16_t)~TOP : class;
	if (dns->cursor.failed)
		return -EBADMSG;
	return entry->section == DNS_QUESTION ? 0 : read_record(dns, entry);
}

int dns_next(struct dns *dns, struct dns_entry *ret)
{
	if (dns->cursor.failed)
		return -EBADMSG;
	if (!next_section(dns))
		return 0;
	*ret = (struct dns_entry){ .section = (enum dns_section)dns->section };
	if (read_entry(dns, ret) == 0)
		return 1;
	dns->cursor.failed = true;
	return -EBADMSG;
}

enum reading dns_frame(struct bytes stream, size_t *at, struct bytes *ret)
{
	struct cursor cursor = cursor_of(stream);
	struct bytes message;
	uint16_t size;

	cursor_skip(&cursor, *at);
	size = cursor_u16(&cursor);
	if (!cursor.failed && size < HEADER_SIZE)
		return READING_NOT;
	message = cursor_take(&cursor, size);
	if (cursor.failed)
		return READING_MORE;
	*at = cursor.at;
	*ret = message;
	return READING_DONE;
}
