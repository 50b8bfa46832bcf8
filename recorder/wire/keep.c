#include "recorder/wire/keep_private.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define NAMES_MAX 4096

const struct keep_counts *keep_counts(const struct keep *keep)
{
	return &keep->counts;
}

static int check_capture(struct error *err)
{
	struct capture *capture;
	int r = capture_open(&capture, CAPTURE_WHOLE, err);

	if (r == -EPERM)
		return error_say(err, EPERM,
				 "capture packets for --pcap: that needs CAP_NET_RAW: run pare as "
				 "root, or give it the right with `setcap cap_net_raw+ep PARE`");
	if (r == 0)
		capture_close(capture);
	return r;
}

static int write_out(struct keep *keep)
{
	int r = packet_file_write(&keep->file);

	if (r < 0) {
		keep->counts.unwritten += keep->packets;
		keep->counts.reason = -r;
	} else {
		keep->counts.kept += keep->packets;
		keep->counts.kept_bytes += keep->packet_bytes;
	}
	keep->packets = keep->packet_bytes = 0;
	return r;
}

void keep_write(struct join *join)
{
	struct keep *keep = join->keep;

	write_out(keep);
	if (keep->counts.unwritten == keep->told)
		return;
	keep->told = keep->counts.unwritten;
	sink_gap(join->sink, GAP_PACKETS_LOST, 0, bytes_of(strerror(keep->counts.reason)));
}

static int begin_file(struct keep *keep, const char *path, struct error *err)
{
	scoped(buffer) struct buffer shown = { 0 }, os = { 0 };
	struct utsname system;
	struct pcapng_section section = { .application = bytes_of("pare " PARE_VERSION) };
	int r;

	uname(&system);
	buffer_printf(&os, "%s %s", system.sysname, system.release);
	section.hardware = bytes_of(system.machine);
	section.os = buffer_bytes(&os);
	pcapng_add_section(&keep->file.first, &section);
	r = write_out(keep);
	return r < 0 ? error_set(err, -r, "write packets to %s",
				 text_safe(bytes_of(path), 0, &shown))
		     : 0;
}

int keep_open(struct keep **ret, const char *path, struct error *err)
{
	struct keep *keep = calloc(1, sizeof *keep);
	int r;

	if (!keep)
		return error_set(err, ENOMEM, "keep packets");
	keep->file.fd = -1;
	r = check_capture(err);
	if (r == 0)
		r = packet_file_open(&keep->file, path, err);
	if (r == 0)
		r = begin_file(keep, path, err);
	if (r < 0) {
		keep_close(keep);
		return r;
	}
	*ret = keep;
	return 0;
}

void keep_set_run(struct keep *keep, const struct run *run)
{
	scoped(buffer) struct buffer agent = { 0 };

	buffer_printf(&keep->whose, "packets of the agent %s, run %s; those of others are left out",
		      text_safe(bytes_of(run->agent), 0, &agent), run->id);
}

uint32_t keep_interface(struct keep *keep, const struct capture *capture, const char *description)
{
	const struct pcapng_interface interface = {
		.link = capture_link(capture),
		.snap = CAPTURE_WHOLE,
		.name = bytes_of("any"),
		.description = bytes_of(description),
		.comment = buffer_bytes(&keep->whose),
	};
	uint32_t number = keep->interfaces++;

	pcapng_add_interface(&keep->file.first, &interface);
	if (number < KEEP_INTERFACES)
		keep->interface[number] = (struct pcapng_statistics){
			.interface = number,
			.started_ns = clock_now_ns(),
		};
	return number;
}

void keep_interface_ended(struct keep *keep, uint32_t interface, const struct capture *capture)
{
	struct pcapng_statistics *statistics;
	struct capture_counts counts;

	capture_count(capture, &counts);
	keep->counts.lost += counts.lost;
	if (interface >= KEEP_INTERFACES)
		return;
	statistics = &keep->interface[interface];
	statistics->received = counts.received;
	statistics->system_dropped = counts.lost;
	statistics->interface_dropped = counts.interface_lost;
	statistics->ended_ns = statistics->time_ns = clock_now_ns();
}

void keep_name(struct keep *keep, const struct address *address, struct bytes name)
{
	struct known_name *known = NULL, *there;

	if (!keep || HASH_COUNT(keep->name) >= NAMES_MAX)
		return;
	known = calloc(1, sizeof *known + sizeof *address + name.size);
	if (!known)
		return;
	known->size = sizeof *address + name.size;
	memcpy(known->key, address, sizeof *address);
	memcpy(known->key + sizeof *address, name.data, name.size);
	HASH_FIND(hh, keep->name, known->key, (unsigned)known->size, there);
	if (!there)
		HASH_ADD(hh, keep->name, key[0], (unsigned)known->size, known);
	if (there || !known->hh.tbl) {
		free(known);
		return;
	}
	pcapng_add_name(&keep->file.first, address, name);
}

void keep_end(struct join *join)
{
	struct keep *keep = join->keep;

	keep_release(join, true);
	for (uint32_t i = 0; i < keep->interfaces && i < KEEP_INTERFACES; i++)
		pcapng_add_statistics(&keep->file.out, &keep->interface[i]);
	keep_write(join);
	if (keep->counts.lost)
		sink_gap(join->sink, GAP_PACKETS_LOST, 0, bytes_of("dropped by the kernel"));
}

void keep_close(struct keep *keep)
{
	struct known_name *name, *next;

	if (!keep)
		return;
	HASH_ITER(hh, keep->name, name, next)
	{
		HASH_DEL(keep->name, name);
		free(name);
	}
	if (keep->file.fd >= 0)
		packet_file_close(&keep->file);
	buffer_release(&keep->whose);
	free(keep);
}
