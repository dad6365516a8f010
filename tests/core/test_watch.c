/* Watches: semantics cases W-04 to W-07, W-15, W-16, W-19, W-21, D-04 (flat: see deep_shapes.c),
 * D-05, D-08. Those of memory and of regions are in test_watch_end.c. */
#include "support/mtest.h"

#include "core/watched.h"

static void fail_inside(void)
{
    cr_assert_str_eq(acre_error(world.engine), "");
    cr_assert_eq(acre_region_reset(world.engine, 4000), ACRE_BAD_ARGUMENT);
}

/* W-05, W-06, W-07, D-08 */
MTest(watch, order_and_failures)
{
    struct node *a;
    struct node *b;

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        open_quiet(place);
        a = node_in(place, 'a');
        b = node_in(place, 'b');
        world_link(&world, a, &a->next, b);
        acre_unref(world.engine, &b);
        probed[0] = weak_of(a);
        watch(a, '1');
        watch(a, '2');
        probed[1] = weak_of(a);
        end(place, &a);
        cr_assert_str_eq(world_deaths, place == WORLD_BULK ? "21" : "21ab");
        cr_assert_eq(acre_watch_failures(world.engine), 0);
        cr_assert_str_eq(acre_watch_error(world.engine), "");

        /* whoever fails stops nothing, and the releaser's own failure stays to be read */
        world_deaths[0] = '\0';
        a = node_in(place, 'a');
        b = node_in(place, 'b');
        world_link(&world, a, &a->next, b);
        acre_unref(world.engine, &b);
        for (char number = '1'; number <= '4'; number++)
            watch(a, number);
        answer_of['4'] = ACRE_BAD_ARGUMENT;
        in_call['4'] = fail_inside;
        answer_of['2'] = ACRE_NO_MEMORY;
        cr_assert_eq(acre_object_new(world.engine, 4001, &(struct acre_object *){NULL}),
                     ACRE_BAD_ARGUMENT);
        end(place, &a);
        cr_assert_str_eq(world_deaths, place == WORLD_BULK ? "4321" : "4321ab");
        cr_assert(error_says("4001"), "%s", acre_error(world.engine));
        cr_assert_eq(acre_watch_failures(world.engine), 2);
        cr_assert_str_eq(acre_watch_error(world.engine), "out of memory");

        world_deaths[0] = '\0';
        a = node_in(place, 'a');
        watch(a, '4');
        end(place, &a);
        cr_assert_eq(acre_watch_failures(world.engine), 3);
        cr_assert_str_eq(acre_watch_error(world.engine),
                         "bad argument: region 4000 cannot be reset");
        close_empty();
    }
}

/* W-04: every subset of four is cancelled, and only the others are called. */
static void cancel_subsets(enum world_place place)
{
    for (unsigned subset = 0; subset < 16; subset++) {
        struct acre_watch watches[4];
        struct node *a;
        struct node *b;
        char expected[5] = "";

        open_quiet(place);
        a = node_in(place, 'a');
        b = node_in(place, 'b');
        watch(b, 'x'); /* a neighbour's, which has nothing to do with it */
        for (int i = 0; i < 4; i++)
            watches[i] = watch(a, (char)('1' + i));
        for (unsigned i = 0; i < 4; i++)
            if ((subset >> i & 1) != 0) {
                cr_assert(cancel(watches[i]));
                cr_assert_not(cancel(watches[i]));
            }
        for (int i = 3; i >= 0; i--)
            if ((subset >> i & 1) == 0)
                expected[strlen(expected)] = (char)('1' + i);
        if (place == WORLD_BULK)
            acre_unref(world.engine, &b);
        end(place, &a);
        cr_assert_eq(strncmp(world_deaths, expected, strlen(expected)), 0, "%x: %s not %s", subset,
                     world_deaths, expected);
        cr_assert_eq(world_deaths[strlen(expected)], place == WORLD_BULK ? 'x' : 'a');
        for (int i = 0; i < 4; i++)
            cr_assert_not(cancel(watches[i]));
        acre_unref(world.engine, &b);
        close_empty();
    }
}

static struct acre_watch others[4];
static bool was_pending[4];

static void cancel_others(void)
{
    for (int i = 0; i < 4; i++)
        was_pending[i] = cancel(others[i]);
}

