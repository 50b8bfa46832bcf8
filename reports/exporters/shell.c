#include "reports/exporters/shell.h"

void shell_quote(struct bytes word, struct buffer *out)
{
	buffer_add_char(out, '\'');
	for (size_t i = 0; i < word.size; i++)
		if (word.data[i] == '\'')
			buffer_add(out, "'\\''");
		else
			buffer_add_char(out, word.data[i]);
	buffer_add_char(out, '\'');
}
