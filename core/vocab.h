#ifndef CORE_VOCAB_H
#define CORE_VOCAB_H

#include <stdbool.h>

/* The words of vocab.def as enums.  Values are the codes that the store keeps, so 0 is "none". */

enum resource {
#define RESOURCE(code, name, text, names) RESOURCE_##name = (code),
#include "core/vocab.def"
};

enum action {
#define ACTION(code, name, text, past) ACTION_##name = (code),
#include "core/vocab.def"
};

enum outcome {
#define OUTCOME(code, name, text, meaning) OUTCOME_##name = (code),
#include "core/vocab.def"
};

enum via {
#define VIA(code, name, text) VIA_##name = (code),
#include "core/vocab.def"
};

enum protocol {
#define PROTOCOL(code, name, text) PROTOCOL_##name = (code),
#include "core/vocab.def"
};

enum host_source {
#define SOURCE(code, name, text, meaning) SOURCE_##name = (code),
#include "core/vocab.def"
};

enum call_status {
#define STATUS(code, name, text, outcome, meaning) STATUS_##name = (code),
#include "core/vocab.def"
};

enum tool_change {
#define LISTING(code, name, text, meaning) LISTING_##name = (code),
#include "core/vocab.def"
};

enum ruling {
#define RULING(code, name, text, meaning) RULING_##name = (code),
#include "core/vocab.def"
};

enum fingerprint_kind {
#define FINGERPRINT(code, name, text, meaning) FINGERPRINT_##name = (code),
#include "core/vocab.def"
};

enum gap_kind {
#define GAP(code, name, text, meaning) GAP_##name = (code),
#include "core/vocab.def"
};

/* One word of one kind, as a row of the table. */
struct word {
	int code;
	const char *text;
	const char *meaning; /* help, past tense or explanation; "" where the row has none */
};

/* Each list is in the order of the rows and ends with code 0. */
extern const struct word resource_word[];
extern const struct word action_word[];
extern const struct word outcome_word[];
extern const struct word via_word[];
extern const struct word protocol_word[];
extern const struct word source_word[];
extern const struct word status_word[];
extern const struct word listing_word[];
extern const struct word ruling_word[];
extern const struct word fingerprint_word[];
extern const struct word gap_word[];

/* The row of `code`, or a row with text "?" where a newer store holds a code we do not know. */
const struct word *word_by_code(const struct word *list, int code);
/* The code of `text`, or 0. */
int word_code(const struct word *list, const char *text);

const char *resource_text(enum resource resource);
const char *action_text(enum action action);
const char *outcome_text(enum outcome outcome);
const char *via_text(enum via via);
const char *protocol_text(enum protocol protocol);
const char *source_text(enum host_source source);
const char *status_text(enum call_status status);
/* What an access is that consists in the call; OUTCOME_UNKNOWN of a status that is not known. */
enum outcome status_outcome(enum call_status status);
const char *listing_text(enum tool_change change);
const char *ruling_text(enum ruling verdict);
const char *fingerprint_text(enum fingerprint_kind kind);
const char *gap_text(enum gap_kind kind);
const char *gap_meaning(enum gap_kind kind);

/* Whether `resource` has `action` at all. */
bool resource_has_action(enum resource resource, enum action action);

#endif
