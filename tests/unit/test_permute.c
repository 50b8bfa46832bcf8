/* Whether two groups differ by more than chance, against every way to deal them. */
#include "analyzer/audit/permute.h"

#include "tests/unit/analyzer_fixture.h"

#define RUNS  12
#define FIRST 6

static int64_t apart(const int64_t *value, unsigned chosen)
{
	int64_t first = 0, second = 0;

	for (int i = 0; i < RUNS; i++)
		*(chosen >> i & 1 ? &first : &second) += value[i];
	return llabs(first - second);
}

/* The part, in thousandths, of all ways to deal that are at least as far apart. */
static int exactly(const int64_t *value)
{
	int64_t is = apart(value, (1u << FIRST) - 1);
	int ways = 0, as_far = 0;

	for (unsigned chosen = 0; chosen < 1u << RUNS; chosen++) {
		if (__builtin_popcount(chosen) != FIRST)
			continue;
		ways++;
		as_far += apart(value, chosen) >= is;
	}
	return as_far * 1000 / ways;
}

static int32_t chance_of(const int64_t *value, size_t columns, int32_t *ret)
{
	struct permutation table = { value, columns, FIRST, RUNS - FIRST };
	int32_t all = 0;

	assert_int_equal(permute(&table, ret, &all), 0);
	return all;
}

/* Of a thousand dealings with chance p, four standard deviations: below 64. */
static void agrees_with_all_ways(void **state)
{
	int worst = 0;

	(void)state;
	srand(7);
	for (int round = 0; round < 60; round++) {
		int64_t value[RUNS];
		int32_t got = 0, all;
		int wrong;

		for (int i = 0; i < RUNS; i++)
			value[i] = rand() % 100 + (i < FIRST ? round : 0);
		all = chance_of(value, 1, &got);
		assert_int_equal(all, got);
		wrong = abs(got - exactly(value));
		worst = wrong > worst ? wrong : worst;
	}
	assert_in_range(worst, 0, 64);
}

static void knows_the_ends(void **state)
{
	static const int64_t equal[RUNS] = { 0 };
	static const int64_t apart[RUNS] = { 9, 9, 9, 9, 9, 9 };
	int32_t got = 0;

	(void)state;
	chance_of(equal, 1, &got);
	assert_int_equal(got, PERMUTE_PARTS);
	chance_of(apart, 1, &got);
	assert_in_range(got, 1, 10); /* 2 of 924 ways */
}

/* Each column is judged as if it stood alone. */
static void columns_stand_alone(void **state)
{
	int64_t value[RUNS * 2], one[RUNS];
	int32_t both[2], alone = 0, all;

	(void)state;
	for (int i = 0; i < RUNS; i++) {
		one[i] = value[2 * i] = (i * 7) % 5;
		value[2 * i + 1] = i < FIRST ? 1000 : 0;
	}
	all = chance_of(value, 2, both);
	chance_of(one, 1, &alone);
	assert_int_equal(both[0], alone);
	assert_in_range(both[1], 1, 10);
	assert_in_range(all, 1, 10); /* the larger difference decides */
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(agrees_with_all_ways),
		cmocka_unit_test(knows_the_ends),
		cmocka_unit_test(columns_stand_alone),
	};

	return cmocka_run_group_tests_name("permute", test, NULL, NULL);
}
