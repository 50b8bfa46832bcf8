#ifndef REPORTS_SIGN_ROLES_H
#define REPORTS_SIGN_ROLES_H

#include "core/bytes.h"

struct error;

/* Who signs a report: prepared, reviewed, approved, each with a key of its own. */

enum role { ROLE_PREPARED, ROLE_REVIEWED, ROLE_APPROVED, ROLES };

const char *role_text(enum role role);
int role_parse(const char *text, enum role *ret); /* 0 or -EINVAL */

/* The keys that signed the report so far, as signature_key() has them; NULL: nobody. */
struct signers {
	char *key[ROLES];
};

void signers_cleanup(struct signers *signers);
/* From the signatures in the folder; that they are right is for ssh-keygen to say.  0 or -errno. */
int signers_read(struct signers *ret, const char *folder, struct error *err);

/* Whether the key may sign as that: nobody signed so yet, and none of the others has the key.  0,
 * -EEXIST or -EPERM. */
int signers_admit(const struct signers *signers, enum role role, const char *key,
		  struct error *err);

/* DIR/MANIFEST.sha256.ROLE.sig */
void role_path(const char *folder, enum role role, struct buffer *ret);

/* allowed_signers (ssh-keygen(1)) and VERIFY.txt, of all that signed.  0 or -errno. */
int signers_write(const struct signers *signers, const char *folder, struct error *err);

#endif
