#ifndef TESTS_UNIT_ARGV_FIXTURE_H
#define TESTS_UNIT_ARGV_FIXTURE_H

/* Command lines as tests write them: words with | between them ("" of none, "a||b" an empty one).
 */

#include "core/argv.h"
#include "core/bytes.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each word ended by a NUL. */
static inline struct bytes words_of(const char *line, struct buffer *out)
{
	buffer_clear(out);
	buffer_add(out, line);
	buffer_add_char(out, '|');
	for (size_t i = 0; i < out->size; i++)
		if (out->data[i] == '|')
			out->data[i] = '\0';
	return buffer_bytes(out);
}

static inline void command_of(const char *program, const char *line, struct argv *ret)
{
	scoped(buffer) struct buffer raw = { 0 };
	struct bytes words = words_of(line, &raw);

	assert_int_equal(argv_of_command(ret, bytes_of(program), words), 0);
}

/* The template that was learned from a command. */
static inline void learn(const char *program, const char *line, const struct roots *roots,
			 struct buffer *out)
{
	scoped(argv) struct argv argv = { 0 };

	command_of(program, line, &argv);
	assert_int_equal(argv_make_symbolic(&argv, roots), 0);
	buffer_clear(out);
	argv_write(&argv, out);
}

static inline bool admits(const char *text, const struct roots *roots, const char *program,
			  const char *line)
{
	scoped(argv) struct argv argv = { 0 }, command = { 0 };
	struct error err = { 0 };

	if (argv_read(&argv, text, &err) < 0)
		fail_msg("%s", err.text);
	command_of(program, line, &command);
	return argv_matches(&argv, roots, &command);
}

#endif
