/* A block of the arena is freed to malloc. */
#include "misuse.h"

static void misuse(void)
{
    acre_free(heap, take(arena, block_layout), block_layout);
}
