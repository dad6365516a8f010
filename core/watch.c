/*
 * Watches: see watch.h for what they promise.
 *
 * A watch is a small object in the pinned region whose destructor makes the call. While its target
 * is alive it stands in a list whose head is where the death of the target is decided:
 *
 *    newest_watches[slot] ─> watch ─> older watch     counted: at the target's slot
 *    region.newest_watch  ─> watch ─> older watch     bulk: one list, for the reset
 *
 * At the death the list moves to the end of engine->dying, and its target follows.
 *
 * The links are slots, as in a handle: the watches of the pinned region's table, plus 1, 0 for
 * none.
 */
#include "core/watch.h"

#include <stdio.h>
#include <string.h>

#include "core/internal.h"

struct acre_watcher {
    struct acre_object object; /* never counted: neither by references nor among the live */
    struct acre_notice notice; /* call is NULL: cancelled while it waited */
    uint32_t slot;             /* its own, which its handle names; link is the queue's in the end */
    uint32_t older, newer;     /* slot + 1, 0: none */
    uint32_t target_region, target_slot;
};

static const struct acre_layout watcher_layout = {sizeof(struct acre_watcher), 16,
                                                  ACRE_PURPOSE_WEAK};

static struct acre_region *home_of(const struct acre_engine *engine)
{
    return acre_region_at(engine, ACRE_REGION_PINNED);
}

static struct acre_watcher *watcher_at(const struct acre_engine *engine, uint32_t slot)
{
    return (struct acre_watcher *)acre_weak_slot_at(&home_of(engine)->weak, slot)->object;
}

/* The list ------------------------------------------------------------------------------------ */

static uint32_t *newest_of(const struct acre_engine *engine, const struct acre_watcher *watcher)
{
    struct acre_region *region = acre_region_at(engine, watcher->target_region);

    return acre_region_is_bulk(region) ? &region->newest_watch
                                       : acre_newest_watch_at(&region->weak, watcher->target_slot);
}

static void put_newest(struct acre_engine *engine, struct acre_watcher *watcher)
{
    uint32_t *newest = newest_of(engine, watcher);

    watcher->newer = 0;
    watcher->older = *newest;
    if (*newest != 0)
        watcher_at(engine, *newest - 1)->newer = watcher->slot + 1;
    *newest = watcher->slot + 1;
}

static void take_out(struct acre_engine *engine, struct acre_watcher *watcher)
{
    if (watcher->newer != 0)
        watcher_at(engine, watcher->newer - 1)->older = watcher->older;
    else
        *newest_of(engine, watcher) = watcher->older;
    if (watcher->older != 0)
        watcher_at(engine, watcher->older - 1)->newer = watcher->newer;
}

/* Begin, cancel, run -------------------------------------------------------------------------- */

static void give_back(struct acre_engine *engine, struct acre_watcher *watcher)
{
    acre_free(engine->memory, watcher, watcher_layout);
}

/* A watcher with a slot of its own, in no list yet. NULL: no memory. */
static struct acre_watcher *place(struct acre_engine *engine, struct acre_watch *watch)
{
    struct acre_region *home = home_of(engine);
    struct acre_watcher *watcher =
        acre_object_place_acyclic(engine, home, TYPE_WATCHER, sizeof *watcher, ACRE_PURPOSE_WEAK);

    if (watcher == NULL)
        return NULL;
    home->live_objects--;
    if (!acre_weak_begin(engine, home, &watcher->object, &watch->own)) {
        give_back(engine, watcher);
        return NULL;
    }
    watcher->slot = acre_weak_number_of(&watcher->object);
    return watcher;
}

enum acre_status acre_watch_begin(struct acre_engine *engine, struct acre_weak target,
                                  struct acre_notice notice, struct acre_watch *watch)
{
    const struct acre_object *object = acre_weak_peek(engine, target);
    struct acre_watcher *watcher;
    struct acre_watch ignored;

