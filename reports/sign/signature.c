#include "reports/sign/signature.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- ssh-keygen ---- */

/* A file without a name that holds the text and is read from its begin; its descriptor or -errno.
 */
static int file_of(struct bytes text)
{
	int fd = memfd_create("pare-sign", MFD_CLOEXEC);
	size_t done = 0;

	if (fd < 0)
		return -errno;
	while (done < text.size) {
		ssize_t n = write(fd, text.data + done, text.size - done);

		if (n < 0 && errno != EINTR) {
			int code = errno;

			close(fd);
			return -code;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int read_all(int fd, struct buffer *ret)
{
	char block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof block)) != 0) {
		if (n > 0)
			buffer_append(ret, block, (size_t)n);
		else if (errno != EINTR)
			return -errno;
	}
	return buffer_status(ret);
}

static int start(const char *key_file, int in, int out, pid_t *ret)
{
	const char *const argv[] = { "ssh-keygen",	  "-Y", "sign",	  "-q", "-n",
				     SIGNATURE_NAMESPACE, "-f", key_file, NULL };
	posix_spawn_file_actions_t actions;
	int code = posix_spawn_file_actions_init(&actions);

	if (code)
		return -code;
	code = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	code = code ? code : posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	code = code ? code
		    : posix_spawnp(ret, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -code;
}

static int run(const char *key_file, int in, struct buffer *ret, struct error *err)
{
	int pipes[2], status = 0, r;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_set(err, errno, "sign a report");
	r = start(key_file, in, pipes[1], &pid);
	close(pipes[1]);
	if (r) {
		close(pipes[0]);
		return error_set(err, -r, "run ssh-keygen (package openssh-client)");
	}
	r = read_all(pipes[0], ret);
	close(pipes[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (r)
		return error_set(err, -r, "sign a report");
	if (!WIFEXITED(status) || WEXITSTATUS(status) || !ret->size)
		return error_say(err, EINVAL,
				 "sign a report with %s: ssh-keygen did not, for the reason above",
				 key_file);
	return 0;
}

int signature_make(const char *key_file, struct bytes text, struct buffer *ret, struct error *err)
{
	int in = file_of(text), r;

	if (in < 0)
		return error_set(err, -in, "sign a report");
	r = run(key_file, in, ret, err);
	close(in);
	return r;
}

/* ---- what it says ---- */

#define BEGIN "-----BEGIN SSH SIGNATURE-----"
#define END   "-----END SSH SIGNATURE-----"
#define MAGIC "SSHSIG"

/* A string of RFC 4251, 5; takes it off. */
static int take_string(struct bytes *rest, struct bytes *ret)
{
	const unsigned char *at = (const unsigned char *)rest->data;
	size_t size;

	if (rest->size < 4)
		return -EINVAL;
	size = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	if (size > rest->size - 4)
		return -EINVAL;
	*ret = (struct bytes){ rest->data + 4, size };
	*rest = (struct bytes){ rest->data + 4 + size, rest->size - 4 - size };
	return 0;
}

static int add_base64(struct bytes data, struct buffer *out)
{
	gnutls_datum_t in = { (unsigned char *)data.data, (unsigned)data.size }, text;

	if (gnutls_base64_encode2(&in, &text) < 0)
		return -ENOMEM;
	buffer_append(out, text.data, text.size);
	gnutls_free(text.data);
	return buffer_status(out);
}

/* Magic, version, then the key, whose first string is its kind. */
static int read_key(struct bytes blob, struct buffer *ret)
{
	struct bytes key, rest, kind;

	if (blob.size < strlen(MAGIC) + 4 || memcmp(blob.data, MAGIC, strlen(MAGIC)))
		return -EINVAL;
	blob.data += strlen(MAGIC) + 4;
	blob.size -= strlen(MAGIC) + 4;
	if (take_string(&blob, &key))
		return -EINVAL;
	rest = key;
	if (take_string(&rest, &kind) || !kind.size || kind.size > 64)
		return -EINVAL;
	for (size_t i = 0; i < kind.size; i++)
		if (kind.data[i] <= ' ' || kind.data[i] > '~')
			return -EINVAL;
	buffer_append(ret, kind.data, kind.size);
	buffer_add_char(ret, ' ');
	return add_base64(key, ret);
}

static int decode(const char *text, size_t size, gnutls_datum_t *ret)
{
	scoped(buffer) struct buffer plain = { 0 };
	gnutls_datum_t in;

	for (size_t i = 0; i < size; i++)
		if (!strchr(" \r\n\t", text[i]))
			buffer_add_char(&plain, text[i]);
	if (buffer_status(&plain) < 0 || !plain.size)
		return -EINVAL;
	in = (gnutls_datum_t){ (unsigned char *)plain.data, (unsigned)plain.size };
	return gnutls_base64_decode2(&in, ret) < 0 ? -EINVAL : 0;
}

int signature_key(struct bytes signature, struct buffer *ret)
{
	const char *begin = memmem(signature.data, signature.size, BEGIN, strlen(BEGIN));
	const char *end = memmem(signature.data, signature.size, END, strlen(END));
	gnutls_datum_t blob;
	int r;

	if (!begin || !end || end < begin + strlen(BEGIN))
		return -EINVAL;
	begin += strlen(BEGIN);
	r = decode(begin, (size_t)(end - begin), &blob);
	if (r)
		return r;
	r = read_key((struct bytes){ (char *)blob.data, blob.size }, ret);
	gnutls_free(blob.data);
	return r;
}

int signature_fingerprint(const char *key, struct buffer *ret)
{
	const char *text = strchr(key, ' ');
	unsigned char sum[32];
	gnutls_datum_t blob;
	int r = text ? decode(text + 1, strcspn(text + 1, " "), &blob) : -EINVAL;

	if (r)
		return r;
	r = gnutls_hash_fast(GNUTLS_DIG_SHA256, blob.data, blob.size, sum) < 0 ? -ENOMEM : 0;
	gnutls_free(blob.data);
	buffer_add(ret, "SHA256:");
	r = r ? r : add_base64((struct bytes){ (char *)sum, sizeof sum }, ret);
	while (!r && ret->size && ret->data[ret->size - 1] == '=')
		ret->data[--ret->size] = '\0';
	return r;
}
