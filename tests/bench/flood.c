/* Two threads that look for names that are not there: flood EACH NAMES. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static long each, names;

static void *work(void *context)
{
	struct stat st;
	char path[64];

	(void)context;
	for (long i = 0; i < each; i++) {
		snprintf(path, sizeof path, "/usr/include/flood%ld", i % names);
		stat(path, &st);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[2];

	if (argc != 3)
		return 2;
	each = strtol(argv[1], NULL, 10);
	names = strtol(argv[2], NULL, 10);
	for (int i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
