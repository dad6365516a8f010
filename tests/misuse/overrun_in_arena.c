/* A byte behind a block of an arena is written: without a checker the next block begins there. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(arena, block_layout);
    volatile size_t end = BLOCK_BYTES;

    take(arena, block_layout);
    block[end] = 2;
}
