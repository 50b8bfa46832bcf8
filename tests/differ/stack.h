#ifndef STACK_H
#define STACK_H

#include <stddef.h>

/* A stack of numbers: what differ.t compiles. */
struct stack {
	double *number;
	size_t count, capacity;
};

int stack_push(struct stack *stack, double number);
int stack_pop(struct stack *stack, double *ret);

#endif
