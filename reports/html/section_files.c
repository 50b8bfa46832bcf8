#include "reports/html/drawings.h"
#include "reports/html/folders.h"
#include "reports/html/parts.h"
#include "reports/html/pick.h"
#include "reports/html/rows.h"

#define SHOWN_FOLDERS 40
#define SHOWN_CHANGED 300
#define SHOWN_READ    500

static bool is_file(const struct object *object)
{
	return object->resource == RESOURCE_FILE && object->tally[OUTCOME_OK].runs;
}

static bool is_changed(const struct object *object)
{
	return is_file(object) && (object->actions[OUTCOME_OK] & ACTIONS_CHANGE);
}

static bool is_only_read(const struct object *object)
{
	uint32_t actions = object->actions[OUTCOME_OK];

	return is_file(object) && !(actions & ACTIONS_CHANGE) &&
	       (actions & (ACTIONS_READ | ACTION_BIT(ACTION_LIST)));
}

static int64_t count(const struct report_model *model, pick_object *want)
{
	int64_t sum = 0;

	for (size_t i = 0; i < model->object_count; i++)
		sum += want(&model->object[i]);
	return sum;
}

static bool is_own(const struct object *object)
{
	return is_changed(object) && object->own;
}

static void add_answer(const struct report_model *model, struct element *into)
{
	int64_t files = count(model, is_file), changed = count(model, is_changed);
	int64_t read = count(model, is_only_read), own = count(model, is_own);
	char room[4][WORDS_SIZE];

	if (!files) {
		part_answer(into, "None: it used no file.");
		return;
	}
	part_answer(into,
		    "It changed %s (%s of its own making), only read or listed %s, and only looked "
		    "up %s.",
		    counted(changed, "file", "files", room[0]), number_text(own, room[1]),
		    counted(read, "more", "more", room[2]),
		    counted(files - changed - read, "other", "others", room[3]));
}

static int add_folders(const struct report_model *model, struct element *into)
{
	static const struct column column[] = { { "Folder", COLUMN_NAME },
						{ "Files", COLUMN_NUMBER },
						{ "Of these changed", COLUMN_NUMBER },
						{ NULL, COLUMN_TEXT } };
	__attribute__((cleanup(folders_cleanup))) struct folders folders;
	int status = folders_collect(&folders, model);
	struct element *body;
	size_t i;

	if (status || !folders.count)
		return status;
	body = part_table(into, "folders-caption", "Files read, listed or changed, by folder",
			  column);
	for (i = 0; i < folders.count && i < SHOWN_FOLDERS; i++) {
		struct element *row = part_row(body);

		part_name(row, folders.folder[i].name, 0);
		part_number(row, folders.folder[i].files);
		part_number(row, folders.folder[i].changed);
	}
	part_more(into, i, folders.count, "each of them smaller");
	return 0;
}

int section_files(const struct report_model *model, struct element *into)
{
	int status;

	add_answer(model, into);
	status = figure_folders(model, into);
	if (!status)
		status = add_folders(model, into);
	if (!status)
		status = rows_objects(model, into,
				      &(struct object_table){
					      .id = "changed-caption",
					      .caption = "Files it changed",
					      .want = is_changed,
					      .limit = SHOWN_CHANGED,
				      });
	if (!status)
		status = rows_objects(model, into,
				      &(struct object_table){
					      .id = "read-caption",
					      .caption = "Files and folders it only read, listed "
							 "or mapped as code",
					      .want = is_only_read,
					      .limit = SHOWN_READ,
				      });
	return status;
}
