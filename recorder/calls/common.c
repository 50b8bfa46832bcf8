#include "recorder/calls/calls.h"

#include "recorder/calls/memory.h"
#include "recorder/calls/names.h"
#include "recorder/calls/operation.h"
#include "recorder/calls/resolve.h"
#include "recorder/confine/confine.h"
#include "recorder/sink.h"
#include "recorder/wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

unsigned call_pointer_bytes(const struct call *call)
{
	return call->entry == ENTRY_X86_64 ? 8 : 4;
}

uint64_t call_argument(const struct call *call, int column, uint64_t otherwise)
{
	return column >= 0 ? call->argument[column] : otherwise;
}

int call_descriptor(const struct call *call, int column)
{
	return column >= 0 ? (int)call->argument[column] : AT_FDCWD;
}

/* Keeps a path from being taken for one of our own words for a descriptor. */
static void set_apart(struct buffer *path)
{
	struct buffer apart = { 0 };

	if (!bytes_start_with(buffer_bytes(path), bytes_of("inherited:")) &&
	    !bytes_start_with(buffer_bytes(path), bytes_of("received:")) &&
	    !bytes_start_with(buffer_bytes(path), bytes_of("descriptor:")))
		return;
	buffer_add(&apart, "./");
	buffer_append(&apart, path->data, path->size);
	buffer_release(path);
	*path = apart;
}

static int take_past(const struct call *call, unsigned index, struct object *object)
{
	const struct bytes *path = &call->past->place[index].path;
	const struct bytes *base = &call->past->place[index].base;

	object->directory = AT_FDCWD;
	buffer_append(&object->requested, path->data, path->size);
	buffer_append(&object->base, base->data, base->size);
	set_apart(&object->requested);
	return buffer_status(&object->requested);
}

int call_take_path_at(struct call *call, unsigned index, int directory, uint64_t address,
		      bool follow)
{
	struct object *object = &call->object[index];
	int r;

	object->directory = directory;
	object->follow = follow;
	if (call->past)
		return take_past(call, index, object);
	/* utimensat and others mean the descriptor itself by a NULL path. */
	if (address == 0 && object->directory == AT_FDCWD)
		return 0;
	if (address == 0)
		return call_take_descriptor(call, index, directory);
	r = memory_string(call->tid, address, PATH_MAX, &object->requested);
	if (r == 0 && object->requested.size == 0 && directory != AT_FDCWD)
		return call_take_descriptor(call, index, directory);
	set_apart(&object->requested);
	return r;
}

int call_take_path(struct call *call, unsigned index, int directory_column, int column, bool follow)
{
	return call_take_path_at(call, index, call_descriptor(call, directory_column),
				 call->argument[column], follow);
}

/* Whether a path means to the recorder what it means to the process, and to all others. */
static bool is_ordinary(const struct call *call, const struct object *object)
{
	struct bytes path = buffer_bytes(&object->requested);

	if (call->past)
		return true;
	return call->names && !call->process->apart && path.size && path.data[0] == '/' &&
	       !object->in_root && !bytes_start_with(path, bytes_of("/proc")) &&
	       !bytes_start_with(path, bytes_of("/dev/fd")) &&
	       !bytes_start_with(path, bytes_of("/dev/std"));
}

/* The path led to what /proc/self means to the process. */
static void resolve_own(const struct call *call, struct object *object)
{
	struct object own = { .directory = AT_FDCWD, .follow = object->follow };

	own.requested = object->name;
	resolve_path(call->process, call->tid, &own);
	object->name = own.name;
	object->exists = own.exists;
	object->dev = own.dev;
	object->ino = own.ino;
	object->mode = own.mode;
	buffer_release(&own.requested);
	buffer_release(&own.absolute);
}

/* What has no name is at least counted; `known`: it has been.  A path that was too long to read is
 * too long for the kernel; a mount that is about to be attached has no name yet. */
static void tell_unnamed(struct call *call, const struct object *object, bool known)
{
	bool is_new = call->row->resource == RESOURCE_KERNEL && !object->requested.size;

	if (object->unnamed && !known && !call->unreadable && !is_new)
		call_report_gap(call, GAP_TRUNCATED,
				object->requested.size ? buffer_text(&object->requested)
						       : call->row->name);
}

