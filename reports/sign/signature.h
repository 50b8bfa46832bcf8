#ifndef REPORTS_SIGN_SIGNATURE_H
#define REPORTS_SIGN_SIGNATURE_H

#include "core/bytes.h"

struct error;

/* Signatures of ssh-keygen(1), -Y (OpenSSH's PROTOCOL.sshsig). */

#define SIGNATURE_NAMESPACE "pare-audit"

/* Has ssh-keygen sign the text; `ret` gets the armoured signature.  It asks for a passphrase on the
 * terminal where the key has one.  0 or -errno. */
int signature_make(const char *key_file, struct bytes text, struct buffer *ret, struct error *err);

/* The public key that a signature says it was made with, as in authorized_keys: "ssh-ed25519
 * AAAA...".  0, or -EINVAL: it is no signature. */
int signature_key(struct bytes signature, struct buffer *ret);
/* Its fingerprint: "SHA256:...".  0, -EINVAL or -ENOMEM. */
int signature_fingerprint(const char *key, struct buffer *ret);

#endif
