/* A freed block of malloc is read. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(heap, block_layout);

    acre_free(heap, block, block_layout);
    sink = block[8];
}
