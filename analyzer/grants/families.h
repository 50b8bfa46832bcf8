#ifndef ANALYZER_GRANTS_FAMILIES_H
#define ANALYZER_GRANTS_FAMILIES_H

/* The number of a family of sockets, by its name in small letters without "AF_"
 * (address_families(7)); 0: of none but unix, inet and inet6, which evidence has by names.  Sockets
 * of such a family are the facility "socket-family-NUMBER", of netlink "netlink". */
int family_number(const char *name);

#endif
