/*
 * A page that a visit shares with the process that looks on: where it is, on its own clock, which
 * counts iterations, and what is live and held. A store for each number at the end of an iteration,
 * and now and then inside of one that is a whole program; nobody waits for anybody.
 *
 *    child   live, usable, held ── store ──> page ── load ──> parent   every few milliseconds,
 *            then iteration (release)         (acquire) iteration,     beside
 * /proc/PID/smaps_rollup then the others
 *
 * So the numbers are those of the iteration that was read with them, or of a later one.
 */
#ifndef ACRE_BENCH_GAUGE_H
#define ACRE_BENCH_GAUGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum acre_gauge_phase {
    ACRE_GAUGE_OPENING,  /* nothing is to be seen yet */
    ACRE_GAUGE_RUNNING,  /* from the first iteration to the last */
    ACRE_GAUGE_DRAINING, /* everything is being dropped */
    ACRE_GAUGE_WAITING,  /* ... was dropped; until the last look */
};

struct acre_gauge {
    _Atomic uint64_t phase;
    _Atomic uint64_t begin_ns;  /* of running, on the clock of all processes (clock.h) */
    _Atomic uint64_t iteration; /* finished ones */
    _Atomic uint64_t live_bytes, usable_bytes, held_bytes;
    _Atomic uint64_t others_bytes; /* anonymous pages that are not the backend's */
};

struct acre_gauge_reading {
    enum acre_gauge_phase phase;
    uint64_t begin_ns, iteration, live_bytes, usable_bytes, held_bytes, others_bytes;
};

/* A zeroed page, and a descriptor for a child to map it. False, with nothing owned, where there is
 * none. */
bool acre_gauge_make(struct acre_gauge **gauge, int *descriptor);

/* What acre_gauge_make has made, in a child. NULL: the descriptor is no such page. */
struct acre_gauge *acre_gauge_map(int descriptor);

/* NULL is allowed. */
void acre_gauge_unmap(struct acre_gauge *gauge);

void acre_gauge_set_phase(struct acre_gauge *gauge, enum acre_gauge_phase phase);
void acre_gauge_publish(struct acre_gauge *gauge, const struct acre_gauge_reading *reading);
struct acre_gauge_reading acre_gauge_read(const struct acre_gauge *gauge);

#endif
