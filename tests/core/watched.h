/* What tests of watches share: a world whose watches write down that they were called. */
#ifndef ACRE_TESTS_CORE_WATCHED_H
#define ACRE_TESTS_CORE_WATCHED_H

#include "core/fixture.h"
#include "core/watch.h"

/* What happens is written into world_deaths: nodes by their letter, watches by their number. */
enum { PROBED = 8 };

static struct acre_weak probed[PROBED]; /* dead whenever a watch is called */
static void (*in_call[256])(void);      /* what else the watch of this number does, or NULL */
static enum acre_status answer_of[256];

static inline enum acre_status note(struct acre_engine *engine, void *context, uint64_t number)
{
    cr_assert_eq(engine, world.engine);
    cr_assert_eq(context, probed);
    for (int i = 0; i < PROBED; i++) {
        cr_assert_not(acre_weak_is_alive(engine, probed[i]));
        cr_assert_null(acre_weak_get(engine, probed[i]));
    }
    world_write_death((char)number);
    if (in_call[number] != NULL)
        in_call[number]();
    return answer_of[number];
}

static inline void quiet(void)
{
    memset(probed, 0, sizeof probed);
    memset(in_call, 0, sizeof in_call);
    memset(answer_of, 0, sizeof answer_of);
}

static inline void open_quiet(enum world_place place)
{
    open_in(place);
    quiet();
}

static inline struct acre_weak weak_of(struct node *node)
{
    struct acre_weak weak;

    cr_assert_eq(acre_weak_of(world.engine, &node->object, &weak), ACRE_OK);
    return weak;
}

static inline struct acre_watch watch(struct node *node, char number)
{
    struct acre_notice notice = {note, probed, (unsigned char)number};
    struct acre_watch made;

    cr_assert_eq(acre_watch_begin(world.engine, weak_of(node), notice, &made), ACRE_OK);
    cr_assert(acre_watch_is_pending(world.engine, made));
    return made;
}

static inline bool cancel(struct acre_watch which)
{
    bool was_pending = acre_watch_is_pending(world.engine, which);

    cr_assert_eq(acre_watch_cancel(world.engine, which), was_pending);
    cr_assert_not(acre_watch_is_pending(world.engine, which));
    return was_pending;
}

/* A node of the kind that may live there. */
static inline struct node *node_in(enum world_place place, char name)
{
    return place == WORLD_BULK ? world_plain(&world) : world_node(&world, name);
}

/* Drops what may be the last reference, and resets where that is what ends things. */
static inline void end(enum world_place place, struct node **node)
{
    acre_unref(world.engine, node);
    if (place == WORLD_BULK)
        cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(world.engine));
}

#endif
