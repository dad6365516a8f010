/* Tables of weak values: semantics case W-18, and every operation in every state of a value. */
#include "support/mtest.h"

#include "bench/random.h"
#include "core/fixture.h"
#include "core/watch.h"
#include "core/weak_table.h"

static struct acre_weak_table *table;

static void open_table(enum world_place place)
{
    open_in(place);
    cr_assert_eq(acre_weak_table_new(world.engine, &table), ACRE_OK);
}

static void close_table(void)
{
    acre_weak_table_destroy(world.engine, table);
    close_empty();
}

static void put(uint64_t key, struct node *value)
{
    cr_assert_eq(acre_weak_table_put(world.engine, table, key, &value->object), ACRE_OK);
}

/* Borrowed from whoever else holds it. */
static struct node *get(uint64_t key)
{
    struct acre_object *object = acre_weak_table_get(world.engine, table, key);
    struct node *node = (struct node *)object;

    acre_unref(world.engine, &object);
    return node;
}

static bool drop_key(uint64_t key)
{
    return acre_weak_table_remove(world.engine, table, key);
}

MTest(weak_table, life)
{
    struct node *a;
    struct node *b;
    struct acre_object *got;

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        open_table(place);
        cr_assert_null(get(7));
        cr_assert_not(drop_key(7));
        a = world_plain(&world);
        b = world_plain(&world);
        put(7, a);
        put(UINT64_MAX, b);
        put(0, b); /* one value under two keys */
        cr_assert_eq(count_of(a), 1, "it holds nothing");
        cr_assert_eq(get(7), a);
        cr_assert_eq(get(UINT64_MAX), b);
        cr_assert_eq(acre_weak_table_count(table), 3);
        got = acre_weak_table_get(world.engine, table, 7);
        cr_assert_eq(acre_strong_count(got), 2);
        acre_unref(world.engine, &got);

        /* replaced: the old value's death takes nothing away; put again: one entry */
        put(7, b);
        put(7, b);
        cr_assert_eq(get(7), b);
        cr_assert_eq(acre_weak_table_count(table), 3);
        acre_unref(world.engine, &a);
        cr_assert_eq(get(7), b);

        cr_assert(drop_key(7));
        cr_assert_not(drop_key(7));
        cr_assert_null(get(7));
        cr_assert_eq(acre_weak_table_count(table), 2);
        acre_unref(world.engine, &b);
        if (place == WORLD_BULK) {
            cr_assert_eq(acre_weak_table_count(table), 2);
            cr_assert_eq(reset(0), ACRE_OK);
        }
        cr_assert_eq(acre_weak_table_count(table), 0);
        cr_assert_null(get(0));

        /* a table ends before its values */
        a = world_plain(&world);
        put(1, a);
        acre_weak_table_destroy(world.engine, table);
        acre_unref(world.engine, &a);
        cr_assert_eq(acre_weak_table_new(world.engine, &table), ACRE_OK);
        close_table();
    }
    open_table(WORLD_PINNED);
    cr_assert_eq(acre_weak_table_put(world.engine, table, 1, NULL), ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_weak_table_count(table), 0);
    acre_weak_table_destroy(world.engine, NULL);
    close_table();
}

/* W-18: ten values; all are dropped when the first is visited. */
MTest(weak_table, iteration)
{
    enum { VALUES = 10 };

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct node *nodes[VALUES];
        struct acre_object *value;
        uint64_t cursor = 0;
        uint64_t key = 0;
        int visited = 0;

        open_table(place);
        for (uint64_t i = 0; i < VALUES; i++) {
            nodes[i] = world_plain(&world);
            put(100 - i, nodes[i]);
        }
        /* in the order of insertion, each once */
        while ((value = acre_weak_table_next(world.engine, table, &cursor, &key)) != NULL) {
            cr_assert_eq(value, &nodes[visited]->object);
            cr_assert_eq(key, 100 - (uint64_t)visited);
            cr_assert_eq(acre_strong_count(value), 2);
            acre_unref(world.engine, &value);
            visited++;
        }
        cr_assert_eq(visited, VALUES);
        cr_assert_null(acre_weak_table_next(world.engine, table, &cursor, &key));

        cursor = 0;
        visited = 0;
        while ((value = acre_weak_table_next(world.engine, table, &cursor, NULL)) != NULL) {
            visited++;
            for (int i = 0; i < VALUES; i++)
                acre_unref(world.engine, &nodes[i]);
            acre_unref(world.engine, &value);
            if (place == WORLD_BULK)
                cr_assert_eq(reset(0), ACRE_OK);
        }
        cr_assert_eq(visited, 1);
        cr_assert_eq(acre_weak_table_count(table), 0);
        close_table();
    }
}

