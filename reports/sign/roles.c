#include "reports/sign/roles.h"

#include "core/command.h"
#include "core/error.h"
#include "core/file.h"
#include "reports/companions/folder.h"
#include "reports/sign/manifest.h"
#include "reports/sign/signature.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const role_row[ROLES] = { "prepared", "reviewed", "approved" };

const char *role_text(enum role role)
{
	return role_row[role];
}

int role_parse(const char *text, enum role *ret)
{
	for (int i = 0; i < ROLES; i++)
		if (!strcmp(text, role_row[i])) {
			*ret = (enum role)i;
			return 0;
		}
	return -EINVAL;
}

void role_path(const char *folder, enum role role, struct buffer *ret)
{
	scoped(buffer) struct buffer name = { 0 };

	buffer_printf(&name, FOLDER_MANIFEST ".%s.sig", role_text(role));
	folder_join(folder, buffer_text(&name), ret);
	ret->failed |= name.failed;
}

/* ---- who signed ---- */

void signers_cleanup(struct signers *signers)
{
	for (int i = 0; i < ROLES; i++)
		free(signers->key[i]);
}

static int read_signer(struct signers *signers, const char *folder, enum role role,
		       struct error *err)
{
	scoped(buffer) struct buffer path = { 0 }, text = { 0 }, key = { 0 };
	int r;

	role_path(folder, role, &path);
	if (buffer_status(&path) < 0)
		return error_set(err, ENOMEM, "sign a report");
	if (access(buffer_text(&path), F_OK) < 0)
		return 0;
	r = file_read(buffer_text(&path), 1, &text, err);
	if (r)
		return r;
	if (signature_key(buffer_bytes(&text), &key))
		return error_say(err, EINVAL, "read %s: it is no signature", buffer_text(&path));
	signers->key[role] = buffer_steal(&key);
	return 0;
}

int signers_read(struct signers *ret, const char *folder, struct error *err)
{
	int r = 0;

	for (int i = 0; i < ROLES && !r; i++)
		r = read_signer(ret, folder, (enum role)i, err);
	return r;
}

int signers_admit(const struct signers *signers, enum role role, const char *key, struct error *err)
{
	if (signers->key[role])
		return error_say(err, EEXIST,
				 "sign a report as %s: it is signed so already; a signature is "
				 "never replaced",
				 role_text(role));
	for (int i = 0; i < ROLES; i++)
		if (signers->key[i] && !strcmp(signers->key[i], key))
			return error_say(err, EPERM,
					 "sign a report as %s: this key signed it as %s; another "
					 "person with another key is needed",
					 role_text(role), role_text((enum role)i));
	return 0;
}

/* ---- how others check it ---- */

static void add_commands(const struct signers *signers, struct buffer *out)
{
	buffer_add(out, "How to check this report by hand, in this folder:\n\n"
			"  sha256sum --strict -c " FOLDER_MANIFEST "\n");
	for (int i = 0; i < ROLES; i++)
		if (signers->key[i])
			buffer_printf(out,
				      "  ssh-keygen -Y verify -f allowed_signers -I %s "
				      "-n " SIGNATURE_NAMESPACE " -s " FOLDER_MANIFEST
				      ".%s.sig <" FOLDER_MANIFEST "\n",
				      role_row[i], role_row[i]);
	buffer_add(out, "\nEach must succeed.  Whose keys these are, this folder cannot prove: "
			"compare them with what the\nsigners themselves say.\n\n");
}

static int add_signer(enum role role, const char *key, struct buffer *allowed,
		      struct buffer *verify, struct error *err)
{
	scoped(buffer) struct buffer print = { 0 };

	if (signature_fingerprint(key, &print))
		return error_say(err, EINVAL, "sign a report: the key of who %s it cannot be read",
				 role_text(role));
	buffer_printf(allowed, "%s namespaces=\"" SIGNATURE_NAMESPACE "\" %s\n", role_text(role),
		      key);
	buffer_printf(verify, "  %-9s %s\n", role_text(role), buffer_text(&print));
	return 0;
}

static int write_file(const char *folder, const char *name, const struct buffer *text,
		      struct error *err)
{
	scoped(buffer) struct buffer path = { 0 };

	folder_join(folder, name, &path);
	if (buffer_status(&path) < 0 || buffer_status(text) < 0)
		return error_set(err, ENOMEM, "sign a report");
	return output_write(buffer_text(&path), text, err);
}

int signers_write(const struct signers *signers, const char *folder, struct error *err)
{
	scoped(buffer) struct buffer allowed = { 0 }, verify = { 0 };
	int r = 0;

	add_commands(signers, &verify);
	for (int i = 0; i < ROLES && !r; i++)
		if (signers->key[i])
			r = add_signer((enum role)i, signers->key[i], &allowed, &verify, err);
	r = r ? r : write_file(folder, "allowed_signers", &allowed, err);
	return r ? r : write_file(folder, "VERIFY.txt", &verify, err);
}
