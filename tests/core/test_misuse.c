/* Immortal objects, and mistakes of the caller: semantics cases, Z-01 to Z-04.
 * What builds without checks do not catch is not done in them. */
#include "support/mtest.h"

#include "core/collect.h"
#include "core/copy.h"
#include "core/fixture.h"
#include "core/watched.h"

static char told[512]; /* sentences, each with a line end */

static void tell(void *context, const char *sentence)
{
    size_t length = strlen(told);

    cr_assert_eq(context, told);
    snprintf(told + length, sizeof told - length, "%s\n", sentence);
}

static const struct acre_engine_options telling = {.on_misuse = tell, .misuse_context = told};

static void open_telling(enum world_place place)
{
    cr_assert(world_open_with(&world, place, &telling));
    quiet();
    told[0] = '\0';
}

/* The mistakes so far are `sentences`, as they were told and as they were counted. */
static void expect_told(const char *sentences)
{
    uint64_t count = 0;

    cr_assert_str_eq(told, sentences);
    for (const char *at = sentences; *at != '\0'; at++)
        count += *at == '\n';
    cr_assert_eq(acre_misuses(world.engine), count);
}

/* below zero and after death, without a look at the memory. */
MTest(misuse, after_death)
{
    static const char *const sentences[WORLD_PLACES] = {
        [WORLD_PINNED] = "acre_unref: a dead 'Node'\nacre_ref: a dead 'Node'\n"
                         "acre_slot_set, target: a dead 'Node'\n"
                         "acre_slot_set, holder: a dead 'Node'\nacre_weak_of: a dead 'Node'\n"
                         "acre_copy_to: a dead 'Node'\nacre_make_immortal: a dead 'Node'\n",
        [WORLD_COUNTED] = "acre_unref: a dead 'Node'\nacre_ref: a dead 'Node'\n"
                          "acre_slot_set, target: a dead 'Node'\n"
                          "acre_slot_set, holder: a dead 'Node'\nacre_weak_of: a dead 'Node'\n"
                          "acre_copy_to: a dead 'Node'\nacre_make_immortal: a dead 'Node'\n",
        [WORLD_BULK] = "acre_unref: a dead 'Plain'\nacre_ref: a dead 'Plain'\n"
                       "acre_slot_set, target: a dead 'Plain'\n"
                       "acre_slot_set, holder: a dead 'Plain'\nacre_weak_of: a dead 'Plain'\n"
                       "acre_copy_to: a dead 'Plain'\nacre_make_immortal: a dead 'Plain'\n",
    };

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES && acre_has_checks();
         place++) {
        struct acre_engine *e;
        struct acre_object *object;
        struct acre_weak weak;
        struct node *holder;
        struct node *node;
        struct node *dead;
        struct node *copy;

        open_telling(place);
        e = world.engine;
        acre_region_enter(e, ACRE_REGION_PINNED);
        holder = world_plain(&world);
        acre_region_enter(e, world.regions[0]);
        node = dead = copy = node_in(place, 'n');
        end(place, &node);
        acre_unref(e, &copy);
        cr_assert_null(copy);
        acre_ref(e, &dead->object);
        cr_assert_eq(world_link(&world, holder, &holder->next, dead), ACRE_BAD_ARGUMENT);
        cr_assert_null(holder->next);
        cr_assert_eq(acre_slot_set(e, &dead->object, &copy, &holder->object), ACRE_BAD_ARGUMENT);
        cr_assert_eq(acre_weak_of(e, &dead->object, &weak), ACRE_BAD_ARGUMENT);
        cr_assert_eq(acre_copy_to(e, &dead->object, ACRE_REGION_PINNED, &object),
                     ACRE_BAD_ARGUMENT);
        cr_assert_eq(acre_make_immortal(e, &dead->object), ACRE_BAD_ARGUMENT);
        expect_told(sentences[place]);

        /* the same address lives again, and is nobody's past */
        node = node_in(place, 'n');
        acre_ref(e, &node->object);
        copy = node;
        acre_unref(e, &copy);
        expect_told(sentences[place]);
        end(place, &node);
        acre_unref(e, &holder);
        close_empty();
    }
}

