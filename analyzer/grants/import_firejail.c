#include "analyzer/grants/firejail.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Profiles of firejail: what no line takes away is granted. */

#define DEPTH_MAX    16
#define INCLUDES_MAX 200
#define INCLUDE_MIB  4

/* firejail(1), --seccomp: what is refused where no list says otherwise. */
#define CALLS_DEFAULT                                                                              \
	"@clock,@debug,@module,@mount,@obsolete,@raw-io,@reboot,@swap,@keyring,open_by_handle_at," \
	"syslog,fanotify_init,userfaultfd,acct,bpf,chroot,setdomainname,sethostname,"
/* The same, --caps. */
#define CAPABILITIES_DEFAULT                                                                       \
	"sys_module,sys_rawio,sys_boot,sys_nice,sys_tty_config,syslog,mknod,sys_admin,"

static void add_list(struct buffer *list, const char *words)
{
	for (; *words; words++)
		if (*words != ' ')
			buffer_add_char(list, *words);
	buffer_add_char(list, ',');
}

/* ---- seccomp, capabilities, networks ---- */

static void read_calls(const struct fire_line *line, const char *keyword)
{
	struct firejail *jail = line->jail;

	if (!strcmp(keyword, "seccomp.keep"))
		jail->calls_kept = true;
	if (!strcmp(keyword, "seccomp"))
		buffer_add(&jail->calls, CALLS_DEFAULT);
	if (*line->rest)
		add_list(&jail->calls, line->rest);
}

static void read_capabilities(const struct fire_line *line, const char *keyword)
{
	struct firejail *jail = line->jail;

	jail->has_capabilities = true;
	jail->capabilities_kept |= !strcmp(keyword, "caps.keep");
	add_list(&jail->capabilities, strcmp(keyword, "caps") ? line->rest : CAPABILITIES_DEFAULT);
}

static void read_network(const struct fire_line *line, const char *keyword)
{
	if (!strcmp(keyword, "protocol"))
		add_list(&line->jail->families, line->rest);
	else if (!strcmp(line->rest, "none"))
		line->jail->no_network = true;
}

static void read_namespaces(const struct fire_line *line, const char *keyword)
{
	(void)keyword;
	if (*line->rest)
		granted_note(line->from, NOTE_WIDER, "of namespaces only the others");
	line->jail->namespaces_restricted |= !*line->rest;
}

static void read_filter(const struct fire_line *line, const char *keyword)
{
	(void)keyword;
	if (*line->rest)
		granted_note(line->from, NOTE_WIDER, "what the filter refuses is not counted");
}

/* ---- limits, variables ---- */

static void read_limit(const struct fire_line *line, const char *keyword)
{
	struct policy_limits *limits = &line->jail->grants->allowed.limits;
	char *end;
	long long value = strtoll(line->rest, &end, 10);
	unsigned hours, minutes, seconds;

	if (value <= 0 || end == line->rest)
		value = 0;
	if (!strcmp(keyword, "rlimit-fsize"))
		limits->file_bytes = value;
	else if (!strcmp(keyword, "rlimit-nproc"))
		limits->tasks = value;
	else if (!strcmp(keyword, "rlimit-as"))
		limits->memory_bytes = value;
	else if (sscanf(line->rest, "%4u:%2u:%2u", &hours, &minutes, &seconds) == 3)
		limits->time_ns = (hours * 3600 + minutes * 60 + seconds) * SECOND_NS;
}

static void remove_variable(const struct fire_line *line, const char *keyword)
{
	scoped(buffer) struct buffer name = { 0 };
	struct statement from = *line->from;

	(void)keyword;
	from.is_denied = true;
	pattern_write_literal(bytes_of(line->rest), &name);
	if (buffer_status(&name) == 0 && name.size)
		granted_add(&from, RESOURCE_VARIABLE, GRANT_ALL, buffer_text(&name));
}

static void debug(const struct fire_line *line, const char *keyword)
{
	(void)keyword;
	line->jail->debuggers = true;
}

static void ignore(const struct fire_line *line, const char *keyword)
{
	(void)keyword;
	buffer_append(&line->jail->ignored, line->rest, strlen(line->rest) + 1);
}

static void unread(const struct fire_line *line, const char *keyword)
{
	granted_note(line->from, NOTE_UNREAD, "what %s does is not read", keyword);
}

