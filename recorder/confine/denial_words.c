/* Files that the arguments of a denied program name. */
#include "recorder/confine/denial.h"

#include "core/argv.h"
#include "core/error.h"

struct search {
	const struct roots *roots;
	denial_path *visit;
	void *context;
};

/* A path below a root, or an absolute one, which may stand behind "--file=". */
static void visit_word(const struct search *search, const struct argv_item *item)
{
	struct bytes folder = root_folder(search->roots, item->root);
	scoped(buffer) struct buffer path = { 0 };

	if (!item->text || (item->root == ROOT_NONE && *item->text != '/'))
		return;
	if (item->root != ROOT_NONE)
		buffer_append(&path, folder.data, folder.size);
	if (item->root != ROOT_NONE && *item->text && *item->text != '/')
		buffer_add_char(&path, '/');
	buffer_add(&path, item->text);
	search->visit(search->context, buffer_bytes(&path));
}

static void visit_all(const struct search *search, const struct argv *argv)
{
	for (size_t i = 0; i < argv->count; i++) {
		visit_word(search, &argv->item[i]);
		for (size_t k = 0; k < argv->item[i].count; k++)
			visit_all(search, &argv->item[i].command[k]);
	}
}

void denial_each_path(const struct denial *denial, const struct roots *roots, denial_path *visit,
		      void *context)
{
	const struct search search = { roots, visit, context };
	scoped(argv) struct argv argv = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct error ignored = { 0 };

	buffer_append(&text, denial->argv.data, denial->argv.size);
	if (denial->argv.data && argv_read(&argv, buffer_text(&text), &ignored) == 0)
		visit_all(&search, &argv);
}
