/*
 * What a workload is, and the program around it.
 *
 *   options ──> runner ──> child process, one a visit ──> stage + workload + its limit
 *                 │            timed | cold | recorded ...      (child.h)
 *                 └──> struct acre_run ──> table, JSON          (report/)
 *
 * A cell is one workload under one strategy (backend x lifetime) with one set of parameters.
 */
#ifndef ACRE_BENCH_BENCH_H
#define ACRE_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/parameter.h"
#include "bench/stage.h"
#include "core/draw.h"
#include "core/status.h"
#include "replay/program.h"

struct acre_launch;

struct acre_cell_spec {
    const struct acre_program *program; /* the workload's; borrowed, or NULL */
    char backend[ACRE_BACKEND_NAME_BYTES];
    enum acre_lifetime lifetime;
    uint64_t values[ACRE_MOST_PARAMETERS]; /* of the workload's parameters, in its order */
    uint64_t age_cycles;                   /* of an aged heap (litter.h); 0: a clean one */
    uint64_t age_occupancy_percent;
    uint64_t seed;
};

/* A state of Lua, and the least program in it, are almost 200 allocations an iteration; so is a net
 * over two steps. */
enum { ACRE_TINY_ITERATIONS = 3, ACRE_TINY_ALLOCATIONS = 700 };

struct acre_workload {
    const char *name;
    const char *about; /* one sentence */
    const struct acre_parameter *parameters;
    size_t parameter_count;

    /* Another program's calls are what it is made of (replay.c). Then an iteration is all of that
     * program: there is no lifetime to choose but a plan's, and no pause that anybody waits for.
     * `program` is borrowed; NULL: not known yet. */
    bool plays_program;
    const struct acre_program *program;
    const struct acre_program *planned; /* the same calls under a plan, of lifetime region; NULL: no
                                           plan. Borrowed */

    /* Sets of values so small that each allocation can be made to fail in turn: at most
     * ACRE_TINY_ALLOCATIONS in ACRE_TINY_ITERATIONS iterations. */
    const uint64_t (*tiny)[ACRE_MOST_PARAMETERS];
    size_t tiny_count;

    /* Sets of values that stand for the workload among all: one or two, each iteration at most a
     * few milliseconds. */
    const uint64_t (*suite)[ACRE_MOST_PARAMETERS];
    size_t suite_count;

    const char *const *examples; /* options for the help, up to NULL */
    uint64_t iterations, rounds; /* unless the command line says otherwise */

    /* What an iteration makes many of, so that a time can be told for one; NULL: nothing. */
    const char *unit;
    uint64_t (*units)(const struct acre_cell_spec *spec);

    /* Why a lifetime makes no sense here; NULL: it does. */
    const char *unsuited[ACRE_LIFETIME_COUNT];

    /* What else a backend has to be: why it cannot run under the lifetime, or NULL. NULL: nothing.
     */
    const char *(*why_not)(const struct acre_backend_kind *kind, enum acre_lifetime lifetime);

    /* Why ./dev instructions cannot count it: no two runs are the same. NULL: it can. */
    const char *uncounted;

    /* When the old goes. NULL: before the new is built. */
    enum acre_order (*order)(const struct acre_cell_spec *spec);

    /* Of its engine: acre_engine_options. NULL: as usual. */
    uint32_t (*array_align_bytes)(const struct acre_cell_spec *spec);

    /*
     * The workload on a stage. `open` makes the state (NULL: no memory), `step` runs one iteration
     * with all its scopes, `checksum` hashes data and gradients of the last one, `drain` drops all
     * that is alive, `close` frees the state.
     */
    void *(*open)(struct acre_stage *stage, const struct acre_cell_spec *spec);
    enum acre_status (*step)(void *state, uint64_t iteration);
    uint64_t (*checksum)(const void *state);
    enum acre_status (*drain)(void *state);
    void (*close)(void *state);

    /* The C variables that hold the graph, for pictures (draw.h): writes up to `room` of them and
     * returns how many. NULL: none is known by name. */
    size_t (*variables)(const void *state, struct acre_drawn_variable *variables, size_t room);

    /*
     * The limit: the same arithmetic, hand-written over as many preallocated buffers as the
     * strategy's regions have, in the same order. `limit_checksum` hashes the same things. `memory`
     * has a reset, and is nobody else's.
     */
    void *(*limit_open)(struct acre_alloc *memory, const struct acre_cell_spec *spec);
    void (*limit_step)(void *limit, uint64_t iteration);
    uint64_t (*limit_checksum)(const void *limit);
    void (*limit_close)(void *limit);
};

extern const struct acre_workload acre_square_chain;
extern const struct acre_workload acre_node_churn;
extern const struct acre_workload acre_weak_churn;
extern const struct acre_workload acre_cycles;
extern const struct acre_workload acre_deep_chain;
extern const struct acre_workload acre_handoff;
extern const struct acre_workload acre_mlp;
extern const struct acre_workload acre_rnn;
extern const struct acre_workload acre_tree;
extern const struct acre_workload acre_replay; /* not in the list: it needs a program */
extern const struct acre_workload acre_script; /* not in every build: acre_workload_absent_at */

/* What a cell of that lifetime plays; NULL: nothing, or it is not known. */
const struct acre_program *acre_workload_program(const struct acre_workload *workload,
                                                 enum acre_lifetime lifetime);

/* A workload by name, NULL if there is none; by index, NULL past the last. */
const struct acre_workload *acre_workload_find(const char *name);
const struct acre_workload *acre_workload_at(size_t index);

/* Of those that are measured together, `only` or all that have a suite where that is NULL: number
 * `index`, NULL past the last. */
const struct acre_workload *acre_workload_of_run(const struct acre_workload *only, size_t index);
/* A workload that this build lacks, and what would bring it; by index, NULL past the last. */
struct acre_absent_workload {
    const char *name, *why;
};
const struct acre_absent_workload *acre_workload_absent_at(size_t index);

/* NULL when the workload can run on the backend under the lifetime, otherwise why not. */
const char *acre_workload_why_not(const struct acre_workload *workload, const char *backend,
                                  enum acre_lifetime lifetime);

/* The same, of one of its parameters at the value. */
const char *acre_parameter_why_not(const struct acre_parameter *parameter, const char *backend,
                                   uint64_t value);

/* ... and of all of them. */
const char *acre_workload_why_not_with(const struct acre_workload *workload, const char *backend,
                                       const uint64_t *values);

/* A stage for the cell, see acre_stage_open. */
bool acre_workload_open_stage(const struct acre_workload *workload,
                              const struct acre_cell_spec *spec, struct acre_stage *stage,
                              const struct acre_layers *layers, char *why, size_t why_bytes);

/*
 * The program of a benchmark binary, or that of all workloads where `workload` is NULL. `argv` is
 * its own command line from the program's name on; `launch` (bench/child.h) starts this program
 * again, also for its child processes. Returns the exit status, see docs/bench.md. The caller has
 * prepared the standard streams (report/streams.h).
 */
int acre_bench_main(const struct acre_workload *workload, int argc, char **argv,
                    const struct acre_launch *launch);

/* The main of a benchmark binary of its own, with nothing before it. */
int acre_bench_binary(const struct acre_workload *workload, int argc, char **argv);

#endif
