/*
 * Where the memory of a backend is at the two moments of a visit: when most is live, and when
 * everything has been dropped (alloc/waste.h).
 *
 * Of an aged heap the litter's live blocks are another's: held, rounding and resident are without
 * them, as if the backend had been opened behind them.
 *
 * The first is inside an allocation, so what is asked there must not disturb the backend, which may
 * be the C library's malloc: streams are opened and given their buffers before the backend is.
 */
#ifndef ACRE_BENCH_WASTE_H
#define ACRE_BENCH_WASTE_H

#include <stdio.h>

#include "bench/process_memory.h"
#include "bench/stage.h"
#include "report/run.h"

enum acre_moment { ACRE_MOMENT_PEAK, ACRE_MOMENT_DRAINED, ACRE_MOMENTS };

/* "peak", "drained" */
const char *acre_moment_name(enum acre_moment moment);

struct acre_moment_seen {
    bool is_seen;
    struct acre_waste waste;
    FILE *report; /* NULL: it is not kept */
    char report_buffer[BUFSIZ];
};

struct acre_waste_watch {
    const struct acre_stage *stage; /* borrowed */
    struct acre_ledger *ledger;     /* borrowed */
    struct acre_resident_base base;
    struct acre_moment_seen moments[ACRE_MOMENTS];
};

/*
 * Before the stage is opened, where it will be. The peak is call number `peak_call` of a
 * full ledger. Reports are written to these paths (NULL: they are not). False with a sentence in
 * `why`; the watch is to be ended either way, and stays where it is.
 */
bool acre_waste_watch_begin(struct acre_waste_watch *watch, const struct acre_stage *stage,
                            struct acre_ledger *ledger, uint64_t peak_call,
                            const char *const report_paths[ACRE_MOMENTS], char *why,
                            size_t why_bytes);

/* After the drain, while the backend is open. */
void acre_waste_watch_drained(struct acre_waste_watch *watch);

/*
 * Both moments as a part of a cell, once the run is over. False with a sentence in `why`: the peak
 * was not where it was said to be, a report could not be written, or there is no memory.
 */
bool acre_waste_watch_keep(struct acre_waste_watch *watch, struct acre_cell *cell, char *why,
                           size_t why_bytes);

void acre_waste_watch_end(struct acre_waste_watch *watch);

#endif
