#include "analyzer/call_arguments.h"

#include "core/sql.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Where fewer numbers vary they are a set. */
#define NUMBERS_MIN 4
/* Shorter words of the letters a to f are words. */
#define HEX_MIN 6
/* Runs that show that machines make other names, and that a scope has other members. */
#define CHANCE_RUNS 2
#define SCOPE_RUNS  2

/* What may be open, as far as it has been looked at. */
struct trial {
	struct choices *choices;
	const struct tuning *tuning;
	struct argument *argument;
	enum argument_format format;
};

static struct bytes text_of(const struct choice *choice)
{
	return (struct bytes){ json_string_value(choice->value),
			       json_string_length(choice->value) };
}

static size_t size_of(const struct choice *choice)
{
	bool symbolic;

	return argument_string(text_of(choice), &symbolic).size;
}

/* ---- limits ---- */

/* The power of two that is next to a number, away from 0 or towards it; 0 is 0. */
static long long power_of(long long number, bool away)
{
	unsigned long long size =
		number < 0 ? -(unsigned long long)number : (unsigned long long)number;
	unsigned long long power = 1;

	if (!size)
		return 0;
	while (power <= size / 2)
		power *= 2;
	if (away && power < size)
		power *= 2;
	if (power > LLONG_MAX)
		return number < 0 ? LLONG_MIN : LLONG_MAX;
	return number < 0 ? -(long long)power : (long long)power;
}

int set_limits(struct argument *argument, long long least, long long most, bool widen)
{
	if (widen) {
		least = power_of(least, least < 0);
		most = power_of(most, most > 0);
	}
	if (asprintf(&argument->least, "%lld", least) < 0)
		argument->least = NULL;
	if (asprintf(&argument->most, "%lld", most) < 0)
		argument->most = NULL;
	return argument->least && argument->most ? 0 : -ENOMEM;
}

static bool is_open_for(const struct choices *choices, size_t runs)
{
	return runs && choices_spread(choices, NULL, NULL) >= runs;
}

static size_t count_alone(const struct choices *choices)
{
	size_t count = 0;

	for (size_t i = 0; i < choices->count; i++)
		count += choices->choice[i].runs == 1;
	return count;
}

static int set_integers(struct choices *choices, struct argument *argument)
{
	long long least = LLONG_MAX, most = LLONG_MIN;

	for (size_t i = 0; i < choices->count; i++) {
		struct choice *choice = &choices->choice[i];
		long long number = json_integer_value(choice->value);

		choice->open = choice->runs == 1;
		least = choice->open && number < least ? number : least;
		most = choice->open && number > most ? number : most;
	}
	return set_limits(argument, least, most, true);
}

static bool is_less(const struct choice *a, const struct choice *b)
{
	return json_real_value(a->value) < json_real_value(b->value);
}

static int copy_limits(const struct choice *least, const struct choice *most,
		       struct argument *argument)
{
	argument->least = least ? strdup(least->text) : NULL;
	argument->most = most ? strdup(most->text) : NULL;
	return argument->least && argument->most ? 0 : -ENOMEM;
}

static int set_reals(struct choices *choices, struct argument *argument)
{
	const struct choice *least = NULL, *most = NULL;

	for (size_t i = 0; i < choices->count; i++) {
		struct choice *choice = &choices->choice[i];

		choice->open = choice->runs == 1;
		if (choice->open && (!least || is_less(choice, least)))
			least = choice;
		if (choice->open && (!most || is_less(most, choice)))
			most = choice;
	}
	return copy_limits(least, most, argument);
}

int open_numbers(struct choices *choices, const struct tuning *tuning, struct argument *argument)
{
	if (!is_open_for(choices, tuning->chosen_runs) || count_alone(choices) < NUMBERS_MIN)
		return 0;
	return argument->type == TYPE_INTEGER ? set_integers(choices, argument)
					      : set_reals(choices, argument);
}

/* ---- strings ---- */

/* Of a path the scope is its root, until what is common below it is known. */
static bool fits(enum argument_format format, const struct choice *choice, struct buffer *scope)
{
	buffer_clear(scope);
	if (format == FORMAT_HEX && size_of(choice) < HEX_MIN)
		return false;
	if (!format_fits(format, text_of(choice), scope) || buffer_status(scope) < 0)
		return false;
	if (format == FORMAT_PATH && strcspn(buffer_text(scope), "/") < scope->size) {
		scope->size = strcspn(scope->data, "/");
		scope->data[scope->size] = '\0';
	}
	return true;
}

static bool all_fit(const struct trial *trial)
{
	scoped(buffer) struct buffer scope = { 0 };

	for (size_t i = 0; i < trial->choices->count; i++)
		if (trial->choices->choice[i].runs == 1 &&
		    !fits(trial->format, &trial->choices->choice[i], &scope))
			return false;
	return true;
}

/* What is a statement of SQL never becomes any text. */
static bool has_sql(const struct choices *choices)
{
	scoped(buffer) struct buffer shape = { 0 };

	for (size_t i = 0; i < choices->count; i++)
		if (format_fits(FORMAT_SQL, text_of(&choices->choice[i]), &shape))
			return true;
	return false;
}

