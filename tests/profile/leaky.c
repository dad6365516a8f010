/* Leaks that are known: REMEMBERED blocks of 48 bytes in remember, one of 5 in main, one of 100 in
 * a thread that has one more and frees it; and one that is resized. With a third argument it kills
 * itself. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    char text[40];
};

static struct node *volatile list;
static void *volatile kept;

static __attribute__((noinline)) void remember(const char *text)
{
    struct node *node = malloc(sizeof *node);

    if (node == NULL)
        exit(1);
    node->next = list;
    snprintf(node->text, sizeof node->text, "%s", text);
    list = node;
}

static __attribute__((noinline)) void load(int count)
{
    for (int i = 0; i < count; i++)
        remember("a text");
    list = NULL; /* lost */
}

static __attribute__((noinline)) void *scratch(void)
{
    return calloc(1, 200);
}

static void *work(void *unused)
{
    void *block = scratch();

    kept = malloc(100);
    free(block);
    return unused;
}

static __attribute__((noinline)) void *grow(void *block)
{
    return realloc(block, 3000);
}

int main(int argc, char **argv)
{
    pthread_t thread;

    load(argc > 1 ? atoi(argv[1]) : 7);
    kept = strdup("lost");
    if (pthread_create(&thread, NULL, work, NULL) != 0 || pthread_join(thread, NULL) != 0)
        return 1;
    kept = grow(malloc(10));
    for (int i = 2; i < argc; i++)
        raise(SIGKILL);
    puts("done");
    return 0;
}
