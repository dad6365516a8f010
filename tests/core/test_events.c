/* Semantics case G-15. */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "alloc/registry.h"
#include "core/region.h"
#include "core/variable.h"

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

MTest(events, same_events_everywhere)
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
