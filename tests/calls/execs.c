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

	write_script("garbage", "no program at all\n");
	must(mknod("plain", S_IFREG | 0600, 0) == 0 && symlink("round", "round") == 0, "plain");
	expect_error(ENOENT, execve("missing", none, none), "program exec DIR/missing");
	expect_error(ENOEXEC, execve("garbage", none, none), "program exec DIR/garbage");
	expect_error(EACCES, execve("plain", none, none), "program exec DIR/plain");
	expect_error(EACCES, execve("here", none, none), "program exec DIR/here");
	expect_error(ELOOP, execve("round", none, none), "program exec DIR/round");
	expect_error(ENOTDIR, execve("plain/x", none, none), "program exec DIR/plain/x");
	expect_error(ENOENT, exec_at(fd, "missing2", none, 0), "program exec DIR/here/missing2");
	expect_error(ELOOP, exec_at(AT_FDCWD, "way", none, AT_SYMLINK_NOFOLLOW),
		     "program exec DIR/way");
	fd = open("script", O_RDONLY | O_CLOEXEC);
	must(fexecve(fd, none, none) < 0 && errno == ENOENT, "fexecve"); /* it is closed by then */
	puts("program exec DIR/script failed");
}

static void fails(const char *path, int error)
{
	must(execve(path, none, none) < 0 && errno == error, path);
}

/* What is there, but needs something that is not, or is no program. */
static void broken(void)
{
	write_script("broken", "#!/no/interpreter\n");
	write_script("broken2", "#! broken\n");
	write_script("folder-script", "#!/etc\n");
	write_script("plain-script", "#!plain -x\n");
	write_script("plain-script2", "#!plain-script\n");
	write_script("garbage-script", "#!garbage\n");
	write_script("link-script", "#!to-nothing\n");
	write_script("not-script", "#!/no/other-interpreter\n");
	must(chmod("not-script", 0600) == 0 && symlink("no-such", "to-nothing") == 0, "not-script");
	write_script("round-script", "#!round-script\n");
	fails("broken", ENOENT);
	puts("program exec DIR/broken failed\nprogram exec /no/interpreter absent");
	fails("broken2", ENOENT);
	puts("program exec DIR/broken2 failed\nas broken program exec DIR/broken failed");
	fails("folder-script", EACCES);
	puts("program exec DIR/folder-script denied\nprogram exec /etc denied");
	fails("plain-script", EACCES);
	puts("program exec DIR/plain-script denied\nas plain program exec DIR/plain denied");
	fails("plain-script2", EACCES);
	puts("as plain-script program exec DIR/plain-script denied");
	fails("garbage-script", ENOEXEC);
	puts("program exec DIR/garbage-script failed\nas garbage program exec DIR/garbage failed");
	fails("link-script", ENOENT);
	puts("program exec DIR/link-script failed\nas to-nothing program exec DIR/no-such absent");
	puts("file stat DIR/to-nothing ok");
	fails("not-script", EACCES);
	puts("program exec DIR/not-script denied");
	puts("not program exec /no/other-interpreter denied");
	fails("round-script", ELOOP);
	puts("program exec DIR/round-script failed");
	puts("not program exec DIR/broken absent\nnot program exec /bin/sh failed");
}

/* A program whose loader is missing: the path of the loader is written over with another. */
static void put_loader(const char *name, const char *loader)
{
	char content[4096];
	int from = open("/proc/self/exe", O_RDONLY), to = open(name, O_WRONLY | O_CREAT, 0700);
	char *at = NULL;

	must(read(from, content, sizeof content) == sizeof content, "/proc/self/exe");
	for (size_t i = 0; !at && i + 16 < sizeof content; i++)
		if (!memcmp(content + i, "/lib", 4) && strstr(content + i, "/ld-linux"))
			at = content + i;
	if (at) {
		must(strlen(at) >= strlen(loader), loader);
		memset(at, 0, strlen(at));
		memcpy(at, loader, strlen(loader));
		must(write(to, content, sizeof content) == sizeof content, name);
	}
	close(from);
	close(to);
	if (at)
		fails(name, loader[1] == 'n' ? ENOENT : EACCES);
	else
		must(unlink(name) == 0, name); /* static: it needs none */
}

static void loaders(void)
{
	put_loader("no-loader", "/no/loader");
	put_loader("bad-loader", "plain");
	if (access("no-loader", F_OK) < 0)
		return;
	puts("program exec DIR/no-loader failed\nfile map /no/loader absent");
	puts("program exec DIR/bad-loader denied\nas plain file map DIR/plain denied");
	write_script("loader-script", "#!no-loader\n");
	fails("loader-script", ENOENT);
	puts("program exec DIR/loader-script failed\nas no-loader program exec DIR/no-loader "
	     "failed");
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
	broken();
	loaders();
	spawned();
	return 0;
}
