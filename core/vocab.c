#include "core/vocab.h"

#include <stddef.h>
#include <string.h>

const struct word resource_word[] = {
#define RESOURCE(code, name, text, names) { code, text, names },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word action_word[] = {
#define ACTION(code, name, text, past) { code, text, past },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word outcome_word[] = {
#define OUTCOME(code, name, text, meaning) { code, text, meaning },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word via_word[] = {
#define VIA(code, name, text) { code, text, "" },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word protocol_word[] = {
#define PROTOCOL(code, name, text) { code, text, "" },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word source_word[] = {
#define SOURCE(code, name, text, meaning) { code, text, meaning },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word status_word[] = {
#define STATUS(code, name, text, outcome, meaning) { code, text, meaning },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word listing_word[] = {
#define LISTING(code, name, text, meaning) { code, text, meaning },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word ruling_word[] = {
#define RULING(code, name, text, meaning) { code, text, meaning },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word fingerprint_word[] = {
#define FINGERPRINT(code, name, text, meaning) { code, text, meaning },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

const struct word gap_word[] = {
#define GAP(code, name, text, meaning) { code, text, meaning },
#include "core/vocab.def"
	{ 0, NULL, NULL }
};

static const struct {
	enum resource resource;
	enum action action;
} pair[] = {
#define PAIR(resource, action) { RESOURCE_##resource, ACTION_##action },
#include "core/vocab.def"
};

const struct word *word_by_code(const struct word *list, int code)
{
	static const struct word unknown = { 0, "?", "" };

	for (; list->code; list++)
		if (list->code == code)
			return list;
	return &unknown;
}

int word_code(const struct word *list, const char *text)
{
	for (; list->code; list++)
		if (!strcmp(list->text, text))
			return list->code;
	return 0;
}

const char *resource_text(enum resource resource)
{
	return word_by_code(resource_word, resource)->text;
}

const char *action_text(enum action action)
{
	return word_by_code(action_word, action)->text;
}

const char *outcome_text(enum outcome outcome)
{
	return word_by_code(outcome_word, outcome)->text;
}

const char *via_text(enum via via)
{
	return word_by_code(via_word, via)->text;
}

const char *protocol_text(enum protocol protocol)
{
	return word_by_code(protocol_word, protocol)->text;
}

const char *source_text(enum host_source source)
{
	return word_by_code(source_word, source)->text;
}

const char *status_text(enum call_status status)
{
	return word_by_code(status_word, status)->text;
}

enum outcome status_outcome(enum call_status status)
{
	static const enum outcome outcome[] = {
#define STATUS(code, name, text, outcome, meaning) [code] = OUTCOME_##outcome,
#include "core/vocab.def"
	};
	size_t place = (size_t)status;

	return place < sizeof outcome / sizeof *outcome && outcome[place] ? outcome[place]
									  : OUTCOME_UNKNOWN;
}

const char *listing_text(enum tool_change change)
{
	return word_by_code(listing_word, change)->text;
}

const char *ruling_text(enum ruling verdict)
{
	return word_by_code(ruling_word, verdict)->text;
}

const char *fingerprint_text(enum fingerprint_kind kind)
{
	return word_by_code(fingerprint_word, kind)->text;
}

const char *gap_text(enum gap_kind kind)
{
	return word_by_code(gap_word, kind)->text;
}

const char *gap_meaning(enum gap_kind kind)
{
	return word_by_code(gap_word, kind)->meaning;
}

bool resource_has_action(enum resource resource, enum action action)
{
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
		if (pair[i].resource == resource && pair[i].action == action)
			return true;
	return false;
}