/* ---- includes ---- */

static void read_text(struct firejail *jail, struct bytes text, const char *file, int line);

static bool read_file(struct firejail *jail, const char *path, int line)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct error ignored = { 0 };

	if (file_read(path, INCLUDE_MIB, &bytes, &ignored) < 0)
		return false;
	read_text(jail, buffer_bytes(&bytes), path, line);
	return true;
}

/* "NAME", beside the profile and where firejail has its own. */
static bool find_file(const struct fire_line *line, const char *name)
{
	struct firejail *jail = line->jail;
	const char *slash = strrchr(jail->source->name, '/');
	scoped(buffer) struct buffer own = { 0 }, user = { 0 }, system = { 0 };

	if (strchr(name, '/'))
		return fire_expand(jail, name, &own) &&
		       read_file(jail, buffer_text(&own), line->from->line);
	buffer_printf(&own, "%.*s/%s", slash ? (int)(slash - jail->source->name) : 1,
		      slash ? jail->source->name : ".", name);
	fire_expand(jail, "${HOME}/.config/firejail/", &user);
	buffer_add(&user, name);
	buffer_printf(&system, "/etc/firejail/%s", name);
	return read_file(jail, buffer_text(&own), line->from->line) ||
	       read_file(jail, buffer_text(&user), line->from->line) ||
	       read_file(jail, buffer_text(&system), line->from->line);
}

static void include(const struct fire_line *line, const char *keyword)
{
	struct firejail *jail = line->jail;
	size_t size = strlen(line->rest);

	(void)keyword;
	if (jail->depth == DEPTH_MAX || ++jail->includes > INCLUDES_MAX) {
		granted_note(line->from, NOTE_UNREAD, "includes lead to too many others");
		return;
	}
	jail->depth++;
	/* What the user adds need not be there. */
	if (!find_file(line, line->rest) &&
	    (size < 6 || strcmp(line->rest + size - 6, ".local") != 0))
		granted_note(line->from, NOTE_UNREAD, "there is no such file here");
	jail->depth--;
}

/* ---- lines ---- */

static const char *const nothing[] = { "quiet",
				       "nonewprivs",
				       "nogroups",
				       "noroot",
				       "noinput",
				       "novideo",
				       "nosound",
				       "notv",
				       "nou2f",
				       "nodvd",
				       "no3d",
				       "noprinters",
				       "nodbus",
				       "dbus-user",
				       "dbus-system",
				       "x11",
				       "xephyr-screen",
				       "ipc-namespace",
				       "keep-config-pulse",
				       "noautopulse",
				       "machine-id",
				       "memory-deny-write-execute",
				       "seccomp-error-action",
				       "seccomp.block-secondary",
				       "seccomp.32",
				       "seccomp.32.drop",
				       "seccomp.32.keep",
				       "tracelog",
				       "shell",
				       "name",
				       "join-or-start",
				       "hostname",
				       "dns",
				       "ip",
				       "ip6",
				       "mac",
				       "mtu",
				       "defaultgw",
				       "netmask",
				       "iprange",
				       "veth-name",
				       "env",
				       "nice",
				       "cpu",
				       "cgroup",
				       "rlimit-cpu",
				       "rlimit-nofile",
				       "rlimit-sigpending",
				       "mkdir",
				       "mkfile",
				       "private-cwd",
				       "deterministic-exit-code",
				       "deterministic-shutdown",
				       "tab",
				       "keep-fd",
				       "keep-dev-shm",
				       "keep-var-tmp",
				       "writable-run-user",
				       "allusers",
				       "nowhitelist",
				       "build",
				       "hosts-file",
				       "netlock",
				       "noexec-tmp",
				       "quiet",
				       "apparmor",
				       "bind",
				       "overlay" };

static const struct {
	const char *keyword;
	void (*read)(const struct fire_line *line, const char *keyword);
} row[] = {
	{ "seccomp", read_calls },
	{ "seccomp.drop", read_calls },
	{ "seccomp.keep", read_calls },
	{ "caps", read_capabilities },
	{ "caps.drop", read_capabilities },
	{ "caps.keep", read_capabilities },
	{ "protocol", read_network },
	{ "net", read_network },
	{ "netns", read_filter },
	{ "netfilter", read_filter },
	{ "netfilter6", read_filter },
	{ "restrict-namespaces", read_namespaces },
	{ "rlimit-fsize", read_limit },
	{ "rlimit-nproc", read_limit },
	{ "rlimit-as", read_limit },
	{ "timeout", read_limit },
	{ "rmenv", remove_variable },
	{ "allow-debuggers", debug },
	{ "ignore", ignore },
	{ "include", include },
	{ "bind", unread },
	{ "overlay", unread },
	{ "private-lib", unread },
	{ "apparmor", read_filter },
};

