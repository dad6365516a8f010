/* A large block is read when its chunk was given back. */
#define MISUSE_PAGES acre_malloc_new
#include "misuse.h"

static void misuse(void)
{
    char *volatile block = take(arena, large_layout);

    reset(arena);
    acre_trim(arena);
    sink = block[0];
}
