#include "recorder/tools/listings.h"

#include "core/digest.h"
#include "core/hash.h"
#include "core/store_tool.h"
#include "recorder/sink.h"
#include "recorder/tools/arguments.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define DIFFERS_MAX 64

struct listed {
	UT_hash_handle hh;
	json_t *definition;
	char digest[DIGEST_HEX_SIZE];
	int64_t round;
	bool gone;
	size_t name_size;
	char name[];
};

static void forget(struct listings *listings, struct listed *listed)
{
	HASH_DEL(listings->listed, listed);
	json_decref(listed->definition);
	free(listed);
}

void listings_release(struct listings *listings)
{
	while (listings->listed)
		forget(listings, listings->listed);
	*listings = (struct listings){ 0 };
}

static struct listed *find(struct listings *listings, struct bytes name)
{
	struct listed *listed;

	HASH_FIND(hh, listings->listed, name.data, name.size, listed);
	if (listed)
		return listed;
	if (HASH_COUNT(listings->listed) >= LISTINGS_MAX)
		return NULL;
	listed = calloc(1, sizeof *listed + name.size);
	if (!listed)
		return NULL;
	memcpy(listed->name, name.data, name.size);
	listed->name_size = name.size;
	HASH_ADD_KEYPTR(hh, listings->listed, listed->name, listed->name_size, listed);
	if (listed->hh.tbl)
		return listed;
	free(listed);
	return NULL;
}

/* What is kept and shown of a definition; the sum is over what was sent. */
static int write_masked(const struct listing_place *place, const json_t *definition,
			struct buffer *ret_all, struct buffer *ret_annotations)
{
	json_t *copy = json_deep_copy(definition);
	scoped(text) char *all = NULL, *annotations = NULL;
	const json_t *hints;
	int r = copy ? definition_mask(place->masker, copy) : -ENOMEM;

	if (r == 0) {
		all = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
		hints = json_object_get(copy, "annotations");
		annotations =
			hints ? json_dumps(hints, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY)
			      : NULL;
		r = all && !(hints && !annotations) ? 0 : -ENOMEM;
	}
	if (all)
		buffer_add(ret_all, all);
	if (annotations)
		buffer_add(ret_annotations, annotations);
	json_decref(copy);
	return r;
}

static void tell(struct listings *listings, const struct listing_place *place,
		 const struct listed *listed, struct tool_listing *listing)
{
	scoped(buffer) struct buffer tool = { 0 };

	buffer_append(&tool, place->server.data, place->server.size);
	buffer_add_char(&tool, '/');
	buffer_append(&tool, listed->name, listed->name_size);
	listing->seq = ++listings->said;
	listing->tool = buffer_bytes(&tool);
	listing->seen_ns = place->time_ns;
	if (buffer_status(&tool) == 0)
		sink_tool(place->sink, listing);
}

static int take_definition(struct listings *listings, struct listed *listed, json_t *definition,
			   const char *digest, const struct listing_place *place)
{
	scoped(buffer) struct buffer all = { 0 }, annotations = { 0 }, differs = { 0 };
	struct tool_listing listing = { .change = LISTING_LISTED };
	int r = write_masked(place, definition, &all, &annotations);

	if (r < 0)
		return r;
	if (listed->definition && !listed->gone) {
		listing.change = LISTING_CHANGED;
		definition_differs(listed->definition, definition, DIFFERS_MAX, &differs);
	}
	listing.digest = bytes_of(digest);
	listing.annotations = buffer_bytes(&annotations);
	listing.definition = buffer_bytes(&all);
	listing.differs = buffer_bytes(&differs);
	tell(listings, place, listed, &listing);
	json_decref(listed->definition);
	listed->definition = json_incref(definition);
	memcpy(listed->digest, digest, sizeof listed->digest);
	listed->gone = false;
	return 0;
}

static int take_tool(struct listings *listings, json_t *definition,
		     const struct listing_place *place)
{
	const json_t *name = json_object_get(definition, "name");
	scoped(text) char *text = NULL;
	char digest[DIGEST_HEX_SIZE];
	struct listed *listed;

	if (!json_is_string(name))
		return 0;
	listed =
		find(listings, (struct bytes){ json_string_value(name), json_string_length(name) });
	text = json_dumps(definition, JSON_COMPACT | JSON_SORT_KEYS);
	if (!listed || !text || digest_of(bytes_of(text), digest) < 0)
		return -ENOMEM;
	listed->round = listings->round;
	if (!listed->gone && !strcmp(listed->digest, digest))
		return 0;
	return take_definition(listings, listed, definition, digest, place);
}

static void tell_gone(struct listings *listings, const struct listing_place *place)
{
	struct listed *listed = listings->listed;

	for (; listed; listed = listed->hh.next) {
		struct tool_listing listing = { .change = LISTING_GONE };

		if (listed->gone || listed->round == listings->round)
			continue;
		listed->gone = true;
		tell(listings, place, listed, &listing);
	}
}

int listings_page(struct listings *listings, const struct json_t *tools, bool first, bool last,
		  const struct listing_place *place)
{
	int r = 0;

	if (first)
		listings->round++;
	for (size_t i = 0; r == 0 && i < json_array_size(tools); i++)
		r = take_tool(listings, json_array_get(tools, i), place);
	if (r == 0 && last)
		tell_gone(listings, place);
	return r;
}
