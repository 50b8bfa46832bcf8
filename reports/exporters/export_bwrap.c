#include "reports/exporters/exporters.h"

#include "core/bwrap_script.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/varying.h"
#include "reports/exporters/bwrap_losses.h"
#include "reports/exporters/bwrap_variables.h"
#include "reports/exporters/header.h"
#include "reports/exporters/limits.h"
#include "reports/exporters/shell.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const struct {
	const char *name;
	bool walked, tested; /* which functions the script needs of the set */
	bool below;	     /* the test is of what is below the place */
} set_row[PLACE_SET_COUNT] = {
	[PLACE_ROOM] = { "room", true, true, false },
	[PLACE_FREE] = { "free", false, true, false },
	[PLACE_EDIT] = { "edit", true, true, false },
	[PLACE_READ] = { "read", true, true, false },
	[PLACE_GLANCE] = { "glance", true, true, false },
	[PLACE_HIDE] = { "hide", true, false, false },
	[PLACE_TREE] = { "tree", true, true, true },
	[PLACE_OPEN] = { "open", true, true, true },
	[PLACE_DEVICE] = { "device", true, false, false },
	[PLACE_WAY] = { "way", false, true, false },
};

static const char *const root_word[] = {
	[ROOT_NONE] = "",
	[ROOT_WORKSPACE] = "\"$pare_ws\"",
	[ROOT_HOME] = "\"$pare_home\"",
	[ROOT_TMP] = "\"$pare_tmp\"",
};

static bool place_is_open(const struct place *place)
{
	for (size_t i = 0; i < place->count; i++)
		if (place->pattern->token[i].kind != TOKEN_LITERAL)
			return true;
	return false;
}

/* "$pare_ws"/'src/a.c' */
static void write_path(const struct place *place, struct buffer *out)
{
	scoped(buffer) struct buffer names = { 0 };

	for (size_t i = 0; i < place->count; i++) {
		buffer_add_char(&names, '/');
		buffer_append(&names, place->pattern->token[i].literal.data,
			      place->pattern->token[i].literal.size);
	}
	buffer_add(out, root_word[place->pattern->root]);
	if (names.size)
		shell_quote(buffer_bytes(&names), out);
	out->failed |= names.failed;
}

/* A slash, which no name has, and a regular expression. */
static void write_varying(const struct varying *varying, struct buffer *out)
{
	scoped(buffer) struct buffer word = { 0 };

	buffer_add_char(&word, '/');
	for (size_t i = 0; i < varying->count; i++) {
		struct bytes literal = varying->part[i].literal;

		if (!literal.size)
			bwrap_script_class(&varying->part[i], &word);
		for (size_t at = 0; at < literal.size; at++) {
			if (strchr("\\.[]*^$", literal.data[at]))
				buffer_add_char(&word, '\\');
			buffer_add_char(&word, literal.data[at]);
		}
	}
	shell_quote(buffer_bytes(&word), out);
	out->failed |= word.failed;
}

/* "$pare_ws" 'src' '' 'a.c' */
static void write_words(const struct place *place, struct buffer *out)
{
	buffer_add(out, place->pattern->root == ROOT_NONE ? "''" : root_word[place->pattern->root]);
	for (size_t i = 0; i < place->count; i++) {
		const struct token *token = &place->pattern->token[i];

		buffer_add_char(out, ' ');
		if (token->kind == TOKEN_VARYING)
			write_varying(token->varying, out);
		else
			shell_quote(token->kind == TOKEN_ANY ? bytes_of("") : token->literal, out);
	}
}

static void write_walk(const char *name, const struct places *places, struct buffer *out)
{
	buffer_printf(out, "pare_each_%s() {\n", name);
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->place[i];

		if (place_is_open(place)) {
			buffer_add(out, "pare_expand \"$1\" ");
			write_words(place, out);
		} else {
			buffer_add(out, "\"$1\" ");
			write_path(place, out);
			if (!place->count && place->pattern->root == ROOT_NONE)
				buffer_add_char(out, '/');
		}
		buffer_add_char(out, '\n');
	}
	buffer_add(out, ":\n}\n");
}

/* What a room may hold and need not mask.  The test is only asked about that, so that the others
 * would cost time for nothing. */
static bool is_asked_for(const struct plan *plan, enum place_set set, const struct place *place)
{
	if (set != PLACE_READ && set != PLACE_GLANCE)
		return true;
	return place_is_open(place) ||
	       (place->count &&
		plan_has(plan, PLACE_ROOM, (struct place){ place->pattern, place->count - 1 }));
}

static void write_arms(const struct plan *plan, enum place_set set, struct buffer *out)
{
	const struct places *places = &plan->set[set];

	buffer_add(out, "case $1 in\n");
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->place[i];

		if (place_is_open(place) || !is_asked_for(plan, set, place))
			continue;
		write_path(place, out);
		buffer_add(out, set_row[set].below ? "/?*) return 0 ;;\n" : ") return 0 ;;\n");
	}
	buffer_add(out, "esac\n");
}

