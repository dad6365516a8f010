/* No misuse: nobody is to see one here. */
#include "misuse.h"

static void misuse(void)
{
    char *block = take(heap, block_layout);

    acre_free(heap, block, block_layout);
    for (int i = 0; i < 10; i++) {
        take(arena, block_layout);
        take(arena, large_layout);
        acre_free(pool, take(pool, block_layout), block_layout);
        take(pool, large_layout);
        reset(arena);
        reset(pool);
        acre_trim(arena);
    }
}
