#include "stack.h"

#include <stdlib.h>

int stack_push(struct stack *stack, double number)
{
	if (stack->count == stack->capacity) {
		size_t capacity = 2 * stack->capacity + 1;
		double *grown = realloc(stack->number, capacity * sizeof *grown);

		if (!grown)
			return -1;
		stack->number = grown;
		stack->capacity = capacity;
	}
	stack->number[stack->count++] = number;
	return 0;
}

int stack_pop(struct stack *stack, double *ret)
{
	if (stack->count == 0)
		return -1;
	*ret = stack->number[--stack->count];
	return 0;
}
