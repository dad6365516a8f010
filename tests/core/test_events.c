/* Semantics case G-15. */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "alloc/registry.h"
#include "core/region.h"
#include "core/variable.h"
#include "core/watch.h"
#include "core/world.h"

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
    struct acre_alloc *top;
    struct acre_alloc *arena;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_engine *e;
    uint32_t region = ACRE_REGION_PINNED;

    *trace = (struct trace){.sink = {.on_event = write_trace}};
    top = acre_record_new(pinned, &trace->sink, 0);
    arena = iterations != NULL ? acre_record_new(iterations, &trace->sink, 1) : NULL;
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

/* From number *index on; NULL: there is none left. */
static const char *next_backend(size_t *index)
{
    const struct acre_backend_kind *kind;

    for (; (kind = acre_backend_kind_at(*index)) != NULL; ++*index) {
        if (kind->takes_path)
            continue;
#ifdef ACRE_TRACK_ASAN
        if (kind == &acre_kind_malloc_tuned) /* its malloc cannot be tuned */
            continue;
#endif
        return kind->name;
    }
    return NULL;
}

MTest(events, same_events_everywhere)
{
    static struct trace reference;
    static struct trace trace;
    const char *name;

    for (size_t i = 0; (name = next_backend(&i)) != NULL; i++) {
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

/* What happens to objects -------------------------------------------------------------------- */

/* The same for what a program sees of the engine: births, destructors, watches, handles that die.
 */
struct story {
    char text[2048];
    size_t length;
};

static struct story *story; /* that is being told */
static struct acre_weak told_of[2];

static void tell(char what, char name)
{
    story->length += (size_t)snprintf(story->text + story->length,
                                      sizeof story->text - story->length, "%c%c ", what, name);
    cr_assert_lt(story->length, sizeof story->text);
}

static void tell_handles(const struct acre_engine *engine)
{
    for (int i = 0; i < 2; i++)
        tell(acre_weak_is_alive(engine, told_of[i]) ? 'a' : 'd', "xy"[i]);
}

static void teller_dies(struct acre_engine *engine, struct acre_object *object)
{
    tell('-', ((struct node *)object)->name);
    tell_handles(engine);
}

static enum acre_status teller_watched(struct acre_engine *engine, void *context, uint64_t number)
{
    (void)context;
    tell('!', (char)number);
    tell_handles(engine);
    return ACRE_OK;
}

static const struct acre_type teller_type = {
    .name = "Teller",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = world_node_slots,
    .slot_count = 2,
    .destroy = teller_dies,
};

static struct node *new_teller(struct acre_engine *engine, uint32_t type, char name)
{
    struct acre_object *object;

    cr_assert_eq(acre_object_new(engine, type, &object), ACRE_OK);
    ((struct node *)object)->name = name;
    tell('+', name);
    return (struct node *)object;
}

static void watch_teller(struct acre_engine *engine, struct node *node, char number)
{
    struct acre_notice notice = {teller_watched, NULL, (unsigned char)number};
    struct acre_weak weak;

    cr_assert_eq(acre_weak_of(engine, &node->object, &weak), ACRE_OK);
    cr_assert_eq(acre_watch_begin(engine, weak, notice, NULL), ACRE_OK);
}

/* x ─> y ─> o, where o is pinned; in a region of its own unless `arena` is NULL. */
static void run_told(struct story *into, struct acre_alloc *pinned, struct acre_alloc *arena,
                     enum acre_region_mode mode)
{
    uint32_t region = ACRE_REGION_PINNED;
    struct acre_engine *e;
    uint32_t type;

    story = into;
    *story = (struct story){0};
    cr_assert_eq(acre_engine_new(&e, pinned, NULL), ACRE_OK);
    cr_assert_eq(acre_type_register(e, &teller_type, &type), ACRE_OK);
    if (arena != NULL)
        cr_assert_eq(acre_region_new(e, arena, mode, "told", &region), ACRE_OK);
    for (int i = 0; i < 3; i++) {
        struct node *o = new_teller(e, type, 'o');
        struct node *x;
        struct node *y;

        acre_region_enter(e, region);
        y = new_teller(e, type, 'y');
        x = new_teller(e, type, 'x'); /* the newest: first in a reset too */
        cr_assert_eq(acre_slot_set(e, &x->object, &x->next, &y->object), ACRE_OK);
        cr_assert_eq(acre_slot_set(e, &y->object, &y->next, &o->object), ACRE_OK);
        acre_weak_of(e, &x->object, &told_of[0]);
        acre_weak_of(e, &y->object, &told_of[1]);
        watch_teller(e, y, '1');
        watch_teller(e, x, '2');
        watch_teller(e, x, '3');
        acre_unref(e, &o);
        acre_unref(e, &y);
        tell_handles(e);
        acre_unref(e, &x);
        if (region != ACRE_REGION_PINNED)
            cr_assert_eq(acre_region_reset(e, region), ACRE_OK, "%s", acre_error(e));
        tell_handles(e);
        acre_region_enter(e, ACRE_REGION_PINNED);
    }
    cr_assert_eq(acre_engine_destroy(e), 0);
}

/*
 * G-15: counted objects have one story wherever they live. In a bulk region all handles die before
 * the first call, and all watches are called before the first destructor.
 */
MTest(events, same_story_everywhere)
{
    static const char counted[] = "+o +y +x ax ay !3 dx ay !2 dx ay -x dx ay !1 dx dy -y dx dy "
                                  "-o dx dy dx dy ";
    static const char bulk[] = "+o +y +x ax ay !3 dx dy !2 dx dy !1 dx dy -x dx dy -y dx dy "
                               "-o dx dy dx dy ";
    static struct story told;
    const char *name;

    for (size_t i = 0; (name = next_backend(&i)) != NULL; i++) {
        struct acre_backend backend;
        char why[256];

        cr_assert(acre_backend_open(&backend, name, why, sizeof why), "%s", why);
        for (int mode = -1; mode < 2; mode++) {
            const char *expected = mode == ACRE_REGION_BULK ? bulk : counted;
            size_t length = strlen(expected);

            if (mode >= 0 && backend.regions[0] == NULL)
                continue;
            run_told(&told, backend.pinned, mode < 0 ? NULL : backend.regions[0],
                     mode < 0 ? ACRE_REGION_COUNTED : (enum acre_region_mode)mode);
            cr_assert_eq(told.length, 3 * length, "%s, %d: %s", name, mode, told.text);
            for (int round = 0; round < 3; round++)
                cr_assert_eq(memcmp(told.text + (size_t)round * length, expected, length), 0,
                             "%s, %d: %s", name, mode, told.text);
        }
        acre_backend_close(&backend);
    }
}
