#include "stack.h"

#include <stdio.h>

int main(void)
{
	struct stack stack = { 0 };
	double number = 0;

	if (stack_push(&stack, 1.5) < 0 || stack_pop(&stack, &number) < 0)
		return 1;
	printf("%g\n", number);
	return 0;
}
