/* A byte in front of a large block of an arena is written, behind the header of its chunk. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(arena, large_layout);
    volatile ptrdiff_t at = -32;

    block[at] = 2;
}
