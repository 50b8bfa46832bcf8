#include "reports/html/witnesses.h"

#include "core/error.h"
#include "reports/html/collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
	struct report_model *model;
	size_t room;
};

static int gather_one(struct gathering *gathering, const struct witness *witness)
{
	struct report_model *model = gathering->model;
	struct report_witness *grown;

	if (!*witness->run)
		return 0;
	grown = array_grow(model->witness, model->witness_count, &gathering->room, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	model->witness = grown;
	grown[model->witness_count].witness = *witness;
	grown[model->witness_count++].witness.shows = NULL;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct report_witness *one = a, *other = b;
	int order = strcmp(one->witness.run, other->witness.run);

	if (order)
		return order;
	return one->witness.seq < other->witness.seq ? -1 : one->witness.seq > other->witness.seq;
}

static void sort_once(struct report_model *model)
{
	size_t kept = 0;

	if (model->witness_count)
		qsort(model->witness, model->witness_count, sizeof *model->witness, compare);
	for (size_t i = 0; i < model->witness_count; i++)
		if (!kept || compare(&model->witness[kept - 1], &model->witness[i]))
			model->witness[kept++] = model->witness[i];
	model->witness_count = kept;
}

static int gather(struct report_model *model)
{
	const struct audit *audit = model->audit;
	struct gathering gathering = { .model = model };
	int status = 0;

	for (size_t i = 0; !status && i < audit->grant_count; i++)
		status = gather_one(&gathering, &audit->grant[i].use.last);
	for (size_t i = 0; !status && i < audit->finding_count; i++)
		for (size_t k = 0; !status && k < audit->finding[i].witness_count; k++)
			status = gather_one(&gathering, &audit->finding[i].witness[k]);
	if (!status)
		sort_once(model);
	return status;
}

struct keeping {
	const struct report_model *model;
	struct report_witness *witness;
};

static int keep(void *context, const struct access *access, const struct image *image)
{
	const struct keeping *keeping = context;
	struct report_witness *witness = keeping->witness;

	witness->resource = access->resource;
	witness->action = access->action;
	witness->outcome = access->outcome;
	witness->count = access->count;
	witness->first_ns = access->first_ns;
	witness->last_ns = access->last_ns;
	witness->name = report_safe_text(keeping->model, access->name, &witness->flags);
	witness->program =
		report_safe_text(keeping->model, image->program, &witness->program_flags);
	witness->is_there = true;
	return witness->name && witness->program ? 0 : -ENOMEM;
}

int witnesses_load(struct report_model *model, struct store *store, struct error *err)
{
	int status = gather(model);

	if (status)
		return error_set(err, ENOMEM, "read the evidence of findings");
	for (size_t i = 0; i < model->witness_count && !status; i++) {
		struct report_witness *witness = &model->witness[i];
		struct keeping keeping = { model, witness };

		status = store_find_access(store, witness->witness.run, witness->witness.seq, keep,
					   &keeping, err);
		if (status == -ENOENT) /* the table says so */
			status = 0;
	}
	return status;
}

void witnesses_release(struct report_model *model)
{
	for (size_t i = 0; i < model->witness_count; i++) {
		free(model->witness[i].name);
		free(model->witness[i].program);
	}
	free(model->witness);
}
