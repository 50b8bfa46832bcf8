#include "recorder/trace/tracer.h"

#include "recorder/calls/descriptors.h"
#include "recorder/calls/interpreter.h"
#include "recorder/calls/maps.h"
#include "recorder/calls/resolve.h"
#include "recorder/confine/confine.h"
#include "recorder/sink.h"

#include <stdlib.h>
#include <string.h>

static void report_map(struct tracee *tracee, struct bytes name)
{
	if (name.size && name.data[0] == '/')
		call_report_name(&tracee->call, RESOURCE_FILE, ACTION_MAP, name,
				 (struct bytes){ 0 });
}

static void visit_map(void *context, struct bytes file, bool executable)
{
	if (executable)
		report_map(context, file);
}

/* The program and its loader; where no loader is known, the kernel is asked. */
static void report_maps(struct tracee *tracee, const struct buffer *program, const char *loader)
{
	if (!loader) {
		maps_visit(tracee->tid, 0, UINT64_MAX, visit_map, tracee);
		return;
	}
	report_map(tracee, buffer_bytes(program));
	report_map(tracee, bytes_of(loader));
}

/* The call that led here belongs to the thread that made it; the kernel has given that thread
 * the number of the first one: ptrace(2), "execve(2) under ptrace". */
static void report_exec(struct tracee *tracee, struct bytes program)
{
	struct object *object = &tracee->call.object[0];

	tracee->call.result = 0;
	if (tracee->in_call && object->name.size) {
		call_report_links(&tracee->call, object);
		call_report(&tracee->call, ACTION_EXEC, object);
	}
	if (bytes_equal(buffer_bytes(&object->name), program))
		return;
	interpreter_report_script(&tracee->call);
	/* What was resolved is what is run, whatever led there. */
	if (!bytes_equal(buffer_bytes(&tracee->call.object[1].name), program))
		call_report_name(&tracee->call, RESOURCE_PROGRAM, ACTION_EXEC, program,
				 (struct bytes){ 0 });
}

static void rename_process(struct process *process, const struct buffer *program)
{
	char *name = strdup(buffer_text(program));

	if (!name)
		return;
	free(process->program);
	process->program = name;
}

/* What is killed at once has no program any more to ask for. */
static const char *asked_for(const struct tracee *tracee)
{
	const struct object *object = &tracee->call.object[0];

	return tracee->in_call && object->name.size ? buffer_text(&object->name) : "unknown";
}

static void tell(struct tracer *tracer, struct tracee *tracee, const struct image *image)
{
	sink_image(tracer->options->sink, image);
	if (!tracer->options->confine)
		return;
	confine_image(tracer->options->confine, image->program, image->argv);
	confine_executed(&tracee->call, image->program);
}

void image_begin(struct tracer *tracer, struct tracee *tracee)
{
	scoped(buffer) struct buffer program = { 0 };
	scoped(buffer) struct buffer cwd = { 0 };
	scoped(buffer) struct buffer argv = { 0 };
	scoped(holds) struct holds holds = { 0 };
	struct process *process = tracee->process;
	struct image image = {
		.seq = ++tracer->images,
		.parent = process->image,
		.pid = process->tgid,
		.started_ns = sink_now_ns(tracer->options->sink),
	};
	bool is_first = process->image == 0;
	const char *loader;

	if (resolve_proc_link(tracee->tid, "exe", &program) < 0)
		buffer_add(&program, asked_for(tracee));
	resolve_proc_link(tracee->tid, "cwd", &cwd);
	given_read(tracer, tracee, &argv, &holds);
	image.argv = buffer_bytes(&argv);
	image.program = buffer_bytes(&program);
	image.cwd = buffer_bytes(&cwd);
	tell(tracer, tracee, &image);
	/* The first program has nobody who executed it but itself. */
	if (is_first)
		process->image = image.seq;
	report_exec(tracee, image.program);
	privilege_warn(tracer, tracee, &program);
	process->image = image.seq;
	rename_process(process, &program);
	loader = interpreter_report_loader(&tracee->call);
	accelerate_image(tracer, tracee, loader);
	report_maps(tracee, &program, loader);
	given_report(tracee, &holds);
	if (is_first)
		descriptor_report_all(&tracee->call);
	tracee->call.executed = true;
}
