/* The thread that owns an engine, and others. Builds without checks catch nothing, and nothing is
 * done in them that would have to be caught. */
#include "support/mtest.h"

#include <pthread.h>

#include "core/collect.h"
#include "core/copy.h"
#include "core/fixture.h"
#include "core/watched.h"
#include "core/weak_table.h"

/* What the calls below are made with; set by the owner. */
static struct acre_engine *e;
static struct node *node;
static struct node *holder;
static struct acre_variable *variable;
static struct acre_weak weak;
static struct acre_watch watching;
static struct acre_weak_table *table;

static char told[4096]; /* sentences, each with a line end */

static void tell(void *context, const char *sentence)
{
    size_t length = strlen(told);

    (void)context;
    snprintf(told + length, sizeof told - length, "%s\n", sentence);
}

/* The calls, each of which answers ACRE_BAD_ARGUMENT to a stranger ---------------------------- */

static enum acre_status make_object(void)
{
    struct acre_object *object;

    return acre_object_new(e, world.plain_type, &object);
}

static enum acre_status make_array(void)
{
    struct acre_array *array;

    return acre_array_new(e, 3, &array);
}

static enum acre_status make_variable(void)
{
    return acre_variable_new(e, &variable->data->object).status;
}

static enum acre_status make_region(void)
{
    uint32_t region;

    return acre_region_new(e, world.tops[1], ACRE_REGION_BULK, "another", &region);
}

static enum acre_status make_type(void)
{
    uint32_t number;

    return acre_type_register(e, &world_plain_type, &number);
}

static enum acre_status make_table(void)
{
    struct acre_weak_table *made;

    return acre_weak_table_new(e, &made);
}

static enum acre_status make_weak(void)
{
    struct acre_weak made;

    return acre_weak_of(e, &holder->object, &made);
}

static enum acre_status make_watch(void)
{
    return acre_watch_begin(e, weak, (struct acre_notice){note, probed, 'x'}, NULL);
}

static enum acre_status run_watch(void)
{
    return acre_watch_run(e, watching);
}

static enum acre_status put_into_table(void)
{
    return acre_weak_table_put(e, table, 2, &holder->object);
}

static enum acre_status set_slot(void)
{
    return world_link(&world, holder, &holder->next, node);
}

static enum acre_status give_slot(void)
{
    return acre_slot_give(e, &holder->object, &holder->next, &node->object);
}

static enum acre_status make_immortal(void)
{
    return acre_make_immortal(e, &holder->object);
}

static enum acre_status use_operator(void)
{
    return acre_square(e, variable).status;
}

static enum acre_status go_backward(void)
{
    return acre_backward(e, variable);
}

static enum acre_status unchain(void)
{
    return acre_unchain(e, variable);
}

static enum acre_status collect(void)
{
    return acre_collect(e, NULL);
}

static enum acre_status reset_region(void)
{
    return acre_region_reset(e, world.regions[0]);
}

static enum acre_status copy_object(void)
{
    struct acre_object *copy;

    return acre_copy_to(e, &variable->data->object, ACRE_REGION_PINNED, &copy);
}

/* Those without a status do nothing, which is looked at afterwards. */
static enum acre_status ref(void)
{
    acre_ref(e, &node->object);
    return ACRE_BAD_ARGUMENT;
}

static enum acre_status unref(void)
{
    struct node *pointer = node;

    acre_unref(e, &pointer);
    return ACRE_BAD_ARGUMENT;
}

static enum acre_status upgrade(void)
{
    return acre_weak_get(e, weak) == NULL ? ACRE_BAD_ARGUMENT : ACRE_OK;
}

static enum acre_status enter(void)
{
    return acre_region_enter(e, world.regions[0]) == ACRE_REGION_PINNED ? ACRE_BAD_ARGUMENT
                                                                        : ACRE_OK;
}

static enum acre_status cancel_watch(void)
{
    return acre_watch_cancel(e, watching) ? ACRE_OK : ACRE_BAD_ARGUMENT;
}

