/* Regions and what a reset means for what lives in them: semantics cases G-01, G-02, G-08, G-09,
 * G-11, G-12, G-14. */
#include "support/mtest.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/fixture.h"

/* G-01: a handle is asked without a look into the region: its page cannot even be read. */
MTest(region, weak_reads_no_region_memory)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    uint64_t asked = world_repetitions(1000000, 10000);

    open_in(WORLD_BULK);
    {
        struct node *node = world_plain(&world);
        char *page = (char *)((uintptr_t)node & ~(uintptr_t)(page_bytes - 1));
        struct acre_weak weak;

        cr_assert_eq(acre_weak_of(world.engine, &node->object, &weak), ACRE_OK);
        cr_assert(acre_weak_is_alive(world.engine, weak));
        acre_unref(world.engine, &node);
        /* counts decide nothing in a bulk region */
        cr_assert(acre_weak_is_alive(world.engine, weak));
        cr_assert_eq(acre_live_objects(world.engine), 1);
        cr_assert_eq(reset(0), ACRE_OK);
        cr_assert_eq(mprotect(page, page_bytes, PROT_NONE), 0);
        for (uint64_t i = 0; i < asked; i++)
            if (acre_weak_get(world.engine, weak) != NULL)
                cr_assert(false, "asked %llu times", (unsigned long long)i);
        cr_assert_eq(mprotect(page, page_bytes, PROT_READ | PROT_WRITE), 0);
    }
    close_empty();
}

/* G-02: the same addresses, filled with the very bytes of the old objects. */
static void reuse_with_lookalikes(enum world_place place)
{
    enum { NODES = 1000 };
    static struct acre_weak weaks[NODES];
    struct node image;
    struct acre_array *array;
    char *first = NULL;

    open_in(place);
    for (int i = 0; i < NODES; i++) {
        struct node *node = world_plain(&world);

        cr_assert_eq(acre_weak_of(world.engine, &node->object, &weaks[i]), ACRE_OK);
        if (i == 0) {
            first = (char *)node;
            memcpy(&image, node, sizeof image);
        }
        acre_unref(world.engine, &node);
    }
    cr_assert_eq(acre_live_objects(world.engine), place == WORLD_BULK ? NODES : 0);
    cr_assert_eq(reset(0), ACRE_OK);

    cr_assert_eq(acre_array_new(world.engine, 64 * NODES / 8, &array), ACRE_OK);
    if (!acre_track_is_listening()) /* red bytes move blocks */
        cr_assert((char *)array->elements <= first + 64 && (char *)array->elements >= first - 64);
    for (size_t i = 0; i + sizeof image <= array->count * sizeof *array->elements;
         i += sizeof image)
        memcpy((char *)array->elements + i, &image, sizeof image);
    for (int i = 0; i < NODES; i++) {
        cr_assert_not(acre_weak_is_alive(world.engine, weaks[i]));
        cr_assert_null(acre_weak_get(world.engine, weaks[i]));
    }
    /* new handles in the same slots are others */
    {
        struct acre_weak fresh;

        cr_assert_eq(acre_weak_of(world.engine, &array->object, &fresh), ACRE_OK);
        cr_assert_eq(fresh.slot, weaks[0].slot);
        cr_assert(acre_weak_is_alive(world.engine, fresh));
        cr_assert_not(acre_weak_is_alive(world.engine, weaks[0]));
    }
    acre_unref(world.engine, &array);
    close_empty();
}

MTest(region, address_reuse)
{
    reuse_with_lookalikes(WORLD_BULK);
    reuse_with_lookalikes(WORLD_COUNTED);
}

MTest(region, siblings_cycles_and_epochs)
{
    struct acre_weak first;
    struct acre_weak second;
    struct node *a;
    struct node *b;

    /* G-08 */
    open_in(WORLD_BULK);
    a = world_plain(&world);
    acre_weak_of(world.engine, &a->object, &first);
    acre_unref(world.engine, &a);
    acre_region_enter(world.engine, world.regions[1]);
    b = world_plain(&world);
    b->name = 'b';
    acre_weak_of(world.engine, &b->object, &second);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_not(acre_weak_is_alive(world.engine, first));
    cr_assert(acre_weak_is_alive(world.engine, second));
    cr_assert_eq(b->name, 'b');
    cr_assert_eq(reset(1), ACRE_HELD);
    acre_unref(world.engine, &b);

    /* G-09: a ring inside the region goes without a collector */
    acre_region_enter(world.engine, world.regions[0]);
    a = world_plain(&world);
    b = world_plain(&world);
    world_link(&world, a, &a->next, b);
    world_link(&world, b, &b->next, a);
    world_link(&world, b, &b->other, b);
    acre_unref(world.engine, &a);
    acre_unref(world.engine, &b);
    cr_assert_eq(acre_live_objects(world.engine), 3);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(reset(1), ACRE_OK);
    cr_assert_eq(acre_live_objects(world.engine), 0);
    cr_assert_eq(world_bytes_of(&world, 1), 0);

    /* G-11: no epoch comes back, and nothing grows */
    {
        uint64_t resets = world_repetitions(1000000, 10000);
        uint64_t epoch = world.tops[1]->epoch;
        uint64_t calls = 0;
        size_t held = 0;

        for (uint64_t i = 0; i < resets; i++) {
            struct acre_weak weak;

            a = world_plain(&world);
            if (acre_weak_of(world.engine, &a->object, &weak) != ACRE_OK ||
                acre_weak_is_alive(world.engine, first) || !acre_weak_is_alive(world.engine, weak))
                cr_assert(false, "reset %llu", (unsigned long long)i);
            acre_unref(world.engine, &a);
            if (reset(0) != ACRE_OK || acre_weak_is_alive(world.engine, weak))
                cr_assert(false, "reset %llu", (unsigned long long)i);
            if (i == 0) {
                calls = world.ledger.books.by_source[0][ACRE_PURPOSE_WEAK].bytes;
                cr_assert(acre_held_bytes(world.tops[1], &held));
                first = weak;
            }
        }
        cr_assert_eq(world.tops[1]->epoch, epoch + resets);
        cr_assert_eq(world.ledger.books.by_source[0][ACRE_PURPOSE_WEAK].bytes, calls);
        {
            size_t held_now = 0;

            cr_assert(acre_held_bytes(world.tops[1], &held_now));
            cr_assert_eq(held_now, held);
        }
    }
    close_empty();
}

