#include "analyzer/evidence.h"

static void digest_peak(struct digest *digest, const struct run_peak *peak)
{
	digest_int(digest, peak->second);
	digest_int(digest, peak->minute);
	digest_int(digest, peak->hour);
	digest_int(digest, peak->count);
	digest_int(digest, peak->since_ms);
}

static void digest_atom(struct digest *digest, const struct atom *atom)
{
	digest_bytes(digest, (struct bytes){ atom->key, atom->hh.keylen });
	digest_int(digest, atom->runs);
	digest_int(digest, atom->count);
	digest_int(digest, atom->first_ns);
	digest_int(digest, atom->last_ns);
	digest_int(digest, atom->own);
	for (uint32_t i = 0; i < atom->peaks.count; i++)
		digest_peak(digest, &atom->peaks.peak[i]);
}

int evidence_digest(const struct evidence *evidence, char ret_hex[static DIGEST_HEX_SIZE])
{
	struct digest *digest;
	int r = digest_open(&digest);

	if (r)
		return r;
	for (size_t i = 0; i < evidence->run_count; i++) {
		digest_bytes(digest, bytes_of(evidence->run[i].id));
		digest_int(digest, evidence->run[i].is_incomplete);
		digest_int(digest, evidence->run[i].gaps);
	}
	for (const struct atom *atom = evidence->atom; atom; atom = atom->hh.next)
		digest_atom(digest, atom);
	for (const struct atom *atom = evidence->command; atom; atom = atom->hh.next)
		digest_atom(digest, atom);
	tool_calls_digest(&evidence->calls, digest);
	digest_int(digest, evidence->most.runs);
	digest_int(digest, evidence->most.most_ns);
	digest_int(digest, evidence->most.most_tasks);
	digest_int(digest, evidence->most.most_memory_bytes);
	digest_int(digest, evidence->most.most_file_bytes);
	digest_close(digest, ret_hex);
	return 0;
}
