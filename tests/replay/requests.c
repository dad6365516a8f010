/* A program to be replayed: each request builds a list, counts what is in it and drops it; of every
 * fiftieth a block is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 2000, KEPT = 64, EVERY = 50 };

struct node {
    struct node *next;
    char *text;
};

static char *kept[KEPT];

static __attribute__((noinline)) struct node *parse(int count)
{
    struct node *list = NULL;

    for (int i = 0; i < count; i++) {
        struct node *node = malloc(sizeof *node);

        node->text = malloc(16 + (size_t)i % 100);
        sprintf(node->text, "%d", i);
        node->next = list;
        list = node;
    }
    return list;
}

static __attribute__((noinline)) size_t handle_request(int number)
{
    struct node *node = parse(50 + number % 50);
    size_t length = 0;

    while (node != NULL) {
        struct node *next = node->next;

        length += strlen(node->text);
        free(node->text);
        free(node);
        node = next;
    }
    if (number % EVERY == 0)
        kept[number / EVERY % KEPT] = malloc(100);
    return length;
}

int main(void)
{
    size_t length = 0;

    for (int i = 0; i < REQUESTS; i++)
        length += handle_request(i);
    printf("%zu\n", length);
    for (int i = 0; i < KEPT; i++)
        free(kept[i]);
    return 0;
}
