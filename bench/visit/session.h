/*
 * A visit under way, inside the process that it is for: what the kinds of visits have in common.
 * Only visit.c and the files of single kinds know it.
 */
#ifndef ACRE_BENCH_SESSION_H
#define ACRE_BENCH_SESSION_H

#include "bench/visit/visit.h"

struct acre_session {
    const struct acre_visit *visit;
    struct acre_run *run;            /* the answer */
    struct acre_cell *cell;          /* its one cell */
    char why_failed[512];            /* "": it did not */
    bool is_incomplete;              /* no memory for the rest of the answer */
    struct acre_ledger *ledger;      /* borrowed; NULL: not recorded */
    struct acre_trace_writer *trace; /* borrowed; NULL: not traced */
    struct acre_litter_plan litter;
    struct acre_stage stage;
    void *state; /* of the workload */
    uint64_t next_iteration;
};

/* The first failure stays. It is kept here until the workload has gone: on malloc there may be no
 * memory for a sentence before. Always false. */
bool acre_session_fail(struct acre_session *session, const char *why);

/* Puts the failure, if there is one, into the cell. */
void acre_session_keep_failure(struct acre_session *session);

/* Opens stage and workload; of an aged heap, behind its litter. To be ended either way. */
bool acre_session_open(struct acre_session *session);

/* One iteration, and `count` of them; the latter has the shape that batches want (batches.h). */
bool acre_session_step(struct acre_session *session);
bool acre_session_steps(void *session, uint64_t count);

bool acre_session_drain(struct acre_session *session);
uint64_t acre_session_checksum(const struct acre_session *session);
void acre_session_end(struct acre_session *session);

/* Of the cold, recorded, waste and checked kinds. */
uint64_t acre_session_iterations(const struct acre_visit *visit);

/* A ledger outside of the memory that it observes. */
struct acre_session_books {
    struct acre_alloc *pages;
    struct acre_ledger ledger;
};

/* Full books with a row for each of `rows` iterations, which the session is then opened with. To be
 * closed either way, after the session's end. */
bool acre_session_open_books(struct acre_session *session, struct acre_session_books *books,
                             uint64_t rows);
void acre_session_close_books(struct acre_session_books *books);

/* The kinds that have a file of their own. */
void acre_visit_memory(struct acre_session *session);
void acre_visit_pauses(struct acre_session *session);

#endif
