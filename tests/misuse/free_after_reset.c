/* A block of a pool is freed after the reset, and so is on a list while its memory is on the way to
 * others. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(pool, block_layout);

    reset(pool);
    acre_free(pool, block, block_layout);
}
