/*
 * The one world of a unit test of the engine: open_in begins with it, and close_empty ends with the
 * claim that everything is dead, nothing leaked and every byte is back.
 */
#ifndef ACRE_TESTS_CORE_FIXTURE_H
#define ACRE_TESTS_CORE_FIXTURE_H

#include "support/mtest.h"

#include "core/world.h"

static struct world world;

/* Blocks for weak references, as long as one chunk of slots is enough: the chunk and its row. */
enum { ONE_CHUNK = 2 };

static inline uint32_t count_of(const struct node *node)
{
    return acre_strong_count(&node->object);
}

static inline enum acre_status reset(int which)
{
    return acre_region_reset(world.engine, world.regions[which]);
}

static inline bool error_says(const char *words)
{
    return strstr(acre_error(world.engine), words) != NULL;
}

static inline void open_in(enum world_place place)
{
    cr_assert(world_open(&world, place));
}

static inline void close_empty(void)
{
    for (int i = 0; i < 2; i++)
        if (world.regions[i] != ACRE_REGION_PINNED)
            cr_assert_eq(reset(i), ACRE_OK, "%s", acre_error(world.engine));
    cr_assert_eq(acre_live_objects(world.engine), 0);
    cr_assert_eq(world_bytes_of(&world, 1), 0);
    cr_assert_eq(world_bytes_of(&world, 2), 0);
    cr_assert_eq(world_close(&world), 0);
    cr_assert_eq(acre_books_total(&world.ledger.books).live.blocks, 0);
    cr_assert_eq(acre_books_total(&world.ledger.books).live.bytes, 0);
}

#endif
