#include "list.h"
#include "queue.h"
#include "stack.h"
#include "table.h"
#include "text.h"
#include "tree.h"

#include <stdio.h>

int main(void)
{
	printf("%d\n", list_size() + queue_size() + stack_size());
	printf("%d\n", table_size() + text_size() + tree_size());
	return 0;
}
