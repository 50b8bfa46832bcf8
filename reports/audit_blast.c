#include "reports/audit_more.h"

#include "reports/json.h"

#include <inttypes.h>

/* ---- for people ---- */

static void add_left_out(const struct audit_blast *blast, struct buffer *out)
{
	if (blast->mounts) {
		buffer_add(out, ", ");
		terminal_add_count(blast->mounts, "mount", "mounts", out);
		buffer_add(out, " left out");
	}
	if (blast->unread) {
		buffer_add(out, ", ");
		terminal_add_count(blast->unread, "folder", "folders", out);
		buffer_add(out, " unreadable");
	}
	if (blast->skipped) {
		buffer_add(out, ", then ended: ");
		terminal_add_count(blast->skipped, "folder", "folders", out);
		buffer_add(out, " and what is below them were not looked at");
	}
}

static void add_head(const struct audit_blast *blast, struct buffer *out)
{
	buffer_add(out, "Who speaks for the agent could on this machine, now -> without what can "
			"go (");
	terminal_add_count(blast->looked, "entry", "entries", out);
	buffer_add(out, " looked at");
	add_left_out(blast, out);
	buffer_add(out, ")\n");
	for (const struct word *word = resource_word; word->code; word++)
		if (blast->ungoverned & 1u << word->code)
			buffer_printf(out, "  nothing restricts %s: the user's rights do\n",
				      word->text);
}

static void add_pair(int64_t now, int64_t then, struct buffer *out)
{
	terminal_add_number(now, out);
	buffer_add(out, " -> ");
	terminal_add_number(then, out);
}

static void add_effect(const struct audit_blast *blast, enum effect effect, struct buffer *out)
{
	int64_t now = 0, then = 0;
	const char *before = " ";

	buffer_printf(out, "  %s:", effect_text(effect));
	for (int i = 0; i < SENSITIVITIES; i++) {
		now += blast->now.lasting[effect][i];
		then += blast->then.lasting[effect][i];
		if (!blast->now.files[effect][i])
			continue;
		buffer_add(out, before);
		add_pair(blast->now.files[effect][i], blast->then.files[effect][i], out);
		buffer_printf(out, " %s", sensitivity_text((enum sensitivity)i));
		before = ", ";
	}
	if (*before == ' ')
		buffer_add(out, " nothing");
	if (now) {
		buffer_add(out, "; of them ");
		add_pair(now, then, out);
		buffer_add(out, " for good");
	}
	buffer_add_char(out, '\n');
}

static void add_one(const struct blast_names *names, struct buffer *out)
{
	if (names->any)
		buffer_add(out, "any");
	else
		terminal_add_number(names->exact, out);
}

static void add_names(const char *what, const struct blast_names *now,
		      const struct blast_names *then, struct buffer *out)
{
	buffer_printf(out, "  %s: ", what);
	add_one(now, out);
	buffer_add(out, " -> ");
	add_one(then, out);
	buffer_add_char(out, '\n');
}

/* Of what a permission admits here, how much was used. */
static void add_share(const struct audit_grant *grant, const struct terminal *terminal,
		      struct buffer *out)
{
	buffer_printf(out, "  of what %s %s ", resource_text(grant->rule->resource),
		      action_text(grant->rule->action));
	terminal_add_escaped(terminal, bytes_of(grant->rule->pattern), 0, out);
	buffer_add(out, " admits runs used ");
	terminal_add_number(grant->here_used, out);
	buffer_add(out, " of ");
	terminal_add_count(grant->here_admitted, "file", "files", out);
	buffer_add_char(out, '\n');
}

void audit_add_blast(const struct audit *audit, const struct terminal *terminal, struct buffer *out)
{
	const struct audit_blast *blast = &audit->blast;
	scoped(buffer) struct buffer text = { 0 };

	if (!blast->is_made && audit->options.machine_entries)
		buffer_add(out, "This machine was not looked at: no run of the agent says where "
				"its folders are\n\n");
	if (!blast->is_made)
		return;
	add_head(blast, &text);
	for (int i = 0; i < EFFECTS; i++)
		add_effect(blast, (enum effect)i, &text);
	add_names("hosts reached (what they were sent stays there)", &blast->now.hosts,
		  &blast->then.hosts, &text);
	add_names("listening", &blast->now.listening, &blast->then.listening, &text);
	add_names("tools", &blast->now.tools, &blast->then.tools, &text);
	for (size_t i = 0; i < audit->grant_count; i++)
		if (audit->grant[i].here_admitted)
			add_share(&audit->grant[i], terminal, &text);
	buffer_add_char(&text, '\n');
	terminal_wrap(terminal, buffer_bytes(&text), out);
}

/* ---- JSON ---- */

static void add_counts(const char *key, const int64_t counts[EFFECTS][SENSITIVITIES],
		       struct buffer *out)
{
	json_key(key, out);
	json_open('{', out);
	for (int i = 0; i < EFFECTS; i++) {
		json_key(effect_text((enum effect)i), out);
		json_open('{', out);
		for (int k = 0; k < SENSITIVITIES; k++)
			audit_json_number(sensitivity_text((enum sensitivity)k), counts[i][k], out);
		json_close('}', out);
	}
	json_close('}', out);
}

static void add_names_json(const char *key, const struct blast_names *names, struct buffer *out)
{
	json_key(key, out);
	json_open('{', out);
	audit_json_number("exact", names->exact, out);
	json_key("any", out);
	json_bool(names->any, out);
	json_close('}', out);
}

static void add_reach(const char *key, const struct blast_reach *reach, struct buffer *out)
{
	json_key(key, out);
	json_open('{', out);
	add_counts("files", reach->files, out);
	add_counts("irreversible", reach->lasting, out);
	add_names_json("hosts", &reach->hosts, out);
	add_names_json("listening", &reach->listening, out);
	add_names_json("tools", &reach->tools, out);
	json_close('}', out);
}

static void add_ungoverned(const struct audit_blast *blast, struct buffer *out)
{
	json_key("unrestricted", out);
	json_open('[', out);
	for (const struct word *word = resource_word; word->code; word++)
		if (blast->ungoverned & 1u << word->code)
			json_text(word->text, out);
	json_close(']', out);
}

static void add_meanings(struct buffer *out)
{
	json_key("sensitivities", out);
	json_open('{', out);
	for (int i = 0; i < SENSITIVITIES; i++)
		audit_json_text(sensitivity_text((enum sensitivity)i),
				sensitivity_meaning((enum sensitivity)i), out);
	json_close('}', out);
}

void audit_add_blast_json(const struct audit *audit, struct buffer *out)
{
	const struct audit_blast *blast = &audit->blast;

	json_key("blast_radius", out);
	if (!blast->is_made) {
		json_none(out);
		return;
	}
	json_open('{', out);
	add_reach("now", &blast->now, out);
	add_reach("then", &blast->then, out);
	add_ungoverned(blast, out);
	add_meanings(out);
	audit_json_number("entries", blast->looked, out);
	audit_json_number("mounts_left_out", blast->mounts, out);
	audit_json_number("folders_unreadable", blast->unread, out);
	audit_json_number("folders_left_out", blast->skipped, out);
	audit_json_number("secrets_no_run_read", blast->new_secrets, out);
	json_close('}', out);
}
