/* Which phase the agent is in, and since when: as a recording has it. */
#include "recorder/confine/confine_private.h"

#include "core/clock.h"
#include "core/text.h"
#include "recorder/calls/calls.h"
#include "recorder/tally_phase.h"

#include <errno.h>
#include <stdlib.h>

/* A name as a rule has it. */
static int write_name(struct bytes name, struct buffer *out)
{
	if (name.size > PHASE_SIZE_MAX)
		name.size = PHASE_SIZE_MAX;
	text_escape(name, TEXT_SAFE, out);
	return buffer_status(out);
}

static size_t find(const struct confine *confine, struct bytes name)
{
	size_t at = 0;

	while (at < confine->phases && !bytes_equal(buffer_bytes(&confine->phase[at].name), name))
		at++;
	return at;
}

int phase_begin(struct confine *confine, struct bytes name)
{
	scoped(buffer) struct buffer text = { 0 };
	struct phase *grown;

	if (write_name(name, &text) < 0)
		return -ENOMEM;
	confine->changed_ns = clock_monotonic_ns();
	confine->now = find(confine, buffer_bytes(&text));
	if (confine->now < confine->phases)
		return 0;
	confine->now = confine->phases ? confine->phases - 1 : 0;
	if (confine->phases == PHASES_MAX)
		return 0;
	grown = reallocarray(confine->phase, confine->phases + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	confine->phase = grown;
	confine->now = confine->phases++;
	grown[confine->now] = (struct phase){ text, clock_monotonic_ns() };
	text = (struct buffer){ 0 };
	return 0;
}

struct bytes phase_name(const struct confine *confine)
{
	return buffer_bytes(&confine->phase[confine->now].name);
}

static void forget_behind(struct confine *confine, size_t count)
{
	while (confine->phases > count)
		buffer_release(&confine->phase[--confine->phases].name);
}

struct phase_place phase_try(struct confine *confine, const struct call *call)
{
	const struct phase_place place = { confine->now, confine->phases, confine->changed_ns };
	struct bytes name;

	if (call->row->leave == leave_exec &&
	    phase_of_image(buffer_bytes(&call->object[0].name), buffer_bytes(&call->extra), &name))
		phase_begin(confine, name);
	return place;
}

void phase_return(struct confine *confine, struct phase_place place)
{
	forget_behind(confine, place.count);
	confine->now = place.now;
	confine->changed_ns = place.changed_ns;
}

void phases_forget(struct confine *confine)
{
	forget_behind(confine, 0);
	free(confine->phase);
}
