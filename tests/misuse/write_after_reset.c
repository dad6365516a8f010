/* A block of an arena is written after the reset. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, block_layout);

    reset(arena);
    block[0] = 2;
}
