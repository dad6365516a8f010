/* What a block holds that a reset has made anew: bytes of the last iteration. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, block_layout);

    reset(arena);
    block = need(acre_allocate(arena, block_layout));
    if (block[1] == 42) /* nobody wrote it since the reset */
        sink = 1;
}
