#include "core/secret_name.h"

#include <string.h>
#include <strings.h>

#define LONG_BYTES 8

const struct secret_name secret_name_row[] = {
#define SECRET_NAME(pattern, value, source) { pattern, SECRET_##value },
#define PLAIN_NAME(pattern, why)	    { pattern, SECRET_PLAIN },
#include "core/secret_name.def"
};
const size_t secret_name_count = sizeof secret_name_row / sizeof *secret_name_row;

static char folded(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c == '-' || c == '.' ? '_' : c;
}

/* A star is the first byte of a pattern or none. */
static bool name_fits(const char *pattern, struct bytes name)
{
	bool any_start = *pattern == '*';
	size_t size = strlen(pattern += any_start);

	if (any_start ? name.size < size : name.size != size)
		return false;
	name.data += name.size - size;
	for (size_t i = 0; i < size; i++)
		if (folded(name.data[i]) != pattern[i])
			return false;
	return true;
}

const struct secret_name *secret_name_find(struct bytes name)
{
	for (size_t i = 0; i < secret_name_count; i++)
		if (name_fits(secret_name_row[i].pattern, name))
			return secret_name_row[i].value ? &secret_name_row[i] : NULL;
	return NULL;
}

static bool is_word_for_none(struct bytes value)
{
	static const char *const word[] = { "0",  "1",	"true", "false", "yes",
					    "no", "on", "off",	"none",	 "null" };

	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (value.size == strlen(word[i]) && !strncasecmp(value.data, word[i], value.size))
			return true;
	return false;
}

/* "client-key.pem" */
static bool is_file_name(struct bytes value)
{
	static const char *const ending[] = { ".pem",  ".key",	".crt", ".pub", ".p12",
					      ".json", ".yaml", ".yml", ".txt", ".conf" };

	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
		size_t size = strlen(ending[i]);

		if (value.size > size &&
		    !strncasecmp(value.data + value.size - size, ending[i], size))
			return true;
	}
	return false;
}

static bool is_long(struct bytes value)
{
	size_t digits = 0;

	for (size_t i = 0; i < value.size; i++) {
		if (strchr(" \t\n", value.data[i]))
			return false;
		digits += value.data[i] >= '0' && value.data[i] <= '9';
	}
	return value.size >= LONG_BYTES && digits < value.size && !is_file_name(value);
}

bool secret_name_fits(const struct secret_name *row, struct bytes value)
{
	if (!value.size || is_word_for_none(value))
		return false;
	return row->value == SECRET_ANY || is_long(value);
}
