#ifndef REPORTS_SIGN_MANIFEST_H
#define REPORTS_SIGN_MANIFEST_H

#include "core/bytes.h"

struct error;

/* Reads DIR/MANIFEST.sha256 and checks every file that it names.  0, or -errno: there is none, it
 * is no manifest, or a file is not as it was. */
int manifest_check(const char *folder, struct buffer *ret, struct error *err);

/* Whether one of those who grant what the report is about has that login, as each report.json of
 * the manifest says ("grantor").  1, 0; -ENOENT: there is no report.json, so nobody knows; -errno.
 */
int manifest_is_grantor(const char *folder, const struct buffer *manifest, const char *login,
			struct error *err);

#endif
