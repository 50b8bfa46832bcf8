/* Rules that want a person's word. */
#include "core/text.h"
#include "recorder/confine/confine_private.h"

#include <stdio.h>
#include <stdlib.h>

/* The terminal itself, because the agent may have standard input.  Everything waits meanwhile: the
 * call is stopped, and so is whatever stops next. */
static enum confirm ask(const struct rule *rule, const struct access *access)
{
	scoped(buffer) struct buffer name = { 0 };
	FILE *terminal = fopen("/dev/tty", "r+e");
	char answer[16] = "";

	if (!terminal)
		return CONFIRM_NO;
	fprintf(terminal, "pare: %s %s %s, by rule %s: allow? [y/N] ",
		resource_text(access->resource), action_text(access->action),
		text_safe(access->name, 0, &name), rule->id);
	fflush(terminal);
	if (!fgets(answer, sizeof answer, terminal))
		answer[0] = 'n';
	fclose(terminal);
	return answer[0] == 'y' || answer[0] == 'Y' ? CONFIRM_YES : CONFIRM_NO;
}

bool gate_is_open(struct confine *confine, const struct rule *rule, const struct access *access)
{
	enum confirm *confirmed = &confine->confirmed[rule - confine->options.policy->rule];

	if (rule->gate != GATE_CONFIRM)
		return true;
	if (*confirmed == CONFIRM_ASK)
		*confirmed = ask(rule, access);
	return *confirmed == CONFIRM_YES;
}
