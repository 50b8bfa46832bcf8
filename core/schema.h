#ifndef CORE_SCHEMA_H
#define CORE_SCHEMA_H

/* core/schema.sql, ended by a NUL. */
extern const char schema_data[];

#endif
