/* Eight threads that open, read a little of, and close files. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 20000 };

static void *work(void *context)
{
	static const char *const file[] = { "/etc/passwd", "/etc/group", "/etc/ld.so.cache",
					    "/etc/nsswitch.conf" };
	char first[4096];

	(void)context;
	for (int i = 0; i < ROUNDS; i++) {
		int fd = open(file[i % 4], O_RDONLY | O_CLOEXEC);

		if (fd < 0 || read(fd, first, sizeof first) < 0)
			return "failed";
		close(fd);
	}
	return NULL;
}

int main(void)
{
	pthread_t thread[THREADS];
	void *failed = NULL;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	for (int i = 0; i < THREADS && !failed; i++)
		pthread_join(thread[i], &failed);
	return failed != NULL;
}