void call_resolve(struct call *call, unsigned index)
{
	struct object *object = &call->object[index];
	bool known = object->unnamed;

	/* A descriptor was resolved when it was taken. */
	if (!object->requested.size || call->abandoned || (call->named && object->name.size))
		return;
	if (is_ordinary(call, object)) {
		if (!names_resolve(call->names, object))
			resolve_own(call, object);
	} else {
		resolve_path(call->process, call->tid, object);
	}
	/* So that it does not depend on who has looked. */
	if (object->name.size >= PATH_MAX) {
		buffer_clear(&object->name);
		object->unnamed = true;
	}
	tell_unnamed(call, object, known);
}

int call_take_descriptor(struct call *call, unsigned index, int descriptor)
{
	struct object *object = &call->object[index];
	bool known = object->unnamed;
	int r;

	if (call->past)
		return -EBADF; /* it may stand for something else by now */
	object->by_descriptor = true;
	if (descriptor >= REGISTERED_FILE)
		return registered_file(call->tid, call->ring, descriptor - REGISTERED_FILE,
				       &object->name);
	r = resolve_descriptor(call->process, call->tid, descriptor, object);
	tell_unnamed(call, object, known);
	return r;
}

/* An exec fails so, too, when what the program needs is not there: execve(2). */
static enum outcome outcome_of(const struct call *call, const struct access *access)
{
	enum outcome outcome = call_outcome(call);
	bool is_there = call->row->resource == RESOURCE_PROGRAM && access->ino;

	return outcome == OUTCOME_ABSENT && is_there ? OUTCOME_FAILED : outcome;
}

int call_made(const struct call *call)
{
	return call->distant ? -1 : (int)call->result;
}

bool call_changes_paths(const struct call_row *row)
{
	return row->action == ACTION_CREATE || row->action == ACTION_DELETE ||
	       row->action == ACTION_RENAME || row->action == ACTION_LINK || row->c == VIEW;
}

/* Names of files are below the root that the process has. */
static void tell_wire(const struct call *call, const struct observation *observation)
{
	char root[32] = "";

	if (!call->wire)
		return;
	if (call->past)
		snprintf(root, sizeof root, "%s", names_root(call->names));
	else if (call->process->own_view)
		snprintf(root, sizeof root, "/proc/%d/root", call->tid);
	if (observation->access.resource == RESOURCE_FILE)
		wire_file(call->wire, &observation->access, root);
	else if (call->ends && observation->access.resource == RESOURCE_HOST)
		wire_use(call->wire, observation, call->ends);
}

static void report(struct call *call, struct access *access, struct bytes moved_from, bool replaced)
{
	struct observation observation = {
		.time_ns = sink_now_ns(call->sink),
		.count = call->past ? call->times : 1,
		.moved_from = moved_from,
		.replaced = replaced,
	};

	if (call->asking) {
		confine_question(call, access, moved_from);
		return;
	}
	/* Before the first exec there is only the recorder's own child. */
	if (call->process->image == 0 || !access->name.size)
		return;
	if (call->result >= 0)
		served_by_name(access->name);
	access->image = call->process->image;
	access->outcome = outcome_of(call, access);
	access->error = call->result < 0 && !call->abandoned ? (int)-call->result : 0;
	access->via = call->past ? VIA_FAST : VIA_TRACE;
	observation.access = *access;
	call_report_uncopied(call, access);
	if (call->confine)
		confine_happened(call, &observation);
	sink_access(call->sink, &observation);
	tell_wire(call, &observation);
}

static struct access access_of(const struct call *call, enum action action,
			       const struct object *object)
{
	struct access access = {
		.resource = call->row->resource,
		.action = action,
		.name = buffer_bytes(&object->name),
		.dev = object->dev,
		.ino = object->ino,
	};

	if (object->requested.size && !bytes_equal(buffer_bytes(&object->requested), access.name))
		access.requested = buffer_bytes(&object->requested);
	else if (object->by_descriptor && !object->requested.size)
		access.requested = bytes_of("descriptor:");
	return access;
}

