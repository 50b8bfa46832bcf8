#include "recorder/wire/owner.h"

#include "recorder/obstacle.h"

#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RAW_MAX 64 /* sockets of packet(7) and raw(7) that are looked for */

/* Sockets that send what they like under any port. */
struct raw {
	unsigned long inode[RAW_MAX];
	size_t count;
	bool ours; /* a process that we trace has one open */
};

/* One line of /proc/net/tcp and its kin. */
struct line {
	unsigned local_port, remote_port;
	unsigned long inode;
};

static bool read_line(const char *text, struct line *ret)
{
	return sscanf(text, "%*d: %*[0-9A-F]:%x %*[0-9A-F]:%x %*x %*x:%*x %*x:%*x %*x %*u %*u %lu",
		      &ret->local_port, &ret->remote_port, &ret->inode) == 3;
}

/* An unconnected socket of UDP sends to anyone. */
static bool is_of(const struct owned *owned, uint8_t protocol, const struct line *line)
{
	return owned->protocol == protocol && owned->port == line->local_port &&
	       (owned->remote.port == line->remote_port ||
		(protocol == IPPROTO_UDP && !line->remote_port));
}

static void find_inodes(const char *path, uint8_t protocol, struct owned *owned, size_t count)
{
	FILE *sockets = fopen(path, "re");
	char text[512];
	struct line line;

	while (sockets && fgets(text, sizeof text, sockets))
		for (size_t i = 0; read_line(text, &line) && i < count; i++)
			if (is_of(&owned[i], protocol, &line)) {
				owned[i].listed = true;
				owned[i].inode = line.inode ? line.inode : owned[i].inode;
			}
	if (sockets)
		fclose(sockets);
}

/* The port of a raw socket is its protocol: those of ping(8) send nothing that is looked at. */
static bool read_raw_line(const char *text, unsigned long *ret)
{
	struct line line;

	if (sscanf(text, "%*s %*d %*d %*x %*d %*d %*u %*u %lu", ret) == 1) /* packet(7) */
		return true;
	if (!read_line(text, &line) || line.local_port == IPPROTO_ICMP ||
	    line.local_port == IPPROTO_ICMPV6)
		return false;
	*ret = line.inode;
	return true;
}

static void find_raw(const char *path, struct raw *raw)
{
	FILE *sockets = fopen(path, "re");
	char text[512];

	while (sockets && raw->count < RAW_MAX && fgets(text, sizeof text, sockets))
		raw->count += read_raw_line(text, &raw->inode[raw->count]);
	if (sockets)
		fclose(sockets);
}

static bool is_traced(const char *pid)
{
	struct process_status status;

	return process_status_read(&status, (pid_t)strtol(pid, NULL, 10)) &&
	       status.tracer == getpid();
}

static void compare(const char *target, struct owned *owned, size_t count, struct raw *raw)
{
	unsigned long inode;

	if (sscanf(target, "socket:[%lu]", &inode) != 1)
		return;
	for (size_t i = 0; i < count; i++)
		owned[i].ours |= owned[i].inode == inode;
	for (size_t i = 0; i < raw->count; i++)
		raw->ours |= raw->inode[i] == inode;
}

static void look_into(const char *pid, struct owned *owned, size_t count, struct raw *raw)
{
	char path[300], target[64];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		ssize_t size = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);

		target[size > 0 ? size : 0] = '\0';
		compare(target, owned, count, raw);
	}
	if (folder)
		closedir(folder);
}

void owners_find(struct owned *owned, size_t count)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	struct raw raw = { 0 };

	find_raw("/proc/net/packet", &raw);
	find_raw("/proc/net/raw", &raw);
	find_raw("/proc/net/raw6", &raw);
	find_inodes("/proc/net/tcp", IPPROTO_TCP, owned, count);
	find_inodes("/proc/net/tcp6", IPPROTO_TCP, owned, count);
	find_inodes("/proc/net/udp", IPPROTO_UDP, owned, count);
	find_inodes("/proc/net/udp6", IPPROTO_UDP, owned, count);
	while (processes && (entry = readdir(processes)))
		if (isdigit((unsigned char)entry->d_name[0]) && is_traced(entry->d_name))
			look_into(entry->d_name, owned, count, &raw);
	if (processes)
		closedir(processes);
	for (size_t i = 0; i < count; i++)
		owned[i].made_up = !owned[i].listed && raw.ours;
}
