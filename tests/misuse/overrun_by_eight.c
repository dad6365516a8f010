/* Eight bytes behind a block of malloc are written. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(heap, block_layout);
    volatile uint64_t *words = (volatile uint64_t *)(void *)block;

    words[BLOCK_BYTES / 8] = 2;
    acre_free(heap, block, block_layout);
}
