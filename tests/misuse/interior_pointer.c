/* The address of the ninth byte is freed. */
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(heap, block_layout);

    acre_free(heap, block + 8, block_layout);
}
