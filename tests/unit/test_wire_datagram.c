/* Link layers and IP headers that no program here sends; those of programs are in the captures. */
#include "wire_build.h"

#include <errno.h>

/* Reads a UDP packet behind the header of a link layer. */
static enum datagram_is read_link(enum link link, const char *header, struct datagram *ret)
{
	static struct fragments none;
	scoped(buffer) struct buffer frame = { 0 };

	add_hex(&frame, header);
	add_ipv4(&frame, IPPROTO_UDP, 0, 0, 8 + 2);
	add_udp(&frame, "hi");
	return wire_datagram(link, guarded(0, frame.data, frame.size), 1, &none, ret);
}

#define MACS "020000000001 020000000002 "

static const struct {
	enum link link;
	const char *header;
	enum datagram_is is;
	unsigned vlan;
} links[] = {
	{ LINK_ETHERNET, MACS "0800", DATAGRAM_WHOLE, 0 },
	{ LINK_ETHERNET, MACS "8100 6005 0800", DATAGRAM_WHOLE, 5 },
	{ LINK_ETHERNET, MACS "88a8 0007 8100 0fff 0800", DATAGRAM_WHOLE, 0xfff },
	{ LINK_ETHERNET, MACS "9100 0007 8100 0006 8100 0009 0800", DATAGRAM_WHOLE, 9 },
	{ LINK_ETHERNET, MACS "0806", DATAGRAM_OTHER, 0 },
	{ LINK_ETHERNET, MACS "0026 4242 03", DATAGRAM_OTHER, 0 },
	{ LINK_ETHERNET, MACS "86dd", DATAGRAM_MALFORMED, 0 },
	{ LINK_NULL, "02000000", DATAGRAM_WHOLE, 0 },
	{ LINK_NULL, "00000002", DATAGRAM_OTHER, 0 },
	{ LINK_LOOP, "00000002", DATAGRAM_WHOLE, 0 },
	{ LINK_LOOP, "0000001c", DATAGRAM_MALFORMED, 0 },
	{ LINK_SLL, "0004 0001 0006 020000000001 0000 8100 0005 0800", DATAGRAM_WHOLE, 5 },
	{ LINK_SLL2, "8100 0000 00000003 0001 04 06 0200000000010000 0005 0800", DATAGRAM_WHOLE,
	  5 },
	{ LINK_IPV4, "", DATAGRAM_WHOLE, 0 },
	{ LINK_RAW_FILE, "", DATAGRAM_WHOLE, 0 },
	{ LINK_RAW, "00", DATAGRAM_OTHER, 0 },
	{ (enum link)147, "", DATAGRAM_OTHER, 0 },
};

static void link_layers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		struct datagram datagram = { 0 };
		enum datagram_is is = read_link(links[i].link, links[i].header, &datagram);

		if (is != links[i].is)
			fail_msg("%s: %d, not %d", links[i].header, is, links[i].is);
		if (is != DATAGRAM_WHOLE)
			continue;
		assert_int_equal(datagram.frame.vlan, links[i].vlan);
		assert_int_equal(datagram.source.port, 1000);
		assert_int_equal(datagram.destination.port, 2000);
		assert_payload(&datagram, "hi");
	}
}

static void cooked_says_where(void **state)
{
	struct datagram datagram;

	(void)state;
	assert_int_equal(
		read_link(LINK_SLL2, "0800 0000 00000003 0001 04 06 0200000000010000", &datagram),
		DATAGRAM_WHOLE);
	assert_int_equal(datagram.frame.interface, 3);
	assert_int_equal(datagram.frame.way, FRAME_SENT);
	assert_int_equal(read_link(LINK_SLL, "0009 0001 0006 020000000001 0000 0800", &datagram),
			 DATAGRAM_WHOLE);
	assert_int_equal(datagram.frame.way, FRAME_UNKNOWN);
}

/* IP packets as hex, what is in them, and how many bytes were on the wire. */
#define UDP_HI	 "03e8 07d0 000a 0000 6869 "
#define V6_ADDRS " 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "

