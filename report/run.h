/*
 * A run: what a benchmark binary measured, as plain data. The runner fills it, the JSON writer and
 * reader carry it, the table and the comparison look at it. docs/run-format.md is its schema.
 *
 * Owns everything it points to; acre_run_free frees it. Strings are UTF-8 and never NULL unless
 * said so.
 */
#ifndef ACRE_REPORT_RUN_H
#define ACRE_REPORT_RUN_H

#include "alloc/waste.h"
#include "report/exit_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Written, and the oldest that is read. */
enum { ACRE_RUN_VERSION = 7, ACRE_RUN_OLDEST_VERSION = 2 };

/* One value a round, in the order of the rounds. */
struct acre_series {
    double *values;
    size_t count;
};

/* Exact books of one purpose over the recorded run. */
struct acre_purpose_counts {
    char *name;
    uint64_t allocations, frees; /* blocks that a reset dropped count as freed */
    uint64_t requested_bytes;    /* total over the run */
    uint64_t peak_blocks, peak_bytes;
    uint64_t live_blocks, live_bytes;         /* after the drain: what leaked */
    uint64_t outlived_blocks, outlived_bytes; /* died in a later iteration than they were born in */
};

/* One iteration of the recorded run. */
struct acre_iteration_counts {
    uint64_t allocations, requested_bytes;
    uint64_t peak_bytes, live_bytes; /* live: when the iteration ended */
    uint64_t live_variables, live_functions, live_arrays;
};

/* Power-of-two buckets: bucket i counts values v with 2^(i-1) < v <= 2^i (bucket 0: v <= 1). */
enum { ACRE_HISTOGRAM_BUCKETS = 65 };

/* Blocks of one bucket by their size when they died, which a resize may have changed, and of one by
 * their lifetime. */
struct acre_death_count {
    uint64_t size_bucket, lifetime_bucket;
    uint64_t blocks;
};

/* What the ledger saw: exact, the same in every run of the same cell. */
struct acre_recorded {
    uint64_t iterations;
    uint64_t allocations, frees, resets, failed;
    uint64_t requested_bytes, peak_bytes, peak_blocks;
    bool has_peak_call;        /* false: a run of version 2 */
    uint64_t peak_call;        /* number of the last call that left peak_bytes live, from 1 */
    bool has_usable, has_held; /* false: the backend cannot tell, shown as "not reported" */
    uint64_t peak_usable_bytes, peak_held_bytes;
    uint64_t leaked_blocks, leaked_bytes; /* live after the drain */
    struct acre_purpose_counts *purposes;
    size_t purpose_count;
    struct acre_iteration_counts *by_iteration;
    size_t by_iteration_count;
    uint64_t size_histogram[ACRE_HISTOGRAM_BUCKETS]; /* requested bytes of each allocation */
    uint64_t
        lifetime_histogram[ACRE_HISTOGRAM_BUCKETS]; /* bytes allocated between birth and death */
    /* lifetime_histogram by size as well: by size bucket, then lifetime bucket, without empty ones.
     * None at all: nothing died, or a run before version 5. */
    struct acre_death_count *deaths;
    size_t death_count;
    char *checksum; /* of the final data and gradients, 16 hex digits */
};

/* One term of what a backend held: alloc/waste.h. */
struct acre_stack_part {
    bool is_known;
    uint64_t bytes;
    char *source; /* where the number is from; unknown: why */
};

/* A number that the library told of itself, whose name is its own. */
struct acre_stack_figure {
    char *name;
    uint64_t number;
};

struct acre_waste_stack {
    struct acre_stack_part parts[ACRE_WASTE_TERMS];
    struct acre_stack_figure *figures;
    size_t figure_count;
};

/* Where the memory was, in a run of its own. Not exact: libraries decide by the clock. */
struct acre_cell_waste {
    struct acre_waste_stack peak;    /* when most was live */
    struct acre_waste_stack drained; /* when everything was dropped */
};

/* What was live, held and resident when a memory visit looked. */
struct acre_memory_moment {
    uint64_t live_bytes; /* requested */
    bool has_usable, has_held, has_rss, has_resident;
    uint64_t usable_bytes, held_bytes;
    uint64_t rss_bytes;      /* of the whole process */
    uint64_t resident_bytes; /* of the backend: ACRE_WASTE_RESIDENT */
};

