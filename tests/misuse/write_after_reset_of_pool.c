/* A block of a pool is written after the reset. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(pool, block_layout);

    reset(pool);
    block[8] = 2;
}
