#include "reports/companions/oscal_check.h"

#include "core/error.h"
#include "core/hash.h"
#include "core/text.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

struct seen {
	UT_hash_handle hh;
	char key[];
};

struct check {
	struct seen *seen; /* "ELEMENT UUID" of all that have one */
	struct error *err;
};

static void check_release(struct check *check)
{
	struct seen *seen, *next;

	HASH_ITER(hh, check->seen, seen, next)
	{
		HASH_DEL(check->seen, seen);
		free(seen);
	}
}

static int refuse(struct check *check, const char *what, const char *value)
{
	scoped(buffer) struct buffer safe = { 0 };

	return error_say(check->err, EINVAL, "write OSCAL: %s: %s", what,
			 text_safe(bytes_of(value), 60, &safe));
}

static struct seen *find(struct check *check, const char *element, const char *uuid)
{
	scoped(buffer) struct buffer key = { 0 };
	struct seen *seen;

	buffer_printf(&key, "%s %s", element, uuid);
	if (buffer_status(&key) < 0)
		return NULL;
	HASH_FIND(hh, check->seen, key.data, key.size, seen);
	return seen;
}

static int add(struct check *check, const char *element, const char *uuid)
{
	size_t size = strlen(element) + 1 + strlen(uuid);
	struct seen *seen;

	if (find(check, element, uuid))
		return refuse(check, "a UUID is there twice", uuid);
	seen = calloc(1, sizeof *seen + size + 1);
	if (!seen)
		return error_set(check->err, ENOMEM, "check OSCAL");
	snprintf(seen->key, size + 1, "%s %s", element, uuid);
	HASH_ADD_KEYPTR(hh, check->seen, seen->key, size, seen);
	if (seen->hh.tbl)
		return 0;
	free(seen);
	return error_set(check->err, ENOMEM, "check OSCAL");
}

static int refers(struct check *check, const char *element, const char *uuid)
{
	return find(check, element, uuid) ? 0 : refuse(check, "nothing has the UUID", uuid);
}

/* What is defined comes before what refers to it. */
static int look_at(struct check *check, const char *element, const char *name, const char *value)
{
	if (!strcmp(name, "uuid"))
		return add(check, element, value);
	if (!strcmp(name, "observation-uuid"))
		return refers(check, "observation", value);
	if (!strcmp(name, "risk-uuid"))
		return refers(check, "risk", value);
	if (!strcmp(name, "state") && strcmp(value, "satisfied") && strcmp(value, "not-satisfied"))
		return refuse(check, "no such state", value);
	return 0;
}

static int look_at_element(struct check *check, const xmlNode *node)
{
	int r = 0;

	for (const xmlAttr *at = node->properties; at && !r; at = at->next)
		if (at->children && at->children->content)
			r = look_at(check, (const char *)node->name, (const char *)at->name,
				    (const char *)at->children->content);
	return r;
}

/* In the order of the document. */
static const xmlNode *following(const xmlNode *node)
{
	if (node->children)
		return node->children;
	while (node && !node->next)
		node = node->parent && node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
	return node ? node->next : NULL;
}

int oscal_check(struct bytes document, struct error *err)
{
	struct check check = { .err = err };
	xmlDoc *read = xmlReadMemory(document.data, (int)document.size, NULL, NULL,
				     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	const xmlNode *node = read ? xmlDocGetRootElement(read) : NULL;
	int r = node ? 0 : error_say(err, EINVAL, "write OSCAL: the document cannot be read");

	for (; node && !r; node = following(node))
		if (node->type == XML_ELEMENT_NODE)
			r = look_at_element(&check, node);
	xmlFreeDoc(read);
	check_release(&check);
	return r;
}
