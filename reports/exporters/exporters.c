#include "reports/exporters/exporters.h"

const struct exporter_row exporter_row[] = {
#define EXPORTER(name, help) { #name, export_##name, help },
#include "reports/exporters/exporters.def"
#undef EXPORTER
	{ NULL, NULL, NULL }
};
