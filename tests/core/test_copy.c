/* Copies that escape from their region: semantics case G-12. */
#include "support/mtest.h"

#include "core/collect.h"
#include "core/copy.h"
#include "core/fixture.h"

static bool is_shown(const char *words)
{
    return strstr(acre_error(world.engine), words) != NULL;
}

/* y of iteration i, kept past the reset: its value, without what it was made from. */
MTest(copy, of_a_variable)
{
    const double values[] = {0.5, 1, -2};
    struct acre_engine *e;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_variable *kept = NULL;

    open_in(WORLD_BULK);
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_assign(e, &x, acre_variable_from(e, values, 3)), ACRE_OK);
    acre_region_enter(e, world.regions[0]);
    cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
    cr_assert_eq(acre_assign(e, &kept, acre_variable_copy_to(e, y, ACRE_REGION_PINNED)), ACRE_OK);
    cr_assert_null(kept->grad);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(acre_assign(e, &kept, acre_variable_copy_to(e, y, ACRE_REGION_PINNED)), ACRE_OK);
    acre_unref(e, &y);
    cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
    cr_assert_null(kept->creator);
    cr_assert_eq(kept->generation, 0);
    cr_assert_eq(kept->data->elements[2], 4.0);
    cr_assert_eq(kept->grad->elements[2], 1.0);
    cr_assert_eq(kept->data->object.region, ACRE_REGION_PINNED);
    cr_assert_eq(kept->grad->object.region, ACRE_REGION_PINNED);
    cr_assert_eq(acre_strong_count(&kept->data->object), 1);

    /* into a region it can be reset with, and nonsense */
    cr_assert_eq(acre_assign(e, &y, acre_variable_copy_to(e, kept, world.regions[1])), ACRE_OK);
    cr_assert_eq(reset(1), ACRE_HELD);
    cr_assert(is_shown("y, 0 unnamed"), "%s", acre_error(e));
    acre_unref(e, &y);
    cr_assert_eq(acre_variable_copy_to(e, NULL, 0).status, ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_variable_copy_to(e, kept, 4000).status, ACRE_BAD_ARGUMENT);
    acre_unref(e, &x);
    acre_unref(e, &kept);
    close_empty();
}

/* A graph: cycle, sharing, an edge to itself, edges to what lives elsewhere. */
static struct node *make_graph(struct node *outside)
{
    struct node *a = world_plain(&world);
    struct node *b = world_plain(&world);
    struct node *c = world_plain(&world);

    a->name = 'a';
    b->name = 'b';
    c->name = 'c';
    world_link(&world, a, &a->next, b);
    world_link(&world, a, &a->other, c);
    world_link(&world, b, &b->next, c);
    world_link(&world, b, &b->other, a);
    world_link(&world, c, &c->next, outside);
    world_link(&world, c, &c->other, c);
    acre_unref(world.engine, &b);
    acre_unref(world.engine, &c);
    return a;
}

static void check_graph(const struct node *a, uint32_t region, const struct node *outside)
{
    const struct node *b = a->next;
    const struct node *c = a->other;

    cr_assert(a->name == 'a' && b->name == 'b' && c->name == 'c');
    cr_assert(b->next == c && b->other == a && c->other == c);
    cr_assert_eq(c->next, outside);
    cr_assert(a->object.region == region && b->object.region == region &&
              c->object.region == region);
    cr_assert(count_of(a) == 2 && count_of(b) == 1 && count_of(c) == 3);
}

static void take_apart(struct node **a)
{
    struct node *c = (*a)->other;

    world_link(&world, c, &c->other, NULL);
    world_link(&world, *a, &(*a)->next, NULL);
    acre_unref(world.engine, a);
}

MTest(copy, keeps_the_shape)
{
    for (enum world_place from = WORLD_PINNED; from < WORLD_PLACES; from++)
        for (int to = 0; to < 3; to++) {
            struct acre_object *object;
            struct acre_engine *e;
            struct acre_weak weak;
            struct node *outside;
            struct node *a;
            struct node *copy;
            uint32_t region;

            open_in(from == WORLD_PINNED ? WORLD_BULK : from);
            e = world.engine;
            region = to == 2 ? ACRE_REGION_PINNED : world.regions[to];
            acre_region_enter(e, ACRE_REGION_PINNED);
            outside = world_node(&world, 'o');
            acre_region_enter(e, from == WORLD_PINNED ? ACRE_REGION_PINNED : world.regions[0]);
            if (from == WORLD_PINNED) /* then nothing is elsewhere */
                acre_unref(e, &outside);
            a = make_graph(outside);
            cr_assert_eq(acre_weak_of(e, &a->object, &weak), ACRE_OK);

            cr_assert_eq(acre_copy_to(e, &a->object, region, &object), ACRE_OK, "%s",
                         acre_error(e));
            copy = (struct node *)object;
            check_graph(copy, region, outside);
            check_graph(a, a->object.region, outside);
            cr_assert_neq(copy, a);
            if (outside != NULL)
                cr_assert_eq(count_of(outside), 3);
            /* a new identity */
            object = acre_weak_get(e, weak);
            cr_assert_eq(object, &a->object);
            acre_unref(e, &object);

            take_apart(&a);
            if (region != world.regions[0] && from != WORLD_PINNED) {
                cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
                cr_assert_not(acre_weak_is_alive(e, weak));
            }
            check_graph(copy, region, outside);
            take_apart(&copy);
            if (outside != NULL) {
                for (int i = 0; i < 2; i++)
                    cr_assert_eq(reset(i), ACRE_OK);
                cr_assert_eq(count_of(outside), 1);
            }
            acre_unref(e, &outside);
            close_empty();
        }
}

