/*
 * The cycle collector; see collect.h for what it promises.
 *
 * Candidates stand in a table; while an object is alive, the high half of its link is its place
 * there, so that one that dies leaves the table at once. A collection uses the same table:
 *
 *     0          count                              capacity: 2 for each object that may cycle
 *     ┌──────────┬──────────────┬ ─ ─ ─ ┬───────────┐
 *     │candidates│ what they    │       │ reached,  │
 *     │          │ reach        │       │ to look at│
 *     └──────────┴──────────────┴ ─ ─ ─ ┴───────────┘
 *
 *   1. look: candidates and all they reach are listed; the high half of link counts the references
 *      to each from the others
 *   2. keep: an object with more references than that is held from elsewhere; it is marked, and so
 *      is all it reaches
 *   3. free: what is left is garbage; the table is empty, and the survivors are no candidates
 */
#include "core/collect.h"

#include "core/edge.h"

static struct acre_object **rows_of(const struct acre_engine *engine)
{
    return engine->candidates.rows.rows;
}

/* Candidates -------------------------------------------------------------------------------- */

bool acre_candidates_grow(struct acre_engine *engine)
{
    struct acre_table *table = &engine->candidates.rows;

    return acre_table_reserve(engine, table,
                              2 * ((size_t)engine->candidates.live + 1) - table->count,
                              sizeof(struct acre_object *), ACRE_PURPOSE_ENGINE);
}

static void list(struct acre_engine *engine, struct acre_object *object, uint32_t number)
{
    struct acre_table *table = &engine->candidates.rows;

    object->flags |= OBJECT_IS_LISTED;
    acre_set_number(object, number);
    rows_of(engine)[table->count++] = object;
}

void acre_candidate_add(struct acre_engine *engine, struct acre_object *object)
{
    list(engine, object, engine->candidates.rows.count);
}

/* The last one takes its place. */
void acre_candidate_remove(struct acre_engine *engine, struct acre_object *object)
{
    struct acre_object *last = rows_of(engine)[--engine->candidates.rows.count];
    uint32_t place = acre_number_of(object);

    rows_of(engine)[place] = last;
    acre_set_number(last, place);
    object->flags &= (uint8_t)~OBJECT_IS_LISTED;
}

/* Look -------------------------------------------------------------------------------------- */

struct look {
    struct acre_collection *found;
    uint64_t held;   /* the counts of all that are listed: references from wherever */
    bool leads_out;  /* some reference goes to an object that is not listed or of another region */
    bool ends_aloud; /* the end of some object is more than its memory */
};

static void count_edge(struct acre_engine *engine, struct acre_object *holder,
                       struct acre_object *child, void *slot, void *context)
{
    struct look *look = context;

    (void)slot;
    look->leads_out |= child->region != holder->region;
    if ((child->flags & OBJECT_MAY_CYCLE) == 0 || acre_count_sticks(child)) {
        look->leads_out = true;
        return;
    }
    look->found->edges++;
    if ((child->flags & OBJECT_IS_LISTED) == 0) {
        list(engine, child, 1);
        look->held += child->strong;
    } else {
        acre_set_number(child, acre_number_of(child) + 1);
    }
}

static bool ends_aloud(const struct acre_engine *engine, const struct acre_object *object)
{
    const struct acre_type *type = acre_entry_of(engine, object)->type;

    return (object->flags & OBJECT_HAS_WEAK) != 0 || type->destroy != NULL ||
           type->free_owned != NULL;
}

static struct look look_around(struct acre_engine *engine, struct acre_collection *found)
{
    struct acre_table *table = &engine->candidates.rows;
    struct look look = {.found = found};

    found->candidates = table->count;
    for (uint32_t i = 0; i < table->count; i++) {
        acre_set_number(rows_of(engine)[i], 0);
        look.held += rows_of(engine)[i]->strong;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        look.ends_aloud |= ends_aloud(engine, rows_of(engine)[i]);
        acre_visit_children(engine, rows_of(engine)[i], count_edge, &look);
    }
    found->examined = table->count;
    return look;
}

/* All references to what is listed come from what is listed. No object has fewer than those, so the
 * sums tell it of each. */
static bool is_all_garbage(const struct look *look)
{
    return look->held == look->found->edges;
}

/* Keep -------------------------------------------------------------------------------------- */

/* Marked objects whose children were not looked at yet: from the end of the table down. */
struct stack {
    struct acre_object **top, **bottom;
};

static void reach(struct acre_object *object, struct stack *stack)
{
    if ((object->flags & (OBJECT_IS_LISTED | OBJECT_IS_REACHED)) != OBJECT_IS_LISTED)
        return;
    object->flags |= OBJECT_IS_REACHED;
    *--stack->top = object;
}

static void reach_child(struct acre_engine *engine, struct acre_object *holder,
                        struct acre_object *child, void *slot, void *context)
{
    (void)engine;
    (void)holder;
    (void)slot;
    reach(child, context);
}

static void keep(struct acre_engine *engine)
{
    const struct acre_table *table = &engine->candidates.rows;
    struct stack stack;

    stack.top = stack.bottom = rows_of(engine) + table->capacity;
    for (uint32_t i = 0; i < table->count; i++) {
        struct acre_object *object = rows_of(engine)[i];

        if (object->strong > acre_number_of(object))
            reach(object, &stack);
        while (stack.top < stack.bottom)
            acre_visit_children(engine, *stack.top++, reach_child, &stack);
    }
}

/* Free -------------------------------------------------------------------------------------- */

