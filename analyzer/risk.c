#include "analyzer/risk.h"

#define ROW(resource, action, own, other, gate, reason)                                            \
	{                                                                                          \
		RESOURCE_##resource, ACTION_##action, RISK_##own,                                  \
		{                                                                                  \
			RISK_##other, GATE_##gate, reason                                          \
		}                                                                                  \
	}

static const struct {
	enum resource resource;
	enum action action;
	enum risk own;
	struct rating other;
} risk_row[] = {
#define ON_FILE(...)	 ROW(FILE, __VA_ARGS__),
#define ON_PROGRAM(...)	 ROW(PROGRAM, __VA_ARGS__),
#define ON_HOST(...)	 ROW(HOST, __VA_ARGS__),
#define ON_SOCKET(...)	 ROW(SOCKET, __VA_ARGS__),
#define ON_PROCESS(...)	 ROW(PROCESS, __VA_ARGS__),
#define ON_KERNEL(...)	 ROW(KERNEL, __VA_ARGS__),
#define ON_VARIABLE(...) ROW(VARIABLE, __VA_ARGS__),
#define ON_TOOL(...)	 ROW(TOOL, __VA_ARGS__),
#include "analyzer/risk.def"
};

struct rating risk_rate(enum resource resource, enum action action, bool own)
{
	for (size_t i = 0; i < sizeof risk_row / sizeof *risk_row; i++) {
		const struct rating *other = &risk_row[i].other;

		if (risk_row[i].resource != resource || risk_row[i].action != action)
			continue;
		if (own && risk_row[i].own < other->risk)
			return (struct rating){ risk_row[i].own, GATE_NONE, "" };
		return (struct rating){ own ? risk_row[i].own : other->risk, other->gate,
					other->reason };
	}
	return (struct rating){ RISK_HIGH, GATE_CONFIRM, "is of a kind that has no rating yet" };
}
