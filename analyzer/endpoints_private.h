#ifndef ANALYZER_ENDPOINTS_PRIVATE_H
#define ANALYZER_ENDPOINTS_PRIVATE_H

#include "analyzer/endpoint.h"
#include "analyzer/evidence.h"
#include "core/varying.h"

/* Between the files that open hosts. */

/* What in a host may vary. */
enum vary { VARY_NONE, VARY_PORT, VARY_LABELS, VARY_ADDRESS };

struct candidate {
	struct atom *atom;
	enum vary vary;
	struct buffer name;	       /* raw */
	struct bytes head, part, tail; /* of it: what varies, and what does not */
	uint8_t address[16];
	size_t address_size;
	bool is_stable; /* several runs have it */
	bool taken;
};

/* Candidates that are equal in all but the part, sorted by it. */
struct family {
	struct evidence *evidence;
	struct candidate *candidate;
	size_t count;
};

/* Opens what can be opened of a family.  0, -ENOMEM. */
int family_open_labels(struct family *family);
int family_open_blocks(struct family *family);
int family_open_ports(struct family *family);

/* Replaces those that are not stable and fit, `varying` being in the place of the part, which it
 * takes over; nothing where something protected would be reached.  0, -ENOMEM. */
int family_replace(struct family *family, struct varying *part);

#endif
