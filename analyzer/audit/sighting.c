#include "analyzer/audit/sighting.h"

#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const enum severity severity_row[] = {
#define SECRET_READ(...)
#define CASE(id, severity) [CASE_##id] = SEVERITY_##severity,
#include "analyzer/audit/severity.def"
};

static const struct {
	const char *id;
	enum severity severity;
} secret_row[] = {
#define SECRET_READ(id, severity) { id, SEVERITY_##severity },
#define CASE(...)
#include "analyzer/audit/severity.def"
};

enum severity severity_of(enum severity_case which)
{
	return severity_row[which];
}

enum severity severity_of_secret(const char *id)
{
	for (size_t i = 0; i < sizeof secret_row / sizeof *secret_row; i++)
		if (!strcmp(secret_row[i].id, id))
			return secret_row[i].severity;
	return SEVERITY_MEDIUM;
}

/* What is said of those that are too many to be told apart. */
#define OTHERS "others, too many to list"

static struct sighting *new_sighting(const char *kind, const char *what, const struct buffer *key)
{
	struct sighting *sighting = calloc(1, sizeof *sighting + key->size + 1);

	if (!sighting)
		return NULL;
	memcpy(sighting->key, key->data, key->size);
	sighting->kind = kind;
	sighting->what = strdup(what);
	if (sighting->what)
		return sighting;
	free(sighting);
	return NULL;
}

static void free_sighting(struct sighting *sighting)
{
	for (size_t i = 0; i < sighting->program_count; i++)
		free(sighting->program[i]);
	free(sighting->witness);
	free(sighting->remedy);
	free(sighting->what);
	free(sighting);
}

static struct sighting *find_known(const struct sessions *sessions, const char *kind,
				   const char *what, struct buffer *key)
{
	struct sighting *sighting = NULL;

	buffer_clear(key);
	buffer_printf(key, "%s %s", kind, what);
	if (buffer_status(key) == 0)
		HASH_FIND(hh, sessions->sighting, key->data, key->size, sighting);
	return sighting;
}

static struct kind_count *count_of(struct sessions *sessions, const char *kind)
{
	struct kind_count *at = sessions->kind;

	while (at->kind && strcmp(at->kind, kind) != 0 && at + 1 < sessions->kind + KINDS_MAX)
		at++;
	at->kind = kind;
	return at;
}

static struct sighting *find_or_add(struct sessions *sessions, const char *kind, const char *what)
{
	scoped(buffer) struct buffer key = { 0 };
	struct sighting *sighting = find_known(sessions, kind, what, &key);
	struct kind_count *count = count_of(sessions, kind);
	bool is_full = count->count >= SIGHTINGS_APART;

	if (!sighting && is_full)
		sighting = find_known(sessions, kind, OTHERS, &key);
	if (sighting || buffer_status(&key) < 0)
		return sighting;
	sighting = new_sighting(kind, is_full ? OTHERS : what, &key);
	if (!sighting)
		return NULL;
	sighting->is_of_others = is_full;
	HASH_ADD_KEYPTR(hh, sessions->sighting, sighting->key, key.size, sighting);
	if (!sighting->hh.tbl) {
		free_sighting(sighting);
		return NULL;
	}
	count->count++;
	return sighting;
}

struct sighting *sighting_add(struct sessions *sessions, const char *kind, enum severity severity,
			      const struct buffer *what)
{
	struct sighting *sighting = NULL;

	if (buffer_status(what) == 0)
		sighting = find_or_add(sessions, kind, buffer_text(what));
	if (!sighting)
		return NULL;
	if (severity > sighting->severity)
		sighting->severity = severity;
	if (!sighting->runs)
		sighting->root = sessions->session.root;
	if (sighting->last_run != sessions->session.number)
		sighting->runs++;
	sighting->last_run = sessions->session.number;
	return sighting;
}

int sighting_witness_of(struct sighting *sighting, const char *run, int64_t seq, const char *shows)
{
	struct witness *witness;

	if (!sighting->witness)
		sighting->witness = calloc(SIGHTING_WITNESSES, sizeof *witness);
	if (!sighting->witness)
		return -ENOMEM;
	if (sighting->witness_count == SIGHTING_WITNESSES)
		return 0;
	witness = &sighting->witness[sighting->witness_count++];
	snprintf(witness->run, sizeof witness->run, "%s", run);
	witness->seq = seq;
	witness->shows = shows;
	return 0;
}

int sighting_witness(const struct sessions *sessions, struct sighting *sighting, int64_t seq,
		     const char *shows)
{
	return sighting_witness_of(sighting, sessions->session.run->id, seq, shows);
}

int sighting_program(struct sighting *sighting, const char *program)
{
	for (size_t i = 0; i < sighting->program_count; i++)
		if (!strcmp(sighting->program[i], program))
			return 0;
	if (sighting->program_count == SIGHTING_PROGRAMS) {
		sighting->has_more_programs = true;
		return 0;
	}
	sighting->program[sighting->program_count] = strdup(program);
	if (!sighting->program[sighting->program_count])
		return -ENOMEM;
	sighting->program_count++;
	return 0;
}

void sightings_release(struct sessions *sessions)
{
	struct sighting *sighting, *next;

	HASH_ITER(hh, sessions->sighting, sighting, next)
	{
		HASH_DEL(sessions->sighting, sighting);
		free_sighting(sighting);
	}
}

static void write_programs(const struct sighting *sighting, struct buffer *out)
{
	for (size_t i = 0; i < sighting->program_count; i++) {
		buffer_add(out, i ? ", " : "; by ");
		text_escape(bytes_of(sighting->program[i]), TEXT_SAFE, out);
	}
	if (sighting->has_more_programs)
		buffer_add(out, " and others");
}

static int make_finding(struct auditing *auditing, const struct finding_row *row,
			const struct sighting *sighting, const char *remedy)
{
	scoped(buffer) struct buffer text = { 0 };
	struct audit_finding *finding;
	int r;

	buffer_printf(&text, "%s: %" PRId64 " times in %" PRId64 " runs", sighting->what,
		      sighting->times, sighting->runs);
	if (sighting->sent_bytes)
		buffer_printf(&text, ", %" PRId64 " bytes sent there", sighting->sent_bytes);
	write_programs(sighting, &text);
	if (buffer_status(&text) < 0)
		return -ENOMEM;
	finding = finding_add(auditing, row, sighting->severity, -1, sighting->what, "%s",
			      buffer_text(&text));
	r = finding ? finding_remedy(finding, "%s", sighting->remedy ?: remedy) : -ENOMEM;
	for (size_t i = 0; i < sighting->witness_count && !r; i++)
		r = finding_witness(finding, &sighting->witness[i]);
	return r;
}

int sightings_find(struct auditing *auditing, const struct finding_row *row, const char *remedy)
{
	int r = 0;

	for (struct sighting *sighting = auditing->sessions->sighting; sighting && !r;
	     sighting = sighting->hh.next)
		if (!strcmp(sighting->kind, row->name))
			r = make_finding(auditing, row, sighting, remedy);
	return r;
}

void touch_write(const struct session *session, const struct touch *touch, struct buffer *out)
{
	pattern_of_name(&session->roots, touch->mark->resource, touch->mark->name, out);
}
