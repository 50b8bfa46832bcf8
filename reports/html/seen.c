#include "reports/html/collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the store's numbers stand for, so that a name is looked at once and not at each access. */

/* Numbers beyond are those of a database that somebody made, and are not remembered. */
#define IMAGES_MOST (INT64_C(1) << 22)
#define KEYS_MOST   (INT64_C(1) << 26)

/* Makes the array longer than `last`, with zeros; NULL when memory ran out. */
static void *reach(void *array, size_t *room, size_t last, size_t size)
{
	size_t more = *room ? *room : 64;
	char *grown;

	while (more <= last)
		more *= 2;
	if (more == *room)
		return array;
	grown = reallocarray(array, more, size);
	if (!grown)
		return NULL;
	memset(grown + *room * size, 0, (more - *room) * size);
	*room = more;
	return grown;
}

int see_image(struct collector *c, int64_t seq, size_t program)
{
	size_t *grown;

	if (seq < 0 || seq >= IMAGES_MOST)
		return 0;
	grown = reach(c->image, &c->image_room, (size_t)seq, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	c->image = grown;
	grown[seq] = program + 1;
	return 0;
}

bool seen_image(const struct collector *c, int64_t seq, size_t *ret)
{
	if (seq < 0 || seq >= IMAGES_MOST || (size_t)seq >= c->image_room || !c->image[seq])
		return false;
	*ret = c->image[seq] - 1;
	return true;
}

void forget_images(struct collector *c)
{
	if (c->image)
		memset(c->image, 0, c->image_room * sizeof *c->image);
}

int see_object(struct collector *c, int64_t key, size_t object)
{
	struct seen_key *grown;

	if (key <= 0 || key >= KEYS_MOST || object > UINT32_MAX)
		return 0;
	grown = reach(c->seen, &c->seen_count, (size_t)key, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	c->seen = grown;
	grown[key] = (struct seen_key){ .era = c->era, .object = (uint32_t)object };
	return 0;
}

bool seen_object(const struct collector *c, int64_t key, size_t *ret)
{
	if (key <= 0 || key >= KEYS_MOST || (size_t)key >= c->seen_count ||
	    c->seen[key].era != c->era)
		return false;
	*ret = c->seen[key].object;
	return true;
}