static enum acre_status remove_from_table(void)
{
    return acre_weak_table_remove(e, table, 1) ? ACRE_OK : ACRE_BAD_ARGUMENT;
}

static enum acre_status destroy_table(void)
{
    acre_weak_table_destroy(e, table);
    return ACRE_BAD_ARGUMENT;
}

static enum acre_status clear_gradient(void)
{
    acre_cleargrad(e, variable);
    return ACRE_BAD_ARGUMENT;
}

static enum acre_status assign(void)
{
    struct acre_variable *mine = NULL;

    return acre_assign(e, &mine, ((struct acre_temp){variable, ACRE_OK}));
}

static enum acre_status destroy(void)
{
    return acre_engine_destroy(e) == 0 ? ACRE_BAD_ARGUMENT : ACRE_OK;
}

static const struct {
    const char *name; /* in the sentence */
    enum acre_status (*call)(void);
} calls[] = {
    {"acre_object_new", make_object},
    {"acre_array_new", make_array},
    {"acre_variable_new", make_variable},
    {"acre_region_new", make_region},
    {"acre_type_register", make_type},
    {"acre_weak_table_new", make_table},
    {"acre_weak_of", make_weak},
    {"acre_watch_begin", make_watch},
    {"acre_watch_run", run_watch},
    {"acre_weak_table_put", put_into_table},
    {"acre_slot_set, holder", set_slot},
    {"acre_slot_set, holder", give_slot},
    {"acre_make_immortal", make_immortal},
    {"acre_apply", use_operator},
    {"acre_backward", go_backward},
    {"acre_unchain", unchain},
    {"acre_collect", collect},
    {"acre_region_reset", reset_region},
    {"acre_copy_to", copy_object},
    {"acre_ref", ref},
    {"acre_unref", unref},
    {"acre_weak_get", upgrade},
    {"acre_region_enter", enter},
    {"acre_watch_cancel", cancel_watch},
    {"acre_weak_table_remove", remove_from_table},
    {"acre_weak_table_destroy", destroy_table},
    {"acre_cleargrad", clear_gradient},
    {"acre_assign_as", assign},
    {"acre_engine_destroy", destroy},
};

enum { CALLS = sizeof calls / sizeof calls[0] };

/* In another thread, where no assertion can be made ------------------------------------------- */

static enum acre_status answers[CALLS];

static void *call_all(void *argument)
{
    (void)argument;
    for (size_t i = 0; i < CALLS; i++)
        answers[i] = calls[i].call();
    return NULL;
}

static void in_another_thread(void *(*function)(void *))
{
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, function, NULL), 0);
    cr_assert_eq(pthread_join(thread, NULL), 0);
}

/* A node with a weak reference and a watch, in a table, another one, and a variable that has a
 * gradient: all in the pinned region, over a region that is there to be reset. */
static void open_with_all(void)
{
    static const struct acre_engine_options options = {
        .collector = ACRE_COLLECTOR_MANUAL,
        .on_misuse = tell,
    };

    cr_assert(world_open_with(&world, WORLD_BULK, &options));
    quiet();
    told[0] = '\0';
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    node = world_plain(&world);
    holder = world_plain(&world);
    weak = weak_of(node);
    watching = watch(node, 'n');
    cr_assert_eq(acre_weak_table_new(e, &table), ACRE_OK);
    cr_assert_eq(acre_weak_table_put(e, table, 1, &node->object), ACRE_OK);
    cr_assert_eq(acre_assign(e, &variable, acre_variable_of(e, 2)), ACRE_OK);
    cr_assert_eq(acre_backward(e, variable), ACRE_OK);
}

static void close_all(void)
{
    acre_weak_table_destroy(e, table);
    acre_watch_cancel(e, watching);
    acre_unref(e, &variable);
    acre_unref(e, &holder);
    acre_unref(e, &node);
    close_empty();
}

