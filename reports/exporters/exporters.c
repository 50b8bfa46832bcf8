#include "reports/exporters/exporters.h"

#include "reports/exporters/limits.h"

const struct exporter_row exporter_row[] = {
#define EXPORTER(name, limits, help) { #name, export_##name, limits, help },
#include "reports/exporters/exporters.def"
#undef EXPORTER
	{ NULL, NULL, 0, NULL }
};
