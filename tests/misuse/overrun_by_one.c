/* The byte behind a block of malloc is written. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(heap, block_layout);

    ((volatile char *)block)[BLOCK_BYTES] = 2;
    acre_free(heap, block, block_layout);
}
