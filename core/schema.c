#include "core/schema.h"
#include "core/embed.h"

EMBED(schema, "core/schema.sql");
