/*
 * Pictures of the live object graph, as text for Graphviz (the DOT language).
 *
 *    a ──> ┌─────────┐  next   ┌─────────┐         names of C variables in front; solid: strong,
 *          │ obj     │ ──────> │ obj     │ ─ ─ ─>  counted; dashed: weak; what a dead weak
 * reference │ count 1 │         │ count 1 │  weak   refers to is a ghost └─────────┘ └─────────┘
 *
 * Each object shows its type and its count. What is held from elsewhere has an arrow from outside.
 * Objects that none such arrow reaches are marked as garbage: only garbage refers to them. Regions
 * are clusters. An engine keeps no list of its objects, so a picture is told which to show: some,
 * with all they reach, or a census of the allocator's (acre_ledger_live in alloc/ledger.h).
 *
 * May be called at any moment, in a destructor or a forward as well. The engine is as before.
 * Reference: The DOT Language, https://graphviz.org/doc/info/lang.html
 */
#ifndef ACRE_CORE_DRAW_H
#define ACRE_CORE_DRAW_H

#include <stdio.h>

#include "core/weak.h"

/*
 * A C variable. It holds `object`, with a reference of its own; or, where `object` is NULL, it is
 * the weak reference `weak`; a zeroed one is a variable that refers to nothing. C variables that
 * hold something in a region that can be reset are known by name (acre_assign) and drawn unasked,
 * once.
 */
struct acre_drawn_variable {
    const char *name;
    const struct acre_object *object;
    struct acre_weak weak;
};

enum { ACRE_DRAWN_OBJECTS = 500 };

/* What a picture shows. All of it is borrowed, and all but `objects` may be zero. */
struct acre_drawing {
    struct acre_object *const *objects; /* in this order; each must be alive or dying */
    size_t object_count;
    bool follows; /* and all that these reach by strong references, in the order it is met */

    const struct acre_drawn_variable *variables;
    size_t variable_count;
    const char *title;

    /* The name of an object, or NULL for one that has none: then it goes by its type. */
    const char *(*name_of)(const struct acre_object *object, void *context);
    void *context;

    bool is_tall;        /* from top to bottom; otherwise from left to right */
    size_t most_objects; /* more are left out, and their number is told; 0: ACRE_DRAWN_OBJECTS */
};

/*
 * Writes a picture to `stream`, whose errors are the caller's to ask for (ferror). The text is the
 * same whenever the objects are, given in the same order: it names no address. Names may be any
 * bytes. References to objects that are not part of the picture are not drawn; those from such
 * objects are references from outside, as are references of types that do not tell theirs.
 * Takes memory in proportion to the objects from the engine's: ACRE_NO_MEMORY, nothing was written.
 */
enum acre_status acre_draw(struct acre_engine *engine, const struct acre_drawing *drawing,
                           FILE *stream);

#endif
