#include "reports/companions/controls.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One word of the table. */
static void write_id(const char *word, size_t size, char ret[static CONTROL_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < size && used < CONTROL_SIZE - 1; i++) {
		if (word[i] == '(')
			ret[used++] = '.';
		else if (word[i] != ')')
			ret[used++] = (char)tolower((unsigned char)word[i]);
	}
	ret[used] = '\0';
}

void control_first(const char *nist, char ret[static CONTROL_SIZE])
{
	size_t size = strcspn(nist, " ");

	if (size > 1)
		write_id(nist, size, ret);
	else
		strncpy(ret, "ac-6", CONTROL_SIZE);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int add(struct controls *controls, const char *word, size_t size)
{
	char(*grown)[CONTROL_SIZE] =
		reallocarray(controls->id, controls->count + 1, sizeof *controls->id);

	if (!grown)
		return -ENOMEM;
	controls->id = grown;
	write_id(word, size, grown[controls->count]);
	for (size_t i = 0; i < controls->count; i++)
		if (!strcmp(grown[i], grown[controls->count]))
			return 0;
	controls->count++;
	return 0;
}

static int add_words(struct controls *controls, const char *words)
{
	int r = 0;

	while (*words && !r) {
		size_t size = strcspn(words, " ");

		if (size > 1)
			r = add(controls, words, size);
		words += size + (words[size] == ' ');
	}
	return r;
}

int controls_collect(struct controls *ret, const struct audit *audit)
{
	int r = add_words(ret, "AC-6(7)");

	for (size_t i = 0; i < audit->finding_count && !r; i++)
		r = add_words(ret, audit->finding[i].framework.nist);
	if (!r)
		qsort(ret->id, ret->count, sizeof *ret->id, compare);
	return r;
}

void controls_cleanup(struct controls *controls)
{
	free(controls->id);
}
