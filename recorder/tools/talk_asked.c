#include "recorder/tools/talk_private.h"

#include <stdlib.h>

void asked_free(struct asked *asked)
{
	if (!asked)
		return;
	buffer_release(&asked->key);
	buffer_release(&asked->tool);
	buffer_release(&asked->state);
	free(asked);
}

void asked_take(struct talk *talk, struct asked *asked)
{
	if (asked->hh.tbl)
		HASH_DEL(talk->asked, asked);
	asked->hh.tbl = NULL;
}

void asked_give_up(struct talk *talk, struct asked *asked)
{
	asked_take(talk, asked);
	if (asked->asking == ASKING_CALL)
		call_give_up(talk, asked);
	else
		asked_free(asked);
}

struct asked *asked_find(const struct talk *talk, const struct message *message, enum field id)
{
	scoped(buffer) struct buffer key = { 0 };
	struct asked *asked = NULL;

	if (!skim_key(message->skim, id, 'c', &key) || buffer_status(&key) < 0)
		return NULL;
	HASH_FIND(hh, talk->asked, key.data, key.size, asked);
	return asked;
}

static bool put(struct talk *talk, struct asked *asked)
{
	HASH_ADD_KEYPTR(hh, talk->asked, asked->key.data, asked->key.size, asked);
	return asked->hh.tbl != NULL;
}

struct asked *asked_add(struct talk *talk, enum asking asking, const struct message *message)
{
	struct asked *asked, *before = asked_find(talk, message, FIELD_ID);

	if (before) /* who uses an id again does not wait for the first answer any more */
		asked_give_up(talk, before);
	if (HASH_COUNT(talk->asked) >= ASKED_MAX)
		asked_give_up(talk, talk->asked);
	asked = calloc(1, sizeof *asked);
	if (!asked)
		return NULL;
	asked->asking = asking;
	if (skim_key(message->skim, FIELD_ID, 'c', &asked->key) &&
	    buffer_status(&asked->key) == 0 && put(talk, asked))
		return asked;
	asked_free(asked);
	return NULL;
}