/* A whole tape moves out, weak outputs and all, and backward runs on the copy. */
MTest(copy, of_a_tape)
{
    for (int strong = 0; strong < 2; strong++) {
        const struct acre_engine_options options = {
            .back_references = strong ? ACRE_BACK_STRONG : ACRE_BACK_WEAK,
            .collector = ACRE_COLLECTOR_MANUAL,
        };
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_variable *kept;
        struct acre_object *object;
        struct acre_engine *e;

        cr_assert(world_open_with(&world, WORLD_BULK, &options));
        e = world.engine;
        cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, 2)), ACRE_OK);
        cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_square(e, x))), ACRE_OK);
        cr_assert_eq(acre_copy_to(e, &y->object, ACRE_REGION_PINNED, &object), ACRE_OK);
        kept = (struct acre_variable *)object;
        acre_unref(e, &x);
        acre_unref(e, &y);
        cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
        cr_assert_eq(acre_function_output(e, kept->creator, 0), kept);
        cr_assert_eq(acre_backward(e, kept), ACRE_OK);
        cr_assert_eq(kept->creator->inputs[0]->creator->inputs[0]->grad->elements[0], 32);
        acre_unref(e, &kept);
        cr_assert_eq(acre_live_objects(e), strong ? 11 : 0);
        cr_assert_eq(acre_collect(e, NULL), ACRE_OK);
        close_empty();
    }
}

/* Owners ------------------------------------------------------------------------------------ */

/* Owns a block, which its destructor counts off. */
struct owner {
    struct acre_object object;
    struct owner *next;
    char *block;
};

static const struct acre_layout block_layout = {100, 16, ACRE_PURPOSE_OTHER};
static const struct acre_slot owner_slots[] = {{"next", offsetof(struct owner, next)}};
static int owners;

static void owner_dies(struct acre_engine *engine, struct acre_object *object)
{
    struct owner *owner = (struct owner *)object;

    (void)engine;
    acre_free(world.tops[0], owner->block, block_layout);
    owners--;
}

static enum acre_status owner_copied(struct acre_engine *engine, const struct acre_object *original,
                                     struct acre_object *copy)
{
    struct owner *owner = (struct owner *)copy;

    (void)engine;
    owner->block = acre_allocate(world.tops[0], block_layout);
    if (owner->block == NULL)
        return ACRE_NO_MEMORY;
    memcpy(owner->block, ((const struct owner *)original)->block, block_layout.size);
    owners++;
    return ACRE_OK;
}

static const struct acre_type owner_type = {
    .name = "Owner",
    .size_bytes = sizeof(struct owner),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = owner_slots,
    .slot_count = 1,
    .destroy = owner_dies,
    .copy_owned = owner_copied,
};

static struct owner *new_owner(uint32_t type)
{
    struct acre_object *object;
    struct owner *owner;

    cr_assert_eq(acre_object_new(world.engine, type, &object), ACRE_OK);
    owner = (struct owner *)object;
    owner->block = acre_allocate(world.tops[0], block_layout);
    owners++;
    return owner;
}

/* Types that own: each copy a block of its own, each destructor once; or no copy at all. */
MTest(copy, of_owners)
{
    struct acre_engine *e;
    struct acre_object *object;
    struct owner *first;
    struct owner *second;
    struct node *node;
    uint32_t type;

    open_in(WORLD_BULK);
    e = world.engine;
    owners = 0;
    cr_assert_eq(acre_type_register(e, &owner_type, &type), ACRE_OK);
    first = new_owner(type);
    second = new_owner(type);
    strcpy(first->block, "first");
    strcpy(second->block, "second");
    cr_assert_eq(acre_slot_set(e, &first->object, &first->next, &second->object), ACRE_OK);
    acre_unref(e, &second);
    cr_assert_eq(acre_copy_to(e, &first->object, world.regions[1], &object), ACRE_OK);
    cr_assert_eq(owners, 4);
    acre_unref(e, &first);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(owners, 2);
    first = (struct owner *)object;
    cr_assert_str_eq(first->block, "first");
    cr_assert_str_eq(first->next->block, "second");
    acre_unref(e, &first);
    cr_assert_eq(reset(1), ACRE_OK);
    cr_assert_eq(owners, 0);

    /* what cannot be copied is named, wherever it stands */
    node = world_plain(&world);
    node->next = NULL;
    object = &node->object;
    cr_assert_eq(acre_copy_to(e, object, ACRE_REGION_PINNED, &object), ACRE_OK);
    acre_unref(e, &object);
    {
        struct node *blocking = world_node(&world, 'n');

        world_link(&world, node, &node->next, blocking);
        acre_unref(e, &blocking);
    }
    cr_assert_eq(acre_copy_to(e, &node->object, ACRE_REGION_PINNED, &object), ACRE_NOT_IMPLEMENTED);
    cr_assert(is_shown("'Node'"), "%s", acre_error(e));
    cr_assert_null(object);
    acre_unref(e, &node);
    cr_assert_eq(acre_copy_to(e, NULL, ACRE_REGION_PINNED, &object), ACRE_BAD_ARGUMENT);
    close_empty();
}

