#ifndef RECORDER_SECRETS_MASK_H
#define RECORDER_SECRETS_MASK_H

#include "recorder/secrets/holds.h"

/* Appends the arguments (each ended by a NUL, the last perhaps cut) to `out` with each secret in
 * them replaced by its fingerprint: --token=[secret:3f9a2c71].  A secret is what an option or a
 * name says is one (options.def, core/secret_name.def), what looks like one (find.h), and every
 * value of `known` (may be NULL).  Text with blanks is read as a shell would.
 * Each is added to `holds` as "argv:" and what gave it away; a variable, a header, an option.
 * 0 or -ENOMEM; then what is in `out` must not be used. */
int secret_mask(const struct secret_view *view, struct bytes arguments, const struct holds *known,
		struct buffer *out, struct holds *holds);

#endif
