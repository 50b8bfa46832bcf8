/* What the result of a call means. */
#include "recorder/calls/calls.h"

#include <errno.h>

/* EINVAL from readlink(2) is an answer: the object is there, and it is no link. */
static bool is_no_link(const struct call *call)
{
	return call->row->action == ACTION_STAT && !call->object[0].follow &&
	       call->result == -EINVAL;
}

/* Nobody waits, or no longer: the connection is being made all the same. */
static bool is_under_way(const struct call *call)
{
	return call->result == -EINTR && (call->row->action == ACTION_CONNECT || call->connects);
}

enum outcome call_outcome_of(int64_t result)
{
	if (result >= 0 || result == -EINPROGRESS)
		return OUTCOME_OK;
	switch (-result) {
	case ENOENT:
	case ENOTDIR:
		return OUTCOME_ABSENT;
	case EACCES:
	case EPERM:
	case EROFS:
		return OUTCOME_DENIED;
	default:
		return OUTCOME_FAILED;
	}
}

enum outcome call_outcome(const struct call *call)
{
	if (call->abandoned)
		return OUTCOME_UNKNOWN;
	if (call->skipped)
		return OUTCOME_SUPPRESSED;
	if (is_under_way(call) || is_no_link(call))
		return OUTCOME_OK;
	return call_outcome_of(call->result);
}
