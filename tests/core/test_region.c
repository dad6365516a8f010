/* Regions and what a reset means: semantics cases G-01..G-05, G-08, G-09, G-11, G-12, G-14, G-15.
 */
#include "support/mtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/registry.h"
#include "core/internal.h"
#include "core/world.h"

static struct world world;

static enum acre_status reset(int which)
{
    return acre_region_reset(world.engine, world.regions[which]);
}

static bool error_says(const char *words)
{
    return strstr(acre_error(world.engine), words) != NULL;
}

static uint64_t live_bytes_of(uint32_t source)
{
    uint64_t bytes = 0;

    for (size_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
        bytes += world.ledger.by_source[source][p].bytes;
    return bytes;
}

/* All regions are reset, nothing is alive, and the engine's own memory is all that is left. */
static void close_empty(void)
{
    for (int i = 0; i < 2; i++)
        if (world.regions[i] != ACRE_REGION_PINNED)
            cr_assert_eq(reset(i), ACRE_OK, "%s", acre_error(world.engine));
    cr_assert_eq(acre_live_objects(world.engine), 0);
    cr_assert_eq(live_bytes_of(1), 0);
    cr_assert_eq(live_bytes_of(2), 0);
    cr_assert_eq(world_close(&world), 0);
    cr_assert_eq(world.ledger.total.live.blocks, 0);
}

/* G-01: a handle is asked without a look into the region: its page cannot even be read. */
MTest(region, weak_reads_no_region_memory)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    uint64_t asked = world_repetitions(1000000, 10000);

    cr_assert(world_open(&world, WORLD_BULK));
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

    cr_assert(world_open(&world, place));
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

/* G-03 */
static void refuse_by_name(enum world_place place)
{
    struct acre_engine *e;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_object *object;
    struct node *keeper;
    uint64_t epoch;
    double value;

    cr_assert(world_open(&world, place));
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, 3.0)), ACRE_OK);
    acre_region_enter(e, world.regions[0]);
    cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
    epoch = acre_region_epoch(e, world.regions[0]);

    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert(error_says("'first'") && error_says("y"), "%s", acre_error(e));
    /* nothing has changed */
    cr_assert_eq(acre_region_epoch(e, world.regions[0]), epoch);
    value = y->data->elements[0];
    cr_assert_eq(value, 9.0);
    cr_assert_not_null(y->creator);

    /* a field of an object elsewhere holds as well, and is named with its type */
    acre_region_enter(e, ACRE_REGION_PINNED);
    keeper = world_plain(&world);
    cr_assert_eq(acre_slot_set(e, &keeper->object, &keeper->next, &y->object), ACRE_OK);
    acre_unref(e, &y);
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert(error_says("Plain.next"), "%s", acre_error(e));
    cr_assert(!error_says(" y"), "%s", acre_error(e));
    cr_assert_eq(acre_slot_set(e, &keeper->object, &keeper->next, NULL), ACRE_OK);
    acre_unref(e, &keeper);

    /* an unnamed reference is counted */
    acre_region_enter(e, world.regions[0]);
    cr_assert_eq(acre_object_new(e, world.plain_type, &object), ACRE_OK);
    cr_assert_eq(reset(0), ACRE_HELD);
    if (place == WORLD_BULK)
        cr_assert(error_says("1 unnamed"), "%s", acre_error(e));
    else
        cr_assert(error_says("1 live objects") && error_says("nobody known"), "%s", acre_error(e));
    acre_unref(e, &object);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(acre_region_epoch(e, world.regions[0]), epoch + 1);

    acre_unref(e, &x);
    close_empty();
}

MTest(region, refuses_while_held)
{
    struct acre_alloc *plain;
    uint32_t region = 77;

    refuse_by_name(WORLD_BULK);
    refuse_by_name(WORLD_COUNTED);

    cr_assert(world_open(&world, WORLD_BULK));
    cr_assert_eq(acre_region_reset(world.engine, ACRE_REGION_PINNED), ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_region_reset(world.engine, 4000), ACRE_BAD_ARGUMENT);
    cr_assert(error_says("4000"));
    plain = acre_malloc_new();
    cr_assert_eq(acre_region_new(world.engine, plain, ACRE_REGION_BULK, "none", &region),
                 ACRE_BAD_ARGUMENT);
    cr_assert(error_says("none") && error_says("malloc"));
    cr_assert_eq(region, 77);
    acre_destroy(plain);
    close_empty();
}

