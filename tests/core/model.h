/*
 * The model that random programs are held against: plain tables, and a search from scratch wherever
 * the engine keeps a count. It is too simple to be wrong, and just quick enough for millions of
 * steps: all counts are taken in one pass.
 *
 *    regions   0 pinned   1 first ── 3 child   2 second   4 lasting
 */
#ifndef ACRE_TESTS_CORE_MODEL_H
#define ACRE_TESTS_CORE_MODEL_H

#include <string.h>

#include "bench/random.h"
#include "core/check.h"
#include "core/copy.h"
#include "core/region.h"
#include "core/watch.h"

enum {
    SLOTS = 3,
    MOST_OBJECTS = 400,
    MOST_HANDLES = 60,
    NAMES = 12,
    WEAKS = 300,
    FIRST = 1,
    CHILD = 3,
    LASTING = 4,
    REGIONS = 5,
    MOST_IMMORTALS = 4,
};

enum region_kind { NO_REGION, COUNTED, BULK };

/* A row at one time: its object of then. */
struct target {
    int row;
    uint64_t serial; /* 0: none */
};

struct thing {
    struct acre_object object;
    struct thing *slots[SLOTS];
    struct acre_weak partner;
    uint64_t serial; /* 0: its destructor has run */
};

/* One row an object, found by its serial number. */
struct row {
    struct thing *thing;
    uint64_t serial; /* 0: the row is free */
    int region;
    bool has_destructor, is_immortal;
    int slots[SLOTS]; /* rows, -1: none */
    struct target partner;
};

struct handle {
    struct thing *thing; /* what the C variable holds */
    int row;
};

struct weak_row {
    struct acre_weak weak;
    struct target target;
    struct acre_watch watch;
    bool is_watched;
    uint32_t calls;
};

static struct acre_engine *engine;
static enum region_kind kinds[REGIONS];
static struct row rows[MOST_OBJECTS];
static int row_limit;                       /* rows from here on are free */
static struct handle handles[MOST_HANDLES]; /* without a name for the engine */
static int handle_count;
static struct acre_variable *names[NAMES]; /* with one; they hold things */
static int named_rows[NAMES];              /* -1: none */
static struct weak_row weaks[WEAKS];
static uint64_t serials;
static uint64_t immortals;
static uint64_t destructors_owed, destructors_run;
static struct acre_random random_state;
static uint64_t seed;
static uint64_t step;

#define agree(condition)                                                                           \
    check(condition, "step %llu; repeat with: random_model %llu %llu", (unsigned long long)step,   \
          (unsigned long long)seed, (unsigned long long)step + 1)

static int below(int bound)
{
    return (int)acre_random_below(&random_state, (uint64_t)bound);
}

static bool is_of_family(int root, int region)
{
    return region == root || (root == FIRST && region == CHILD);
}

static bool is_there(struct target target)
{
    return target.serial != 0 && rows[target.row].serial == target.serial;
}

static struct target target_of(int row)
{
    return (struct target){row, rows[row].serial};
}

/* References ----------------------------------------------------------------------------------- */

struct references {
    uint32_t all[MOST_OBJECTS];
    uint32_t unnamed[MOST_OBJECTS]; /* from handles */
    uint32_t outside[MOST_OBJECTS]; /* from names, and from slots of another family */
};

/* `root` is the family that is not outside; -1: nobody asks. */
static struct references count_references(int root)
{
    struct references count;

    memset(count.all, 0, sizeof count.all[0] * (size_t)row_limit);
    memset(count.unnamed, 0, sizeof count.all[0] * (size_t)row_limit);
    memset(count.outside, 0, sizeof count.all[0] * (size_t)row_limit);
    for (int i = 0; i < handle_count; i++) {
        count.all[handles[i].row]++;
        count.unnamed[handles[i].row]++;
    }
    for (int i = 0; i < NAMES; i++)
        if (named_rows[i] >= 0) {
            count.all[named_rows[i]]++;
            count.outside[named_rows[i]]++;
        }
    for (int i = 0; i < row_limit; i++)
        for (int s = 0; rows[i].serial != 0 && s < SLOTS; s++)
            if (rows[i].slots[s] >= 0) {
                count.all[rows[i].slots[s]]++;
                count.outside[rows[i].slots[s]] += !is_of_family(root, rows[i].region);
            }
    return count;
}

static void bury(int row)
{
    destructors_owed += rows[row].has_destructor;
    rows[row].serial = 0;
}

