#include "recorder/secrets/key.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(const char *shown, const char *why, struct error *err)
{
	return error_say(err, EPERM, "read %s: %s", shown, why);
}

static int check_key(int fd, const char *shown, struct error *err)
{
	struct stat status;

	if (fstat(fd, &status))
		return error_set(err, errno, "read %s", shown);
	if (!S_ISREG(status.st_mode))
		return refuse(shown, "it is no file", err);
	if (status.st_mode & (S_IRWXG | S_IRWXO))
		return refuse(shown, "others may read it; `chmod 600` it", err);
	if (status.st_size != SECRET_KEY_BYTES)
		return refuse(shown, "it is no key of pare; remove it and a new one is made", err);
	return 0;
}

/* -ENOENT: there is none; `err` is not filled then. */
static int read_key(struct secret_key *ret, const char *path, const char *shown, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct secret_key key;
	int r;

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0)
		return error_set(err, errno, "read %s", shown);
	r = check_key(fd, shown, err);
	if (r == 0 && read(fd, &key, sizeof key) != sizeof key)
		r = error_set(err, EIO, "read %s", shown);
	close(fd);
	if (r == 0)
		*ret = key;
	return r;
}

static int write_key(int fd)
{
	struct secret_key key;
	int r = 0;

	if (getrandom(&key, sizeof key, 0) != sizeof key)
		r = -EIO;
	else if (fchmod(fd, 0600) || write(fd, &key, sizeof key) != sizeof key || fsync(fd))
		r = errno ? -errno : -EIO;
	explicit_bzero(&key, sizeof key);
	return r;
}

/* Whole under another name first: nobody reads half a key.  link(2) leaves one that is there. */
static int make_key(const char *path, const char *shown, struct error *err)
{
	scoped(buffer) struct buffer temporary = { 0 };
	int fd, r;

	buffer_printf(&temporary, "%s.XXXXXX", path);
	if (buffer_status(&temporary))
		return error_set(err, ENOMEM, "create %s", shown);
	fd = mkostemp(temporary.data, O_CLOEXEC);
	if (fd < 0)
		return error_set(err, errno, "create %s", shown);
	errno = 0;
	r = write_key(fd);
	close(fd);
	if (r == 0 && link(temporary.data, path) && errno != EEXIST)
		r = -errno;
	unlink(temporary.data);
	return r < 0 ? error_set(err, -r, "create %s", shown) : 0;
}

int secret_key_load(struct secret_key *ret, const char *database, struct error *err)
{
	scoped(buffer) struct buffer path = { 0 };
	scoped(buffer) struct buffer shown = { 0 };
	int r;

	buffer_printf(&path, "%s.key", database);
	if (buffer_status(&path))
		return error_set(err, ENOMEM, "read the key of the fingerprints");
	text_safe(buffer_bytes(&path), 0, &shown);
	r = read_key(ret, buffer_text(&path), buffer_text(&shown), err);
	if (r != -ENOENT)
		return r;
	r = make_key(buffer_text(&path), buffer_text(&shown), err);
	if (r == 0)
		r = read_key(ret, buffer_text(&path), buffer_text(&shown), err);
	return r == -ENOENT ? error_set(err, ENOENT, "read %s", buffer_text(&shown)) : r;
}

void secret_fingerprint(const struct secret_key *key, struct bytes value,
			char ret[static FINGERPRINT_SIZE])
{
	uint8_t sum[32];

	if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key->byte, sizeof key->byte,
			     value.data ? value.data : "", value.size, sum) < 0)
		snprintf(ret, FINGERPRINT_SIZE, "secret:unknown");
	else
		snprintf(ret, FINGERPRINT_SIZE, "secret:%02x%02x%02x%02x", sum[0], sum[1], sum[2],
			 sum[3]);
}
