#include "reports/exporters/programs.h"

#include "reports/exporters/grants.h"
#include "reports/exporters/losses.h"

#include <stdlib.h>
#include <string.h>

static bool is_plain(struct bytes name)
{
	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    (!c || !strchr("._+-/", c)))
			return false;
	}
	return name.size;
}

bool rule_program(const struct rule *rule, struct program *ret, struct losses *losses)
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
	if (!reason && (!is_plain(buffer_bytes(&path)) || strstr(buffer_text(&path), "/-")))
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

void program_cleanup(struct program *program)
{
	free(program->path);
	program->path = NULL;
}
