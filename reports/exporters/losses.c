#include "reports/exporters/losses.h"

#include "core/policy.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>

const char *loss_text(enum loss_kind kind)
{
	static const char *const text[] = {
		[LOSS_NARROWED] = "narrowed",
		[LOSS_WIDENED] = "widened",
		[LOSS_DROPPED] = "dropped",
		[LOSS_NEEDS_HELPER] = "needs-helper",
	};

	return text[kind];
}

static struct loss *add(struct losses *losses)
{
	if (losses->count == losses->capacity) {
		size_t capacity = losses->capacity ? losses->capacity * 2 : 16;
		struct loss *grown = reallocarray(losses->loss, capacity, sizeof *grown);

		if (!grown)
			return NULL;
		losses->loss = grown;
		losses->capacity = capacity;
	}
	return &losses->loss[losses->count];
}

void losses_add(struct losses *losses, const struct rule *rule, enum loss_kind kind,
		const char *format, ...)
{
	struct loss *loss = add(losses);
	char *reason;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&reason, format, args);
	va_end(args);
	if (size >= 0 && loss) {
		scoped(buffer) struct buffer sentence = { 0 };

		if (rule)
			buffer_printf(&sentence, "%s %s: ", action_text(rule->action),
				      rule->pattern);
		buffer_add(&sentence, reason);
		*loss = (struct loss){ rule, kind, buffer_steal(&sentence) };
	}
	if (size < 0 || !loss || !loss->sentence)
		losses->failed = true;
	else
		losses->count++;
	if (size >= 0)
		free(reason);
}

int losses_status(const struct losses *losses)
{
	return losses->failed ? -ENOMEM : 0;
}

size_t losses_count(const struct losses *losses, enum loss_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < losses->count; i++)
		count += losses->loss[i].kind == kind;
	return count;
}

void losses_cleanup(struct losses *losses)
{
	for (size_t i = 0; i < losses->count; i++)
		free(losses->loss[i].sentence);
	free(losses->loss);
	*losses = (struct losses){ 0 };
}

void losses_write(const struct losses *losses, const char *prefix, struct buffer *out)
{
	for (size_t i = 0; i < losses->count; i++) {
		const struct loss *loss = &losses->loss[i];

		buffer_printf(out, "%s%-12s  %-14s  %s\n", prefix, loss_text(loss->kind),
			      loss->rule ? loss->rule->id : "-", loss->sentence);
	}
}

static int add_json(json_t *list, const struct loss *loss)
{
	json_t *row = json_object();
	int r = 0;

	r |= json_object_set_new(row, "rule",
				 loss->rule ? json_string(loss->rule->id) : json_null());
	r |= json_object_set_new(row, "kind", json_string(loss_text(loss->kind)));
	r |= json_object_set_new(row, "sentence", json_string(loss->sentence));
	return json_array_append_new(list, row) | r;
}

int losses_write_json(const struct losses *losses, struct buffer *out)
{
	json_t *list = json_array();
	char *text;
	int r = list ? 0 : -1;

	for (size_t i = 0; i < losses->count; i++)
		r |= add_json(list, &losses->loss[i]);
	text = r ? NULL : json_dumps(list, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	json_decref(list);
	if (!text)
		return -ENOMEM;
	buffer_add(out, text);
	buffer_add_char(out, '\n');
	free(text);
	return buffer_status(out);
}
