#include "reports/html/parts.h"

#include <inttypes.h>
#include <string.h>

/* By hand: printf's own grouping follows the locale. */
const char *number_text(int64_t value, char room[static WORDS_SIZE])
{
	char digits[24];
	size_t size = (size_t)snprintf(digits, sizeof digits, "%" PRId64, value), at = 0;
	size_t sign = value < 0;

	for (size_t i = 0; i < size; i++) {
		if (i > sign && (size - i) % 3 == 0)
			room[at++] = ',';
		room[at++] = digits[i];
	}
	room[at] = '\0';
	return room;
}

const char *counted(int64_t count, const char *one, const char *many, char room[static WORDS_SIZE])
{
	char number[WORDS_SIZE];

	snprintf(room, WORDS_SIZE, "%.27s %.50s", number_text(count, number),
		 count == 1 ? one : many);
	return room;
}

const char *percent_text(double ratio, char room[static WORDS_SIZE])
{
	double percent = ratio * 100;
	int digits = percent >= 9.95 || percent == 0 ? 0 : percent >= 0.1 ? 1 : 2;

	if (!(percent >= 0 && percent < 1e6))
		snprintf(room, WORDS_SIZE, "?");
	else
		snprintf(room, WORDS_SIZE, "%.*f %%", digits, percent);
	return room;
}

const char *share_text(int64_t part, int64_t whole, char room[static WORDS_SIZE])
{
	char of[3][WORDS_SIZE];

	snprintf(room, WORDS_SIZE, "%.24s of %.24s (%.12s)", number_text(part, of[0]),
		 number_text(whole, of[1]),
		 percent_text(whole > 0 ? (double)part / (double)whole : 0, of[2]));
	return room;
}
