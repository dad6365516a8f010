/* A block is freed as a smaller one. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(heap, block_layout);

    acre_free(heap, block, (struct acre_layout){BLOCK_BYTES - 8, 16, ACRE_PURPOSE_DATA});
}
