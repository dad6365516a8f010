/*
 * A call stack in names, from the inside out: each node of the tree, and of each the functions that
 * were inlined there first.
 *
 *    struct acre_walk walk = acre_walk_of(profile, names, site->stack);
 *
 *    while ((frame = acre_walk_next(&walk)) != NULL)
 *        ...frame->function, of the node walk.node
 *    if (walk.has_no_memory) ...
 */
#ifndef ACRE_PROFILE_WALK_H
#define ACRE_PROFILE_WALK_H

#include "profile/names.h"

struct acre_walk {
    uint32_t node; /* of the frame that was given out last; 0: none was, or there is no stack */
    bool has_no_memory; /* that is why there is no further frame */

    /* The walk's own. */
    const struct acre_profile *profile;
    struct acre_names *names;
    uint32_t next; /* node */
    struct acre_frames frames;
    uint32_t place; /* in them */
};

/* Both are borrowed; `stack` is 0 for none. */
static inline struct acre_walk acre_walk_of(const struct acre_profile *profile,
                                            struct acre_names *names, uint32_t stack)
{
    return (struct acre_walk){.profile = profile, .names = names, .next = stack};
}

/* The path of the module that a node lies in, "" where there is none. As long as the profile. */
static inline const char *acre_path_of_node(const struct acre_profile *profile, uint32_t node)
{
    uint32_t module = node != 0 ? acre_trace_frame_of(&profile->frames, node)->module : 0;

    return module != 0 ? acre_trace_module_of(&profile->modules, module)->path : "";
}

/* As long as the names. NULL behind the outermost frame, or for want of memory. */
const struct acre_frame *acre_walk_next(struct acre_walk *walk);

#endif
