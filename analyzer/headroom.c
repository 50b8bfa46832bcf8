#include "analyzer/headroom.h"

#include "core/clock.h"

#define LIMIT_MAX INT64_C(999999999999999999) /* 18 digits: policy.rng */
#define DAY_NS	  (24 * 3600 * SECOND_NS)

int64_t headroom_percent(enum headroom of, int64_t runs)
{
	static const int64_t percent[][2] = {
#define HEADROOM(of, fewer, enough) { fewer, enough },
#include "analyzer/headroom.def"
	};

	return percent[of][runs >= RUNS_ENOUGH];
}

int64_t headroom_above(int64_t peak, int64_t percent)
{
	if (peak <= 0)
		return 0;
	if (peak > LIMIT_MAX / 1000)
		return LIMIT_MAX;
	return (peak * percent + 99) / 100;
}

int64_t headroom_duration(int64_t duration_ns)
{
	static const int64_t seconds[] = { 1,	2,   5,	   10,	 20,   30,   60,    120,
					   300, 600, 1200, 1800, 3600, 7200, 21600, 43200 };

	for (unsigned i = 0; i < sizeof seconds / sizeof *seconds; i++)
		if (duration_ns <= seconds[i] * SECOND_NS)
			return seconds[i] * SECOND_NS;
	return (duration_ns / DAY_NS + (duration_ns % DAY_NS != 0)) * DAY_NS;
}
