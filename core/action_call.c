#include "core/action_call.h"

#define ONLY   true
#define SHARED false

const struct action_call action_call_row[] = {
#define FILE_CALL(action, only, calls)	  { RESOURCE_FILE, ACTION_##action, only, calls },
#define PROGRAM_CALL(action, only, calls) { RESOURCE_PROGRAM, ACTION_##action, only, calls },
#define PROCESS_CALL(action, only, calls) { RESOURCE_PROCESS, ACTION_##action, only, calls },
#define HOST_CALL(action, only, calls)	  { RESOURCE_HOST, ACTION_##action, only, calls },
#define SOCKET_CALL(action, only, calls)  { RESOURCE_SOCKET, ACTION_##action, only, calls },
#include "core/action_call.def"
};

const size_t action_call_count = sizeof action_call_row / sizeof *action_call_row;
