#include "core/facility.h"

const struct facility facility_row[] = {
#define FACILITY(name, capability, calls) { name, capability, calls },
#include "core/facilities.def"
};

const size_t facility_count = sizeof facility_row / sizeof *facility_row;
