/* A block is freed, and freed again. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(heap, block_layout);

    acre_free(heap, block, block_layout);
    acre_free(heap, block, block_layout);
}