void call_report_as(struct call *call, enum resource resource, enum action action,
		    const struct object *object)
{
	struct access access = access_of(call, action, object);

	access.resource = resource;
	/* Pipes, sockets and anonymous inodes are no objects of the file system. */
	if (access.resource == RESOURCE_FILE && (!access.name.size || access.name.data[0] != '/'))
		return;
	report(call, &access, (struct bytes){ 0 }, false);
}

void call_report(struct call *call, enum action action, const struct object *object)
{
	call_report_as(call, call->row->resource, action, object);
}

void call_report_moved(struct call *call, const struct object *to, const struct object *from,
		       bool replaced)
{
	struct access access = access_of(call, ACTION_CREATE, to);

	report(call, &access, buffer_bytes(&from->name), replaced);
}

void call_report_access(struct call *call, struct access *access)
{
	report(call, access, (struct bytes){ 0 }, false);
}

void call_report_name(struct call *call, enum resource resource, enum action action,
		      struct bytes name, struct bytes peer)
{
	struct access access = {
		.resource = resource,
		.action = action,
		.name = name,
		.peer = peer,
	};

	report(call, &access, (struct bytes){ 0 }, false);
}

static void report_link(void *context, struct bytes link)
{
	struct call *call = context;
	struct observation observation = {
		.time_ns = sink_now_ns(call->sink),
		.count = call->past ? call->times : 1,
		.access = {
			.image = call->process->image,
			.resource = RESOURCE_FILE,
			.action = ACTION_STAT,
			.name = link,
			.outcome = OUTCOME_OK,
			.via = call->past ? VIA_FAST : VIA_TRACE,
		},
	};

	if (call->asking)
		confine_question(call, &observation.access, (struct bytes){ 0 });
	else
		sink_access(call->sink, &observation);
}

void call_report_links(struct call *call, const struct object *object)
{
	scoped(buffer) struct buffer absolute = { 0 };
	struct bytes path = buffer_bytes(&object->absolute);

	bool is_told = call->asking || call->process->image != 0;

	if (!object->requested.size || !is_told || call->abandoned)
		return;
	if (!path.size) {
		resolve_absolute(call->process, call->tid, object, &absolute);
		path = buffer_bytes(&absolute);
	}
	if (bytes_equal(path, buffer_bytes(&object->name)))
		return;
	if (is_ordinary(call, object))
		names_links(call->names, object, report_link, call);
	else
		resolve_links(call->process, call->tid, object, path, report_link, call);
}

void call_report_gap(struct call *call, enum gap_kind kind, const char *detail)
{
	if (!call->asking)
		sink_gap(call->sink, kind, call->process->image, bytes_of(detail));
}

void call_name_objects(struct call *call)
{
	for (unsigned i = 0; i < 2; i++)
		if (!call->object[i].name.size)
			call_resolve(call, i);
}

void call_abandon(struct call *call)
{
	struct buffer *requested = &call->object[0].requested;

	/* What a relative path starts at went with the thread. */
	if (requested->size && requested->data[0] == '/')
		call_name_objects(call);
	if (!call->object[0].name.size && !call->extra.size)
		return;
	call->abandoned = true;
	call->result = -EINTR;
	call->row->leave(call);
}

void call_reset(struct call *call)
{
	for (unsigned i = 0; i < 2; i++) {
		struct object *object = &call->object[i];

		buffer_clear(&object->requested);
		buffer_clear(&object->absolute);
		buffer_clear(&object->name);
		buffer_clear(&object->base);
		object->exists = object->in_root = object->by_descriptor = false;
		object->unnamed = false;
		object->dev = object->ino = object->mode = 0;
	}
	buffer_clear(&call->extra);
	call->flags = 0;
	call->result = 0;
	call->executed = call->skipped = call->unreadable = call->abandoned = false;
	call->settled = call->connects = false;
	call->named = call->distant = call->paths_changed = false;
}

void call_release(struct call *call)
{
	for (unsigned i = 0; i < 2; i++) {
		buffer_release(&call->object[i].requested);
		buffer_release(&call->object[i].absolute);
		buffer_release(&call->object[i].name);
		buffer_release(&call->object[i].base);
	}
	buffer_release(&call->extra);
}
