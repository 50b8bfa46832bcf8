#include "recorder/record.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/secrets/environment.h"
#include "recorder/secrets/mask.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* A folder as the kernel names it, so that it compares with resolved paths; else as given. */
static char *physical(const char *path)
{
	char *real = path && *path ? realpath(path, NULL) : NULL;

	return real ? real : strdup(path ? path : "");
}

static char *home_folder(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user;

	if (home && *home)
		return physical(home);
	user = getpwuid(getuid());
	return physical(user ? user->pw_dir : NULL);
}

static char *temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return physical(folder && *folder ? folder : "/tmp");
}

/* The agent is named after its program where nobody named it. */
static char *default_agent(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strdup(slash && slash[1] ? slash + 1 : program);
}

static bool is_whole(const struct run_identity *identity)
{
	return identity->host && identity->kernel && identity->agent && identity->cwd &&
	       identity->workspace && identity->home && identity->tmp &&
	       buffer_status(&identity->command) == 0 && buffer_status(&identity->recorder) == 0;
}

static void describe(struct run_identity *identity, const struct record_options *options)
{
	struct run *run = &identity->run;

	run->agent = identity->agent;
	run->task = options->task ? options->task : "";
	run->host = identity->host;
	run->kernel = identity->kernel;
	run->version = PARE_VERSION;
	run->assurance = options->strict ? "strict" : "fast";
	run->clock = options->at_ns ? "fixed" : "system";
	run->recorder = buffer_text(&identity->recorder);
	run->uid = getuid();
	run->command = buffer_bytes(&identity->command);
	run->cwd = bytes_of(identity->cwd);
	run->workspace = bytes_of(identity->workspace);
	run->home = bytes_of(identity->home);
	run->tmp = bytes_of(identity->tmp);
	run->started_ns = options->at_ns ? options->at_ns : clock_now_ns();
	run->status = -1;
}

/* As the images of the run keep their arguments: what the environment holds is masked, too. */
static int write_command(struct buffer *out, char **argv, const struct secret_key *key)
{
	const struct secret_view view = { key, 0 };
	scoped(buffer) struct buffer arguments = { 0 };
	scoped(holds) struct holds holds = { 0 };
	struct environment *environment;
	int r = environment_read(&environment, &view, NULL);

	if (r < 0)
		return r;
	for (; *argv; argv++)
		buffer_append(&arguments, *argv, strlen(*argv) + 1);
	r = buffer_status(&arguments);
	if (r == 0)
		r = secret_mask(&view, buffer_bytes(&arguments), &environment->holds, out, &holds);
	environment_leave(environment);
	return r;
}

int run_identify(struct run_identity *ret, const struct record_options *options,
		 const struct secret_key *key, struct error *err)
{
	struct run_identity identity = { 0 };
	struct utsname system;

	uname(&system);
	identity.host = strdup(system.nodename);
	if (asprintf(&identity.kernel, "%s %s", system.sysname, system.release) < 0)
		identity.kernel = NULL;
	identity.agent = options->agent ? strdup(options->agent) : default_agent(options->argv[0]);
	identity.cwd = getcwd(NULL, 0);
	if (!identity.cwd) /* a folder that was deleted, or may not be read */
		identity.cwd = strdup("");
	identity.workspace = physical(options->workspace ? options->workspace : identity.cwd);
	identity.home = home_folder();
	identity.tmp = temporary_folder();
	if (write_command(&identity.command, options->argv, key) < 0 ||
	    store_recorder_identity(&identity.recorder) < 0 || !is_whole(&identity)) {
		run_identity_release(&identity);
		return error_set(err, ENOMEM, "describe the run");
	}
	*ret = identity;
	describe(ret, options);
	return 0;
}

void run_identity_release(struct run_identity *identity)
{
	free(identity->host);
	free(identity->kernel);
	free(identity->agent);
	free(identity->cwd);
	free(identity->workspace);
	free(identity->home);
	free(identity->tmp);
	buffer_release(&identity->command);
	buffer_release(&identity->recorder);
}
