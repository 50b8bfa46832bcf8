#include "reports/guard.h"

#include "core/text.h"

#include <string.h>

void guard_text(const char *text, struct buffer *out)
{
	while (text && *text) {
		size_t size = strcspn(text, " \\");

		text_escape((struct bytes){ text, size }, TEXT_SAFE, out);
		text += size;
		size = strspn(text, " \\");
		buffer_append(out, text, size);
		text += size;
	}
}