/* Entries come and go while an iteration runs: none is visited twice, none is left out. */
MTest(weak_table, changes_while_iterating)
{
    enum { VALUES = 400 };
    static int visits[2 * VALUES];
    struct node *nodes[2 * VALUES] = {NULL};
    struct acre_object *value;
    uint64_t cursor = 0;
    uint64_t key;
    uint64_t made = VALUES;

    open_table(WORLD_PINNED);
    memset(visits, 0, sizeof visits);
    for (uint64_t i = 0; i < VALUES; i++) {
        nodes[i] = world_plain(&world);
        put(i, nodes[i]);
    }
    while ((value = acre_weak_table_next(world.engine, table, &cursor, &key)) != NULL) {
        visits[key]++;
        acre_unref(world.engine, &value);
        /* the visited goes, and the one 100 later; a new one comes; one is replaced by itself */
        acre_unref(world.engine, &nodes[key]);
        if (key % 3 == 0 && key + 100 < VALUES)
            acre_unref(world.engine, &nodes[key + 100]);
        if (made < 2 * VALUES) {
            nodes[made] = world_plain(&world);
            put(made, nodes[made]);
            made++;
        }
        if (nodes[made - 1] != NULL)
            put(made - 1, nodes[made - 1]);
    }
    for (int i = 0; i < 2 * VALUES; i++) {
        bool was_dropped = i >= 100 && i < VALUES && (i - 100) % 3 == 0 && visits[i - 100] == 1;

        if (i < (int)made)
            cr_assert_eq(visits[i], was_dropped ? 0 : 1, "%d: %d", i, visits[i]);
    }
    cr_assert_eq(acre_weak_table_count(table), 0);
    close_table();
}

/* What a destructor and a watch see of the value that dies. */
static struct node *successor;
static uint32_t count_inside;

static void look(struct acre_engine *engine, struct node *node)
{
    uint64_t cursor = 0;

    cr_assert_null(get(1));
    cr_assert_null(acre_weak_table_next(engine, table, &cursor, NULL));
    cr_assert_eq(acre_weak_table_put(engine, table, 2, &node->object), ACRE_BAD_ARGUMENT);
    count_inside = acre_weak_table_count(table);
}

static enum acre_status put_successor(struct acre_engine *engine, void *context, uint64_t key)
{
    (void)context;
    cr_assert_null(get(key));
    return acre_weak_table_put(engine, table, key, &successor->object);
}

static enum acre_status end_table(struct acre_engine *engine, void *context, uint64_t key)
{
    (void)context;
    (void)key;
    acre_weak_table_destroy(engine, table);
    table = NULL;
    return ACRE_OK;
}

