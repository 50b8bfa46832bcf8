#include "recorder/tools/skim_private.h"

enum sign { SIGN_OTHER, SIGN_ZERO, SIGN_DIGIT, SIGN_POINT, SIGN_E, SIGN_PLUS, SIGN_MINUS, SIGNS };

static enum sign sign_of(char c)
{
	static const char sign[] = { [SIGN_ZERO] = '0',
				     [SIGN_POINT] = '.',
				     [SIGN_E] = 'e',
				     [SIGN_PLUS] = '+',
				     [SIGN_MINUS] = '-' };

	if (c >= '1' && c <= '9')
		return SIGN_DIGIT;
	if (c == 'E')
		return SIGN_E;
	for (int i = SIGN_ZERO; i < SIGNS; i++)
		if (c && sign[i] == c)
			return (enum sign)i;
	return SIGN_OTHER;
}

static const uint8_t number_row[STATE_COUNT][SIGNS] = {
	[STATE_MINUS] = { [SIGN_ZERO] = STATE_ZERO, [SIGN_DIGIT] = STATE_WHOLE },
	[STATE_ZERO] = { [SIGN_POINT] = STATE_POINT, [SIGN_E] = STATE_E },
	[STATE_WHOLE] = { [SIGN_ZERO] = STATE_WHOLE,
			  [SIGN_DIGIT] = STATE_WHOLE,
			  [SIGN_POINT] = STATE_POINT,
			  [SIGN_E] = STATE_E },
	[STATE_POINT] = { [SIGN_ZERO] = STATE_FRACTION, [SIGN_DIGIT] = STATE_FRACTION },
	[STATE_FRACTION] = { [SIGN_ZERO] = STATE_FRACTION,
			     [SIGN_DIGIT] = STATE_FRACTION,
			     [SIGN_E] = STATE_E },
	[STATE_E] = { [SIGN_ZERO] = STATE_EXPONENT,
		      [SIGN_DIGIT] = STATE_EXPONENT,
		      [SIGN_PLUS] = STATE_E_SIGN,
		      [SIGN_MINUS] = STATE_E_SIGN },
	[STATE_E_SIGN] = { [SIGN_ZERO] = STATE_EXPONENT, [SIGN_DIGIT] = STATE_EXPONENT },
	[STATE_EXPONENT] = { [SIGN_ZERO] = STATE_EXPONENT, [SIGN_DIGIT] = STATE_EXPONENT },
};

int skim_number_next(int state, char c)
{
	return number_row[state][sign_of(c)];
}

bool skim_number_is_whole(int state)
{
	return state == STATE_ZERO || state == STATE_WHOLE || state == STATE_FRACTION ||
	       state == STATE_EXPONENT;
}