/* The last chance: a destructor saves what is about to go with its region. */
static struct node *saved;

static void save(struct acre_engine *engine, struct node *node)
{
    struct acre_object *object;

    cr_assert_eq(acre_copy_to(engine, &node->next->object, world.regions[0], &object), ACRE_BUSY);
    cr_assert_eq(acre_copy_to(engine, &node->next->object, ACRE_REGION_PINNED, &object), ACRE_OK);
    saved = (struct node *)object;
}

MTest(copy, inside_a_reset)
{
    struct node *dying;
    struct node *graph;

    open_in(WORLD_BULK);
    graph = make_graph(NULL);
    dying = world_node(&world, 'd');
    dying->at_death = save;
    world_link(&world, dying, &dying->next, graph);
    acre_unref(world.engine, &graph);
    acre_unref(world.engine, &dying);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "d");
    check_graph(saved, ACRE_REGION_PINNED, NULL);
    take_apart(&saved);
    close_empty();
}

/* E-03: the k-th allocation of a copy fails, once and from then on: nothing has changed. */
MTest(copy, fault_sweep)
{
    for (int forever = 0; forever < 2; forever++)
        for (uint64_t k = 1, failed = 1; failed != 0; k++) {
            struct acre_engine *e;
            struct acre_object *object;
            struct acre_weak weaks[2];
            struct acre_variable *y = NULL;
            struct acre_temp kept;
            struct owner *owner;
            struct node *graph;
            struct node *outside;
            uint64_t live;
            uint32_t type;
            uint32_t to;

            failed = 0;
            open_in(WORLD_BULK);
            e = world.engine;
            owners = 0;
            to = k % 2 == 0 ? ACRE_REGION_PINNED : world.regions[1];
            cr_assert_eq(acre_type_register(e, &owner_type, &type), ACRE_OK);
            acre_region_enter(e, ACRE_REGION_PINNED);
            outside = world_node(&world, 'o');
            acre_region_enter(e, world.regions[0]);
            graph = make_graph(outside);
            owner = new_owner(type);
            cr_assert_eq(acre_slot_set(e, &owner->object, &owner->next, &graph->object), ACRE_OK);
            cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_variable_of(e, 2))), ACRE_OK);
            {
                struct node *held = graph;

                acre_unref(e, &held); /* by the owner alone */
            }
            acre_weak_of(e, &owner->object, &weaks[0]);
            acre_weak_of(e, &graph->object, &weaks[1]);
            live = acre_live_objects(e);

            world.plan.fail_at = world.plan.calls + (k + 1) / 2;
            world.plan.forever = forever;
            if (acre_copy_to(e, &owner->object, to, &object) == ACRE_OK) {
                struct node *copied = (struct node *)((struct owner *)object)->next;

                acre_ref(e, &copied->object);
                take_apart(&copied);
            } else {
                failed++;
                cr_assert_null(object);
                cr_assert_eq(owners, 1);
                cr_assert_eq(acre_live_objects(e), live);
                cr_assert_eq(count_of(outside), 2);
            }
            acre_unref(e, &object);
            live = acre_live_objects(e);
            if (acre_copy_to(e, &y->object, to, &object) != ACRE_OK) {
                failed++;
                cr_assert_eq(acre_live_objects(e), live);
            }
            acre_unref(e, &object);
            live = acre_live_objects(e);
            kept = acre_variable_copy_to(e, y, to);
            if (kept.status != ACRE_OK) {
                failed++;
                cr_assert_eq(kept.status, ACRE_NO_MEMORY);
                if (to == ACRE_REGION_PINNED)
                    cr_assert_eq(acre_live_objects(e), live);
            }
            acre_unref(e, &kept.variable);
            world.plan.fail_at = 0;

            cr_assert(acre_weak_is_alive(e, weaks[0]) && acre_weak_is_alive(e, weaks[1]));
            check_graph(graph, world.regions[0], outside);
            acre_unref(e, &owner);
            acre_unref(e, &y);
            for (int i = 0; i < 2; i++)
                cr_assert_eq(reset(i), ACRE_OK, "%s", acre_error(e));
            acre_unref(e, &outside);
            close_empty();
            cr_assert_eq(owners, 0);
            failed += k % 2; /* both places are walked to their end */
        }
}
