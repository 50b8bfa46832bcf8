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
static bool is_of(const struct owned *owned, pid_t member, uint8_t protocol,
		  const struct line *line)
{
	return owned->member == member && owned->protocol == protocol &&
	       owned->port == line->local_port &&
	       (owned->remote.port == line->remote_port ||
		(protocol == IPPROTO_UDP && !line->remote_port));
}

static void read_table(pid_t member, const char *table, uint8_t protocol, struct owned *owned,
		       size_t count)
{
	char path[48], text[512];
	FILE *sockets;
	struct line line;

	snprintf(path, sizeof path, "/proc/%d/net/%s", member ? member : getpid(), table);
	sockets = fopen(path, "re");
	while (sockets && fgets(text, sizeof text, sockets))
		for (size_t i = 0; read_line(text, &line) && i < count; i++)
			if (is_of(&owned[i], member, protocol, &line)) {
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

static void find_raw(pid_t member, const char *table, struct raw *raw)
{
	char path[48], text[512];
	FILE *sockets;

	snprintf(path, sizeof path, "/proc/%d/net/%s", member ? member : getpid(), table);
	sockets = fopen(path, "re");
	while (sockets && raw->count < RAW_MAX && fgets(text, sizeof text, sockets))
		raw->count += read_raw_line(text, &raw->inode[raw->count]);
	if (sockets)
		fclose(sockets);
}

static void find_all(pid_t member, struct owned *owned, size_t count, struct raw *raw)
{
	find_raw(member, "packet", raw);
	find_raw(member, "raw", raw);
	find_raw(member, "raw6", raw);
	read_table(member, "tcp", IPPROTO_TCP, owned, count);
	read_table(member, "tcp6", IPPROTO_TCP, owned, count);
	read_table(member, "udp", IPPROTO_UDP, owned, count);
	read_table(member, "udp6", IPPROTO_UDP, owned, count);
}

/* Whether one before it is of the same namespace. */
static bool is_read(const struct owned *owned, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (owned[i].member == owned[at].member)
			return true;
	return false;
}

bool owner_is_traced(pid_t pid)
{
	struct process_status status;

	return process_status_read(&status, pid) && status.tracer == getpid();
}

static void compare(const char *target, pid_t holder, struct owned *owned, size_t count,
		    struct raw *raw)
{
	unsigned long inode;

	if (sscanf(target, "socket:[%lu]", &inode) != 1)
		return;
	for (size_t i = 0; i < count; i++)
		if (owned[i].inode == inode) {
			owned[i].ours = true;
			owned[i].holder = holder;
		}
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
		compare(target, (pid_t)strtol(pid, NULL, 10), owned, count, raw);
	}
	if (folder)
		closedir(folder);
}

static void look_into_all(struct owned *owned, size_t count, struct raw *raw)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	while (processes && (entry = readdir(processes)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    owner_is_traced((pid_t)strtol(entry->d_name, NULL, 10)))
			look_into(entry->d_name, owned, count, raw);
	if (processes)
		closedir(processes);
}

void owners_find(struct owned *owned, size_t count)
{
	struct raw raw = { 0 };

	for (size_t i = 0; i < count; i++)
		if (owned[i].member >= 0 && !is_read(owned, i))
			find_all(owned[i].member, owned, count, &raw);
	look_into_all(owned, count, &raw);
	for (size_t i = 0; i < count; i++)
		owned[i].made_up = !owned[i].listed && raw.ours;
}
