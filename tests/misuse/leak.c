/* A block of an arena that nobody knows any more, at the end of the program. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, block_layout);

    block = NULL;
    exit(block == NULL ? 0 : 99); /* no other block is alive but the arena's own and alive.c's */
}