MTest(watch, cancel)
{
    struct node *a;
    uint64_t bytes;

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        cancel_subsets(place);

        /* from inside a call: the ones that wait are not called either; one's own is used up */
        open_quiet(place);
        a = node_in(place, 'a');
        for (int i = 0; i < 4; i++)
            others[i] = watch(a, (char)('1' + i));
        in_call['3'] = cancel_others;
        end(place, &a);
        cr_assert_str_eq(world_deaths, place == WORLD_BULK ? "43" : "43a");
        cr_assert(was_pending[0] && was_pending[1] && !was_pending[2] && !was_pending[3]);
        close_empty();
    }

    /* what is cancelled gives its memory back at once, and its handle does not fit the next one */
    open_quiet(WORLD_PINNED);
    a = world_node(&world, 'a');
    watch(a, '1');
    others[0] = watch(a, '2');
    bytes = world_bytes_of(&world, 0);
    for (int i = 0; i < 1000; i++) {
        cr_assert(cancel(others[0]));
        others[1] = watch(a, '3');
        cr_assert_not(cancel(others[0]));
        others[0] = others[1];
    }
    cr_assert_eq(world_bytes_of(&world, 0), bytes);
    acre_unref(world.engine, &a);
    cr_assert_str_eq(world_deaths, "31a");
    close_empty();
}

/* W-19 */
MTest(watch, finalizers)
{
    struct acre_watch watches[3];
    struct node *a;

    open_quiet(WORLD_PINNED);
    a = world_node(&world, 'a');
    for (int i = 0; i < 3; i++)
        watches[i] = watch(a, (char)('1' + i));
    acre_unref(world.engine, &a);
    cr_assert_str_eq(world_deaths, "321a");

    world_deaths[0] = '\0';
    a = world_node(&world, 'a');
    for (int i = 0; i < 3; i++)
        watches[i] = watch(a, (char)('1' + i));
    answer_of['2'] = ACRE_SHAPE_MISMATCH;
    cr_assert_eq(acre_watch_run(world.engine, watches[1]), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(world_deaths, "2");
    cr_assert_not(acre_watch_is_pending(world.engine, watches[1]));
    cr_assert_eq(acre_watch_run(world.engine, watches[1]), ACRE_OK);
    cr_assert_eq(acre_watch_failures(world.engine), 0, "who ran it was told");
    acre_unref(world.engine, &a);
    cr_assert_str_eq(world_deaths, "231a");
    for (int i = 0; i < 3; i++)
        cr_assert_eq(acre_watch_run(world.engine, watches[i]), ACRE_OK);
    cr_assert_str_eq(world_deaths, "231a");
    close_empty();
}

static struct node *other;
static struct acre_weak weak_other;

static void upgrade_other(void)
{
    struct acre_object *object = acre_weak_get(world.engine, weak_other);

    cr_assert_eq(object, &other->object);
    acre_unref(world.engine, &object);
    cr_assert(acre_weak_is_alive(world.engine, weak_other));
}

static void drop_other(void)
{
    acre_unref(world.engine, &other);
}

/* Something new, watched, dropped: it ends before the one that made it goes on. */
static void make_and_drop(void)
{
    struct acre_object *object;
    struct node *fresh;

    cr_assert_eq(acre_object_new(world.engine, world.node_type, &object), ACRE_OK);
    fresh = (struct node *)object;
    fresh->name = 'f';
    watch(fresh, 'w');
    acre_unref(world.engine, &fresh);
}

static void run_waiting(void)
{
    cr_assert_eq(acre_watch_run(world.engine, others[0]), ACRE_OK);
}

static void watch_the_dead(void)
{
    struct acre_watch none;

    cr_assert_eq(
        acre_watch_begin(world.engine, probed[0], (struct acre_notice){note, probed, 0}, &none),
        ACRE_BAD_ARGUMENT);
    cr_assert(error_says("dead"));
    cr_assert_not(acre_watch_is_pending(world.engine, none));
}

/* W-15, D-04, D-05: what a call causes ends right after it, and before the next. */
MTest(watch, inside_a_call)
{
    struct node *a;
    struct node *b;
    struct node *c;

    for (enum world_place place = WORLD_PINNED; place < WORLD_BULK; place++) {
        open_quiet(place);
        a = world_node(&world, 'a');
        other = world_node(&world, 'o');
        weak_other = weak_of(other);
        probed[0] = weak_of(a);
        watch(a, '1');
        watch(a, '2');
        in_call['1'] = watch_the_dead;
        in_call['2'] = upgrade_other;
        acre_unref(world.engine, &a);
        cr_assert_str_eq(world_deaths, "21a");

        /* a(c); '2' drops o(p), '1' makes, watches and drops f */
        world_deaths[0] = '\0';
        a = world_node(&world, 'a');
        b = world_node(&world, 'p');
        c = world_node(&world, 'c');
        world_link(&world, a, &a->next, c);
        world_link(&world, other, &other->next, b);
        watch(b, 'q');
        watch(c, 'd');
        watch(other, 'm');
        watch(other, 'n');
        watch(a, '1');
        watch(a, '2');
        in_call['2'] = drop_other;
        in_call['1'] = make_and_drop;
        acre_unref(world.engine, &b);
        acre_unref(world.engine, &c);
        acre_unref(world.engine, &a);
        cr_assert_str_eq(world_deaths, "2nmoqp1wfadc");

        /* a watch that waits may be run by hand as well */
        world_deaths[0] = '\0';
        memset(in_call, 0, sizeof in_call);
        a = world_node(&world, 'a');
        others[0] = watch(a, '1');
        watch(a, '2');
        watch(a, '3');
        in_call['3'] = run_waiting;
        acre_unref(world.engine, &a);
        cr_assert_str_eq(world_deaths, "312a");
        close_empty();
    }
}

/* D-04, small: a chain, each with a watch that looks at its own node, the one before and the next
 */
MTest(watch, chain)
{
    enum { NODES = 8 };
    struct node *head = NULL;

    open_quiet(WORLD_PINNED);
    for (int i = 0; i < NODES; i++) {
        struct node *node = world_node(&world, (char)('a' + i));

        world_link(&world, node, &node->next, head);
        watch(node, (char)('A' + i));
        acre_unref(world.engine, &head);
        head = node;
        probed[0] = weak_of(head);
    }
    acre_unref(world.engine, &head);
    cr_assert_str_eq(world_deaths, "HhGgFfEeDdCcBbAa");
    close_empty();
}

/* W-16: the address comes back; each watch is called once, for its own object. */
static uint64_t last_called;

static enum acre_status remember(struct acre_engine *engine, void *context, uint64_t number)
{
    (void)engine;
    (void)context;
    last_called = number;
    return ACRE_OK;
}

MTest(watch, address_reuse)
{
    uint64_t repetitions = world_repetitions(1000000, 20000);
    struct acre_watch old = {0};

    open_quiet(WORLD_PINNED);
    for (uint64_t i = 1; i <= repetitions; i++) {
        struct node *node = world_node(&world, 'n');
        struct acre_watch fresh;
        bool is_kept = i % 3 != 0;

        if (acre_watch_begin(world.engine, weak_of(node), (struct acre_notice){remember, NULL, i},
                             &fresh) != ACRE_OK ||
            acre_watch_is_pending(world.engine, old) || acre_watch_cancel(world.engine, old) ||
            (!is_kept && !acre_watch_cancel(world.engine, fresh)))
            cr_assert(false, "repetition %llu", (unsigned long long)i);
        acre_unref(world.engine, &node);
        if (last_called != (is_kept ? i : i - 1) || acre_watch_is_pending(world.engine, fresh))
            cr_assert(false, "repetition %llu", (unsigned long long)i);
        old = fresh;
    }
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_WEAK), ONE_CHUNK);
    close_empty();
}

