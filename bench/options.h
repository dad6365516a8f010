/* The command line of a benchmark binary. */
#ifndef ACRE_BENCH_OPTIONS_H
#define ACRE_BENCH_OPTIONS_H

#include <stdio.h>

#include "bench/backend_list.h"
#include "bench/bench.h"
#include "bench/visit/visit.h"

/* At the default strategies and these, a workload takes less than a minute and all of them less
 * than ten. */
enum {
    ACRE_VISIT_MS = 50,
    ACRE_MEMORY_MS = 300,
    ACRE_SUITE_MEMORY_MS = 100,
    ACRE_SUITE_ROUNDS = 16
};

struct acre_bench_options {
    struct acre_values parameters[ACRE_MOST_PARAMETERS]; /* of the workload, in its order */
    struct acre_values ages;                             /* of heaps; the clean one, 0, first */
    uint64_t age_occupancy_percent;
    uint64_t iterations; /* 0: each workload's own */
    uint64_t rounds, seed;
    bool rounds_were_named;
    uint64_t visit_ms;  /* measuring in a timed visit */
    uint64_t memory_ms; /* of a memory visit's iterations; 0: no such visit */
    struct acre_backend_list backends;
    bool lifetimes[ACRE_LIFETIME_COUNT];
    bool lifetimes_were_named; /* then each must have a pair that can run */
    const char *json_path;     /* NULL: none */
    const char *draw_path;     /* NULL: measure */
    const char *trace_path;    /* NULL: none */
    uint64_t trace_limit_bytes;
    const char *region;     /* ... within which function blocks are in a region; NULL: none are */
    const char *reset_at;   /* ... which function resets it; NULL: the same */
    uint64_t rotation;      /* of that: 1 or 2; 0: not said */
    bool is_reap;           /* ... and takes single blocks back */
    double run_seconds;     /* of a program that is played: what it takes unrecorded; 0: not said */
    const char *trace_name; /* of a workload that plays a program: whose; NULL: not said */
    const char *stats_dir;  /* NULL: reports of the libraries are not kept */
    double time_budget_seconds; /* 0: as many rounds as asked for */
    double planted_percent;     /* by which the noise floor's second measurement is slowed down */
    struct acre_rails rails;    /* any: check instead of measuring */
    bool in_process, quiet, wide, help;

    /* Between parent and child only. */
    bool is_child;
    double spin_percent; /* of a timed visit, see struct acre_visit */
    enum acre_visit_kind visit;
    uint64_t peak_call;
    const char *report_paths[ACRE_MOMENTS];
    struct acre_litter_load load;
    uint64_t gauge; /* a descriptor; 0: none */
};

/*
 * Reads argv, the options of this workload, or of all together where it is NULL. False with one
 * sentence in `error` that names the option and what would be right. Strings are borrowed from
 * argv.
 */
bool acre_bench_options_read(struct acre_bench_options *options,
                             const struct acre_workload *workload, int argc, char **argv,
                             char *error, size_t error_bytes);

/* The text of --help. */
void acre_bench_options_help(FILE *stream, const struct acre_workload *workload,
                             const char *program);

#endif
