/*
 * Guard rails, --guard and --fault of every benchmark: what a checked run is to look for.
 *
 *   --guard[=N]   a guard keeps what is dead for N resets (alloc/guard.h)
 *   --fault SPEC  17           the 17th allocation or growing resize fails
 *                 17,forever   ... and all after it
 *                 budget=64K   fails what would have more than so many bytes live
 */
#ifndef ACRE_BENCH_RAILS_H
#define ACRE_BENCH_RAILS_H

#include "bench/arguments.h"
#include "bench/stage.h"

struct acre_rails {
    uint64_t guard_resets; /* 0: no guard */
    uint64_t fail_at;      /* these as in struct acre_fault_plan */
    bool forever;
    uint64_t budget_bytes;
};

/* Whether there are any. */
bool acre_rails_are_up(const struct acre_rails *rails);
bool acre_rails_have_fault(const struct acre_rails *rails);

/* What stands behind the options; a guard's may be NULL. False: the refusal says why. */
bool acre_rails_read_guard(const struct acre_refusal *refusal, const char *text,
                           struct acre_rails *rails);
bool acre_rails_read_fault(const struct acre_refusal *refusal, const char *text,
                           struct acre_rails *rails);

/* The options of a child process, "" for one that is not needed. */
struct acre_rails_text {
    char guard[40], fault[64];
};
struct acre_rails_text acre_rails_text(const struct acre_rails *rails);

#endif
