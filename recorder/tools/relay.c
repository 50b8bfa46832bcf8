#include "recorder/tools/relay.h"

#include "core/clock.h"
#include "recorder/thread.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define SILENCE_MS 1000

enum { POLL_FROM, POLL_TO, POLL_ENDED, POLL_COUNT };

/* Waits for more to read.  False: no more will come, or nobody would take it. */
static bool wait_for_more(const struct relay_way *way)
{
	struct pollfd poll_row[POLL_COUNT] = {
		[POLL_FROM] = { .fd = way->from, .events = POLLIN },
		[POLL_TO] = { .fd = way->to },
		[POLL_ENDED] = { .fd = way->ended, .events = POLLIN },
	};
	bool ended = false;

	for (;;) {
		int count = poll(poll_row, POLL_COUNT, ended ? SILENCE_MS : -1);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0 || poll_row[POLL_TO].revents)
			return false;
		if (poll_row[POLL_FROM].revents)
			return true;
		if (way->side == SIDE_CLIENT)
			return false; /* what is said now finds nobody */
		ended = true;
		poll_row[POLL_ENDED].fd = -1;
	}
}

/* One read; its size, 0 at the end. */
static size_t read_some(const struct relay_way *way, char *data)
{
	ssize_t size;

	do {
		if (!wait_for_more(way))
			return 0;
		size = read(way->from, data, RELAY_READ);
	} while (size < 0 && (errno == EINTR || errno == EAGAIN));
	return size < 0 ? 0 : (size_t)size;
}

/* A descriptor that we were handed may be non-blocking, which others share: it is left so. */
static bool wait_for_room(const struct relay_way *way)
{
	struct pollfd room = { .fd = way->to, .events = POLLOUT };

	return poll(&room, 1, -1) > 0 || errno == EINTR;
}

static bool write_all(const struct relay_way *way, struct bytes data)
{
	while (data.size) {
		ssize_t size = write(way->to, data.data, data.size);

		if (size < 0 && errno == EAGAIN && wait_for_room(way))
			continue;
		if (size < 0 && errno != EINTR)
			return false;
		if (size > 0) {
			data.data += size;
			data.size -= (size_t)size;
		}
	}
	return true;
}

static void *hand_on(void *context)
{
	struct relay_way *way = context;
	char data[RELAY_READ];
	size_t size;

	while ((size = read_some(way, data)) > 0) {
		struct bytes read = { data, size };

		/* Before it is handed on, or the answer could be there first. */
		copies_add(way->copies, way->side, read, clock_now_ns());
		if (!write_all(way, read))
			break;
	}
	close(way->to);
	close(way->from);
	return NULL;
}

int relay_start(struct relay_way *way)
{
	return thread_start(&way->thread,
			    way->side == SIDE_CLIENT ? "pare-to-server" : "pare-to-client", hand_on,
			    way);
}

void relay_finish(struct relay_way *way)
{
	pthread_join(way->thread, NULL);
}
