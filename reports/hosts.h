#ifndef REPORTS_HOSTS_H
#define REPORTS_HOSTS_H

#include "reports/connections.h"
#include "reports/page.h"

/* The section of a summary on the hosts that the run talked with; nothing where there are none.
 * 0 or -ENOMEM. */
int page_hosts(struct page *page, const struct connections *connections);
/* All of them as an array of objects. */
void hosts_add_json(const struct connections *connections, struct buffer *out);
/* Members of an object: source, question, relay, sent, received; null where there is none. */
void hosts_add_facts(const struct connection *of, struct buffer *out);

#endif