static bool is_allowed(const struct trial *trial)
{
	size_t runs =
		argument_format_is_chance(trial->format) ? CHANCE_RUNS : trial->tuning->chosen_runs;

	if (!is_open_for(trial->choices, runs))
		return false;
	return trial->format < FORMAT_WORD || !has_sql(trial->choices);
}

struct scope_key {
	enum argument_format format;
	const char *scope;
};

static bool is_in_scope(const struct choice *choice, void *context)
{
	const struct scope_key *key = context;
	scoped(buffer) struct buffer scope = { 0 };

	return fits(key->format, choice, &scope) && !strcmp(buffer_text(&scope), key->scope);
}

/* What two folders, the second of which is that of a file, have in common. */
static void join(struct buffer *folder, struct bytes path)
{
	size_t same = 0;

	while (same < folder->size && same < path.size && folder->data[same] == path.data[same])
		same++;
	if (same == folder->size && same < path.size && path.data[same] == '/')
		return;
	while (same && folder->data[--same] != '/')
		;
	folder->size = same;
	folder->data[same] = '\0';
}

/* The folder that all paths below a root are in. */
static void narrow(const struct trial *trial, const struct scope_key *key, struct buffer *out)
{
	for (size_t i = 0; i < trial->choices->count; i++) {
		const struct choice *choice = &trial->choices->choice[i];
		struct bytes text = text_of(choice);

		if (choice->runs != 1 || !is_in_scope(choice, (void *)key))
			continue;
		if (out->size)
			join(out, text);
		else
			buffer_append(out, text.data,
				      (size_t)((const char *)memrchr(text.data, '/', text.size) -
					       text.data));
	}
}

/* A folder that a document may name, and not all of what is the user's. */
static bool may_be_scope(const struct trial *trial, const struct buffer *scope)
{
	if (!scope->size || scope->data[scope->size - 1] == ' ')
		return false;
	for (size_t i = 0; i < scope->size; i++)
		if (scope->data[i] < ' ' || scope->data[i] > '~')
			return false;
	return trial->format != FORMAT_PATH || strcmp(scope->data, root_text(ROOT_HOME)) != 0;
}

/* 1: opened; 0: it is too narrow, or too wide; -ENOMEM. */
static int open_scope(struct trial *trial, const char *name)
{
	struct scope_key key = { trial->format, name };
	scoped(buffer) struct buffer scope = { 0 };
	struct argument *argument = trial->argument;

	if (choices_spread(trial->choices, is_in_scope, &key) < SCOPE_RUNS)
		return 0;
	if (trial->format == FORMAT_PATH)
		narrow(trial, &key, &scope);
	else
		buffer_add(&scope, name);
	if (buffer_status(&scope) < 0)
		return -ENOMEM;
	if (!may_be_scope(trial, &scope))
		return 0;
	for (size_t i = 0; i < trial->choices->count; i++) {
		struct choice *choice = &trial->choices->choice[i];

		choice->open = choice->open || (choice->runs == 1 && is_in_scope(choice, &key));
	}
	return texts_add(&argument->scope, &argument->scope_count, buffer_steal(&scope)) ?: 1;
}

/* Each scope once: whatever is open already has been there. */
static int open_scopes(struct trial *trial)
{
	int opened = 0, r = 0;

	for (size_t i = 0; i < trial->choices->count && r >= 0; i++) {
		const struct choice *choice = &trial->choices->choice[i];
		scoped(buffer) struct buffer scope = { 0 };

		if (choice->runs != 1 || choice->open || !fits(trial->format, choice, &scope))
			continue;
		r = open_scope(trial, buffer_text(&scope));
		opened += r > 0;
	}
	return r < 0 ? r : opened;
}

static int open_all(struct trial *trial)
{
	for (size_t i = 0; i < trial->choices->count; i++)
		trial->choices->choice[i].open = trial->choices->choice[i].runs == 1;
	return 1;
}

static int set_sizes(const struct trial *trial)
{
	size_t least = SIZE_MAX, most = 0;

	for (size_t i = 0; i < trial->choices->count; i++) {
		size_t size = size_of(&trial->choices->choice[i]);

		if (!trial->choices->choice[i].open)
			continue;
		least = size < least ? size : least;
		most = size > most ? size : most;
	}
	return set_limits(trial->argument, (long long)least, (long long)most,
			  trial->format > FORMAT_HEX);
}

int open_strings(struct choices *choices, const struct tuning *tuning, struct argument *argument)
{
	struct trial trial = { choices, tuning, argument, FORMAT_UUID };
	int r;

	if (!count_alone(choices))
		return 0;
	for (; trial.format < FORMAT_COUNT; trial.format++) {
		if (!all_fit(&trial) || !is_allowed(&trial))
			continue;
		r = argument_format_scope(trial.format) ? open_scopes(&trial) : open_all(&trial);
		if (r <= 0)
			return r; /* no wider one, where each value has a scope of its own */
		argument->format = trial.format;
		return set_sizes(&trial);
	}
	return 0;
}
