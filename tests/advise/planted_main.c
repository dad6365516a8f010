/*
 *    planted SCENARIO SEED [TURNS] [region]
 *
 * Runs one of the programs below and prints a checksum. The seed decides on sizes and counts, never
 * on what is true. With "region" the program is built as it is to be advised. PLANTED_TIME=1 in the
 * environment: prints besides how long it took, in nanoseconds.
 */
#include "planted.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TURNS = 400, TURNS_MOST = 1000000 };

static const struct scenario {
    const char *name;
    uint64_t (*run)(const struct run *run);
    unsigned arenas; /* with "region"; 0: cannot be built so */
} scenarios[] = {
    /* A region for each request, for all sites. */
    {"request", run_request, 1},
    /* Two regions in rotation: at a turn's begin what the last one built is alive. */
    {"seed_order", run_seed_order, 2},
    /* Two regions, one for each phase. */
    {"phases", run_phases, 0},
    /* A region for each document takes all. */
    {"nested", run_nested, 1},
    /* A region for each request; what keep_result makes stays. */
    {"kept_result", run_kept_result, 1},
    /* None: the one site makes both what dies and what lives. */
    {"mixed_site", run_mixed_site, 0},
    /* A region for each request; what fill_cache makes stays. */
    {"cache", run_cache, 0},
    /* A region for each request; what append_log makes stays. */
    {"grown_over_turns", run_grown_over_turns, 0},
    /* A region for each request, for all sites. */
    {"grown_within", run_grown_within, 1},
    /* None: blocks die in another thread. */
    {"handoff", run_handoff, 0},
    /* A region for each request; what leak_one makes stays. */
    {"leak", run_leak, 0},
    /* None. */
    {"one_shot", run_one_shot, 0},
    /* A region for each simulate_step, which there are in the middle only. */
    {"middle", run_middle, 0},
    /* A region for each turn's scratch, and one for what lives from one flush_batch to the next. */
    {"interleaved", run_interleaved, 0},
    /* None that would be worth it: there are hardly any calls. */
    {"pool", run_pool, 0},
    /* None that could be told: what recurs is the interpreted program. */
    {"interpreter", run_interpreter, 0},
    /* A region for each request with even seeds, none with odd ones. */
    {"second_input", run_second_input, 0},
    /* A region for each of many small turns. */
    {"strided", run_strided, 0},
};

static const struct scenario *find_scenario(const char *name)
{
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}

static int read_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *number <= most;
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int usage(void)
{
    fprintf(stderr, "usage: planted SCENARIO SEED [TURNS] [region]\nscenarios:");
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        fprintf(stderr, " %s", scenarios[i].name);
    fprintf(stderr, "\n");
    return 2;
}

int main(int argc, char **argv)
{
    const char *timed = getenv("PLANTED_TIME");
    int with_region = argc > 3 && strcmp(argv[argc - 1], "region") == 0;
    int numbers = argc - 2 - with_region;
    const struct scenario *scenario = argc > 1 ? find_scenario(argv[1]) : NULL;
    uint64_t turns = TURNS;
    struct run run;

    if (scenario == NULL || numbers < 1 || numbers > 2 || (with_region && scenario->arenas == 0) ||
        !read_number(argv[2], UINT64_MAX, &run.seed) ||
        (numbers == 2 && (!read_number(argv[3], TURNS_MOST, &turns) || turns == 0)))
        return usage();
    run.turns = (unsigned)turns;
    draw_from(run.seed);
    region_start(with_region ? scenario->arenas : 0);

    int64_t start_ns = now_ns();
    uint64_t sum = scenario->run(&run);
    int64_t ns = now_ns() - start_ns;

    region_end();
    printf("%016" PRIx64 "\n", sum);
    if (timed != NULL && strcmp(timed, "1") == 0)
        printf("NS %" PRId64 "\n", ns);
    return 0;
}
