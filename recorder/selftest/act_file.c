/* Files and folders, one thing each. */
#include "recorder/selftest/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Closes what was opened: only that it was counts. */
static int opened(int fd)
{
	int r = act_result(fd);

	if (fd >= 0)
		close(fd);
	return r;
}

int act_open_create(void)
{
	return opened(open("made", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

int act_open_exclusive(void)
{
	return opened(open("plain", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

int act_open_read(void)
{
	return opened(open("plain", O_RDONLY));
}

int act_open_both(void)
{
	return opened(open("both", O_RDWR));
}

int act_open_append(void)
{
	return opened(open("made", O_WRONLY | O_APPEND));
}

int act_open_absent(void)
{
	return opened(open("no-such", O_RDONLY));
}

int act_open_folder(void)
{
	return opened(open("folder", O_RDONLY | O_DIRECTORY));
}

int act_open_relative(void)
{
	int folder = open("folder", O_PATH);
	int r = opened(openat(folder, "../folder/relative", O_WRONLY | O_CREAT, 0600));

	close(folder);
	return r;
}

int act_open_proc(void)
{
	char path[64];
	int r, folder = open("folder", O_PATH);

	snprintf(path, sizeof path, "/proc/self/fd/%d/by-proc", folder);
	r = opened(open(path, O_WRONLY | O_CREAT, 0600));
	close(folder);
	return r;
}

int act_open_link(void)
{
	return opened(open("way/inside", O_RDONLY));
}

int act_open_how(void)
{
	struct open_how how = { .flags = O_WRONLY | O_CREAT, .mode = 0600 };
	int r = opened((int)syscall(SYS_openat2, AT_FDCWD, "how", &how, sizeof how));

	if (r < 0) /* it is wanted later */
		opened(open("how", O_WRONLY | O_CREAT, 0600));
	return r;
}

int act_stat(void)
{
	struct stat st;

	return act_result(stat("both", &st));
}

int act_statx(void)
{
	struct statx stx;

	return act_result(syscall(SYS_statx, AT_FDCWD, "plain", 0, STATX_SIZE, &stx));
}

int act_access(void)
{
	return act_result(access("script", R_OK));
}

int act_readlink(void)
{
	char byte;

	return act_result(readlink("way/link", &byte, 1));
}

int act_chdir(void)
{
	int r = act_result(chdir("folder"));

	return r < 0 ? r : act_result(chdir(".."));
}

int act_mkdir(void)
{
	return act_result(mkdir("new", 0700));
}

int act_mkfifo(void)
{
	return act_result(mkfifo("fifo", 0600));
}

int act_symlink(void)
{
	return act_result(symlink("nowhere", "soft"));
}

int act_link(void)
{
	return act_result(link("plain", "hard"));
}

int act_link_folder(void)
{
	return act_result(link("folder", "folder-again"));
}

int act_rename(void)
{
	return act_result(rename("hard", "moved"));
}

int act_rename_over(void)
{
	return act_result(rename("how", "over"));
}

int act_unlink(void)
{
	return act_result(unlink("moved"));
}

int act_unlink_absent(void)
{
	return act_result(unlink("no-such"));
}

int act_rmdir(void)
{
	return act_result(rmdir("new"));
}

int act_chmod(void)
{
	return act_result(chmod("made", 0640));
}

int act_setxattr(void)
{
	return act_result(setxattr("both", "user.pare", "1", 1, 0));
}

int act_truncate(void)
{
	return act_result(truncate("script", 1));
}
