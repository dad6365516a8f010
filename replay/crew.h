/*
 * A crew: players of a program's streams (streams.h), each on a thread of its own.
 *
 *    the caller   ── begins a pass ── plays stream 0 ── waits for the others ── next pass
 *    thread 1     ── parked ───────── plays stream 1 ── parked ────────────────
 *    ...
 *
 * Threads are started with the crew and joined with its end. Between passes they look for the next
 * one for some microseconds and sleep then. Stream 0, which has the thread that called first, is
 * the caller's: allocators treat the first thread of a process unlike others.
 */
#ifndef ACRE_REPLAY_CREW_H
#define ACRE_REPLAY_CREW_H

#include "replay/player.h"

struct acre_crew;

/*
 * For a program with streams, borrowed. What a crew needs comes from `own` (borrowed), which is
 * used by the caller alone: memory that is not there until it is touched. NULL: no memory, or a
 * thread could not be started; then none is.
 */
struct acre_crew *acre_crew_new(const struct acre_program *program, enum acre_touch touch,
                                struct acre_alloc *own);

/* Joins the threads. NULL does nothing. */
void acre_crew_destroy(struct acre_crew *crew);

/*
 * One pass: stream i on memories[i], which may all be the same one, for any thread
 * (ACRE_THREADS_ANY). False when there is no memory: then all have stopped, and everything is freed
 * again, where it is the same one.
 */
bool acre_crew_play(struct acre_crew *crew, struct acre_alloc *const *memories);

/* Of the last pass: what was read, all together; which operation had no memory, from 1, or 0. */
uint64_t acre_crew_sum(const struct acre_crew *crew);
uint64_t acre_crew_failed_event(const struct acre_crew *crew);

/* Whether the last pass found in every block what was written there. */
bool acre_crew_found_all(const struct acre_crew *crew);

#endif
