/*
 * Which references close garbage cycles: a walk in depth through the garbage, without recursion and
 * without memory of its own. A reference to an object on the path from the start to here closes a
 * cycle: the part of the path between the two.
 *
 *    start ─> a ─> b ─> c          c's reference to a closes a cycle of length 3
 *             ^─────────┘
 *
 * The path stands where the collection had its stack, at the end of the table of candidates. The
 * number of an object (the high half of its link) says how far it is:
 *
 *    UNSEEN   0: not met yet
 *    n        on the path; its first n - 1 references were followed
 *    DONE     left again: what can be reached from it was seen
 */
#include <stdio.h>

#include "core/collect.h"
#include "core/edge.h"

enum { UNSEEN = 0, MOST_REFERENCES = 64 };

#define DONE UINT32_MAX

struct walk {
    struct acre_engine *engine;
    struct acre_explanation *explanation;
    struct acre_object **top, **bottom; /* the path, from the start at the bottom to the top */
};

struct reference {
    uint32_t wanted, passed; /* which of an object's references; met so far */
    struct acre_object *child;
    const void *slot;
};

static void pick(struct acre_engine *engine, struct acre_object *holder, struct acre_object *child,
                 void *slot, void *context)
{
    struct reference *reference = context;

    (void)engine;
    (void)holder;
    if (reference->passed++ == reference->wanted) {
        reference->child = child;
        reference->slot = slot;
    }
}

static bool is_garbage(const struct acre_object *object)
{
    return (object->flags & (OBJECT_IS_LISTED | OBJECT_IS_REACHED)) == OBJECT_IS_LISTED;
}

static struct acre_back_edge *edge_of_kind(struct acre_explanation *explanation,
                                           const struct acre_back_edge *kind)
{
    for (size_t i = 0; i < explanation->edge_count; i++) {
        struct acre_back_edge *edge = &explanation->edges[i];

        if (edge->holder == kind->holder && edge->slot == kind->slot &&
            edge->target == kind->target)
            return edge;
    }
    if (explanation->edge_count == ACRE_BACK_EDGES)
        return NULL;
    explanation->edges[explanation->edge_count] = *kind;
    return &explanation->edges[explanation->edge_count++];
}

static void note_cycle(const struct walk *walk, struct acre_object *holder,
                       const struct reference *reference)
{
    const struct acre_type *type = acre_type_of(walk->engine, holder);
    struct acre_back_edge kind = {
        .holder = type->name,
        .slot = acre_slot_name(type, holder, reference->slot),
        .target = acre_type_of(walk->engine, reference->child)->name,
        .shortest = ACRE_LONGEST_CYCLE,
    };
    struct acre_back_edge *edge = edge_of_kind(walk->explanation, &kind);
    uint32_t length = 1;

    if (edge == NULL)
        return;
    while (walk->top[length - 1] != reference->child && length < ACRE_LONGEST_CYCLE)
        length++;
    edge->cycles++;
    if (length < edge->shortest)
        edge->shortest = length;
    if (length > edge->longest)
        edge->longest = length;
}

static void enter(struct walk *walk, struct acre_object *object)
{
    acre_set_number(object, 1);
    *--walk->top = object;
}

/* Follows the next reference of the object on top of the path, or leaves the object. */
static void step(struct walk *walk)
{
    struct acre_object *object = *walk->top;
    struct reference reference = {.wanted = acre_number_of(object) - 1};

    if (reference.wanted < MOST_REFERENCES)
        acre_visit_children(walk->engine, object, pick, &reference);
    if (reference.child == NULL) {
        acre_set_number(object, DONE);
        walk->top++;
        return;
    }
    acre_set_number(object, acre_number_of(object) + 1);
    if (!is_garbage(reference.child) || acre_number_of(reference.child) == DONE)
        return;
    if (acre_number_of(reference.child) == UNSEEN)
        enter(walk, reference.child);
    else
        note_cycle(walk, object, &reference);
}

/* The most cycles first. A handful of rows. */
static void sort(struct acre_explanation *explanation)
{
    for (size_t i = 1; i < explanation->edge_count; i++)
        for (size_t j = i; j > 0; j--) {
            struct acre_back_edge *pair = &explanation->edges[j - 1];
            struct acre_back_edge less = pair[0];

            if (pair[0].cycles >= pair[1].cycles)
                break;
            pair[0] = pair[1];
            pair[1] = less;
        }
}

void acre_explain(struct acre_engine *engine, struct acre_explanation *explanation)
{
    const struct acre_table *table = &engine->candidates.rows;
    struct acre_object **rows = table->rows;
    struct walk walk = {.engine = engine, .explanation = explanation};

    walk.top = walk.bottom = rows + table->capacity;
    for (uint32_t i = 0; i < table->count; i++)
        acre_set_number(rows[i], UNSEEN);
    for (uint32_t i = 0; i < table->count; i++) {
        if (is_garbage(rows[i]) && acre_number_of(rows[i]) == UNSEEN)
            enter(&walk, rows[i]);
        while (walk.top < walk.bottom)
            step(&walk);
    }
    sort(explanation);
}

void acre_back_edge_say(const struct acre_back_edge *edge, char *text, size_t text_bytes)
{
    const char *or_more = edge->longest == ACRE_LONGEST_CYCLE ? " or more" : "";
    int used = snprintf(text, text_bytes, "%s.%s closes %llu cycle%s of length %u", edge->holder,
                        edge->slot, (unsigned long long)edge->cycles, edge->cycles == 1 ? "" : "s",
                        edge->shortest);

    if (used < 0 || (size_t)used >= text_bytes)
        return;
    if (edge->shortest == edge->longest)
        snprintf(text + used, text_bytes - (size_t)used, "%s", or_more);
    else
        snprintf(text + used, text_bytes - (size_t)used, " to %u%s", edge->longest, or_more);
}
