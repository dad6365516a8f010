/*
 * What the peers in C and C++ have in common: the command line, the clock, the order of handles,
 * the answer. docs/peers.md defines the tasks. Each peer is a program of its own:
 *
 *    PEER TASK NODES REPETITIONS      prints: nanoseconds per object, checksum
 */
#ifndef ACRE_BENCH_PEERS_PEER_H
#define ACRE_BENCH_PEERS_PEER_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct peer_answer {
    double ns;          /* of all repetitions */
    double objects;     /* ... over which they are divided */
    uint64_t checksum;  /* the same in every peer */
    const char *failed; /* a sentence, or NULL */
};

struct peer_task {
    const char *name;
    void (*run)(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer);
};

/* Processor time, so that what other processes do in between is not measured. */
static inline double peer_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* 0 .. count - 1 in an order that looks random and is the same in every peer; without memory for it
 * the program ends. */
static inline uint32_t *peer_order(uint32_t count)
{
    uint32_t *order = (uint32_t *)malloc(count * sizeof *order);
    uint64_t state = 1;

    if (order == NULL)
        exit(3);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count; i-- > 1;) {
        uint32_t swapped = order[i];
        uint32_t j;

        /* D. Knuth's MMIX generator (The Art of Computer Programming 2, 3.3.4). */
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        j = (uint32_t)((state >> 33) % (i + 1));
        order[i] = order[j];
        order[j] = swapped;
    }
    return order;
}

/* Runs a task of a NULL-terminated list: a tenth of the repetitions first, unmeasured. */
static inline int peer_main(int argc, char **argv, const struct peer_task *tasks)
{
    uint32_t nodes = argc == 4 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    uint32_t repetitions = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;

    for (; nodes > 0 && repetitions > 0 && tasks->name != NULL; tasks++) {
        struct peer_answer answer;

        if (strcmp(tasks->name, argv[1]) != 0)
            continue;
        memset(&answer, 0, sizeof answer);
        tasks->run(nodes, repetitions / 10 + 1, &answer);
        memset(&answer, 0, sizeof answer);
        tasks->run(nodes, repetitions, &answer);
        if (answer.failed == NULL)
            return printf("%.6f %" PRIu64 "\n", answer.ns / answer.objects, answer.checksum) < 0;
        fprintf(stderr, "%s\n", answer.failed);
        return 1;
    }
    fprintf(stderr, "usage: PEER TASK NODES REPETITIONS\n");
    return 2;
}

#endif
