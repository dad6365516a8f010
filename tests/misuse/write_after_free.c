/* A freed block of malloc is written. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(heap, block_layout);

    acre_free(heap, block, block_layout);
    block[8] = 2;
}
