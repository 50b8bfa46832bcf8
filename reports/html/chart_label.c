#include "reports/html/chart.h"

#include "core/text.h"

#include <stdio.h>

#define COLUMN_WIDTH 0.58 /* of the font size: an average of the system fonts, on the safe side */

double chart_label_width(double size, const char *text)
{
	return text_columns(text) * size * COLUMN_WIDTH;
}

const char *chart_fit(const char *text, double size, double width, char room[CHART_LABEL_SIZE])
{
	unsigned columns = width > 0 ? (unsigned)(width / (size * COLUMN_WIDTH)) : 0;
	scoped(buffer) struct buffer cut = { 0 };

	if (columns < 7 && text_columns(text) > columns)
		return "";
	buffer_add(&cut, text);
	snprintf(room, CHART_LABEL_SIZE, "%s", text_cut(&cut, columns < 60 ? columns : 60));
	return room;
}
