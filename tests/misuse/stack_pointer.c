/* An array of the stack is freed. */
#include "misuse.h"

static void misuse(void)
{
    char local[2 * BLOCK_BYTES] = "";
    char *volatile block = local + BLOCK_BYTES - (size_t)local % 16;

    acre_free(heap, block, block_layout);
}
