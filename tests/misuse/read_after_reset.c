/* A block of an arena is read after the reset. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, block_layout);

    reset(arena);
    sink = block[0];
}
