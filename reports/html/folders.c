#include "reports/html/folders.h"

#include "reports/html/collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 2

/* The bytes of a file's name that name its folder: at most DEPTH components. */
static struct bytes folder_of(const char *name)
{
	const char *last = strrchr(name, '/'), *end = name;
	size_t depth = 0;

	for (const char *at = name; at < last; at++)
		if (at > name && *at == '/' && ++depth == DEPTH)
			return (struct bytes){ name, (size_t)(at - name) };
	if (!last) /* $WS itself */
		return bytes_of(name);
	end = last > name ? last : name + 1;
	return (struct bytes){ name, (size_t)(end - name) };
}

static bool counts(const struct object *object)
{
	uint32_t wanted = ACTIONS_READ | ACTIONS_CHANGE | ACTION_BIT(ACTION_LIST);

	return object->resource == RESOURCE_FILE && *object->name &&
	       (object->actions[OUTCOME_OK] & wanted);
}

static int add(struct folders *folders, struct keys *keys, size_t *room,
	       const struct object *object)
{
	struct bytes name = folder_of(object->name);
	struct folder *folder;
	size_t number;

	if (keys_number(keys, name, &number))
		return -ENOMEM;
	if (number == folders->count) {
		folder = array_grow(folders->folder, number, room, sizeof *folder);
		if (!folder)
			return -ENOMEM;
		folders->folder = folder;
		folders->count++;
		folder[number].name = strndup(name.data, name.size);
		if (!folder[number].name)
			return -ENOMEM;
	}
	folders->folder[number].files++;
	folders->folder[number].changed += (object->actions[OUTCOME_OK] & ACTIONS_CHANGE) != 0;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct folder *one = a, *other = b;

	if (one->files != other->files)
		return one->files > other->files ? -1 : 1;
	return strcmp(one->name, other->name);
}

int folders_collect(struct folders *ret, const struct report_model *model)
{
	struct keys keys = { 0 };
	size_t room = 0;
	int status = 0;

	*ret = (struct folders){ 0 };
	for (size_t i = 0; !status && i < model->object_count; i++)
		if (counts(&model->object[i]))
			status = add(ret, &keys, &room, &model->object[i]);
	keys_release(&keys);
	if (!status && ret->count)
		qsort(ret->folder, ret->count, sizeof *ret->folder, compare);
	return status;
}

void folders_cleanup(struct folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		free(folders->folder[i].name);
	free(folders->folder);
	*folders = (struct folders){ 0 };
}
