#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Include this instead of <uthash.h>.  Names are chosen by the agent, so the hash is keyed anew in
 * each process: nobody can prepare names that all collide.  Iterate in sorted order where the
 * order could be seen.  When memory runs out an added element's hh.tbl is NULL. */
unsigned hash_bytes(const void *data, size_t size);

/* SipHash-2-4 (Aumasson and Bernstein, 2012). */
uint64_t hash_keyed(const uint8_t key[static 16], const void *data, size_t size);

#define HASH_FUNCTION(data, size, hash) ((hash) = hash_bytes((data), (size)))
#define HASH_NONFATAL_OOM		1
#include <uthash.h>

#endif