    if (watch == NULL)
        watch = &ignored;
    *watch = (struct acre_watch){0};
    if (!acre_check_owner(engine, "acre_watch_begin"))
        return ACRE_BAD_ARGUMENT;
    if (object == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "watch: the object is dead");
    if (notice.call == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "watch: there is no function to call");
    watcher = place(engine, watch);
    if (watcher == NULL)
        return acre_fail_no_memory(engine, "a watch");
    watcher->notice = notice;
    watcher->target_region = object->region;
    watcher->target_slot = acre_weak_number_of(object);
    put_newest(engine, watcher);
    return ACRE_OK;
}

bool acre_watch_is_pending(const struct acre_engine *engine, struct acre_watch watch)
{
    return acre_weak_peek(engine, watch.own) != NULL;
}

bool acre_watch_cancel(struct acre_engine *engine, struct acre_watch watch)
{
    struct acre_watcher *watcher = (struct acre_watcher *)acre_weak_peek(engine, watch.own);

    if (watcher == NULL || !acre_check_owner(engine, "acre_watch_cancel"))
        return false;
    acre_weak_slot_free(&home_of(engine)->weak, watcher->slot);
    if ((watcher->object.flags & OBJECT_IS_DYING) != 0) {
        watcher->notice.call = NULL; /* its memory goes when its turn comes */
        return true;
    }
    take_out(engine, watcher);
    give_back(engine, watcher);
    return true;
}

enum acre_status acre_watch_run(struct acre_engine *engine, struct acre_watch watch)
{
    const struct acre_watcher *watcher =
        (const struct acre_watcher *)acre_weak_peek(engine, watch.own);
    struct acre_notice notice;

    if (watcher == NULL)
        return ACRE_OK;
    if (!acre_check_owner(engine, "acre_watch_run"))
        return ACRE_BAD_ARGUMENT;
    notice = watcher->notice;
    acre_watch_cancel(engine, watch);
    return notice.call(engine, notice.context, notice.number);
}

/* Death --------------------------------------------------------------------------------------- */

void acre_watchers_die(struct acre_engine *engine, uint32_t newest)
{
    while (newest != 0) {
        struct acre_watcher *watcher = watcher_at(engine, newest - 1);

        newest = watcher->older;
        watcher->object.flags |= OBJECT_IS_DYING;
        acre_dying_append(engine, &watcher->object);
    }
}

/* The releaser has a failure of its own to read, perhaps: its sentence is kept over the call. */
static void call(struct acre_engine *engine, struct acre_notice notice)
{
    char error[sizeof engine->error];
    enum acre_status status;

    memcpy(error, engine->error, sizeof error);
    engine->error[0] = '\0';
    status = notice.call(engine, notice.context, notice.number);
    if (status != ACRE_OK) {
        engine->watch_failures++;
        snprintf(engine->watch_error, sizeof engine->watch_error, "%s%s%s",
                 acre_status_name(status), engine->error[0] != '\0' ? ": " : "", engine->error);
    }
    memcpy(engine->error, error, sizeof error);
}

static void watcher_dies(struct acre_engine *engine, struct acre_object *object)
{
    struct acre_watcher *watcher = (struct acre_watcher *)object;

    home_of(engine)->live_objects++; /* it was never counted, and is about to be counted off */
    if (watcher->notice.call == NULL)
        return;
    acre_weak_slot_free(&home_of(engine)->weak, watcher->slot);
    call(engine, watcher->notice);
}

const struct acre_type acre_watcher_type = {
    .name = "Watch",
    .size_bytes = sizeof(struct acre_watcher),
    .purpose = ACRE_PURPOSE_WEAK,
    .forbids_weak = true,
    .destroy = watcher_dies,
};

/* The engine's end ---------------------------------------------------------------------------- */

void acre_watchers_free(struct acre_engine *engine)
{
    const struct acre_region *home = home_of(engine);

    if (engine->regions.count == 0) /* it could not even be made */
        return;
    for (uint32_t number = 0; number < home->weak.used; number++) {
        struct acre_weak_slot *slot = acre_weak_slot_at(&home->weak, number);

        if (slot->stamp != 0 && slot->object->type == TYPE_WATCHER)
            give_back(engine, (struct acre_watcher *)slot->object);
    }
}

uint64_t acre_watch_failures(const struct acre_engine *engine)
{
    return engine->watch_failures;
}

const char *acre_watch_error(const struct acre_engine *engine)
{
    return engine->watch_error;
}
