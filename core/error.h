#ifndef CORE_ERROR_H
#define CORE_ERROR_H

/* Why a call failed.  Zero it before the first call; filled only on failure, and the first
 * writer keeps the text, because it stood nearest to the cause. */
struct error {
	int code;	/* errno value, 0 while nothing failed */
	char text[640]; /* one line without a newline, fit to follow "pare: " */
};

/* Records "VERB OBJECT: REASON", the reason being strerror(code).  Returns -code, ready for
 * `return`.  Outside data in `what` must have gone through text_safe() (core/text.h). */
int error_set(struct error *err, int code, const char *what, ...)
	__attribute__((format(printf, 3, 4)));

/* The same where errno has no word for the reason: `what` is the whole sentence. */
int error_say(struct error *err, int code, const char *what, ...)
	__attribute__((format(printf, 3, 4)));

#endif
