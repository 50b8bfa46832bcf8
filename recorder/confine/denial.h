#ifndef RECORDER_CONFINE_DENIAL_H
#define RECORDER_CONFINE_DENIAL_H

#include "core/hash.h"
#include "core/policy.h"

#include <stdio.h>

struct error;

/* Why something was denied. */
enum denied_why {
	DENIED_NOT,
	DENIED_NO_RULE,
	DENIED_ARGV,	/* a program, which the nearest rule admits only with other arguments */
	DENIED_EXPIRED, /* the nearest rule admitted it once */
	DENIED_GATE,	/* the nearest rule wants a person's word, which it did not get */
	DENIED_RATE,	/* the nearest rule has admitted as many as it does */
	DENIED_LATE,	/* the nearest rule admits it only sooner after the phase began */
	DENIED_RACED,	/* it was got by changing the call's memory; the process was killed */
	DENIED_CLAIM,	/* it was asked for on a connection that was there; killed */
	DENIED_ALWAYS,	/* whatever the policy says */
	DENIED_LIMIT,	/* the agent shall not take so much of the machine */
};

/* Of what it shall not take so much: struct policy_limits. */
enum denied_limit { LIMIT_NONE, LIMIT_TIME, LIMIT_TASKS, LIMIT_MEMORY, LIMIT_FILE };

/* Something that a program was denied, however often. */
struct denial {
	UT_hash_handle hh;
	enum resource resource;
	enum action action;
	enum denied_why why;
	struct bytes name, program; /* raw */
	/* Of a program that was given these arguments: the template that admits them alone, no
	 * data where there is none, and the nearest one of the rule, or NULL. */
	struct bytes argv;
	const char *nearest_argv;
	int64_t count;
	const struct rule *nearest; /* of the policy; NULL: none is anywhere near */
	/* DENIED_LIMIT: `name` is the file, where that is known; ns, tasks, bytes. */
	enum denied_limit limit;
	int64_t asked; /* the most; 0: nobody knows how much it would have been */
	char key[];
};

/* In the order in which they came; zero it to begin. */
struct denials {
	struct denial *denial;
};

/* Counts one.  0 or -ENOMEM. */
int denials_add(struct denials *denials, const struct denial *denial);
void denials_release(struct denials *denials);

/* Of a program that was denied for its arguments: the files that these name, as far as the words
 * tell. */
typedef void denial_path(void *context, struct bytes path);
void denial_each_path(const struct denial *denial, const struct roots *roots, denial_path *visit,
		      void *context);

/* Why it had better stay denied: appends that, or nothing.  main.c has it from the analyzer. */
typedef void denial_protects(void *context, const struct denial *denial, struct buffer *out);

struct denial_report {
	const struct roots *roots;
	const struct policy_limits *limits;
	denial_protects *protects; /* NULL: nobody knows */
	void *context;
};

/* For people: what was denied, the nearest rule, and the smallest rule that would admit it. */
void denials_print(const struct denials *denials, const struct denial_report *report, FILE *out);
/* A limit as the policy has it: its name there, how much it admits, and the most that was seen. */
struct denied_amount {
	const char *name;
	int64_t allowed, most;
};
struct denied_amount denial_amount(const struct denial *denial, const struct denial_report *report);
/* The same for people, after what was wanted, and before the limit that would do. */
void denial_write_taken(const struct denial *denial, const struct denial_report *report,
			struct buffer *out);
void denial_write_limit(const struct denial *denial, const struct denial_report *report,
			struct buffer *out);
void denial_write_limit_change(const struct denial *denial, const struct denial_report *report,
			       struct buffer *out);
/* One JSON object a line.  0 or -errno. */
int denials_print_json(const struct denials *denials, const struct denial_report *report,
		       FILE *out);

#endif
