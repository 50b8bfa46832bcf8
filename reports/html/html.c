#include "core/error.h"
#include "core/text.h"
#include "reports/html/parts.h"
#include "reports/html/sections.h"
#include "reports/redact/redact.h"

#include <errno.h>

enum when { ALWAYS, AUDIT, LAUNCH };

static const struct {
	const char *name;
	enum when when;
	const char *heading, *question;
	section *fill;
} section_row[] = {
#define SECTION(name, when, heading, question) { #name, when, heading, question, section_##name },
#include "reports/html/sections.def"
};

#define SECTION_COUNT (sizeof section_row / sizeof *section_row)

static bool is_wanted(const struct report_model *model, size_t number)
{
	enum when when = section_row[number].when;

	return when == ALWAYS || (when == AUDIT) == (model->audit != NULL);
}

static void add_contents(const struct report_model *model, struct element *body)
{
	struct element *nav = page_element(body, "nav"), *list;
	char target[40];

	page_attribute(nav, "aria-label", "Contents");
	list = page_element(nav, "ol");
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		struct element *link;

		if (!is_wanted(model, i))
			continue;
		link = page_element(page_element(list, "li"), "a");
		snprintf(target, sizeof target, "#%s", section_row[i].name);
		page_text(page_attribute(link, "href", target), section_row[i].heading);
	}
}

static int add_section(const struct report_model *model, struct element *main, size_t number)
{
	struct element *element = page_element(main, "section"), *heading;
	char id[48];

	page_attribute(element, "id", section_row[number].name);
	snprintf(id, sizeof id, "%s-heading", section_row[number].name);
	page_attribute(element, "aria-labelledby", id);
	heading = page_element(element, "h2");
	page_text(page_attribute(heading, "id", id), section_row[number].heading);
	page_text(page_attribute(page_element(element, "p"), "class", "question"),
		  section_row[number].question);
	return section_row[number].fill(model, element);
}

static int fill(const struct report_model *model, struct element *body)
{
	struct element *skip = page_element(body, "a"), *main;
	int status;

	page_attribute(page_attribute(skip, "class", "skip"), "href", "#main");
	page_text(skip, "Skip to the report");
	status = (model->audit ? audit_top : section_top)(model, page_element(body, "header"));
	add_contents(model, body);
	main = page_attribute(page_element(body, "main"), "id", "main");
	for (size_t i = 0; !status && i < SECTION_COUNT; i++)
		if (is_wanted(model, i))
			status = add_section(model, main, i);
	page_text(page_element(page_element(body, "footer"), "p"),
		  "Written by pare " PARE_VERSION
		  " from a read-only snapshot of the evidence.  The "
		  "same evidence and the same date give the same bytes.");
	return status;
}

int report_page(const struct report_model *model, struct page **ret, struct error *err)
{
	scoped(buffer) struct buffer title = { 0 }, name = { 0 }, agent = { 0 };
	scoped(page) struct page *page = NULL;
	int status;

	redact(model->redactor, bytes_of(model->agent), &agent);
	buffer_printf(&title, "Permission %s: %s", model->audit ? "audit" : "report",
		      text_safe(buffer_bytes(&agent), 80, &name));
	if (buffer_status(&title))
		return error_set(err, ENOMEM, "begin page");
	status = page_open(&page, buffer_text(&title), err);
	if (status)
		return status;
	page_redact(page, model->redactor);
	status = fill(model, page_body(page));
	page_redact(page, NULL);
	if (status)
		return error_set(err, -status, "build page");
	*ret = page;
	page = NULL;
	return 0;
}
