/*
 * Advice: which blocks of a recorded program could live in regions, when these would be reset, and
 * what that would take in memory.
 *
 *    recording 1 ──> tallies ──> markers, sites ──> lags, of a sample ──> fewer markers ─┐
 *    all of them ──────────────────────────────────────────────────> lags, of all ──────┤
 *                                                                                       v
 *    advice <── price, exact (replay/compile.h) <── plan (region_plan.h) <── choice (choice.h)
 *                      └── over the budget: another choice ──────────────────────────>──┘
 *
 * Nothing here measures time. The same recordings give the same advice, byte for byte.
 */
#ifndef ACRE_ADVISE_ADVISE_H
#define ACRE_ADVISE_ADVISE_H

#include "advise/region_plan.h"
#include "replay/compile.h"
#include "replay/program.h"

enum {
    ACRE_ADVISE_MOST_RECORDINGS = 8,
    ACRE_ADVICE_MOST_STAYING = 8,
    ACRE_ADVICE_MOST_LASTING = 4
};

/* Why advice is not to be followed yet. Bits. */
enum acre_doubt {
    ACRE_DOUBT_ONE_RECORDING = 1 << 0, /* what holds in one may be that input's */
    ACRE_DOUBT_INTERPRETER = 1 << 1,   /* the marker lies below where a program is interpreted */
    ACRE_DOUBT_UNEVEN = 1 << 2,        /* few epochs have most of the blocks, or most have none */
    ACRE_DOUBT_ESCAPES = 1 << 3,       /* blocks of its sites outlived a reset */
    ACRE_DOUBT_WITHDRAWN = 1 << 4,     /* sites of the first recording that another one refutes */
    ACRE_DOUBT_THREADS = 1 << 5,       /* the marker fires in several threads */
};

struct acre_advised_site {
    uint32_t place;
    uint64_t births;    /* in scope */
    uint64_t outliving; /* of these, those that lived longer than the region lets them */
    bool has_threads;   /* made or freed in several */
    bool is_refuted;    /* it fits the first recording, and not another one */
};

/* Blocks of before a region's first reset that live through its loop, and are made by a line that
 * makes blocks of the region, too (lasting.h). */
struct acre_advised_lasting {
    uint32_t place;
    uint32_t common; /* innermost frames that it has in common with a site of the region */
    uint64_t blocks;
};

struct acre_advised_region {
    struct acre_marker marker;
    uint32_t rotation, stride;
    uint32_t top;                    /* deepest place that 97 % of its births pass; 0: none */
    struct acre_advised_site *sites; /* most births first; the advice's */
    size_t site_count;
    struct acre_advised_site
        staying[ACRE_ADVICE_MOST_STAYING]; /* within its scope, outside of it */
    size_t staying_count;
    struct acre_advised_lasting lasting[ACRE_ADVICE_MOST_LASTING]; /* most in common first */
    size_t lasting_count;
    uint64_t refuted_births; /* of sites that are refuted */
    struct acre_region_counts counts[ACRE_ADVISE_MOST_RECORDINGS];
    unsigned doubts; /* enum acre_doubt */
};

struct acre_advice {
    struct acre_advised_region regions[ACRE_PLAN_MOST_GROUPS];
    uint32_t region_count;
    struct acre_program programs[ACRE_ADVISE_MOST_RECORDINGS]; /* headers, under the regions */
    uint64_t matched_births[ACRE_ADVISE_MOST_RECORDINGS];      /* at sites that the first one has */
    size_t recording_count;
    uint64_t births, known_births; /* of the first recording; known: with a call stack */
    uint64_t last_event;           /* of the first recording: of its last call */
    uint64_t threaded_births;      /* at sites that are made or freed in several threads */
    uint64_t markers;              /* boundaries that were looked at */
    uint64_t budget_bytes;         /* that the peak might grow by */
    uint32_t over_budget;          /* regions that were given up for it */
};

enum acre_advised {
    ACRE_ADVISED,
    ACRE_ADVISE_NO_TRACE, /* of a recording nothing could be read: its sentence */
    ACRE_ADVISE_EMPTY,    /* a recording without calls */
    ACRE_ADVISE_TOO_LARGE,
    ACRE_ADVISE_NO_MEMORY,
};

/* What is asked; all is borrowed. */
struct acre_advise_request {
    struct acre_recording *recordings;
    size_t recording_count;  /* 1 at least */
    uint64_t budget_bytes;   /* that the peak may grow by; UINT64_MAX: a quarter
                                of it, 1 MiB at least */
    uint64_t most_row_bytes; /* of epochs of live blocks, about; 0: 256 MiB. Where they would be
                                more a sample says which sites are looked at as a whole */
    void (*progress)(void *to, uint64_t events); /* if not NULL, called now and then */
    void (*stage)(void *to, const char *what, const struct acre_recording *recording);
    /* Which function a node of a recording lies in: equal for equal ones, NULL: not known. If not
     * NULL itself; *failed: for want of memory. */
    const void *(*function_of)(void *to, const struct acre_recording *recording, uint32_t node,
                               bool *failed);
    void *to;
};

/* By how much the peak of a recording is higher: in bytes that are asked for, which is exact ... */
uint64_t acre_advice_extra_bytes(const struct acre_advice *advice, size_t recording);

/* ... and at most, where regions take chunks of 64 KiB and align blocks to 16. */
uint64_t acre_advice_most_extra_bytes(const struct acre_advice *advice, size_t recording);

struct acre_adviser; /* opaque */

/* NULL for want of memory. `memory` is borrowed. */
struct acre_adviser *acre_adviser_new(struct acre_alloc *memory);
void acre_adviser_destroy(struct acre_adviser *adviser);

/* Once an adviser. */
enum acre_advised acre_advise(struct acre_adviser *adviser,
                              const struct acre_advise_request *request);

/* What came of it, with places in acre_adviser_steps; the adviser's. */
const struct acre_advice *acre_adviser_advice(const struct acre_adviser *adviser);
const struct acre_steps *acre_adviser_steps(const struct acre_adviser *adviser);

/* What is compiled: of which recording, under the advice or as it was recorded. */
struct acre_advised_program {
    size_t recording;
    bool is_planned;
    uint64_t most_events; /* of the stream, from its begin; 0: all */
    int file;             /* as of struct acre_compile_request; -1: nowhere */
    void (*watch)(void *watcher, const struct acre_compile_moment *moment); /* the same */
    void *watcher;
};

/* Reads the recording once more. Its header goes to `header`. */
enum acre_advised acre_adviser_compile(struct acre_adviser *adviser,
                                       const struct acre_advised_program *wanted,
                                       struct acre_program *header);

#endif
