/* A program with a malloc of its own, which stands in front of any that is preloaded. */
#include <stddef.h>
#include <stdio.h>

void *malloc(size_t bytes);
void free(void *block);

static char memory[1 << 20];
static size_t used;

__attribute__((visibility("default"))) void *malloc(size_t bytes)
{
    char *block = memory + used;

    used += (bytes + 15) & ~(size_t)15;
    return used <= sizeof memory ? block : NULL;
}

__attribute__((visibility("default"))) void free(void *block)
{
    (void)block;
}

int main(void)
{
    char *block = malloc(100);

    puts(block != NULL ? "has allocated" : "has not");
    free(block);
    return 0;
}
