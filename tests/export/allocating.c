/* A program whose figures are known: 5,000 nodes of 48 bytes in 50 lists of 100, which are dropped;
 * a block that grows from 100,000 bytes to 200,000 while nothing else lives; three nodes that are
 * never freed. */
#include <stdlib.h>

struct node {
    struct node *next;
    char room[40];
};

/* Inlined on purpose, and called twice. */
static inline __attribute__((always_inline)) struct node *node_new(struct node *next)
{
    struct node *node = malloc(sizeof *node);

    if (node == NULL)
        abort();
    node->next = next;
    return node;
}

static __attribute__((noinline)) struct node *parse(unsigned count)
{
    struct node *list = NULL;

    for (unsigned i = 0; i < count; i++)
        list = node_new(list);
    return list;
}

static __attribute__((noinline)) void drop(struct node *list)
{
    while (list != NULL) {
        struct node *next = list->next;

        free(list);
        list = next;
    }
}

static __attribute__((noinline)) void grow(void)
{
    char *block = malloc(100000);
    char *grown = block != NULL ? realloc(block, 200000) : NULL;

    if (grown == NULL)
        abort();
    free(grown);
}

struct node *volatile kept;

int main(void)
{
    for (unsigned i = 0; i < 50; i++)
        drop(parse(100));
    grow();
    kept = parse(2);
    kept = node_new(kept);
    kept = NULL;
    return 0;
}
