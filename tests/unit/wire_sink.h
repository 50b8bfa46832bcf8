#ifndef TESTS_UNIT_WIRE_SINK_H
#define TESTS_UNIT_WIRE_SINK_H

/* A sink's clock (recorder/sink.h), for tests that have the rest of the sink themselves. */
#include "recorder/sink.h"

int64_t sink_now_ns(const struct sink *sink)
{
	(void)sink;
	return 1;
}

int64_t sink_time_ns(const struct sink *sink, int64_t time_ns)
{
	(void)sink;
	return time_ns;
}

#endif
