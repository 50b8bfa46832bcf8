#include "core/language_private.h"

#include <stdlib.h>

/* How many bytes a name needs from each letter on. */
static void measure(const struct language *language, uint32_t *least)
{
	least[language->count] = 0;
	for (size_t at = language->count; at-- > 0;) {
		const struct letter *letter = &language->letter[at];

		least[at] = least[at + 1] + !letter->skip;
		if (letter->over && least[at + letter->over] < least[at])
			least[at] = least[at + letter->over];
	}
}

static bool find_shortest(const struct language *language, struct buffer *out)
{
	uint32_t *least = malloc((language->count + 1) * sizeof *least);
	size_t at = 0;

	if (!least)
		return false;
	measure(language, least);
	while (at < language->count) {
		const struct letter *letter = &language->letter[at];

		if (letter->over && least[at + letter->over] == least[at]) {
			at += letter->over;
			continue;
		}
		if (!letter->skip)
			buffer_add_char(out, (char)common_byte(letter, letter));
		at++;
	}
	free(least);
	return true;
}

bool find_quickly(const struct language *const *within, size_t withins,
		  const struct language *const *without, size_t withouts, struct buffer *witness)
{
	scoped(buffer) struct buffer name = { 0 };
	bool found = false;

	if (withins == 1)
		found = find_shortest(within[0], &name);
	else if (withins == 2)
		found = language_intersects(within[0], within[1], &name) == 1;
	if (!found || buffer_status(&name) < 0)
		return false;
	for (size_t i = 0; i < withouts; i++)
		if (language_matches(without[i], buffer_bytes(&name)))
			return false;
	if (witness)
		buffer_append(witness, name.data, name.size);
	return true;
}
