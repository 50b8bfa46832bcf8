#include "recorder/tools/copies.h"

#include "core/clock.h"

#include <string.h>

/* How long some are left to become more, so that who reads them does not take the processor from
 * who answers. */
#define PAUSE_NS   10000000
#define MUCH_BYTES ((size_t)256 * 1024)

struct header {
	size_t size;
	int64_t time_ns;
	enum side side;
	bool is_gap;
};

void copies_open(struct copies *copies)
{
	pthread_condattr_t attributes;

	*copies = (struct copies){ .closed = false };
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&copies->lock, NULL);
	pthread_cond_init(&copies->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

void copies_release(struct copies *copies)
{
	pthread_cond_destroy(&copies->changed);
	pthread_mutex_destroy(&copies->lock);
	buffer_release(&copies->filling);
}

/* With the lock held. */
static void add(struct copies *copies, const struct header *header, struct bytes data)
{
	struct buffer *filling = &copies->filling;
	size_t before = filling->size;

	buffer_append(filling, header, sizeof *header);
	buffer_append(filling, data.data, data.size);
	if (filling->failed) {
		filling->failed = false;
		filling->size = before;
		copies->missing[header->side] = true;
	}
	if (!before || (before <= MUCH_BYTES && filling->size > MUCH_BYTES))
		pthread_cond_signal(&copies->changed);
}

void copies_add(struct copies *copies, enum side side, struct bytes data, int64_t time_ns)
{
	struct header header = { .size = data.size, .time_ns = time_ns, .side = side };

	pthread_mutex_lock(&copies->lock);
	header.is_gap = copies->missing[side];
	if (copies->refused || copies->filling.size + data.size > COPIES_MAX) {
		copies->missing[side] = true;
	} else {
		copies->missing[side] = false;
		add(copies, &header, data);
	}
	pthread_mutex_unlock(&copies->lock);
}

static void end(struct copies *copies, bool *how)
{
	pthread_mutex_lock(&copies->lock);
	*how = true;
	pthread_cond_broadcast(&copies->changed);
	pthread_mutex_unlock(&copies->lock);
}

void copies_close(struct copies *copies)
{
	end(copies, &copies->closed);
}

void copies_refuse(struct copies *copies)
{
	end(copies, &copies->refused);
}

bool copies_end_missing(struct copies *copies, enum side side)
{
	bool missing;

	pthread_mutex_lock(&copies->lock);
	missing = copies->missing[side];
	pthread_mutex_unlock(&copies->lock);
	return missing;
}

bool copies_take(struct copies *copies, struct buffer *ret)
{
	struct timespec until;
	struct buffer taken;
	bool more;
	int r = 0;

	pthread_mutex_lock(&copies->lock);
	while (!copies->closed && !copies->filling.size)
		pthread_cond_wait(&copies->changed, &copies->lock);
	until = clock_deadline(PAUSE_NS);
	while (r == 0 && !copies->closed && copies->filling.size <= MUCH_BYTES)
		r = pthread_cond_timedwait(&copies->changed, &copies->lock, &until);
	buffer_clear(ret);
	taken = copies->filling;
	copies->filling = *ret;
	*ret = taken;
	more = ret->size || !copies->closed;
	pthread_mutex_unlock(&copies->lock);
	return more;
}

bool copies_next(struct bytes *rest, struct copy *ret)
{
	struct header header;

	if (rest->size < sizeof header)
		return false;
	memcpy(&header, rest->data, sizeof header);
	ret->side = header.side;
	ret->is_gap = header.is_gap;
	ret->time_ns = header.time_ns;
	ret->data = (struct bytes){ rest->data + sizeof header, header.size };
	rest->data += sizeof header + header.size;
	rest->size -= sizeof header + header.size;
	return true;
}