struct garbage {
    struct acre_object *first; /* of a list through the links */
    bool has_destructors;
    bool is_closed; /* it refers to nothing but itself */
};

static struct acre_object *next_of(const struct acre_object *garbage)
{
    return (struct acre_object *)(uintptr_t)garbage->link;
}

/* References between objects that all go to pieces have nothing to say to the counts any more;
 * those over the border of a region stand in books. */
static void release_child(struct acre_engine *engine, struct acre_object *holder,
                          struct acre_object *child, void *slot, void *context)
{
    (void)context;
    if ((child->flags & OBJECT_IS_DYING) == 0 || child->region != holder->region)
        acre_edge_remove(engine, holder, slot, child);
}

/* Empties the table; returns the garbage, dead to weak references. */
static struct garbage take_garbage(struct acre_engine *engine, struct acre_collection *found)
{
    struct acre_table *table = &engine->candidates.rows;
    struct garbage garbage = {0};

    for (uint32_t i = table->count; i-- > 0;) {
        struct acre_object *object = rows_of(engine)[i];
        bool is_kept = (object->flags & OBJECT_IS_REACHED) != 0;

        object->flags &= (uint8_t) ~(OBJECT_IS_LISTED | OBJECT_IS_REACHED);
        if (is_kept)
            continue;
        if ((object->flags & OBJECT_HAS_WEAK) != 0)
            acre_weak_clear(engine, object);
        object->flags |= OBJECT_IS_DYING;
        object->link = (uint64_t)(uintptr_t)garbage.first;
        garbage.first = object;
        garbage.has_destructors |= acre_entry_of(engine, object)->type->destroy != NULL;
        found->freed++;
    }
    table->count = 0;
    return garbage;
}

static void free_garbage(struct acre_engine *engine, struct garbage garbage)
{
    struct acre_object *next;

    acre_drain(engine); /* the watches on the garbage */
    engine->is_draining = true;
    if (garbage.has_destructors)
        for (struct acre_object *object = garbage.first; object != NULL; object = next_of(object))
            acre_object_end(engine, object);
    /* What destructors have changed is to be seen. */
    if (!garbage.is_closed || garbage.has_destructors)
        for (struct acre_object *object = garbage.first; object != NULL; object = next_of(object))
            acre_visit_children(engine, object, release_child, NULL);
    for (struct acre_object *object = garbage.first; object != NULL; object = next) {
        next = next_of(object);
        acre_object_give_back(engine, object);
    }
    acre_drain(engine);
}

/* Garbage that refers to nothing else, and whose end nobody sees: only the memory is left to do. */
static void free_quietly(struct acre_engine *engine, struct acre_collection *found)
{
    struct acre_table *table = &engine->candidates.rows;

    found->freed = table->count;
    engine->candidates.live -= table->count;
    table->count = 0;
    for (uint64_t i = 0; i < found->freed; i++) {
        struct acre_object *object = rows_of(engine)[i];

        acre_object_remove(engine, object, acre_entry_of(engine, object)->type);
    }
}

/* Collecting -------------------------------------------------------------------------------- */

/* More candidates are waited for when few objects turned out to be garbage, fewer when most did;
 * the steps are those of Nim's collector (system/orc.nim, 1.6). */
static void adapt(struct acre_engine *engine, const struct acre_collection *found)
{
    uint32_t *collect_at = &engine->candidates.collect_at;

    if (2 * found->freed >= found->examined)
        *collect_at = *collect_at / 3 * 2;
    else if (*collect_at < UINT32_MAX / 2)
        *collect_at += *collect_at / 2;
    if (*collect_at < ACRE_FEWEST_CANDIDATES)
        *collect_at = ACRE_FEWEST_CANDIDATES;
}

static enum acre_status collect(struct acre_engine *engine, struct acre_collection *found,
                                struct acre_explanation *explanation)
{
    struct garbage garbage;
    struct look look;

    *found = (struct acre_collection){0};
    if (!acre_check_owner(engine, "acre_collect"))
        return ACRE_BAD_ARGUMENT;
    if (!engine->has_collector)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "collect: the engine has no collector");
    if (acre_busy_with(engine) != NULL)
        return acre_fail(engine, ACRE_BUSY, "collect: called from inside a %s",
                         acre_busy_with(engine));
    if (engine->candidates.rows.count == 0)
        return ACRE_OK;
    look = look_around(engine, found);
    if (!is_all_garbage(&look))
        keep(engine);
    if (explanation != NULL)
        acre_explain(engine, explanation);
    if (is_all_garbage(&look) && !look.leads_out && !look.ends_aloud) {
        free_quietly(engine, found);
        return ACRE_OK;
    }
    garbage = take_garbage(engine, found);
    garbage.is_closed = !look.leads_out && found->freed == found->examined;
    free_garbage(engine, garbage);
    return ACRE_OK;
}

enum acre_status acre_collect(struct acre_engine *engine, struct acre_collection *found)
{
    struct acre_collection ignored;

    return collect(engine, found != NULL ? found : &ignored, NULL);
}

enum acre_status acre_collect_explained(struct acre_engine *engine,
                                        struct acre_explanation *explanation)
{
    explanation->edge_count = 0;
    return collect(engine, &explanation->found, explanation);
}

void acre_collect_automatically(struct acre_engine *engine)
{
    struct acre_collection found;

    if (acre_busy_with(engine) == NULL && acre_collect(engine, &found) == ACRE_OK)
        adapt(engine, &found);
}