/* in a bulk region a count can be run down while the object is there. */
MTest(misuse, below_zero)
{
    struct node *node;
    struct node *again;

    if (!acre_has_checks())
        return;
    open_telling(WORLD_BULK);
    node = again = world_plain(&world);
    acre_unref(world.engine, &node);
    acre_unref(world.engine, &again);
    cr_assert_null(again);
    expect_told("acre_unref: released below zero, a 'Plain'\n");
    cr_assert(error_says("below zero"));
    cr_assert_eq(reset(0), ACRE_OK);
    close_empty();
}

/* A slot that C code has robbed: its target is dead when the slot is set. */
MTest(misuse, a_robbed_slot)
{
    struct node *holder;
    struct node *held;

    if (!acre_has_checks())
        return;
    open_telling(WORLD_PINNED);
    holder = world_node(&world, 'h');
    held = world_node(&world, 'x');
    world_link(&world, holder, &holder->next, held);
    acre_unref(world.engine, &held);
    held = holder->next;
    acre_unref(world.engine, &held);
    cr_assert_str_eq(world_deaths, "x");
    cr_assert_eq(world_link(&world, holder, &holder->next, NULL), ACRE_BAD_ARGUMENT);
    expect_told("acre_slot_set, old target: a dead 'Node'\n");
    holder->next = NULL;
    acre_unref(world.engine, &holder);
    close_empty();
}

/* No resurrection ---------------------------------------------------------------------------- */

static struct node *root;
static struct node *held_by_dying;
static enum acre_status status_of_storing;

static void store_self(struct acre_engine *engine, struct node *node)
{
    struct node *self = node;

    acre_ref(engine, &self->object);
    status_of_storing = world_link(&world, root, &root->next, node);
    acre_unref(engine, &self);
}

/*
 * Z-01, Z-02, Z-03, Z-04: a destructor that tries to keep its object. It runs once; the object
 * dies, and so does what hangs on it; by counts, as garbage and with its region.
 */
static void try_to_resurrect(enum world_place place, bool is_garbage)
{
    struct acre_engine_options options = telling;
    struct acre_weak weak;
    struct node *dying;

    options.collector = ACRE_COLLECTOR_MANUAL;
    cr_assert(world_open_with(&world, place, &options));
    quiet();
    told[0] = '\0';
    acre_region_enter(world.engine, ACRE_REGION_PINNED);
    root = world_plain(&world);
    acre_region_enter(world.engine, world.regions[0]);
    dying = world_node(&world, 'd');
    held_by_dying = world_node(&world, 'h');
    dying->at_death = store_self;
    world_link(&world, dying, &dying->next, held_by_dying);
    acre_unref(world.engine, &held_by_dying);
    if (is_garbage)
        world_link(&world, dying, &dying->other, dying);
    weak = weak_of(dying);
    acre_unref(world.engine, &dying);
    if (is_garbage)
        cr_assert_eq(acre_collect(world.engine, NULL), ACRE_OK);
    else if (place == WORLD_BULK)
        cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(strlen(world_deaths), 2);
    cr_assert_not(acre_weak_is_alive(world.engine, weak));
    cr_assert_eq(status_of_storing, ACRE_BAD_ARGUMENT);
    cr_assert_null(root->next);
    expect_told("acre_ref: there is no resurrection of a dying 'Node'\n"
                "acre_slot_set, target: there is no resurrection of a dying 'Node'\n"
                "acre_unref: nobody can hold a dying 'Node'\n");
    acre_unref(world.engine, &root);
    close_empty();
}

MTest(misuse, resurrection)
{
    if (!acre_has_checks())
        return;
    try_to_resurrect(WORLD_PINNED, false);  /* Z-01 */
    try_to_resurrect(WORLD_PINNED, true);   /* Z-02 */
    try_to_resurrect(WORLD_COUNTED, false); /* Z-03: 'h' dies too */
    try_to_resurrect(WORLD_COUNTED, true);
    try_to_resurrect(WORLD_BULK, false); /* Z-04 */
}