/* G-04: an edge out of a bulk region is released by its reset, exactly once for each. */
MTest(region, outgoing_edges)
{
    struct acre_engine *e;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct node *outside;

    cr_assert(world_open(&world, WORLD_BULK));
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, 3.0)), ACRE_OK);
    acre_region_enter(e, world.regions[0]);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
        cr_assert_eq(acre_strong_count(&x->object), 2);
        cr_assert_eq(acre_assign(e, &y, acre_add(e, x, acre_add(e, x, x))), ACRE_OK);
        cr_assert_eq(acre_strong_count(&x->object), 5);
        acre_unref(e, &y);
        cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
        cr_assert_eq(acre_strong_count(&x->object), 1);
        cr_assert_eq(acre_strong_count(&x->data->object), 1);
    }

    /* set, changed, taken back: the log follows */
    acre_region_enter(e, ACRE_REGION_PINNED);
    outside = world_node(&world, 'o');
    acre_region_enter(e, world.regions[0]);
    {
        struct node *inside = world_plain(&world);

        world_link(&world, inside, &inside->next, outside);
        world_link(&world, inside, &inside->other, outside);
        cr_assert_eq(acre_strong_count(&outside->object), 3);
        world_link(&world, inside, &inside->next, inside);
        cr_assert_eq(acre_strong_count(&outside->object), 2);
        acre_unref(e, &inside);
    }
    {
        struct node *borrowed = outside;

        acre_unref(e, &outside);
        cr_assert_eq(acre_strong_count(&borrowed->object), 1);
    }
    cr_assert_str_eq(world_deaths, "");
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "o"); /* its last reference was the region's */

    acre_unref(e, &x);
    close_empty();
}

/* The books of who holds end with the holder: when the region it lived in is reset, and when a C
 * variable's reference was moved to another by hand. */
MTest(region, holders_are_forgotten)
{
    struct acre_engine *e;
    const struct acre_table *books;

    cr_assert(world_open(&world, WORLD_BULK));
    e = world.engine;
    for (int i = 0; i < 3; i++) {
        struct node *inner;
        struct node *holder;

        acre_region_enter(e, world.regions[1]);
        inner = world_plain(&world);
        acre_region_enter(e, world.regions[0]);
        holder = world_plain(&world);
        world_link(&world, holder, &holder->next, inner);
        world_link(&world, holder, &holder->other, inner);
        acre_unref(e, &inner);
        cr_assert_eq(reset(1), ACRE_HELD);
        cr_assert(error_says("2 references from outside: Plain.next, Plain.other, 0 unnamed"), "%s",
                  acre_error(e));
        world_link(&world, holder, &holder->next, NULL);
        inner = holder->other;
        acre_ref(e, &inner->object);
        acre_unref(e, &holder);
        cr_assert_eq(reset(0), ACRE_OK);
        cr_assert_eq(reset(1), ACRE_HELD);
        cr_assert(error_says("1 references from outside: 1 unnamed"), "%s", acre_error(e));
        acre_unref(e, &inner);
        cr_assert_eq(reset(1), ACRE_OK);
        books = &acre_region_at(e, world.regions[1])->holders;
        cr_assert_eq(books->count, 0);
    }
    for (int i = 0; i < 3; i++) {
        struct acre_variable *y = NULL;
        struct acre_variable *moved;

        acre_region_enter(e, world.regions[0]);
        cr_assert_eq(acre_assign(e, &y, acre_variable_of(e, 1)), ACRE_OK);
        moved = y;
        y = NULL;
        cr_assert_eq(reset(0), ACRE_HELD);
        cr_assert(error_says("1 references from outside: y, 0 unnamed"), "%s", acre_error(e));
        acre_unref(e, &moved);
        cr_assert_eq(reset(0), ACRE_OK);
        books = &acre_region_at(e, world.regions[0])->holders;
        cr_assert_eq(books->count, 0);
    }
    close_empty();
}

/* The target of an outgoing edge dies in the reset and builds anew in the same region. */
static struct node *kept_alive;
static struct node *built_meanwhile;

static void build_in_region(struct acre_engine *engine, struct node *node)
{
    (void)node;
    (void)engine;
    built_meanwhile = world_plain(&world);
    world_link(&world, built_meanwhile, &built_meanwhile->next, kept_alive);
}

MTest(region, destructors_during_reset)
{
    struct acre_object *object = NULL;
    struct node *outside;
    struct node *inside;

    /* G-05 */
    cr_assert(world_open(&world, WORLD_BULK));
    cr_assert_eq(acre_object_new(world.engine, world.node_type, &object), ACRE_BAD_ARGUMENT);
    cr_assert(error_says("Node") && error_says("first"), "%s", acre_error(world.engine));
    cr_assert_null(object);

    acre_region_enter(world.engine, ACRE_REGION_PINNED);
    kept_alive = world_node(&world, 'k');
    outside = world_node(&world, 'o');
    outside->at_death = build_in_region;
    acre_region_enter(world.engine, world.regions[0]);
    inside = world_plain(&world);
    world_link(&world, inside, &inside->next, outside);
    acre_unref(world.engine, &outside);
    acre_unref(world.engine, &inside);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "o");
    cr_assert_eq(acre_live_objects(world.engine), 2);
    cr_assert_eq(acre_strong_count(&kept_alive->object), 2);
    cr_assert_eq(reset(0), ACRE_HELD); /* built_meanwhile is a C variable, if an unnamed one */
    acre_unref(world.engine, &built_meanwhile);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(acre_strong_count(&kept_alive->object), 1);
    acre_unref(world.engine, &kept_alive);
    close_empty();
}

