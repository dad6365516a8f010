/*
 * What regions save, as a replay has measured it: the calls of a recording as they are and under
 * the plan, on several allocators, in turn.
 *
 *    points of the run   = share of the calls in the run, on malloc x what is saved of them
 *
 *    run on malloc       ├──────────── other work ─────────────┼──── calls ────┤
 *    region on malloc    ├──────────── other work ─────────────┼┤  gained: on malloc
 *    a better malloc     ├──────────── other work ─────────────┼─────┤  alone
 *    region beside it    ├──────────── other work ─────────────┼┤  gained: on the best
 */
#ifndef ACRE_REPORT_PROOF_H
#define ACRE_REPORT_PROOF_H

#include "replay/program.h"
#include "report/group.h"

enum { ACRE_PROOF_MOST_ROWS = 16 };

/*
 * How far a program that is built so may be from what its replay says: between its calls a program
 * does other work, which takes the caches and hides part of what calls cost, and a region's own
 * instructions are hidden less than in a loop of calls. In programs that were built both ways it
 * was less than that: docs/advise.md has the figures.
 */
#define ACRE_PROOF_MARGIN             0.4  /* of what is gained, */
#define ACRE_PROOF_MOST_MARGIN_POINTS 14.0 /* and so many points at most */

/* Per cent of the run. */
struct acre_points {
    double point;
    bool has_interval;  /* then valid: */
    double low, high;   /* what holds it with 95 %, as a replay */
    double least, most; /* what is to be expected of a program that is built so */
};

struct acre_proof_row {
    char backend[64];
    double ns, region_ns;     /* of the calls, a pass, without and with regions */
    struct acre_ratio region; /* with to without */
    bool has_alone;           /* this without regions to malloc without; never of malloc itself */
    struct acre_ratio alone;
};

struct acre_proof {
    uint64_t events, all_events; /* that were played: a sample, from the begin */
    double run_ns;               /* of the part of the run that was played */
    bool is_run_told;            /* or timed; else recorded time less what recording took */
    double share_percent;        /* calls of the run, on malloc; above 100: no share */
    struct acre_proof_row rows[ACRE_PROOF_MOST_ROWS]; /* malloc first, then the fastest */
    size_t row_count;
    size_t best; /* row of the allocator with the least time without regions */

    /* Where the share is known. */
    bool has_points;
    struct acre_points gained;  /* by regions, on malloc */
    struct acre_points alone;   /* by the best allocator, without regions; 0 of malloc itself */
    struct acre_points on_best; /* by regions, beside the best allocator */
};

/* How long the program takes without a recorder, of all of the recording. */
struct acre_proof_time {
    double seconds;                  /* told; 0: not */
    const struct acre_series *timed; /* seconds, in front of each round; NULL or empty: not timed */
};

/*
 * Of a run of cells with and without regions. `whole` is the header of all of the recording, of
 * which the run may have played a sample. What was timed in front of each round goes before what
 * was told: the calls of a round and the program meet the same speed of the machine. False when out
 * of memory. A run without times of malloc gives no rows.
 */
bool acre_proof_of(const struct acre_run *run, const struct acre_program *whole,
                   const struct acre_proof_time *time, struct acre_proof *proof);

#endif
