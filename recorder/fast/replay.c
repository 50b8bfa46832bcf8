#include "recorder/fast/replay.h"

#include "recorder/calls/names.h"

#include <fcntl.h>

int replay_open(struct replay *ret, const struct call_table *table, int root)
{
	*ret = (struct replay){ .table = table };
	ret->call.process = &ret->process;
	ret->call.entry = ENTRY_X86_64;
	ret->call.past = &ret->past;
	return names_open(&ret->call.names, root);
}

void replay_close(struct replay *replay)
{
	names_close(replay->call.names);
	call_release(&replay->call);
}

/* A file mapped as code: its name is the kernel's, and came by a descriptor. */
static void take_mapped(struct call *call)
{
	struct bytes name = call->past->place[0].path;

	call->object[0].by_descriptor = true;
	buffer_append(&call->object[0].name, name.data, name.size);
}

/* What came or went is looked up anew. */
static void forget_changed(struct call *call)
{
	if (call->row->action == ACTION_STAT ||
	    (call->row->leave == leave_open && !(call->flags & O_CREAT)))
		return;
	for (int i = 0; i < 2; i++)
		names_forget(call->names, buffer_bytes(&call->object[i].name));
}

static void take_paths(struct call *call, const struct log_call *logged)
{
	struct object *last = &call->object[logged->place[1].path.size != 0];

	call->row->enter(call);
	/* What failed has changed nothing: what is there was there. */
	if (logged->result >= 0)
		last->exists = logged->existed;
	if (logged->ended)
		return;
	call_name_objects(call);
	call->abandoned = true;
}

bool replay_changes(const struct replay *replay, const struct log_call *logged)
{
	const struct call_row *row = call_table_row(replay->table, ENTRY_X86_64, logged->number);

	if (!row || row->leave == leave_map)
		return false;
	if (row->leave == leave_open)
		return row->c < 0 || (logged->flags & O_CREAT);
	return row->action != ACTION_STAT;
}

void replay_call(struct replay *replay, const struct log_call *logged, int64_t times)
{
	struct call *call = &replay->call;

	call_reset(call);
	call->row = call_table_row(replay->table, ENTRY_X86_64, logged->number);
	if (!call->row)
		return;
	replay->process.image = logged->image;
	replay->process.tgid = call->tid = logged->tgid;
	call->times = times;
	for (int i = 0; i < 2; i++) {
		replay->past.place[i].base = logged->place[i].base;
		replay->past.place[i].path = logged->place[i].path;
	}
	if (call->row->c >= 0)
		call->argument[call->row->c] = logged->flags;
	if (call->row->leave == leave_map)
		take_mapped(call);
	else
		take_paths(call, logged);
	call->result = logged->result;
	call->row->leave(call);
	if (call->result >= 0)
		forget_changed(call);
}