MTest(region, siblings_cycles_and_epochs)
{
    struct acre_weak first;
    struct acre_weak second;
    struct node *a;
    struct node *b;

    /* G-08 */
    cr_assert(world_open(&world, WORLD_BULK));
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
    cr_assert_eq(live_bytes_of(1), 0);

    /* G-11: no epoch comes back, and nothing grows */
    {
        uint64_t resets = world_repetitions(1000000, 10000);
        uint64_t epoch = acre_region_epoch(world.engine, world.regions[0]);
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
                calls = world.ledger.by_source[0][ACRE_PURPOSE_WEAK].bytes;
                cr_assert(acre_held_bytes(world.tops[1], &held));
                first = weak;
            }
        }
        cr_assert_eq(acre_region_epoch(world.engine, world.regions[0]), epoch + resets);
        cr_assert_eq(world.ledger.by_source[0][ACRE_PURPOSE_WEAK].bytes, calls);
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

    cr_assert(world_open(&world, WORLD_BULK));
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

        cr_assert(world_open(&world, place));
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

/* G-15: one program, every allocator, one and the same list of events but for the addresses. */
struct trace {
    struct acre_sink sink;
    char text[4096];
    size_t length;
};

static void write_trace(struct acre_sink *sink, const struct acre_event *event)
{
    static const char *const kinds[] = {"+", "-", "~", "0", "?"};
    struct trace *trace = (struct trace *)sink;
    int written;

    if (event->layout.purpose == ACRE_PURPOSE_ENGINE ||
        event->layout.purpose == ACRE_PURPOSE_EDGE || event->layout.purpose == ACRE_PURPOSE_WEAK ||
        event->kind == ACRE_EVENT_RESET)
        return; /* tables grow in place or move, as the allocator can */
    written =
        snprintf(trace->text + trace->length, sizeof trace->text - trace->length, "%s%s%zu ",
                 kinds[event->kind], acre_purpose_name(event->layout.purpose), event->layout.size);
    trace->length += (size_t)written;
    cr_assert_lt(trace->length, sizeof trace->text);
}

static void note_weak(struct trace *trace, const struct acre_engine *engine, struct acre_weak weak)
{
    trace->length +=
        (size_t)snprintf(trace->text + trace->length, sizeof trace->text - trace->length, "%s ",
                         acre_weak_is_alive(engine, weak) ? "alive" : "dead");
}

/* `iterations` is where graphs live: an arena of its own, or NULL for the pinned region. */
static void run_traced(struct trace *trace, struct acre_alloc *pinned,
                       struct acre_alloc *iterations)
{
    struct acre_alloc *top = acre_record_new(pinned, &trace->sink, 0);
    struct acre_alloc *arena =
        iterations != NULL ? acre_record_new(iterations, &trace->sink, 1) : NULL;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_engine *e;
    uint32_t region = ACRE_REGION_PINNED;

    *trace = (struct trace){.sink = {.on_event = write_trace}};
    cr_assert_eq(acre_engine_new(&e, top, NULL), ACRE_OK);
    if (arena != NULL)
        cr_assert_eq(acre_region_new(e, arena, ACRE_REGION_COUNTED, "iteration", &region), ACRE_OK);
    cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, 1.5)), ACRE_OK);
    acre_region_enter(e, region);
    for (int i = 0; i < 3; i++) {
        struct acre_weak weak;

        cr_assert_eq(
            acre_assign(e, &y, acre_add(e, acre_square(e, acre_square(e, x)), acre_square(e, x))),
            ACRE_OK);
        acre_weak_of(e, &y->creator->object, &weak);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        note_weak(trace, e, weak);
        acre_unref(e, &y);
        note_weak(trace, e, weak);
        acre_cleargrad(e, x);
        if (region != ACRE_REGION_PINNED)
            cr_assert_eq(acre_region_reset(e, region), ACRE_OK);
        note_weak(trace, e, weak);
    }
    acre_unref(e, &x);
    cr_assert_eq(acre_engine_destroy(e), 0);
    acre_destroy(arena);
    acre_destroy(top);
}

MTest(region, same_events_everywhere)
{
    static struct trace reference;
    static struct trace trace;
    const char *name;

    for (size_t i = 0; (name = acre_backend_name(i)) != NULL; i++) {
        struct acre_backend backend;
        char why[256];

        cr_assert(acre_backend_open(&backend, name, why, sizeof why), "%s", why);
        run_traced(&trace, backend.pinned, NULL);
        if (i == 0)
            reference = trace;
        cr_assert_gt(trace.length, 400);
        cr_assert_str_eq(trace.text, reference.text);
        if (backend.regions[0] != NULL) {
            run_traced(&trace, backend.pinned, backend.regions[0]);
            cr_assert_str_eq(trace.text, reference.text);
        }
        acre_backend_close(&backend);
    }
}
