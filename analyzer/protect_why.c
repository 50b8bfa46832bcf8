#include "analyzer/protect_why.h"

#include "analyzer/protect.h"
#include "core/error.h"

void protect_why(enum resource resource, enum action action, struct bytes name, struct buffer *out)
{
	const struct protected_object *object;
	struct protection *protection;
	struct error err = { 0 };

	if (protection_open(&protection, NULL, &err) < 0)
		return;
	object = protect_find(protection, resource, action, name);
	if (object)
		buffer_printf(out, "%s: %s", object->id, object->reason);
	protection_close(protection);
}
