#include "analyzer/chosen.h"

#include <errno.h>
#include <string.h>

#define ENDING_MAX 8
#define STEM_MAX   64
#define COMMON_MIN 3

static bool all_of(struct bytes text, enum class class)
{
	for (size_t i = 0; i < text.size; i++)
		if (!class_has(class, text.data[i]))
			return false;
	return true;
}

/* ".tar.gz" ends with ".gz". */
static struct bytes ending_of(struct bytes name)
{
	const char *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;
	size_t before = dot ? (size_t)(dot - name.data) : name.size;
	struct bytes ending = { name.data + before, name.size - before };
	struct bytes letters = { ending.data + 1, ending.size ? ending.size - 1 : 0 };

	if (!before || ending.size > ENDING_MAX || !letters.size || !all_of(letters, CLASS_ALNUM))
		ending = (struct bytes){ name.data + name.size, 0 };
	return ending;
}

void chosen_key(struct bytes name, struct buffer *out)
{
	struct bytes ending = ending_of(name);

	if (!name.size || *name.data == '.' || !all_of(name, CLASS_NAME))
		return;
	buffer_add_char(out, '*');
	buffer_append(out, ending.data, ending.size);
}

/* "test_" of test_a and test_b; a few letters in common are chance. */
static size_t common_begin(const struct bytes *names, size_t count, size_t ending)
{
	size_t size = names[0].size - ending;

	for (size_t i = 1; i < count; i++) {
		size_t most = names[i].size - ending, at = 0;

		while (at < size && at < most && names[i].data[at] == names[0].data[at])
			at++;
		size = at;
	}
	while (size && !strchr("-_.", names[0].data[size - 1]))
		size--;
	return size >= COMMON_MIN ? size : 0;
}

/* What stands between what all begin and end with. */
struct stems {
	bool dots;  /* some have more than letters and digits, "-" and "_" */
	bool unfit; /* one is empty, or begins with a dot */
	size_t longest;
};

static struct stems look(const struct bytes *names, size_t count, size_t begin, size_t ending)
{
	struct stems stems = { .longest = STEM_MAX };

	for (size_t i = 0; i < count; i++) {
		struct bytes stem = { names[i].data + begin, names[i].size - begin - ending };

		stems.dots = stems.dots || !all_of(stem, CLASS_TOKEN);
		stems.unfit = stems.unfit || !stem.size || !class_has(CLASS_TOKEN, *stem.data);
		stems.longest = stem.size > stems.longest ? stem.size : stems.longest;
	}
	return stems;
}

static int add_stem(const struct stems *stems, bool is_first, struct varying *ret)
{
	int r = 0;

	/* A dot may stand anywhere but at the beginning. */
	if (stems->dots && is_first)
		r = varying_add_class(ret, CLASS_TOKEN, 1, 1);
	if (r == 0)
		r = varying_add_class(ret, stems->dots ? CLASS_NAME : CLASS_TOKEN, 1,
				      stems->longest);
	return r;
}

int chosen_infer(const struct bytes *names, size_t count, struct varying *ret)
{
	struct bytes ending = ending_of(names[0]);
	size_t begin = common_begin(names, count, ending.size);
	struct stems stems = look(names, count, begin, ending.size);
	struct varying varying = { 0 };
	int r = stems.unfit;

	if (r == 0)
		r = varying_add_literal(&varying, (struct bytes){ names[0].data, begin });
	if (r == 0)
		r = add_stem(&stems, !begin, &varying);
	if (r == 0)
		r = varying_add_literal(&varying, ending);
	r = varying_give(&varying, r, &varying);
	/* A stem of one byte beside some with dots does not fit. */
	for (size_t i = 0; r == 0 && i < count; i++)
		r = !varying_matches(&varying, names[i]);
	if (r)
		varying_release(&varying);
	else
		*ret = varying;
	return r;
}
