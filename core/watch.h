/*
 * Watches: functions that are called when an object dies. They are the callbacks of weak references
 * and the finalizers of objects, which differ in nothing but what the function does.
 *
 *    count 0 ─> handles read dead ─> watches, newest first ─> destructor ─> children ─> memory
 *
 * A watch waits for its call in the list of the dying, in front of its object, and is one of them
 * in every respect: calls are flat, whoever dies because of one dies right after it, before the
 * next, and none of this allocates.
 *
 *    waiting:  w2 w1 a         a has died; w2 is called and drops b, on which v is
 *    waiting:  v b w1 a
 *
 * The function may make, release and upgrade objects, and begin, cancel and run watches. As in a
 * destructor, no region can be reset. The object itself is not there any more for it.
 *
 * In a bulk region objects end with the reset, and so do the calls wait for it: when all handles
 * into the region are dead its watches are called, newest first, whichever object they are on; then
 * the destructors. A reset without watches costs what it did.
 */
#ifndef ACRE_CORE_WATCH_H
#define ACRE_CORE_WATCH_H

#include "core/weak.h"

/* What is called, and what it is given: both as they were when the watch began. */
struct acre_notice {
    enum acre_status (*call)(struct acre_engine *engine, void *context, uint64_t number);
    void *context;
    uint64_t number; /* a key, an index: whatever tells the caller's objects apart */
};

/*
 * A watch, by value: there is nothing to release. It is pending until it is called, run or
 * cancelled; after that it stays a value that is known not to be pending.
 */
struct acre_watch {
    struct acre_weak own; /* of the watch itself, not of its object */
};

/*
 * Calls notice.call once, when what `target` refers to is dead. `watch` may be NULL for one that is
 * never cancelled. ACRE_BAD_ARGUMENT for a dead target or a NULL call, ACRE_NO_MEMORY; *watch is
 * not pending then.
 */
enum acre_status acre_watch_begin(struct acre_engine *engine, struct acre_weak target,
                                  struct acre_notice notice, struct acre_watch *watch);

/* False once it was called, run or cancelled, and from the beginning of its call on. */
bool acre_watch_is_pending(const struct acre_engine *engine, struct acre_watch watch);

/*
 * The watch is not called any more, even if its object is dead already and the call only waits.
 * Returns whether it was pending: whoever is told true has the context to himself again.
 */
bool acre_watch_cancel(struct acre_engine *engine, struct acre_watch watch);

/* Uses the watch up now: calls its function and returns the answer. ACRE_OK when not pending. */
enum acre_status acre_watch_run(struct acre_engine *engine, struct acre_watch watch);

/*
 * A function that fails at a death stops nothing, and whoever released the object is not told:
 * neither by a status nor by acre_error. It is counted here, and acre_watch_error has the sentence
 * of the last one: its status, and what the function left in acre_error. "" before the first;
 * valid until the next.
 */
uint64_t acre_watch_failures(const struct acre_engine *engine);
const char *acre_watch_error(const struct acre_engine *engine);

#endif
