#include "expect.h"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static char *const none[] = { NULL };
static char *const sh[] = { "sh", "-c", ":", NULL };

static void write_script(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0700);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

static int exec_at(int folder, const char *path, char *const argv[], int flags)
{
	return (int)syscall(SYS_execveat, folder, path, argv, none, flags);
}

/* Each of these replaces its process, when it can. */
static void by_path(void)
{
	must(execve("./way", sh, none) < 0, "way");
}

static void by_folder(void)
{
	exec_at(open("/bin", O_PATH | O_CLOEXEC), "sh", sh, 0);
	must(0, "execveat");
}

static void by_descriptor(void)
{
	exec_at(open("/bin/sh", O_PATH | O_CLOEXEC), "", sh, AT_EMPTY_PATH);
	must(0, "execveat AT_EMPTY_PATH");
}

static void copy_of_sh(int to)
{
	char block[65536];
	int from = open("/bin/true", O_RDONLY);
	ssize_t got;

	while ((got = read(from, block, sizeof block)) > 0)
		must(write(to, block, (size_t)got) == got, "copy");
	close(from);
}

static void by_memory(void)
{
	int fd = memfd_create("in-memory", MFD_CLOEXEC);

	copy_of_sh(fd);
	fexecve(fd, (char *const[]){ "true", NULL }, none);
	must(0, "fexecve");
}

static void by_lost_file(void)
{
	int fd = open("lost", O_WRONLY | O_CREAT, 0700);

	copy_of_sh(fd);
	close(fd);
	fd = open("lost", O_PATH | O_CLOEXEC);
	must(unlink("lost") == 0, "lost");
	exec_at(fd, "", (char *const[]){ "true", NULL }, AT_EMPTY_PATH);
	must(0, "lost");
}

static void by_script(void)
{
	execve("script", (char *const[]){ "script", NULL }, none);
	must(0, "script");
}

static void by_chain(void)
{
	execve("chain3", (char *const[]){ "chain3", NULL }, none);
	must(0, "chain3");
}

static void *exec_in_thread(void *unused)
{
	(void)unused;
	execve("thread-script", (char *const[]){ "thread-script", NULL }, none);
	return NULL;
}

static void by_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_in_thread, NULL);
	pause();
}

static void *exec_after_leader(void *unused)
{
	(void)unused;
	usleep(50000);
	execve("late-script", (char *const[]){ "late-script", NULL }, none);
	return NULL;
}

static void by_last_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_after_leader, NULL);
	syscall(SYS_exit, 0);
}

static void failures(void)
{
	int fd = open("here", O_RDONLY | O_CLOEXEC);

	write_script("broken", "#!/no/interpreter\n");
	write_script("garbage", "no program at all\n");
	must(mknod("plain", S_IFREG | 0600, 0) == 0 && symlink("round", "round") == 0, "plain");
	expect_error(ENOENT, execve("missing", none, none), "program exec DIR/missing");
	expect_error(ENOENT, execve("broken", none, none), "program exec DIR/broken");
	expect_error(ENOEXEC, execve("garbage", none, none), "program exec DIR/garbage");
	expect_error(EACCES, execve("plain", none, none), "program exec DIR/plain");
	expect_error(EACCES, execve("here", none, none), "program exec DIR/here");
	expect_error(ELOOP, execve("round", none, none), "program exec DIR/round");
	expect_error(ENOTDIR, execve("plain/x", none, none), "program exec DIR/plain/x");
	expect_error(ENOENT, exec_at(fd, "missing2", none, 0), "program exec DIR/here/missing2");
	expect_error(ELOOP, exec_at(AT_FDCWD, "way", none, AT_SYMLINK_NOFOLLOW),
		     "program exec DIR/way");
	fd = open("script", O_RDONLY | O_CLOEXEC);
	expect_error(ENOENT, fexecve(fd, none, none), "program exec DIR/script");
}

static void spawned(void)
{
	pid_t pid;

	must(posix_spawn(&pid, "spawn-script", NULL, NULL, (char *const[]){ "s", NULL }, none) == 0,
	     "posix_spawn");
	must(wait_for(pid) == 0, "spawn-script");
	puts("program exec DIR/spawn-script ok\nfile read DIR/spawn-script ok");
	must(posix_spawn(&pid, "no-spawn", NULL, NULL, none, none) == ENOENT, "no-spawn");
	puts("program exec DIR/no-spawn absent");
	pid = vfork();
	if (pid == 0) {
		execve("vfork-script", (char *const[]){ "v", NULL }, none);
		_exit(1);
	}
	must(wait_for(pid) == 0, "vfork");
	puts("program exec DIR/vfork-script ok\nfile create DIR/by-vfork ok");
}

int main(void)
{
	must(mkdir("here", 0700) == 0 && symlink("/bin/sh", "way") == 0, "way");
	write_script("script", "#! /bin/sh -e\n: >by-script\n");
	write_script("chain1", "#!/bin/sh\n: >by-chain\n");
	write_script("chain2", "#!chain1\n");
	write_script("chain3", "#!chain2\n");
	write_script("thread-script", "#!/bin/sh\n: >by-thread\n");
	write_script("late-script", "#!/bin/sh\n: >by-late-thread\n");
	write_script("spawn-script", "#!/bin/sh\n:\n");
	write_script("vfork-script", "#!/bin/sh\n: >by-vfork\n");
	apart(by_path), apart(by_folder), apart(by_descriptor), apart(by_memory);
	apart(by_lost_file), apart(by_script), apart(by_chain), apart(by_thread);
	apart(by_last_thread);
	puts("program exec SH ok\nfile stat DIR/way ok");
	puts("program exec memfd:in-memory ok\nprogram exec DIR/lost ok");
	puts("program exec DIR/script ok\nfile create DIR/by-script ok");
	puts("program exec DIR/chain3 ok\nprogram exec DIR/chain2 ok");
	puts("program exec DIR/chain1 ok\nfile create DIR/by-chain ok");
	puts("program exec DIR/thread-script ok\nfile create DIR/by-thread ok");
	puts("program exec DIR/late-script ok\nfile create DIR/by-late-thread ok");
	failures();
	spawned();
	return 0;
}
