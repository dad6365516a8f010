/*
 * relay [ITEMS]: threads that hand blocks on, for replays.
 *
 *    a  makes ITEMS blocks ──> b  makes each larger ──> c  frees it, of every second one
 *
 * b begins when a is half done, so that it is far behind, and c when b is; a and b wait once, so
 * that they are not gone before. Each of them has blocks of its own besides. A hundred threads that
 * live one after the other each free a block of the one before and leave one. What c has left the
 * first thread frees.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_ITEMS = 4000, MOST_ITEMS = 10 * 1000 * 1000, SHORT_THREADS = 100 };

static size_t items = USUAL_ITEMS;
static char **blocks;
static atomic_size_t made, grown, dropped;

static void require(int holds)
{
    if (!holds)
        abort();
}

static void wait_for(atomic_size_t *count, size_t least)
{
    while (atomic_load(count) < least)
        sched_yield();
}

/* Born and dead in the same thread. */
static void work(size_t i)
{
    void *own = calloc(1, 16 + i % 200);

    require(own != NULL);
    free(own);
}

static void *make(void *argument)
{
    for (size_t i = 0; i < items; i++) {
        if (i == items - items / 4)
            wait_for(&grown, items / 4);
        blocks[i] = malloc(8 + i % 120);
        require(blocks[i] != NULL);
        memset(blocks[i], 1, 8);
        work(i);
        atomic_store(&made, i + 1);
    }
    return argument;
}

static void *grow(void *argument)
{
    wait_for(&made, items / 2);
    for (size_t i = 0; i < items; i++) {
        wait_for(&made, i + 1);
        if (i == items - items / 4)
            wait_for(&dropped, items / 4);
        blocks[i] = realloc(blocks[i], 8 + i % 300);
        require(blocks[i] != NULL);
        work(i);
        atomic_store(&grown, i + 1);
    }
    return argument;
}

static void *drop(void *argument)
{
    wait_for(&grown, items / 2);
    for (size_t i = 0; i < items; i++) {
        wait_for(&grown, i + 1);
        work(i);
        if (i % 2 == 0) {
            free(blocks[i]);
            blocks[i] = NULL;
        }
        atomic_store(&dropped, i + 1);
    }
    return argument;
}

static void *live_shortly(void *before)
{
    void *left = malloc(100);

    require(left != NULL);
    free(before);
    return left;
}

int main(int argc, char **argv)
{
    void *(*const functions[])(void *) = {make, grow, drop};
    pthread_t threads[3];
    void *left = NULL;

    if (argc > 1)
        items = strtoul(argv[1], NULL, 10);
    require(items > 0 && items <= MOST_ITEMS);
    blocks = calloc(items, sizeof *blocks);
    require(blocks != NULL);
    for (int i = 0; i < 3; i++)
        require(pthread_create(&threads[i], NULL, functions[i], NULL) == 0);
    for (int i = 0; i < SHORT_THREADS; i++) {
        pthread_t thread;

        require(pthread_create(&thread, NULL, live_shortly, left) == 0);
        require(pthread_join(thread, &left) == 0);
    }
    free(left);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < items; i++)
        free(blocks[i]);
    free(blocks);
    return 0;
}
