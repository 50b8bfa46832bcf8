#include "recorder/wire/spaces.h"

#include "core/clock.h"
#include "recorder/wire/keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void spaces_begin(struct spaces *spaces)
{
	*spaces = (struct spaces){ 0 };
	pthread_mutex_init(&spaces->lock, NULL);
	spaces->own = spaces_netns(spaces, 0);
}

uint64_t spaces_netns(const struct spaces *spaces, pid_t tid)
{
	char path[40] = "/proc/thread-self/ns/net";
	struct stat st;

	if (tid)
		snprintf(path, sizeof path, "/proc/%d/ns/net", tid);
	return stat(path, &st) < 0 ? spaces->own : st.st_ino;
}

/* Under the lock. */
static struct space *find(const struct spaces *spaces, uint64_t netns)
{
	for (size_t i = 0; i < spaces->count; i++)
		if (spaces->space[i]->netns == netns)
			return spaces->space[i];
	return NULL;
}

bool spaces_use(struct spaces *spaces, uint64_t netns)
{
	struct space *space;

	pthread_mutex_lock(&spaces->lock);
	space = find(spaces, netns);
	if (space)
		space->used_ns = clock_monotonic_ns();
	pthread_mutex_unlock(&spaces->lock);
	return space != NULL;
}

enum sight spaces_sight(struct spaces *spaces, uint64_t netns, uint32_t *ret_number)
{
	enum sight sight = SIGHT_NONE;
	const struct space *space;

	pthread_mutex_lock(&spaces->lock);
	space = find(spaces, netns);
	if (space)
		sight = space->capture ? SIGHT_CAPTURED : SIGHT_BLIND;
	if (sight == SIGHT_CAPTURED)
		*ret_number = space->number;
	pthread_mutex_unlock(&spaces->lock);
	return sight;
}

void spaces_take_why(struct spaces *spaces, uint64_t netns, struct error *ret)
{
	struct space *space;

	pthread_mutex_lock(&spaces->lock);
	space = find(spaces, netns);
	if (space && space->why.code) {
		*ret = space->why;
		space->why.code = 0;
	}
	pthread_mutex_unlock(&spaces->lock);
}

bool spaces_add(struct spaces *spaces, struct space *space)
{
	bool is_room;

	pthread_mutex_lock(&spaces->lock);
	is_room = spaces->count < SPACES_MAX;
	if (is_room)
		spaces->space[spaces->count++] = space;
	pthread_mutex_unlock(&spaces->lock);
	return is_room;
}

struct space *spaces_take_any(struct spaces *spaces)
{
	return spaces->count ? spaces->space[--spaces->count] : NULL;
}

struct space *spaces_take_left(struct spaces *spaces, int64_t since_ns)
{
	struct space *left = NULL;

	pthread_mutex_lock(&spaces->lock);
	for (size_t i = 0; i < spaces->count && !left; i++) {
		struct space *space = spaces->space[i];

		if (!space->number || space->member || space->used_ns >= since_ns)
			continue;
		left = space;
		spaces->space[i] = spaces->space[--spaces->count];
	}
	pthread_mutex_unlock(&spaces->lock);
	return left;
}

pid_t spaces_member(struct spaces *spaces, uint32_t number)
{
	pid_t member = -1;

	if (!number)
		return 0;
	pthread_mutex_lock(&spaces->lock);
	for (size_t i = 0; i < spaces->count; i++)
		if (spaces->space[i]->number == number && spaces->space[i]->member)
			member = spaces->space[i]->member;
	pthread_mutex_unlock(&spaces->lock);
	return member;
}

bool spaces_have_others(struct spaces *spaces)
{
	bool have = false;

	pthread_mutex_lock(&spaces->lock);
	for (size_t i = 0; i < spaces->count; i++)
		have |= spaces->space[i]->number != 0;
	pthread_mutex_unlock(&spaces->lock);
	return have;
}

size_t spaces_list(struct spaces *spaces, struct space *ret[static SPACES_MAX])
{
	size_t count = 0;

	pthread_mutex_lock(&spaces->lock);
	for (size_t i = 0; i < spaces->count; i++)
		if (spaces->space[i]->capture)
			ret[count++] = spaces->space[i];
	pthread_mutex_unlock(&spaces->lock);
	return count;
}

void spaces_mark(struct spaces *spaces)
{
	struct space *space[SPACES_MAX];
	size_t count = spaces_list(spaces, space);

	for (size_t i = 0; i < count; i++)
		capture_mark(space[i]->capture);
}

bool spaces_are_read(struct spaces *spaces)
{
	struct space *space[SPACES_MAX];
	size_t count = spaces_list(spaces, space);

	for (size_t i = 0; i < count; i++)
		if (!capture_is_read(space[i]->capture))
			return false;
	return true;
}

void space_keep(struct space *space, struct keep *keep)
{
	char description[64] = "of pare's own network namespace";

	if (!keep || space->is_kept)
		return;
	space->is_kept = true;
	if (space->number)
		snprintf(description, sizeof description,
			 "of the agent's network namespace %" PRIu64, space->netns);
	space->interface = keep_interface(keep, space->capture, description);
}

void space_free(struct space *space)
{
	if (!space)
		return;
	capture_close(space->capture);
	fragments_release(&space->fragments);
	free(space);
}

void space_end(struct space *space, struct keep *keep)
{
	if (space->is_kept)
		keep_interface_ended(keep, space->interface, space->capture);
	space_free(space);
}

void spaces_end(struct spaces *spaces)
{
	pthread_mutex_destroy(&spaces->lock);
}
