/* The byte in front of a block of malloc is written. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(heap, block_layout);
    volatile ptrdiff_t at = -1;

    block[at] = 2;
    acre_free(heap, block, block_layout);
}
