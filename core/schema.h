#ifndef CORE_SCHEMA_H
#define CORE_SCHEMA_H

/* core/schema.sql, and what a later version adds to it; each ended by a NUL. */
extern const char schema_data[];
extern const char schema_3_data[];
extern const char schema_4_data[];
extern const char schema_5_data[];
extern const char schema_6_data[];
extern const char schema_7_data[];
extern const char schema_8_data[];
extern const char schema_9_data[];
extern const char schema_10_data[];

#endif