static const struct {
	const char *what, *hex;
	enum datagram_is is;
	const char *payload;
	size_t size;
} packets[] = {
	{ "padding is left out",
	  "4500 001e 0000 4000 40 11 0000 c0000201 c0000202" UDP_HI "0000000000000000",
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "a length of 0 is all there is",
	  "4500 0000 0000 0000 40 11 0000 c0000201 c0000202 03e8 07d0 0000 0000 6869",
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "what the capture cut is counted",
	  "4500 0040 0000 0000 40 11 0000 c0000201 c0000202 03e8 07d0 002c 0000 6869",
	  DATAGRAM_WHOLE, "hi", 36 },
	{ "options are passed over",
	  "4700 0026 0000 0000 40 11 0000 c0000201 c0000202 0101010101010100" UDP_HI,
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "a header longer than the packet",
	  "4f00 001e 0000 0000 40 11 0000 c0000201 c0000202" UDP_HI, DATAGRAM_MALFORMED, "", 0 },
	{ "a header of 16 bytes", "4400 001e 0000 0000 40 11 0000 c0000201 c0000202" UDP_HI,
	  DATAGRAM_MALFORMED, "", 0 },
	{ "a length below the header's", "4500 0010 0000 0000 40 11 0000 c0000201 c0000202" UDP_HI,
	  DATAGRAM_MALFORMED, "", 0 },
	{ "UDP longer than its packet",
	  "4500 001e 0000 0000 40 11 0000 c0000201 c0000202 03e8 07d0 000b 0000 6869",
	  DATAGRAM_MALFORMED, "", 0 },
	{ "UDP shorter than its header",
	  "4500 001e 0000 0000 40 11 0000 c0000201 c0000202 03e8 07d0 0007 0000 6869",
	  DATAGRAM_MALFORMED, "", 0 },
	{ "UDP shorter than its packet",
	  "4500 001e 0000 0000 40 11 0000 c0000201 c0000202 03e8 07d0 0009 0000 6869",
	  DATAGRAM_WHOLE, "h", 1 },
	{ "TCP with options",
	  "4500 002e 0000 0000 40 06 0000 c0000201 c0000202"
	  "03e8 07d0 00000001 00000002 6018 0000 0000 0000 01010100 6869",
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "TCP with a header that is too short",
	  "4500 002a 0000 0000 40 06 0000 c0000201 c0000202"
	  "03e8 07d0 00000001 00000002 4018 0000 0000 0000 6869",
	  DATAGRAM_MALFORMED, "", 0 },
	{ "TCP with a header that is longer than the packet",
	  "4500 002a 0000 0000 40 06 0000 c0000201 c0000202"
	  "03e8 07d0 00000001 00000002 7018 0000 0000 0000 6869",
	  DATAGRAM_MALFORMED, "", 0 },
	{ "another protocol is handed on", "4500 0016 0000 0000 40 01 0000 c0000201 c0000202 6869",
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "IPv6 with each extension header, of 8, 16 and (AH) 12 bytes",
	  "60000000 004e 00" V6_ADDRS "2b00010400000000 3c00000000000000 3301010400000000 "
	  "0000000000000000 8701000000000000 00000000"
	  "8b00000000000000 8c00000000000000 1100000000000000" UDP_HI,
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "a fragment that is whole", "60000000 0012 2c" V6_ADDRS "1100 0000 00000007" UDP_HI,
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "a jumbogram", "60000000 0000 00" V6_ADDRS "1100 c204 00000012 03e8 07d0 0000 0000 6869",
	  DATAGRAM_WHOLE, "hi", 2 },
	{ "IPv6 without a length", "60000000 0000 11" V6_ADDRS UDP_HI, DATAGRAM_WHOLE, "hi", 2 },
	{ "nothing next", "60000000 0000 3b" V6_ADDRS "6869", DATAGRAM_WHOLE, "", 0 },
	{ "an extension longer than the packet",
	  "60000000 0012 00" V6_ADDRS "1109 0104 00000000" UDP_HI, DATAGRAM_MALFORMED, "", 0 },
	{ "padding behind IPv6", "60000000 000a 11" V6_ADDRS UDP_HI "0000", DATAGRAM_WHOLE, "hi",
	  2 },
	{ "version 5", "55000000", DATAGRAM_OTHER, "", 0 },
};

static void ip_headers(void **state)
{
	static struct fragments none;

	(void)state;
	for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
		scoped(buffer) struct buffer packet = { 0 };
		struct datagram datagram = { 0 };
		enum datagram_is is;

		add_hex(&packet, packets[i].hex);
		is = read_ip(&packet, 1, &none, &datagram);
		if (is != packets[i].is)
			fail_msg("%s: %d, not %d", packets[i].what, is, packets[i].is);
		if (is == DATAGRAM_WHOLE) {
			assert_payload(&datagram, packets[i].payload);
			assert_int_equal(datagram.size, packets[i].size);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_layers),
		cmocka_unit_test(cooked_says_where),
		cmocka_unit_test(ip_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
