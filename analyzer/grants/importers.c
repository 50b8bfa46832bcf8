#include "analyzer/grants/grants.h"

const struct importer_row importer_row[] = {
#define IMPORTER(name, help) { #name, import_##name, help },
#include "analyzer/grants/importers.def"
	{ NULL, NULL, NULL }
};