/* G-12: what is to survive is copied out; a gradient of a pinned x is at home anyway. */
MTest(region, escape)
{
    const double values[] = {0.5, 1, -2};
    struct acre_engine *e;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_array *copy;

    open_in(WORLD_BULK);
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_assign(e, &x, acre_variable_from(e, values, 3)), ACRE_OK);
    acre_region_enter(e, world.regions[0]);
    cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x)))), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(x->grad->object.region, ACRE_REGION_PINNED);
    cr_assert_eq(y->grad->object.region, world.regions[0]);
    cr_assert_eq(reset(0), ACRE_HELD);
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_array_from(e, y->data->elements, y->data->count, &copy), ACRE_OK);
    acre_unref(e, &y);
    cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
    cr_assert_eq(copy->elements[0], 0.00390625);
    cr_assert_eq(copy->elements[2], 256.0);
    cr_assert_eq(x->grad->elements[0], 0.0625);
    cr_assert_eq(x->grad->elements[1], 8.0);
    cr_assert_eq(x->grad->elements[2], -1024.0);
    acre_unref(e, &copy);
    acre_unref(e, &x);
    close_empty();
}

/* G-14 */
static enum acre_status status_inside;

static void reset_inside(struct acre_engine *engine, struct node *node)
{
    (void)engine;
    (void)node;
    status_inside = reset(0);
}

static enum acre_status pass_on(struct acre_engine *engine, struct acre_array *const *xs,
                                struct acre_array **ys)
{
    ys[0] = xs[0];
    acre_ref(engine, &xs[0]->object);
    return ACRE_OK;
}

static enum acre_status reset_in_backward(struct acre_engine *engine,
                                          const struct acre_function *function,
                                          struct acre_array *const *gys, struct acre_array **gxs)
{
    struct acre_variable *output = acre_function_output(engine, function, 0);

    status_inside = reset(0);
    cr_assert_eq(status_inside, ACRE_BUSY);
    cr_assert(error_says("backward"));
    cr_assert_eq(acre_backward(engine, output), ACRE_BUSY);
    gxs[0] = gys[0];
    acre_ref(engine, &gys[0]->object);
    return ACRE_OK;
}

static const struct acre_operator pass_operator = {
    .name = "Pass",
    .input_count = 1,
    .output_count = 1,
    .forward = pass_on,
    .backward = reset_in_backward,
};

MTest(region, busy)
{
    for (enum world_place place = WORLD_COUNTED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_argument argument;
        struct acre_temp output;
        struct node *node;
        uint32_t number;

        open_in(place);
        cr_assert_eq(acre_operator_register(world.engine, &pass_operator, &number), ACRE_OK);
        acre_region_enter(world.engine, ACRE_REGION_PINNED);
        node = world_node(&world, 'n');
        node->at_death = reset_inside;
        acre_unref(world.engine, &node);
        cr_assert_eq(status_inside, ACRE_BUSY);
        cr_assert(error_says("destructor") && error_says("first"));

        /* data passed through lives with x, outside the region of y */
        cr_assert_eq(acre_assign(world.engine, &x, acre_variable_of(world.engine, 2)), ACRE_OK);
        acre_region_enter(world.engine, world.regions[0]);
        argument = acre_borrowed_argument(x);
        cr_assert_eq(acre_apply(world.engine, number, &argument, &output), ACRE_OK);
        cr_assert_eq(acre_assign(world.engine, &y, output), ACRE_OK);
        cr_assert_eq(y->data, x->data);
        cr_assert_eq(acre_strong_count(&x->data->object), 2);
        cr_assert_eq(acre_backward(world.engine, y), ACRE_OK, "%s", acre_error(world.engine));
        cr_assert_eq(x->grad->elements[0], 1);
        cr_assert_eq(x->grad->object.region, ACRE_REGION_PINNED);
        cr_assert_neq(x->grad, y->grad);
        acre_unref(world.engine, &y);
        cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(world.engine));
        cr_assert_eq(acre_strong_count(&x->data->object), 1);
        acre_unref(world.engine, &x);
        close_empty();
    }
}