/* A row of a timeline: one look at the process from outside, or a few that follow each other, of
 * which the last is told in full and of resident the least and the most. */
struct acre_memory_sample {
    uint64_t time_ns;   /* since the first iteration began */
    uint64_t looks;     /* that the row stands for */
    uint64_t iteration; /* finished ones */
    uint64_t live_bytes;
    bool has_usable, has_held;
    uint64_t usable_bytes, held_bytes;
    uint64_t resident_bytes, resident_least_bytes, resident_most_bytes;
    uint64_t rss_bytes, pss_bytes, private_dirty_bytes, huge_bytes;
    uint64_t faults; /* since the process began */
};

/* Memory over time, in a run of its own. Not exact. */
struct acre_cell_memory {
    uint64_t iterations;
    uint64_t run_ns, wait_ns;            /* of all iterations; from drained to later */
    uint64_t peak_bytes, peak_iteration; /* most that was live, and in which it first was, from 1 */
    bool has_peak_held;
    uint64_t peak_held_bytes;
    struct acre_memory_moment start, end; /* around the iterations */
    struct acre_memory_moment drained, later;
    struct acre_memory_sample *timeline;
    size_t timeline_count;
};

/* Each iteration timed by itself: one value a round, by nearest rank. */
struct acre_cell_pauses {
    struct acre_series p50_ns, p99_ns, max_ns;
    struct acre_series count; /* of iterations */
};

/* What a workload was given: "fill", "reuse", and in a heading "x reused". */
struct acre_key_parameter {
    char *name, *value;
    char *title;
};

/* What identifies a cell; two runs are compared cell by cell on all of it but the unit, which is
 * the workload's, and the titles. */
struct acre_cell_key {
    char *workload; /* "node-churn" */
    char *unit;     /* what an iteration makes many of: "node"; "": nothing */
    char *backend;  /* a name of the registry, with its settings */
    char *lifetime; /* "strong", "weak", "collector", "walked", "region" */
    struct acre_key_parameter *parameters; /* in the order of headings */
    size_t parameter_count;
};

struct acre_cell {
    struct acre_cell_key key;
    uint64_t units_per_iteration; /* of what key.unit names; 0 where that is "" */

    /* Steady state, one value a round. Empty for lifetime strong, which has no steady state. */
    struct acre_series ns_per_iteration;
    struct acre_series limit_ns_per_iteration;
    struct acre_series x_limit; /* ratio to the limit, taken inside the child */
    struct acre_series faults_per_iteration;
    struct acre_series system_ns_per_iteration;
    struct acre_series rss_bytes; /* peak resident set of the child */

    /* The first iterations of a fresh process, one value a round. */
    uint64_t cold_iterations;
    struct acre_series cold_ns; /* of all cold_iterations together */
    struct acre_series cold_faults;

    bool has_recorded;
    struct acre_recorded recorded;

    bool has_waste;
    struct acre_cell_waste waste;

    bool has_memory;
    struct acre_cell_memory memory;

    bool has_pauses;
    struct acre_cell_pauses pauses;

    /* NULL, or why the cell has no result ("out of memory", "killed by signal 9"). */
    char *failure;
};

struct acre_library {
    char *backend;
    char *path; /* the file that served the calls; "" for code of our own */
    char *version;
    char *build_id; /* hex; "" where the file carries none */
};

struct acre_left_out {
    char *workload;
    char *strategy; /* "malloc/region" */
    char *reason;
};

/* What was played, where a run is of another program's calls (replay/program.h). */
struct acre_played {
    uint64_t events; /* calls that are played: births + deaths + resizes */
    uint64_t births, deaths, resizes;
    uint64_t inherited; /* of the births: from before the process was forked */
    uint64_t remaining; /* of the deaths: what lived at the end */
    uint64_t refused;   /* calls that failed, not played */
    uint64_t unknown;   /* about blocks that nobody saw being born, not played */
    uint64_t threads;   /* that made them */
    /* Of cells whose parameter "threads" is "recorded". */
    uint64_t players;                  /* at the same time; 0: one plays */
    uint64_t handed_over;              /* calls about a block that another player had last */
    uint64_t waits;                    /* for these */
    uint64_t recorded_ns, overhead_ns; /* of the recorded run, and what recording took of it */
    /* The plan that is played under lifetime "region": what is allocated within a function is in a
     * region, which is reset when the function is entered anew. */
    char *region;                /* its name; "": no plan */
    uint64_t rotation;           /* regions, in turn */
    uint64_t reap;               /* 1: they are reaps, which take single blocks back, too */
    uint64_t absorbed, resets;   /* births in regions; resets */
    uint64_t moved_out;          /* of these what outlived its region, and was copied out of it */
    uint64_t peak_bytes;         /* that lived at one time */
    uint64_t planned_peak_bytes; /* the same, and what waited for a reset */
    bool has_run_ns;
    uint64_t run_ns; /* of the run without a recorder, as the user has measured it */
};

