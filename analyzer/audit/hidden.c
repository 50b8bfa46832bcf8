#include "analyzer/audit/notes.h"

#include "core/store.h"

/* Of which resources some access may be missing in a run with such a gap. */
#define ALL   (~0u)
#define FILES (1u << RESOURCE_FILE | 1u << RESOURCE_PROGRAM | 1u << RESOURCE_SOCKET)
#define HOSTS (1u << RESOURCE_HOST)
#define TOOLS (1u << RESOURCE_TOOL)

static unsigned blind_of(enum gap_kind kind)
{
	static const unsigned hidden[] = {
#define BLIND(gap, of) [GAP_##gap] = (of),
#include "analyzer/audit/blind.def"
	};

	return (size_t)kind < sizeof hidden / sizeof *hidden ? hidden[kind] : 0;
}

struct gaps {
	int64_t as_of_ns;
	unsigned hidden;
};

static int read_gap(void *context, const struct gap *gap)
{
	struct gaps *gaps = context;

	if (gap->first_ns < gaps->as_of_ns)
		gaps->hidden |= blind_of(gap->kind);
	return 0;
}

int audit_hidden(const struct auditing *auditing, const struct run *run, unsigned *ret)
{
	struct gaps gaps = { .as_of_ns = auditing->audit->options.as_of_ns };
	int r = run->gaps
			? store_each_gap(auditing->store, run->key, read_gap, &gaps, auditing->err)
			: 0;

	*ret = run->state == RUN_INCOMPLETE ? ALL : gaps.hidden;
	return r;
}
