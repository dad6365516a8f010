/* A block is read when its arena has ended. */
#define MISUSE_PAGES acre_malloc_new
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, block_layout);

    end_kind(ARENA);
    sink = block[0];
}