/* The folders on the way to a root are known only where the script runs. */
static void write_root_ways(const struct plan *plan, struct buffer *out)
{
	for (enum root_kind root = ROOT_WORKSPACE; root <= ROOT_TMP; root++)
		if (root == ROOT_WORKSPACE || plan->root[root])
			buffer_printf(out, "case %s/ in \"$1\"/*) return 0 ;; esac\n",
				      root_word[root]);
}

static void write_test(const struct plan *plan, enum place_set set, struct buffer *out)
{
	const struct places *places = &plan->set[set];

	buffer_printf(out, "pare_%s_has() {\n", set_row[set].name);
	if (places->count)
		write_arms(plan, set, out);
	for (size_t i = 0; i < places->count; i++) {
		if (!place_is_open(&places->place[i]))
			continue;
		buffer_add(out, set_row[set].below ? "! pare_below" : "! pare_fits");
		buffer_add(out, " \"$1\" ");
		write_words(&places->place[i], out);
		buffer_add(out, " || return 0\n");
	}
	if (set == PLACE_WAY)
		write_root_ways(plan, out);
	buffer_add(out, "return 1\n}\n");
}

/* What runs bwrap: what it kills takes the sandbox with it. */
static void write_limits(const struct policy_limits *limits, struct buffer *out)
{
	buffer_add(out, "pare_limits='");
	if (limits->time_ns) {
		buffer_add(out, "timeout --foreground -s KILL ");
		limit_seconds(limits->time_ns, out);
	}
	if (limits->file_bytes)
		buffer_printf(out, "%sprlimit --fsize=%" PRId64, limits->time_ns ? " " : "",
			      limits->file_bytes);
	buffer_add(out, "'\n");
}

static void write_plan(const struct plan *plan, struct buffer *out)
{
	static const char *const word[] = { "no", "yes" };

	comment_line("#", "---- What the policy names, by what it is to the sandbox. ----", out);
	comment_line("#", "", out);
	comment_line("#",
		     "room: entries come and go    free: such an entry   edit: written in place",
		     out);
	comment_line("#",
		     "read: read, mapped, executed glance: looked at     hide: looked at, masked",
		     out);
	comment_line("#", "tree: read with all below    open: written with all below", out);
	comment_line("#", "way: leads to one of these", out);
	buffer_printf(out, "pare_network=%s pare_nested=%s\n", word[plan->network],
		      word[plan->nested]);
	buffer_printf(out, "pare_proc=%s pare_proc_writable=%s pare_devices=%s pare_shm=%s\n",
		      word[plan->proc], word[plan->proc_writable], word[plan->devices],
		      word[plan->shared_memory]);
	for (enum place_set set = 0; set < PLACE_SET_COUNT; set++) {
		if (set_row[set].walked)
			write_walk(set_row[set].name, &plan->set[set], out);
		if (set_row[set].tested)
			write_test(plan, set, out);
	}
}

static int write_header(const struct policy *policy, const struct losses *losses,
			struct buffer *out, struct error *err)
{
	static const char *const use[] = {
		"",
		"    sh POLICY.sh COMMAND [ARG...]",
		"",
		"runs COMMAND in a sandbox that holds only what the policy names (bubblewrap 0.8). "
		" Its",
		"status is COMMAND's own; 125 says that the sandbox could not be made, 1 perhaps "
		"too.",
		"In the policy $WS is the folder PARE_WS, else the current one; $HOME is HOME, and "
		"$TMP",
		"is TMPDIR, else /tmp.  With PARE_SHOW=1 it only prints what bwrap would be told.",
		"Nobody else should change the folders that are writable in it while it starts.",
	};

	buffer_add(out, "#!/bin/sh\n");
	return header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
}

static void write_rest(const struct plan *plan, const struct policy *policy, struct buffer *out)
{
	struct bytes fixed = bwrap_script_fixed();

	write_plan(plan, out);
	write_limits(&policy->limits, out);
	write_variables(policy, out);
	buffer_append(out, fixed.data, fixed.size);
}

/* Behind the line that says its sum, so that who reads it knows whether it was changed. */
static int write_summed(const struct buffer *rest, struct buffer *out)
{
	char sum[DIGEST_HEX_SIZE];

	if (buffer_status(rest) < 0 || digest_of(buffer_bytes(rest), sum) < 0)
		return -ENOMEM;
	buffer_printf(out, BWRAP_SCRIPT_SUM "%s\n", sum);
	buffer_append(out, rest->data, rest->size);
	return buffer_status(out);
}

int export_bwrap(const struct policy *policy, struct buffer *out, struct losses *losses,
		 struct error *err)
{
	scoped(plan) struct plan plan = { 0 };
	scoped(buffer) struct buffer rest = { 0 };
	int r;

	plan_places(&plan, policy);
	plan_network(&plan, policy);
	plan_kernel(&plan, policy);
	if (plan.failed)
		return error_set(err, ENOMEM, "plan the sandbox");
	plan_losses(&plan, policy, losses);
	r = write_header(policy, losses, out, err);
	if (r)
		return r;
	write_rest(&plan, policy, &rest);
	return write_summed(&rest, out);
}
