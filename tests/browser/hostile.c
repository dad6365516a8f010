/* A program whose functions have names that a page must not take for markup. FIRST and LONG are
 * told when it is built; its path is as bad. */
#include <stdlib.h>

__attribute__((noinline)) void *first(size_t bytes) __asm__(FIRST);
__attribute__((noinline)) void *long_one(size_t bytes) __asm__(LONG);

void *first(size_t bytes)
{
    void *volatile block = malloc(bytes);

    return block;
}

void *long_one(size_t bytes)
{
    void *volatile block = first(bytes);

    return block;
}

int main(void)
{
    for (size_t bytes = 1; bytes < 2000; bytes++)
        free(bytes % 2 ? first(bytes) : long_one(bytes));
}