MTest(owner, others_are_told)
{
    char expected[sizeof told] = "";
    uint64_t live;

    if (!acre_has_checks())
        return;
    open_with_all();
    live = acre_live_objects(e);
    in_another_thread(call_all);
    for (size_t i = 0; i < CALLS; i++) {
        size_t length = strlen(expected);

        cr_assert_eq(answers[i], ACRE_BAD_ARGUMENT, "%s", calls[i].name);
        snprintf(expected + length, sizeof expected - length,
                 "%s: called by a thread that does not own the engine (acre_engine_adopt)\n",
                 calls[i].name);
    }
    cr_assert_str_eq(told, expected);
    cr_assert_eq(acre_misuses(e), CALLS);

    /* nothing was done */
    cr_assert_eq(acre_live_objects(e), live);
    cr_assert_eq(count_of(node), 1);
    cr_assert_eq(count_of(holder), 1);
    cr_assert_null(holder->next);
    cr_assert_not_null(variable->grad);
    cr_assert(acre_watch_is_pending(e, watching));
    cr_assert_eq(acre_weak_table_count(table), 1);
    cr_assert_eq(acre_region_enter(e, ACRE_REGION_PINNED), ACRE_REGION_PINNED);
    close_all();
}

/* Hand-over ----------------------------------------------------------------------------------- */

static enum acre_status status_of_adopting, status_of_making;
static pthread_barrier_t barrier;

/* The other thread is alive while the first one goes on, or both might be one to the checks. */
static void *adopt_and_make(void *argument)
{
    struct acre_object *object;

    (void)argument;
    status_of_adopting = acre_engine_adopt(e);
    status_of_making = acre_object_new(e, world.plain_type, &object);
    acre_unref(e, &object);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return NULL;
}

MTest(owner, hands_over)
{
    struct acre_object *object = NULL;
    pthread_t thread;

    open_with_all();
    pthread_barrier_init(&barrier, NULL, 2);
    cr_assert_eq(pthread_create(&thread, NULL, adopt_and_make, NULL), 0);
    pthread_barrier_wait(&barrier);
    cr_assert_eq(status_of_adopting, ACRE_OK);
    cr_assert_eq(status_of_making, ACRE_OK);
    cr_assert_str_eq(told, "");
    if (acre_has_checks())
        cr_assert_eq(acre_object_new(e, world.plain_type, &object), ACRE_BAD_ARGUMENT);
    cr_assert_null(object);
    cr_assert_eq(acre_misuses(e), acre_has_checks() ? 1 : 0);
    cr_assert_eq(acre_engine_adopt(e), ACRE_OK);
    cr_assert_eq(acre_object_new(e, world.plain_type, &object), ACRE_OK);
    acre_unref(e, &object);
    cr_assert_eq(acre_misuses(e), acre_has_checks() ? 1 : 0);
    pthread_barrier_wait(&barrier);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    pthread_barrier_destroy(&barrier);
    close_all();
}

static void adopt_in_destructor(struct acre_engine *engine, struct node *dying)
{
    (void)dying;
    status_of_adopting = acre_engine_adopt(engine);
}

/* Not in the midst of things, and not where an allocator is for one thread only. */
MTest(owner, cannot_be_another)
{
    char why[256];
    struct acre_alloc *heap = acre_mimalloc_heap_new(why, sizeof why);
    struct node *dying;
    uint32_t region;

    open_in(WORLD_PINNED);
    dying = world_node(&world, 'd');
    dying->at_death = adopt_in_destructor;
    acre_unref(world.engine, &dying);
    cr_assert_eq(status_of_adopting, ACRE_BUSY);
    cr_assert_eq(acre_engine_adopt(world.engine), ACRE_OK);

    cr_assert_not_null(heap, "%s", why);
    cr_assert_eq(acre_region_new(world.engine, heap, ACRE_REGION_BULK, "heap", &region), ACRE_OK);
    cr_assert_eq(acre_engine_adopt(world.engine), ACRE_BAD_ARGUMENT);
    cr_assert(
        error_says("region 'heap': only the thread that made its 'mimalloc-heap' may use it"));
    close_empty();
    acre_destroy(heap);
}
