/* Call stacks of tests: nodes as a recording tells them, and the places that they are. */
#ifndef ACRE_TESTS_ADVISE_TREE_H
#define ACRE_TESTS_ADVISE_TREE_H

#include "support/mtest.h"

#include "advise/steps.h"
#include "alloc/backends.h"

enum { TREE_MOST_DEPTH = 64 };

struct tree {
    struct acre_alloc *memory;
    struct acre_steps steps;
    struct acre_places_of of;
};

static inline void begin_tree(struct tree *tree)
{
    *tree = (struct tree){.memory = acre_malloc_new()};
    cr_assert_not_null(tree->memory);
    acre_steps_init(&tree->steps, tree->memory);
}

static inline void end_tree(struct tree *tree)
{
    acre_places_of_fini(&tree->of, tree->memory);
    acre_steps_fini(&tree->steps);
    acre_destroy(tree->memory);
}

static inline struct acre_trace_module module_of(const char *path, const char *build_id)
{
    return (struct acre_trace_module){
        .path = path,
        .path_bytes = strlen(path),
        .build_id = (const unsigned char *)build_id,
        .build_id_bytes = strlen(build_id),
    };
}

/* The place of a node that is told next. */
static inline uint32_t add_node(struct tree *tree, struct acre_places_of *of, uint32_t parent,
                                uint32_t module, uint64_t offset)
{
    const struct acre_trace_frame frame = {parent, module, offset};

    cr_assert(acre_places_add_node(&tree->steps.places, of, &frame));
    return acre_place_of_node(of, of->node_count);
}

/* Whether a place is on the path of another: every parent is looked at. */
static inline bool is_on_path(const struct acre_places *places, uint32_t place, uint32_t other)
{
    for (uint32_t at = place; at != 0; at = acre_place_at(places, at)->parent)
        if (at == other)
            return true;
    return false;
}

#endif