static bool read_keyword(const struct fire_line *line, const char *keyword)
{
	if (fire_place(line, keyword))
		return true;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (!strcmp(row[i].keyword, keyword)) {
			row[i].read(line, keyword);
			return true;
		}
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		if (!strcmp(nothing[i], keyword))
			return true;
	return !strncmp(keyword, "dbus-", 5);
}

/* "ignore seccomp" is for every line that begins so. */
static bool is_ignored(const struct firejail *jail, const char *text)
{
	const char *at = buffer_text(&jail->ignored);

	for (const char *end = at + jail->ignored.size; at < end; at += strlen(at) + 1) {
		size_t size = strlen(at);

		if (!strncmp(at, text, size) && strchr(" ", text[size]))
			return true;
	}
	return false;
}

static void read_line(struct firejail *jail, const char *text, const char *file, int number,
		      int line)
{
	scoped(buffer) struct buffer place = { 0 }, keyword = { 0 };
	size_t size = strcspn(text, " \t");
	const char *slash = file ? strrchr(file, '/') : NULL;
	struct statement from = { .source = jail->source, .grants = jail->grants, .line = line };
	struct fire_line fire = { .jail = jail, .from = &from };

	buffer_append(&place, text, strnlen(text, 300));
	if (slash)
		buffer_printf(&place, " (line %d of %s)", number, slash + 1);
	buffer_append(&keyword, text, size);
	jail->grants->failed |= place.failed || keyword.failed;
	from.text = buffer_text(&place);
	fire.rest = text + size + strspn(text + size, " \t");
	if (*text == '?')
		granted_note(&from, NOTE_UNREAD, "whether the condition holds is not known");
	else if (!is_ignored(jail, text) && !read_keyword(&fire, buffer_text(&keyword)))
		granted_note(&from, NOTE_UNREAD, "it is no line that is known here");
}

/* Without blanks around it, and what follows a "#". */
static bool trim(struct bytes text, struct buffer *out)
{
	const char *comment = memchr(text.data, '#', text.size);

	if (comment)
		text.size = (size_t)(comment - text.data);
	while (text.size && strchr(" \t\r", text.data[text.size - 1]))
		text.size--;
	while (text.size && strchr(" \t", *text.data)) {
		text.data++;
		text.size--;
	}
	buffer_clear(out);
	buffer_append(out, text.data, text.size);
	return text.size && !out->failed;
}

static void read_text(struct firejail *jail, struct bytes text, const char *file, int line)
{
	scoped(buffer) struct buffer trimmed = { 0 };

	for (int number = 1; text.size && !jail->grants->failed; number++) {
		const char *end = memchr(text.data, '\n', text.size);
		size_t size = end ? (size_t)(end - text.data) : text.size;

		if (trim((struct bytes){ text.data, size }, &trimmed))
			read_line(jail, buffer_text(&trimmed), file, number, file ? line : number);
		text.data += size + (end != NULL);
		text.size -= size + (end != NULL);
	}
}

static void release(struct firejail *jail)
{
	views_release(&jail->places);
	buffer_release(&jail->ignored);
	buffer_release(&jail->unlisted);
	buffer_release(&jail->tops);
	buffer_release(&jail->calls);
	buffer_release(&jail->capabilities);
	buffer_release(&jail->families);
}

int import_firejail(const struct source *source, struct granted *ret, struct error *err)
{
	struct firejail jail = { .source = source, .grants = ret };
	scoped(buffer) struct buffer name = { 0 };

	if (source->text.size && memchr(source->text.data, '\0', source->text.size))
		return error_say(err, EINVAL, "%s: no profile has a NUL",
				 text_safe(bytes_of(source->name), 100, &name));
	fire_begin(&jail);
	read_text(&jail, source->text, NULL, 0);
	fire_add_up(&jail);
	release(&jail);
	return 0;
}
