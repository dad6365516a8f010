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
#include "report/layout.h"

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
    double least, most; /* what is to be expected of a program that is built so, passes within */
};

struct acre_proof_row {
    char backend[64];
    double ns, region_ns;     /* of the calls, a pass, without and with regions */
    struct acre_ratio region; /* with to without */
    bool has_alone;           /* this without regions to malloc without; never of malloc itself */
    struct acre_ratio alone;
};

/*
 * Where blocks lie. Both ends, which a replay touches, stand for a block of few cache lines and not
 * for a large one; so calls with large blocks are played with every byte touched as well, once at
 * birth and once at death. A program may go over its blocks more often than that, or less:
 *
 *    run on malloc    ├─ calls ─┼─ pass ─┼─ pass ─┼─ pass ─┼─ pa┤   the most there is time for
 *    with regions     ├┼─ pass ┼─ pass ┼─ pass ┼─ pa┤
 *
 * What is to be expected reaches from no pass to the most.
 */
struct acre_proof_passes {
    bool is_known;       /* then valid: */
    double pass_percent; /* of the run: all blocks once, on malloc, without the calls */
    double most;         /* passes that the rest of the run has time for */
    struct acre_points gained, alone, on_best; /* as below, with one pass */
};

/* Of that mean size on, what goes into regions has large blocks. */
enum { ACRE_PROOF_LARGE_BYTES = 1024 };

/* Of a program that was compiled with its regions. */
bool acre_proof_has_large_blocks(const struct acre_program *planned);

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
    struct acre_proof_passes passes;
};

/* How long the program takes without a recorder, of all of the recording. */
struct acre_proof_time {
    double seconds;                  /* told; 0: not */
    const struct acre_series *timed; /* seconds, in front of each round; NULL or empty: not timed */
};

/*
 * Of a run of cells with and without regions; of those of one `touch`, where there is another one
 * with all touched. `whole` is the header of all of the recording, of
 * which the run may have played a sample. What was timed in front of each round goes before what
 * was told: the calls of a round and the program meet the same speed of the machine. False when out
 * of memory. A run without times of malloc gives no rows.
 */
bool acre_proof_of(const struct acre_run *run, const struct acre_program *whole,
                   const struct acre_proof_time *time, struct acre_proof *proof);

/* For people; `name` is the recording's. False when out of memory; a write error is left to
 * ferror. */
bool acre_proof_print(const struct acre_proof *proof, const char *name,
                      const struct acre_page *page);

#endif
