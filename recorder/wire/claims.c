#include "recorder/wire/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void claims_begin(struct claims *claims)
{
	*claims = (struct claims){ .first = NULL };
	claims->end = &claims->first;
	pthread_mutex_init(&claims->lock, NULL);
}

void claims_end(struct claims *claims)
{
	struct claim *claim;

	while ((claim = claims_take(claims)))
		free(claim);
	pthread_mutex_destroy(&claims->lock);
}

void claims_add(struct claims *claims, pid_t pid, const char *program, struct bytes name)
{
	struct claim *claim = calloc(1, sizeof *claim + name.size + 1);

	if (!claim)
		return;
	claim->pid = pid;
	snprintf(claim->program, sizeof claim->program, "%s", program);
	memcpy(claim->bytes, name.data, name.size);
	claim->name = (struct bytes){ claim->bytes, name.size };
	pthread_mutex_lock(&claims->lock);
	*claims->end = claim;
	claims->end = &claim->next;
	claims->some = true;
	pthread_mutex_unlock(&claims->lock);
}

struct claim *claims_take(struct claims *claims)
{
	struct claim *claim;

	if (!claims->some)
		return NULL;
	pthread_mutex_lock(&claims->lock);
	claim = claims->first;
	if (claim)
		claims->first = claim->next;
	if (!claims->first) {
		claims->end = &claims->first;
		claims->some = false;
	}
	pthread_mutex_unlock(&claims->lock);
	return claim;
}
