/*
 * Plays a program on an allocator: one loop, without a call but the allocator's.
 *
 *    program ──> operation, operation, ... ──> acre_allocate, acre_free, acre_reallocate
 *                         │
 *                         └──> blocks by slot; their contents by the touch that is asked for
 *
 * After a pass nothing lives any more: what a program leaves is freed by its last operations. A
 * program of a plan has regions beside the allocator, which are empty then.
 */
#ifndef ACRE_REPLAY_PLAYER_H
#define ACRE_REPLAY_PLAYER_H

#include "alloc/alloc.h"
#include "replay/plan.h"
#include "replay/program.h"

struct acre_player {
    const struct acre_program *program; /* borrowed */
    enum acre_touch touch;
    void **blocks; /* by slot; the caller's, of program->slots */
    struct acre_alloc *regions[ACRE_PLAN_MOST_GROUPS][ACRE_PLAN_MOST_ROTATION]; /* borrowed; as many
                              as program->rotation says, each with a reset; reaps free, too */
    uint64_t sum;          /* of what was read in the last pass */
    uint64_t failed_event; /* of a pass that failed: which operation had no memory, from 1 */
};

/* One pass. False when there is no memory: then everything is freed again. */
bool acre_play(struct acre_player *player, struct acre_alloc *memory);

/* Whether the last pass found in every block what was written there. */
bool acre_player_found_all(const struct acre_player *player);

#endif
