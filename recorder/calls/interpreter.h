#ifndef RECORDER_CALLS_INTERPRETER_H
#define RECORDER_CALLS_INTERPRETER_H

#include "recorder/calls/calls.h"

/* What the kernel opens by itself in an exec: the interpreter that a script names in its first
 * line, and the loader that a program names (execve(2), elf(5)).  They use object[1]. */

/* After an exec of object[0]: reports the interpreters on the way, if it is a script. */
void interpreter_report_script(struct call *call);
/* Before an exec of object[0]: reports the interpreters on the way, and the loader of what is run.
 */
void interpreter_report_needs(struct call *call);
/* Whether the file of that name is one that an exec fails with ENOEXEC for, as far as its first
 * bytes tell and nobody has taught the kernel other formats (binfmt_misc). */
bool interpreter_is_no_program(const struct call *call, struct bytes name);
/* After an exec of object[0], a script: appends the words that the kernel has put before what the
 * script was given (load_script() in the kernel's fs/binfmt_script.c), each with a NUL behind. */
void interpreter_write_words(struct call *call, struct buffer *out);
/* After an exec: reports the loader of what runs now.  Returns its path, NULL for a program without
 * one; until the call's next use. */
const char *interpreter_report_loader(struct call *call);
/* After an exec of object[0] that failed: reports what it failed for, where that is an interpreter
 * or a loader that is missing or no program. */
void interpreter_report_broken(struct call *call);

#endif
