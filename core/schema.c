#include "core/schema.h"
#include "core/embed.h"

EMBED(schema, "core/schema.sql");
EMBED(schema_3, "core/schema_3.sql");
EMBED(schema_4, "core/schema_4.sql");
EMBED(schema_5, "core/schema_5.sql");
EMBED(schema_6, "core/schema_6.sql");
EMBED(schema_7, "core/schema_7.sql");
EMBED(schema_8, "core/schema_8.sql");
EMBED(schema_9, "core/schema_9.sql");
EMBED(schema_10, "core/schema_10.sql");