/* Books that forget the oldest never blame the living. */
MTest(misuse, the_living_are_never_blamed)
{
    enum { NODES = 20000 };
    static struct node *nodes[NODES];
    uint64_t count = world_repetitions(NODES, 2000);

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        open_telling(place);
        for (int round = 0; round < 3; round++) {
            for (uint64_t i = 0; i < count; i++)
                nodes[i] = node_in(place, '\0');
            for (uint64_t i = 0; i < count; i++) {
                struct node *again = nodes[i];

                acre_ref(world.engine, &again->object);
                acre_unref(world.engine, &again);
                acre_unref(world.engine, &nodes[i]);
            }
            if (place != WORLD_PINNED)
                cr_assert_eq(reset(0), ACRE_OK);
        }
        expect_told("");
        close_empty();
    }
}

/* R-11 --------------------------------------------------------------------------------------- */

MTest(misuse, immortal)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, NULL);
    struct acre_alloc *arena = acre_arena_new(pages, NULL);
    struct acre_engine *engine;
    struct acre_object *object;
    struct acre_object *mortal;
    struct acre_weak weak;
    uint32_t region;
    uint32_t node;

    cr_assert_eq(acre_engine_new(&engine, pool, NULL), ACRE_OK);
    cr_assert_eq(acre_type_register(engine, &world_node_type, &node), ACRE_OK);
    cr_assert_eq(acre_region_new(engine, arena, ACRE_REGION_COUNTED, "first", &region), ACRE_OK);
    cr_assert_eq(acre_object_new(engine, node, &object), ACRE_OK);
    cr_assert_eq(acre_weak_of(engine, object, &weak), ACRE_OK);
    cr_assert_eq(acre_make_immortal(engine, NULL), ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_make_immortal(engine, object), ACRE_OK);
    cr_assert_eq(acre_make_immortal(engine, object), ACRE_OK);
    for (uint64_t i = 0; i < world_repetitions(1000000, 10000); i++) {
        struct acre_object *again = object;

        acre_unref(engine, &again);
        again = object;
        acre_unref(engine, &again);
        acre_ref(engine, object);
    }
    cr_assert_eq(acre_strong_count(object), UINT32_MAX);
    cr_assert(acre_weak_is_alive(engine, weak));
    cr_assert_eq(acre_immortal_objects(engine), 1);
    cr_assert_eq(acre_live_objects(engine), 1);

    /* where everything ends with a reset nothing is immortal */
    acre_region_enter(engine, region);
    cr_assert_eq(acre_object_new(engine, node, &mortal), ACRE_OK);
    cr_assert_eq(acre_make_immortal(engine, mortal), ACRE_BAD_ARGUMENT);
    cr_assert(strstr(acre_error(engine), "'first'") != NULL);
    acre_unref(engine, &mortal);
    cr_assert_eq(acre_region_reset(engine, region), ACRE_OK);

    /* no leak; what leaked is told apart */
    acre_region_enter(engine, ACRE_REGION_PINNED);
    cr_assert_eq(acre_object_new(engine, node, &mortal), ACRE_OK);
    cr_assert_eq(acre_immortal_objects(engine), 1);
    cr_assert_eq(acre_engine_destroy(engine), 1);
    acre_destroy(arena);
    acre_destroy(pool);
    acre_destroy(pages);
}

static void make_self_immortal(struct acre_engine *engine, struct node *node)
{
    status_of_storing = acre_make_immortal(engine, &node->object);
}

MTest(misuse, too_late_to_be_immortal)
{
    struct node *node;

    open_in(WORLD_PINNED);
    node = world_node(&world, 'n');
    node->at_death = make_self_immortal;
    acre_unref(world.engine, &node);
    cr_assert_eq(status_of_storing, ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_immortal_objects(world.engine), 0);
    close_empty();
}
