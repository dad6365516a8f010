/*
 * A program to be recorded: blocks of the sizes that programs have, freed and allocated anew at
 * random places of a table. It knows nothing of acre, and measures itself, so that what a recorder
 * costs can be told a call: with CALLS LIVE DEPTH THREADS arguments, from a stack that is DEPTH
 * functions deep.
 *
 *    churn 10000000 1000 8 1      prints the nanoseconds a call
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct work {
    uint64_t calls, live, depth;
    uint64_t random;
    void **blocks;
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Marsaglia's xorshift64. */
static uint64_t draw(struct work *work)
{
    work->random ^= work->random << 13;
    work->random ^= work->random >> 7;
    work->random ^= work->random << 17;
    return work->random;
}

/* Four places in the program that allocate. */
static __attribute__((noinline)) void *node(size_t bytes)
{
    return malloc(bytes);
}

static __attribute__((noinline)) void *text(size_t bytes)
{
    return malloc(bytes + 8);
}

static __attribute__((noinline)) void *list(size_t bytes)
{
    return malloc(2 * bytes);
}

static __attribute__((noinline)) void *table(size_t bytes)
{
    return malloc(4 * bytes);
}

static void replace(struct work *work, void **slot, uint64_t random)
{
    static void *(*const makers[])(size_t) = {node, text, list, table};

    (void)work;
    free(*slot);
    *slot = makers[random >> 60 & 3](16 + (random >> 32 & 127));
    if (*slot == NULL)
        abort();
    *(char *)*slot = 1;
}

static void churn(struct work *work)
{
    for (uint64_t i = 0; i < work->calls; i += 2) {
        uint64_t random = draw(work);

        replace(work, &work->blocks[(random & UINT32_MAX) * work->live >> 32], random);
    }
}

/* Not a tail call: each level is a frame. */
static __attribute__((noinline)) uint64_t descend(struct work *work, uint64_t depth)
{
    volatile uint64_t level = depth;

    if (depth == 0)
        churn(work);
    else
        return descend(work, depth - 1) + level;
    return level;
}

static void *run(void *argument)
{
    struct work *work = argument;

    work->blocks = calloc(work->live, sizeof *work->blocks);
    if (work->blocks == NULL)
        abort();
    descend(work, work->depth);
    for (uint64_t i = 0; i < work->live; i++)
        free(work->blocks[i]);
    free(work->blocks);
    return NULL;
}

static uint64_t number(int argc, char **argv, int i, uint64_t otherwise)
{
    return argc > i ? strtoull(argv[i], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    enum { MOST_THREADS = 64 };
    struct work works[MOST_THREADS];
    pthread_t others[MOST_THREADS];
    struct work work = {
        .calls = number(argc, argv, 1, 10000000),
        .live = number(argc, argv, 2, 1000),
        .depth = number(argc, argv, 3, 8),
    };
    uint64_t threads = number(argc, argv, 4, 1);
    uint64_t begin_ns = now_ns();

    if (threads < 1 || threads > MOST_THREADS || work.live == 0)
        return 2;
    for (uint64_t t = 0; t < threads; t++) {
        works[t] = work;
        works[t].random = UINT64_C(0x9E3779B97F4A7C15) * (t + 1);
        if (t > 0 && pthread_create(&others[t], NULL, run, &works[t]) != 0)
            return 1;
    }
    run(&works[0]);
    for (uint64_t t = 1; t < threads; t++)
        pthread_join(others[t], NULL);
    printf("%.3f\n", (double)(now_ns() - begin_ns) / (double)work.calls);
    return 0;
}