MTest(weak_table, dying_values)
{
    struct acre_weak weak;
    struct node *a;

    open_table(WORLD_PINNED);
    a = world_node(&world, 'a');
    a->at_death = look;
    put(1, a);
    acre_unref(world.engine, &a);
    cr_assert_eq(count_inside, 0);
    cr_assert_eq(acre_weak_table_count(table), 0);

    /* a newer watch is called first, and gives the key to another; the old entry's end is no end */
    a = world_plain(&world);
    successor = world_plain(&world);
    put(1, a);
    acre_weak_of(world.engine, &a->object, &weak);
    cr_assert_eq(
        acre_watch_begin(world.engine, weak, (struct acre_notice){put_successor, NULL, 1}, NULL),
        ACRE_OK);
    acre_unref(world.engine, &a);
    cr_assert_eq(acre_watch_failures(world.engine), 0, "%s", acre_watch_error(world.engine));
    cr_assert_eq(get(1), successor);
    cr_assert_eq(acre_weak_table_count(table), 1);

    /* ... or ends the table, while the table's own watch waits */
    acre_weak_of(world.engine, &successor->object, &weak);
    cr_assert_eq(
        acre_watch_begin(world.engine, weak, (struct acre_notice){end_table, NULL, 0}, NULL),
        ACRE_OK);
    acre_unref(world.engine, &successor);
    cr_assert_null(table);
    close_empty();
}

/* Against arrays that are too simple to be wrong, through growth and gaps. */
MTest(weak_table, random_use)
{
    enum { KEYS = 200, VALUES = 50 };
    struct node *values[VALUES] = {NULL};
    const struct node *expected[KEYS] = {NULL};
    uint64_t steps = world_repetitions(200000, 5000);
    struct acre_random random;

    open_table(WORLD_PINNED);
    acre_random_init(&random, 1, 0);
    for (uint64_t step = 0; step < steps; step++) {
        uint64_t key = acre_random_below(&random, KEYS);
        size_t which = (size_t)acre_random_below(&random, VALUES);
        uint32_t count = 0;

        if (values[which] == NULL) {
            values[which] = world_plain(&world);
        } else if (acre_random_below(&random, 8) == 0) {
            for (int i = 0; i < KEYS; i++)
                if (expected[i] == values[which])
                    expected[i] = NULL;
            acre_unref(world.engine, &values[which]);
        } else if (acre_random_below(&random, 4) == 0) {
            cr_assert_eq(drop_key(key * 1000003), expected[key] != NULL);
            expected[key] = NULL;
        } else {
            put(key * 1000003, values[which]);
            expected[key] = values[which];
        }
        for (int i = 0; i < KEYS; i++)
            count += expected[i] != NULL;
        if (get(key * 1000003) != expected[key] || acre_weak_table_count(table) != count)
            cr_assert(false, "step %llu", (unsigned long long)step);
    }
    for (int i = 0; i < VALUES; i++)
        acre_unref(world.engine, &values[i]);
    cr_assert_eq(acre_weak_table_count(table), 0);
    close_table();
}

/* The k-th allocation fails, for every k: a status, the entries as before; W-20: removal asks for
 * none. */
MTest(weak_table, fault_sweep)
{
    enum { VALUES = 100 };
    bool failed = true;

    for (uint64_t k = 1; failed; k++) {
        struct node *nodes[VALUES];
        uint64_t calls;

        open_in(WORLD_PINNED);
        for (int i = 0; i < VALUES; i++)
            nodes[i] = world_plain(&world);
        world.plan.fail_at = world.plan.calls + k;
        failed = acre_weak_table_new(world.engine, &table) != ACRE_OK;
        if (failed)
            cr_assert_null(table);
        for (uint64_t i = 0; table != NULL && i < VALUES; i++) {
            enum acre_status status =
                acre_weak_table_put(world.engine, table, i % 80, &nodes[i]->object);

            cr_assert(status == ACRE_OK || status == ACRE_NO_MEMORY);
            failed |= status != ACRE_OK;
            if (status == ACRE_OK)
                cr_assert_eq(get(i % 80), nodes[i]);
            else
                cr_assert_eq(get(i % 80), i < 80 ? NULL : nodes[i - 80]);
        }
        world.plan.fail_at = 1;
        world.plan.forever = true;
        calls = world.plan.calls;
        for (int i = 0; i < VALUES; i++)
            acre_unref(world.engine, &nodes[i]);
        cr_assert_eq(world.plan.calls, calls);
        if (table != NULL)
            cr_assert_eq(acre_weak_table_count(table), 0);
        world.plan.fail_at = 0;
        close_table();
    }
}
