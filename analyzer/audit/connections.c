#include "analyzer/audit/session.h"

#include "core/error.h"
#include "core/store.h"

/* The access of a connection is where it began; what was sent in it later is in the connections.
 * The end of one has packets, too: what comes so much later is more than that. */
#define END_NS INT64_C(1000000000)

static int take_connection(void *context, const struct connection *connection,
			   const struct image *image)
{
	struct sessions *sessions = context;
	struct session *session = &sessions->session;
	int64_t last_ns = connection->last_ns;

	if (last_ns >= sessions->auditing->audit->options.as_of_ns)
		last_ns = sessions->auditing->audit->options.as_of_ns - 1;
	for (size_t i = 0; i < session->touch_count; i++) {
		struct touch *touch = &session->touch[i];

		if (touch->mark->resource == RESOURCE_HOST && touch->image == image->seq &&
		    last_ns > touch->last_ns + END_NS &&
		    bytes_equal(touch->mark->name, connection->name))
			touch->last_ns = last_ns;
	}
	return 0;
}

int session_connections(struct sessions *sessions)
{
	struct session *session = &sessions->session;

	if (session->has_connections)
		return 0;
	session->has_connections = true;
	return store_each_connection(sessions->auditing->store, session->run->key, take_connection,
				     sessions, sessions->auditing->err);
}