/* name: value, in the order given: "cpu", "cores", "kernel", "thp", "governor", "libc", ... */
struct acre_fact {
    char *name;
    char *value;
};

struct acre_run {
    char *acre_version;
    char *command; /* the command line that repeats it */
    char *started; /* UTC, 2026-11-23T23:30:00Z */
    double duration_seconds;
    double time_budget_seconds; /* 0: the rounds were fixed; else they went on until each verdict
                                   was given or the time spent */
    uint64_t seed, rounds, iterations; /* iterations: 0: each workload's own */
    struct acre_fact *machine;
    size_t machine_count;
    struct acre_library *libraries;
    size_t library_count;
    struct acre_left_out *left_out;
    size_t left_out_count;
    bool has_played;
    struct acre_played played;
    struct acre_cell *cells;
    size_t cell_count;
    /* The noise floor: malloc/weak (or the first timed strategy) measured twice in each block.
     * Per-round log ratio of the second to the first: of ns_per_iteration, and of x_limit (empty
     * in older files). Empty where nothing was timed. */
    struct acre_series self_log_ratio;
    struct acre_series self_x_limit_log_ratio;
};

/* Frees what a run owns and leaves it zeroed. A zeroed run is a valid, empty one. */
void acre_run_free(struct acre_run *run);

/* What the machine says under that name; NULL: nothing. The run's own. */
const char *acre_run_fact(const struct acre_run *run, const char *name);

/* Whether cells of several workloads are in it. */
bool acre_run_is_suite(const struct acre_run *run);

/* Adds a value at the end. False when out of memory: the series is as before. Only for series
 * that were zeroed or came from here: the room allocated follows from the count. */
bool acre_series_append(struct acre_series *series, double value);

/* Orders cells by what identifies them: the workload first, then the group (its parameters, numbers
 * by their size). 0: the same cell. */
int acre_cell_key_compare(const struct acre_cell_key *left, const struct acre_cell_key *right);

/* Whether two cells may be set side by side: all of the key but the strategy is equal. */
bool acre_cell_key_same_group(const struct acre_cell_key *left, const struct acre_cell_key *right);

bool acre_cell_key_same_workload(const struct acre_cell_key *left,
                                 const struct acre_cell_key *right);

/*
 * Whether the run keeps the rules that every reader of it relies on: numbers in their ranges, the
 * series of a cell of one length, deaths in order and as many as lifetimes, no cell twice. Both
 * acre_run_write and acre_run_read ask.
 */
bool acre_run_check(const struct acre_run *run, char *error, size_t error_bytes);

/*
 * Writes the run as JSON, as acre_file_write does (report/write_file.h). False with a sentence in
 * `error` (names the path and the cause); no file is left behind.
 */
bool acre_run_write(const struct acre_run *run, const char *path, char *error, size_t error_bytes);

/*
 * Whether acre_run_write could write there, asked before a long run starts. Leaves nothing behind
 * and does not touch an existing file.
 */
bool acre_run_probe(const char *path, char *error, size_t error_bytes);

/*
 * Reads and validates a run; any byte sequence is a legal argument. On false `*run` is zeroed and
 * `error` names the file, the place and what is wrong, on one line without control characters.
 */
bool acre_run_read(struct acre_run *run, const char *path, char *error, size_t error_bytes);

/* The same of bytes that are in memory: OK, INPUT (not a run), MEMORY. `path` is named in errors.
 */
enum acre_exit acre_run_parse(struct acre_run *run, const char *path, const char *data, size_t size,
                              char *error, size_t error_bytes);

/* The same, telling apart: OK, IO (cannot be read), INPUT (not a run), MEMORY. */
enum acre_exit acre_run_load(struct acre_run *run, const char *path, char *error,
                             size_t error_bytes);

#endif
