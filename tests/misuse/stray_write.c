/* A write so far behind a block that it lands in another one. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(pool, block_layout);
    char *volatile other = take(pool, block_layout);

    block[other - block] = 2;
}
