/*
 * Streams: the calls of a program by the threads that made them, for players that play at the same
 * time. They stand behind the program, in chunks (program.h).
 *
 *    thread 1   malloc a ─── malloc b ─────────────── free c ───            recorded, in order
 *    thread 2   ────────────────────── free a ─── malloc c ──── free b
 *
 *    stream 0   ALLOCATE a, ALLOCATE b, WAIT 1 for "ALLOCATE c", FREE c, END
 *    stream 1   WAIT 0 for "ALLOCATE a", FREE a, ALLOCATE c, WAIT 0 for "ALLOCATE b", FREE b, END
 *
 * Of the recorded order two things are kept: that of each stream, and that an operation on a block
 * comes after the last one on it. A WAIT that an earlier one of the same stream implies is left
 * out. Nothing else waits:
 *
 *   - A slot is taken by the stream that freed it last, or by nobody yet: it is in no need of an
 *     order. New ones are given out a cache line at a time.
 *   - No stream waits for ever. Of all operations that have not been played take the one that was
 *     recorded first: those in front of it in its stream were recorded before it and are played,
 * and so is the one it waits for, which was recorded before it as well. So it can be played.
 *
 * Threads of which one ends before the other begins share a stream, first fit, as thousands of
 * short ones must; so do all, where more than ACRE_PLAY_MOST_STREAMS live at one time: any merging
 * in the recorded order does. What lives at the end is freed by the stream that had it last.
 */
#ifndef ACRE_REPLAY_STREAMS_H
#define ACRE_REPLAY_STREAMS_H

#include "profile/threads.h"
#include "replay/compile.h"

/* Operations of a program that follow each other, all of one thread. */
struct acre_turn {
    uint32_t thread; /* a place among the threads that were seen */
    uint32_t operations;
};

struct acre_turns {
    struct acre_alloc *memory; /* borrowed */
    struct acre_turn *turns;
    size_t count, capacity;
    uint64_t operations; /* of all turns; those behind them end what lives at the end */
    struct acre_threads_seen threads;
    bool has_failed; /* for want of memory */
};

void acre_turns_init(struct acre_turns *turns, struct acre_alloc *memory);
void acre_turns_fini(struct acre_turns *turns);

/* Notes whose an event was: the watch of struct acre_compile_request. What a process had before its
 * fork is its first thread's. */
void acre_turns_note(void *turns, const struct acre_compile_moment *moment);

/*
 * Puts streams behind the program of a file, which has no plan and whose turns these are; where one
 * stream is enough for all threads, none. ACRE_COMPILE_TOO_LARGE: there would be too many slots.
 * Unless it was compiled the file is no program any more.
 */
enum acre_compiled acre_streams_add(int file, const struct acre_turns *turns,
                                    struct acre_alloc *memory);

#endif
