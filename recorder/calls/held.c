/* Sockets that a process holds and that are listened to. */
#include "recorder/calls/hearing_private.h"

#include "recorder/calls/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MAX 1024 /* of one process */

struct held *held_copy(const struct held *held)
{
	size_t bytes = held ? sizeof *held + held->count * sizeof held->one[0] : 0;
	struct held *copy = held ? malloc(bytes) : NULL;

	if (copy)
		memcpy(copy, held, bytes);
	return copy;
}

bool held_is_new(const struct held *held)
{
	return held && !held->known;
}

void held_set_known(struct held *held)
{
	held->known = true;
}

void held_release(struct held *held)
{
	free(held);
}

void held_let_go(struct process *process, size_t index)
{
	struct held *held = process->held;

	held->one[index] = held->one[--held->count];
	if (held->count)
		return;
	free(held);
	process->held = NULL;
}

size_t held_count(const struct process *process)
{
	return process->held ? process->held->count : 0;
}

void held_let_go_range(struct process *process, unsigned first, unsigned last)
{
	for (size_t i = held_count(process); i-- > 0;) {
		unsigned descriptor = (unsigned)process->held->one[i].descriptor;

		if (descriptor >= first && descriptor <= last)
			held_let_go(process, i);
	}
}

const struct held_one *held_find(const struct process *process, int descriptor)
{
	for (size_t i = held_count(process); i-- > 0;)
		if (process->held->one[i].descriptor == descriptor)
			return &process->held->one[i];
	return NULL;
}

bool held_add(struct process *process, int descriptor, uint64_t inode)
{
	struct held *held;
	size_t count;

	held_let_go_range(process, (unsigned)descriptor, (unsigned)descriptor);
	count = held_count(process);
	if (count >= HELD_MAX)
		return false;
	held = realloc(process->held, sizeof *held + (count + 1) * sizeof held->one[0]);
	if (!held)
		return false;
	if (!process->held)
		*held = (struct held){ 0 };
	held->calls = 0;
	held->known = false;
	held->one[held->count++] = (struct held_one){ descriptor, inode };
	process->held = held;
	return true;
}

bool held_is_still(pid_t tid, const struct held_one *one)
{
	scoped(buffer) struct buffer link = { 0 };
	char path[64], want[64];

	snprintf(path, sizeof path, "/proc/%d/fd/%d", tid, one->descriptor);
	snprintf(want, sizeof want, "socket:[%llu]", (unsigned long long)one->inode);
	return resolve_read_link(path, &link) == 0 &&
	       bytes_equal(buffer_bytes(&link), bytes_of(want));
}