/* What cannot be watched: a status, and nothing has begun. W-21. */
MTest(watch, refusals)
{
    static const struct acre_type unwatched = {
        .name = "Unwatched", .size_bytes = sizeof(struct acre_object), .forbids_weak = true};
    const struct acre_notice notice = {note, probed, '1'};
    struct acre_object *object;
    struct acre_watch none;
    struct acre_weak weak;
    struct node *a;
    uint32_t type;

    open_quiet(WORLD_PINNED);
    cr_assert_eq(acre_type_register(world.engine, &unwatched, &type), ACRE_OK);
    cr_assert_eq(acre_object_new(world.engine, type, &object), ACRE_OK);
    cr_assert_eq(acre_weak_of(world.engine, object, &weak), ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_watch_begin(world.engine, weak, notice, &none), ACRE_BAD_ARGUMENT);
    cr_assert_not(acre_watch_is_pending(world.engine, none));
    acre_unref(world.engine, &object);

    a = world_node(&world, 'a');
    weak = weak_of(a);
    cr_assert_eq(acre_watch_begin(world.engine, weak, (struct acre_notice){0}, &none),
                 ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_watch_begin(world.engine, weak, notice, NULL), ACRE_OK);
    acre_unref(world.engine, &a);
    cr_assert_str_eq(world_deaths, "1a");
    cr_assert_eq(acre_watch_begin(world.engine, weak, notice, NULL), ACRE_BAD_ARGUMENT);
    cr_assert_not(cancel((struct acre_watch){0}));
    close_empty();
}
