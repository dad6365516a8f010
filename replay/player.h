/*
 * Plays a program on an allocator: one loop, without a call but the allocator's.
 *
 *    program ──> operation, operation, ... ──> acre_allocate, acre_free, acre_reallocate
 *                         │
 *                         └──> blocks by slot; their contents by the touch that is asked for
 *
 * After a pass nothing lives any more: what a program leaves is freed by its last operations. A
 * program of a plan has regions beside the allocator, which are empty then.
 *
 * A stream (streams.h) is played in a loop of its own, which tells its fellows behind each
 * operation how far it is: a store that no other thread waits for. crew.h has the threads.
 */
#ifndef ACRE_REPLAY_PLAYER_H
#define ACRE_REPLAY_PLAYER_H

#include <stdatomic.h>

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

/* What players of one program's streams tell each other in a pass. */
struct acre_fellows {
    struct {
        _Alignas(
            64) _Atomic uintptr_t last; /* the operation that the stream has done last; 0: none */
    } done[ACRE_PLAY_MOST_STREAMS];
    _Atomic bool is_given_up; /* somebody has no memory: nobody goes on waiting */
};

/* One pass. False when there is no memory: then everything is freed again. */
bool acre_play(struct acre_player *player, struct acre_alloc *memory);

/* For whoever looks again and again at what another thread does. */
static inline void acre_pause_a_moment(void)
{
#if defined __x86_64__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

/*
 * The player's part of a pass, which is a stream of the program: `blocks` has room for
 * program->stream_slots and is shared by all. Returns the operation at which it ended: the END, or
 * the one that was not done, for want of memory (`failed_event` says so) or because somebody else
 * has given up.
 */
const struct acre_operation *acre_play_stream(struct acre_player *player, uint32_t stream,
                                              struct acre_alloc *memory,
                                              struct acre_fellows *fellows);

/*
 * Frees what lives where the streams have ended, in one thread: `ends` as acre_play_stream returned
 * them, the blocks those of `player`. `last` has room for a pointer a slot, and is used for nothing
 * else.
 */
void acre_free_streams(struct acre_player *player, struct acre_alloc *memory,
                       const struct acre_operation *const *ends,
                       const struct acre_operation **last);

/* Whether the last pass found in every block what was written there. */
bool acre_player_found_all(const struct acre_player *player);

#endif
