/* A freed block of an arena is read, whose memory stays until the reset. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, block_layout);

    acre_free(arena, block, block_layout);
    sink = block[0];
}
