#include "reports/exporters/programs.h"

#include "reports/exporters/endpoint.h"
#include "reports/exporters/grants.h"
#include "reports/exporters/losses.h"

#include <stdlib.h>
#include <string.h>

bool rule_program(const struct rule *rule, struct executable *ret, struct losses *losses)
{
	scoped(buffer) struct buffer path = { 0 };
	const char *reason = NULL;

	if (rule->action != ACTION_EXEC)
		return false;
	if (rule->match.root != ROOT_NONE)
		reason = "nobody said what the folder before it is: --workspace, --home, --tmp";
	else if (pattern_is_open(&rule->match) || !rule->match.count)
		reason = "command lines name one program";
	else
		pattern_raw(&rule->match, rule->match.count, &path);
	if (!reason &&
	    (!text_is_plain(buffer_bytes(&path), "._+-/") || strstr(buffer_text(&path), "/-")))
		reason = "a name like this cannot be written there";
	if (reason) {
		losses_add(losses, rule, LOSS_DROPPED, "%s", reason);
		return false;
	}
	ret->path = buffer_steal(&path);
	if (!ret->path)
		return false;
	ret->name = bytes_of(strrchr(ret->path, '/') + 1);
	return true;
}

void executable_cleanup(struct executable *program)
{
	free(program->path);
	program->path = NULL;
}

bool template_is_plain(const struct rule *rule, const char *text, struct losses *losses)
{
	if (!strcmp(text, "()") || (text_is_plain(bytes_of(text), "._+-/=:,% *") && *text != '@'))
		return true;
	losses_add(losses, rule, LOSS_DROPPED, "arguments \"%s\" cannot be written there", text);
	return false;
}
