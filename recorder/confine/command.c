/* Programs that rules admit with certain arguments only, judged as the analyzer judges recordings:
 * what runs, of a script the interpreter, with its arguments as they are recorded, their secrets
 * masked. */
#include "recorder/confine/confine_private.h"

#include "core/argv.h"
#include "recorder/calls/calls.h"
#include "recorder/calls/interpreter.h"
#include "recorder/calls/memory.h"
#include "recorder/secrets/mask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STEP_BYTES 4096

/* What runs, or shall, each argument with a NUL behind. */
struct command {
	struct bytes program, argv;
	struct bytes script;	   /* that it interprets, resolved; no data: none */
	const struct holds *known; /* secrets of its environment, or NULL */
};

/* As a recording has the arguments. */
static int write_arguments(const struct call *call, const struct command *command,
			   struct buffer *out)
{
	const struct secret_view view = { call->confine->options.key, call->tid };
	scoped(buffer) struct buffer masked = { 0 };
	scoped(holds) struct holds holds = { 0 };
	int r = secret_mask(&view, command->argv, command->known, &masked, &holds);
	size_t first = strlen(buffer_text(&masked)) + 1;

	if (r < 0)
		return r;
	if (!command->script.data || first > masked.size) {
		buffer_append(out, masked.data, masked.size);
		return buffer_status(out);
	}
	buffer_append(out, command->program.data, command->program.size);
	buffer_add_char(out, '\0');
	buffer_append(out, command->script.data, command->script.size);
	buffer_add_char(out, '\0');
	buffer_append(out, masked.data + first, masked.size - first);
	return buffer_status(out);
}

/* Whether a rule admits the program with these arguments; else why not, and the nearest rule.  What
 * no rule admits with any is for whoever asks about the program alone. */
static enum denied_why look_up(struct call *call, const struct command *command,
			       struct buffer *argv, const struct rule **ret_rule)
{
	struct confine *confine = call->confine;
	const struct policy *policy = confine->options.policy;
	const struct roots *roots = &confine->options.roots;
	const struct access access = { .resource = RESOURCE_PROGRAM,
				       .action = ACTION_EXEC,
				       .name = command->program };
	struct asked asked = { .resource = RESOURCE_PROGRAM,
			       .action = ACTION_EXEC,
			       .name = command->program,
			       .phase = phase_name(confine) };
	const struct rule *rule;

	*ret_rule = policy_match(policy, roots, &asked, NULL);
	if (!*ret_rule || !(*ret_rule)->argv_count)
		return DENIED_NOT;
	if (write_arguments(call, command, argv) < 0)
		return DENIED_ARGV;
	asked.argv = buffer_bytes(argv);
	asked.with_argv = true;
	rule = policy_match(policy, roots, &asked, NULL);
	if (!rule)
		return DENIED_ARGV;
	*ret_rule = rule;
	return confine_rule(confine, rule, &access);
}

static void deny(const struct call *call, const struct command *command, struct bytes argv,
		 enum denied_why why, const struct rule *nearest)
{
	const struct roots *roots = &call->confine->options.roots;
	scoped(argv) struct argv asked = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct denial denial = {
		.resource = RESOURCE_PROGRAM,
		.action = ACTION_EXEC,
		.why = why,
		.name = command->program,
		.nearest = nearest,
		.nearest_argv = rule_nearest_argv(nearest, roots, command->program, argv),
	};

	if (argv_of_command(&asked, command->program, argv) == 0 &&
	    argv_make_symbolic(&asked, roots) == 0) {
		argv_write(&asked, &text);
		denial.argv = buffer_bytes(&text);
	}
	confine_deny(call, &denial);
}

/* ---- before ---- */

/* What the program would be given: the same that can be read of it later. */
static struct environment *read_environment(struct call *call)
{
	const struct secret_view view = { call->confine->options.key, call->tid };
	struct environment *environment = NULL;
	struct buffer block = { 0 };

	memory_strings(call->tid, call->argument[call->row->b + 2], call_pointer_bytes(call),
		       ENVIRONMENT_BYTES_MAX, &block);
	if (block.size > ENVIRONMENT_BYTES_MAX)
		block.size = ENVIRONMENT_BYTES_MAX;
	environment_of_block(&environment, &view, &block, &call->confine->environments);
	return environment;
}

void confine_command(struct call *call, struct bytes program)
{
	const struct object *object = &call->object[0];
	struct bytes name = buffer_bytes(&object->name);
	struct command command = { .program = program, .argv = buffer_bytes(&call->extra) };
	scoped(buffer) struct buffer argv = { 0 };
	struct environment *environment;
	const struct rule *rule = NULL;
	enum denied_why why;

	/* It is denied already, or fails by itself. */
	if (call->confine->answer || (!object->exists && !object->by_descriptor))
		return;
	if (!bytes_equal(program, name))
		command.script = name;
	environment = read_environment(call);
	command.known = environment ? &environment->holds : NULL;
	why = look_up(call, &command, &argv, &rule);
	environment_leave(environment);
	if (why == DENIED_NOT)
		return;
	call->confine->answer = -EACCES;
	deny(call, &command, buffer_bytes(&argv), why, rule);
}

/* ---- and when it has happened ---- */

/* What the kernel has handed to the program: no other thread can have changed it yet. */
static int read_handed(pid_t tid, struct buffer *out)
{
	char path[64], step[STEP_BYTES];
	ssize_t got = 1;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/cmdline", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (out->size <= ARGV_BYTES_MAX && (got = read(fd, step, sizeof step)) > 0)
		buffer_append(out, step, (size_t)got);
	if (got < 0)
		got = -errno;
	close(fd);
	return got < 0 ? (int)got : buffer_status(out);
}

/* Whether that is what the call had, behind what the kernel puts before it for a script. */
static bool is_script(struct call *call, struct bytes handed)
{
	scoped(buffer) struct buffer words = { 0 };
	struct bytes argv = buffer_bytes(&call->extra);
	size_t first = argv.size ? strnlen(argv.data, argv.size) + 1 : 0;

	interpreter_write_words(call, &words);
	if (first <= argv.size)
		buffer_append(&words, argv.data + first, argv.size - first);
	return buffer_status(&words) == 0 && bytes_equal(buffer_bytes(&words), handed);
}

void confine_executed(struct call *call, struct bytes program)
{
	struct bytes name = buffer_bytes(&call->object[0].name);
	const struct environment *environment = call->process->environment;
	scoped(buffer) struct buffer handed = { 0 }, argv = { 0 };
	struct command command = { .program = program };
	const struct rule *rule = NULL;

	if (environment)
		command.known = &environment->holds;
	/* What cannot be read fits nothing. */
	if (read_handed(call->tid, &handed) < 0)
		buffer_clear(&handed);
	command.argv = buffer_bytes(&handed);
	if (name.size && !bytes_equal(program, name) && is_script(call, command.argv)) {
		command.argv = buffer_bytes(&call->extra);
		command.script = name;
	}
	if (look_up(call, &command, &argv, &rule) == DENIED_NOT)
		return;
	deny(call, &command, buffer_bytes(&argv), DENIED_RACED, rule);
	kill(call->process->tgid, SIGKILL);
}
