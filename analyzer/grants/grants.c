#include "analyzer/grants/grants.h"
#include "core/argv.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A justification of more bytes says no more. */
#define REASON_MAX 400

const char *note_kind_text(enum note_kind kind)
{
	static const char *const text[] = {
		[NOTE_UNREAD] = "unread", [NOTE_WIDER] = "wider", [NOTE_NARROWER] = "narrower"
	};

	return text[kind];
}

void granted_release(struct granted *grants)
{
	policy_release(&grants->allowed);
	policy_release(&grants->denied);
	for (size_t i = 0; i < grants->note_count; i++) {
		free(grants->note[i].text);
		free(grants->note[i].reason);
	}
	free(grants->note);
	*grants = (struct granted){ 0 };
}

void granted_cleanup(struct granted *grants)
{
	granted_release(grants);
}

void granted_note(const struct statement *from, enum note_kind kind, const char *reason, ...)
{
	struct granted *grants = from->grants;
	struct note *grown =
		reallocarray(grants->note, grants->note_count + 1, sizeof *grants->note);
	struct note note = { .kind = kind, .line = from->line };
	va_list arguments;

	if (grown)
		grants->note = grown;
	note.text = from->text ? strdup(from->text) : NULL;
	va_start(arguments, reason);
	if (vasprintf(&note.reason, reason, arguments) < 0)
		note.reason = NULL;
	va_end(arguments);
	if (!grown || !note.reason || (from->text && !note.text)) {
		grants->failed = true;
		free(note.text);
		free(note.reason);
		return;
	}
	grants->note[grants->note_count++] = note;
}

/* "Read(/etc/fstab), line 7 of settings.json". */
static char *justify(const struct statement *from)
{
	scoped(buffer) struct buffer reason = { 0 }, safe = { 0 };

	buffer_add(&reason, text_safe(bytes_of(from->text ? from->text : "granted"), 120, &safe));
	if (from->line)
		buffer_printf(&reason, ", line %d", from->line);
	return buffer_steal(&reason);
}

static int make_rule(const struct statement *from, enum resource resource, enum action action,
		     const char *pattern, struct rule *ret)
{
	*ret = (struct rule){ .resource = resource,
			      .action = action,
			      .pattern = strdup(pattern),
			      .own = from->own,
			      .gate = from->gate,
			      .expires_ns = from->expires_ns,
			      .phase = from->phase ? strdup(from->phase) : NULL,
			      .justification = justify(from) };
	if (ret->pattern && ret->justification && (!from->phase || ret->phase))
		return 0;
	rule_release(ret);
	return -ENOMEM;
}

static void keep(const struct statement *from, struct rule *rule)
{
	struct granted *grants = from->grants;

	if (policy_add(from->is_denied ? &grants->denied : &grants->allowed, rule) < 0)
		grants->failed = true;
}

/* In its one form, so that equal ones are found; false: it is none, which is noted. */
static bool canonical(const struct statement *from, enum resource resource, const char *text,
		      struct buffer *ret)
{
	struct pattern pattern = { 0 };
	struct error why = { 0 };

	if (pattern_parse(&pattern, resource, text, &why) < 0) {
		granted_note(from, NOTE_UNREAD, "%s", why.text);
		return false;
	}
	pattern_write(&pattern, ret);
	pattern_release(&pattern);
	from->grants->failed = from->grants->failed || buffer_status(ret) < 0;
	return !from->grants->failed;
}

void granted_add(const struct statement *from, enum resource resource, unsigned actions,
		 const char *pattern)
{
	scoped(buffer) struct buffer text = { 0 };
	struct rule rule;

	from->grants->governs |= 1u << resource;
	if (!canonical(from, resource, pattern, &text))
		return;
	for (const struct word *word = action_word; word->code; word++) {
		enum action action = (enum action)word->code;

		if (!(actions & 1u << action) || !resource_has_action(resource, action))
			continue;
		if (make_rule(from, resource, action, buffer_text(&text), &rule) < 0)
			from->grants->failed = true;
		else
			keep(from, &rule);
	}
}

void granted_add_command(const struct statement *from, const char *program, const char *argv)
{
	scoped(buffer) struct buffer text = { 0 };
	scoped(argv) struct argv ignored = { 0 };
	struct error why = { 0 };
	struct rule rule;

	from->grants->governs |= 1u << RESOURCE_PROGRAM;
	if (!canonical(from, RESOURCE_PROGRAM, program, &text))
		return;
	if (argv && argv_read(&ignored, argv, &why) < 0) {
		granted_note(from, NOTE_UNREAD, "%s", why.text);
		return;
	}
	if (make_rule(from, RESOURCE_PROGRAM, ACTION_EXEC, buffer_text(&text), &rule) < 0) {
		from->grants->failed = true;
		return;
	}
	if (argv && rule_add_argv(&rule, argv) < 0) {
		from->grants->failed = true;
		rule_release(&rule);
		return;
	}
	keep(from, &rule);
}

static void add_named(const struct statement *from, enum resource resource, unsigned actions,
		      struct bytes path, const char *behind)
{
	scoped(buffer) struct buffer pattern = { 0 };

	if (!name_is_canonical(path)) {
		granted_note(from, NOTE_UNREAD,
			     "a path must be absolute, without empty, . and .. components");
		return;
	}
	pattern_of_name(&from->source->roots, resource, path, &pattern);
	if (*behind && path.size == 1)
		behind++;
	buffer_add(&pattern, behind);
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, resource, actions, buffer_text(&pattern));
}

void granted_add_path(const struct statement *from, enum resource resource, unsigned actions,
		      struct bytes path)
{
	add_named(from, resource, actions, path, "");
}

void granted_add_tree(const struct statement *from, enum resource resource, unsigned actions,
		      struct bytes path)
{
	if (resource == RESOURCE_FILE || path.size > 1)
		add_named(from, resource, actions, path, "");
	add_named(from, resource, actions, path, "/**");
}
