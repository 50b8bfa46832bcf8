#include "core/command.h"
#include "core/error.h"
#include "core/text.h"
#include "reports/companions/folder.h"
#include "reports/sign/manifest.h"
#include "reports/sign/roles.h"
#include "reports/sign/signature.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_KEY = 0x200, OPTION_AS };

static const struct argp_option option[] = {
	{ "key", OPTION_KEY, "KEYFILE", 0,
	  "the private key, or a public one whose private one ssh-agent(1) has", 0 },
	{ "as", OPTION_AS, "ROLE", 0, "prepared, reviewed or approved", 0 },
	{ 0 },
};

struct request {
	const char *folder, *key;
	enum role role;
	bool has_role;
};

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->folder)
		argp_error(state, "the folder of a report is missing");
	if (!request->key)
		argp_error(state, "--key KEYFILE is missing");
	if (!request->has_role)
		argp_error(state, "--as is missing: prepared, reviewed or approved");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_KEY:
		request->key = arg;
		return 0;
	case OPTION_AS:
		request->has_role = true;
		if (role_parse(arg, &request->role))
			argp_error(state, "--as %s: it is prepared, reviewed or approved", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "one report at a time");
		request->folder = arg;
		return 0;
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "DIR",
	.doc = "Sign a report that `pare report --format all -o DIR` wrote, with ssh-keygen(1).\v"
	       "What is signed is MANIFEST.sha256, and so every file in it; each is checked "
	       "first.  Who reviews or approves a report must not be who prepared it, nor who "
	       "granted what it is about: the public keys of all signatures must differ, and the "
	       "login name must be none that imported the grants.  VERIFY.txt has the commands "
	       "that check it by hand.",
};

/* Logins are compared, because grants have no key. */
static int check_grantor(const struct request *request, const struct buffer *manifest,
			 struct error *err)
{
	scoped(buffer) struct buffer safe = { 0 };
	const char *login = login_name();
	int r;

	if (request->role == ROLE_PREPARED)
		return 0;
	r = manifest_is_grantor(request->folder, manifest, login, err);
	if (r == 1)
		return error_say(err, EPERM,
				 "sign a report as %s: %s imported grants that it is about; "
				 "another person is needed",
				 role_text(request->role), text_safe(bytes_of(login), 60, &safe));
	return r == -ENOENT ? 0 : r;
}

static int put(struct signers *signers, const struct request *request,
	       const struct buffer *signature, struct error *err)
{
	scoped(buffer) struct buffer path = { 0 }, key = { 0 };
	int r;

	if (signature_key(buffer_bytes(signature), &key))
		return error_say(err, EINVAL, "sign a report: ssh-keygen wrote no signature");
	r = signers_admit(signers, request->role, buffer_text(&key), err);
	if (r)
		return r;
	role_path(request->folder, request->role, &path);
	if (buffer_status(&path) < 0)
		return error_set(err, ENOMEM, "sign a report");
	r = output_write(buffer_text(&path), signature, err);
	signers->key[request->role] = buffer_steal(&key);
	return r ? r : signers_write(signers, request->folder, err);
}

static int sign(const struct request *request, struct error *err)
{
	scoped(buffer) struct buffer manifest = { 0 }, signature = { 0 };
	scoped(signers) struct signers signers = { 0 };
	int r = manifest_check(request->folder, &manifest, err);

	r = r ? r : signers_read(&signers, request->folder, err);
	r = r ? r : signers_admit(&signers, request->role, "", err);
	r = r ? r : check_grantor(request, &manifest, err);
	r = r ? r : signature_make(request->key, buffer_bytes(&manifest), &signature, err);
	return r ? r : put(&signers, request, &signature, err);
}

int command_sign(int argc, char **argv, const struct house *house)
{
	struct request request = { 0 };
	struct error err = { 0 };

	(void)house;
	command_parse(&argp, argc, argv, &request);
	if (!sign(&request, &err))
		return COMMAND_DONE;
	command_fail(&err);
	return err.code == EPERM ? COMMAND_NO : COMMAND_FAILED;
}
