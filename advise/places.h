/*
 * Where recordings of one program were when they called: one tree of call stacks for all of them.
 *
 *    node of a recording ──frame of──> place ──parent──> place ──> ... ──> 0
 *
 * A place is the path of its frames, each a link-time address of a module, which is known by its
 * build id, or without one by its path: so it is the same in every recording, wherever a program
 * was loaded. A path that comes to a frame again is cut back to where that frame was first, so that
 * recursion does not make places without end.
 *
 *    main > walk > walk > walk > malloc   is the place   main > walk > malloc
 *
 * Numbers are given in the order in which recordings tell frames. 0 is none.
 *
 * What a program tells of itself, the begin of a scope by its name, is a place of its own beside
 * the tree: it has no frame.
 */
#ifndef ACRE_ADVISE_PLACES_H
#define ACRE_ADVISE_PLACES_H

#include "advise/numbers.h"
#include "trace/frames.h"

/* The module of places that are scopes. */
#define ACRE_PLACES_SCOPES UINT32_MAX

/* From where a path is cut back no further: of what is deeper than any recorder follows. */
enum { ACRE_PLACES_MOST_BACK = 1024 };

struct acre_place {
    uint32_t parent;
    uint32_t depth;           /* 1: the outermost */
    uint32_t children;        /* places that have it as their parent */
    uint32_t recording, node; /* whose frame it first was; of a scope its place among the names */
};

enum { ACRE_SCOPE_NAME_BYTES = 64 };

struct acre_places {
    struct acre_alloc *memory;   /* borrowed */
    struct acre_numbers modules; /* by a hash of what they are */
    struct acre_numbers numbers; /* by parent, module and offset */
    struct acre_place *places;   /* element 0 is place 1 */
    size_t capacity;
    char (*scopes)[ACRE_SCOPE_NAME_BYTES]; /* names, cut to that */
    uint32_t scope_count;
    size_t scope_capacity;
};

/* Of one recording: what its nodes and modules are. Element 0 is number 1. */
struct acre_places_of {
    uint32_t recording;
    uint32_t *modules, *nodes;
    uint32_t module_count, node_count;
    size_t module_capacity, node_capacity;
};

void acre_places_init(struct acre_places *places, struct acre_alloc *memory);
void acre_places_fini(struct acre_places *places);

static inline const struct acre_place *acre_place_at(const struct acre_places *places,
                                                     uint32_t place)
{
    return &places->places[place - 1];
}

static inline uint32_t acre_place_depth(const struct acre_places *places, uint32_t place)
{
    return place == 0 ? 0 : acre_place_at(places, place)->depth;
}

/* Whether the path of `place` passes `other`, or ends there. Of 0 and none. */
bool acre_place_passes(const struct acre_places *places, uint32_t place, uint32_t other);

/* The deepest place that the paths of both pass; 0: there is none. */
uint32_t acre_place_common(const struct acre_places *places, uint32_t a, uint32_t b);

/* The next module, and the next node, that a recording tells. What is known is left as it is. False
 * for want of memory. */
bool acre_places_add_module(struct acre_places *places, struct acre_places_of *of,
                            const struct acre_trace_module *module);
bool acre_places_add_node(struct acre_places *places, struct acre_places_of *of,
                          const struct acre_trace_frame *frame);

/* The place of a scope of that name. 0 for want of memory. */
uint32_t acre_places_of_scope(struct acre_places *places, const char *name, size_t name_bytes);

/* The name, where a place is a scope; else NULL. */
const char *acre_place_scope(const struct acre_places *places, uint32_t place);

/* The place of a node: 0 of 0, and of one that nobody told. */
static inline uint32_t acre_place_of_node(const struct acre_places_of *of, uint32_t node)
{
    return node == 0 || node > of->node_count ? 0 : of->nodes[node - 1];
}

void acre_places_of_fini(struct acre_places_of *of, struct acre_alloc *memory);

#endif
