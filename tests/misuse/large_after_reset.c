/* A block with a chunk of its own is read after the reset. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, large_layout);

    reset(arena);
    sink = block[0];
}
