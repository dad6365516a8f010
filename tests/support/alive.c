/*
 * Linked into every test program. Memcheck looks for leaked pool blocks only while at least one
 * malloc'd block is alive; a program whose memory all comes from mmapped arenas would be declared
 * free of leaks without a look. This block is that one.
 */
#include <stdlib.h>

static void *volatile acre_alive;

__attribute__((constructor)) static void acre_keep_one_block_alive(void)
{
    acre_alive = malloc(16);
}