/* Counted objects that nothing refers to die, and then what only they referred to. */
static void bury_the_dead(void)
{
    struct references count = count_references(-1);
    bool again = true;

    while (again) {
        again = false;
        for (int i = 0; i < row_limit; i++) {
            if (rows[i].serial == 0 || kinds[rows[i].region] == BULK || rows[i].is_immortal ||
                count.all[i] != 0)
                continue;
            bury(i);
            again = true;
            for (int s = 0; s < SLOTS; s++)
                if (rows[i].slots[s] >= 0)
                    count.all[rows[i].slots[s]]--;
        }
    }
    while (row_limit > 0 && rows[row_limit - 1].serial == 0)
        row_limit--;
}

/* What C variables, immortals and bulk regions do not reach: rows are marked until none is new. */
static void bury_the_unreached(void)
{
    bool is_reached[MOST_OBJECTS] = {false};
    bool again = true;

    for (int i = 0; i < row_limit; i++)
        is_reached[i] =
            rows[i].serial != 0 && (kinds[rows[i].region] == BULK || rows[i].is_immortal);
    for (int i = 0; i < handle_count; i++)
        is_reached[handles[i].row] = true;
    for (int i = 0; i < NAMES; i++)
        if (named_rows[i] >= 0)
            is_reached[named_rows[i]] = true;
    while (again) {
        again = false;
        for (int i = 0; i < row_limit; i++)
            for (int s = 0; is_reached[i] && s < SLOTS; s++)
                if (rows[i].slots[s] >= 0 && !is_reached[rows[i].slots[s]])
                    again = is_reached[rows[i].slots[s]] = true;
    }
    for (int i = 0; i < row_limit; i++)
        if (rows[i].serial != 0 && !is_reached[i])
            bury(i);
}

/*
 * A family can be reset when nobody outside refers into its bulk regions, and nothing lives in its
 * counted ones; a detaching reset minds only handles.
 */
static bool may_reset(int root, bool detaches)
{
    struct references count = count_references(root);

    for (int i = 0; i < row_limit; i++)
        if (rows[i].serial != 0 && is_of_family(root, rows[i].region) &&
            (kinds[rows[i].region] == COUNTED || count.unnamed[i] != 0 ||
             (!detaches && count.outside[i] != 0)))
            return false;
    return true;
}

/* What outside refers into the family lets go: names, then slots. */
static void let_go_of(int root)
{
    for (int i = 0; i < NAMES; i++)
        if (named_rows[i] >= 0 && is_of_family(root, rows[named_rows[i]].region))
            named_rows[i] = -1;
    for (int i = 0; i < row_limit; i++)
        for (int s = 0; rows[i].serial != 0 && s < SLOTS; s++)
            if (rows[i].slots[s] >= 0 && !is_of_family(root, rows[i].region) &&
                is_of_family(root, rows[rows[i].slots[s]].region))
                rows[i].slots[s] = -1;
}

static void bury_family(int root)
{
    for (int i = 0; i < row_limit; i++)
        if (rows[i].serial != 0 && is_of_family(root, rows[i].region))
            bury(i);
}

/* Asking everything ---------------------------------------------------------------------------- */

static void compare_row(int i, const struct references *count)
{
    const struct thing *thing = rows[i].thing;

    agree(thing->serial == rows[i].serial);
    /* In a bulk region the dead still hold, so the engine's count is the model's as well. */
    agree(acre_strong_count(&thing->object) == (rows[i].is_immortal ? UINT32_MAX : count->all[i]));
    for (int s = 0; s < SLOTS; s++)
        agree(thing->slots[s] == (rows[i].slots[s] < 0 ? NULL : rows[rows[i].slots[s]].thing));
    agree(acre_weak_is_alive(engine, thing->partner) == is_there(rows[i].partner));
}

static void compare(void)
{
    struct references count = count_references(-1);
    uint64_t live = 0;

    for (int i = 0; i < row_limit; i++)
        if (rows[i].serial != 0) {
            live++;
            compare_row(i, &count);
        }
    agree(acre_live_objects(engine) == live);
    agree(acre_immortal_objects(engine) == immortals);
    agree(destructors_run == destructors_owed);
    agree(acre_misuses(engine) == 0);
    for (int i = 0; i < NAMES; i++)
        agree((void *)names[i] == (named_rows[i] < 0 ? NULL : (void *)rows[named_rows[i]].thing));
    for (int i = 0; i < WEAKS; i++) {
        bool is_alive = is_there(weaks[i].target);

        agree(acre_weak_is_alive(engine, weaks[i].weak) == is_alive);
        agree(acre_watch_is_pending(engine, weaks[i].watch) == (weaks[i].is_watched && is_alive));
        agree(weaks[i].calls == (weaks[i].is_watched && !is_alive));
    }
}

#endif
