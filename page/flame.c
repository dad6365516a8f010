#include "page/flame.h"

#include "alloc/grow.h"
#include "page/index.h"

enum { NOT_USED = UINT32_MAX };

static const struct acre_frame no_stack = {.function = "(no call stack)"};

struct making {
    struct acre_flame *flame;
    struct acre_alloc *memory;
    const struct acre_profile *profile;
    struct acre_names *names;
    struct acre_page_index children; /* of caller and name; number n is node n + 1 */
    uint32_t *nodes;                 /* of frames of the profile, from 0, which is no frame */
};

/* The tree --------------------------------------------------------------------------------------
 */

static bool add_node(struct making *making, uint32_t parent, const struct acre_frame *frame,
                     uint32_t trace_frame)
{
    struct acre_flame *flame = making->flame;

    if (!acre_grow(making->memory, &flame->nodes, flame->count, &flame->capacity,
                   sizeof *flame->nodes))
        return false;
    flame->nodes[flame->count] = (struct acre_flame_node){
        .frame = frame,
        .trace_frame = trace_frame,
        .line = frame != NULL ? frame->line : 0,
        .parent = parent,
        .depth = flame->count > 0 ? flame->nodes[parent].depth + 1 : 0,
    };
    if (flame->count > 0) {
        flame->nodes[flame->count].next_sibling = flame->nodes[parent].first_child;
        flame->nodes[parent].first_child = flame->count;
    }
    flame->count++;
    return true;
}

/* From the node `*at` on to the one of a function that is called there. False for want of memory.
 */
static bool step(struct making *making, const struct acre_frame *frame, uint32_t trace_frame,
                 uint32_t *at)
{
    struct acre_flame *flame = making->flame;
    uint32_t number;

    if (flame->nodes[*at].depth == ACRE_FLAME_MOST_DEPTH) {
        flame->has_deeper = true;
        return true;
    }
    if (!acre_page_index_of(&making->children, *at, (uint64_t)(uintptr_t)frame->function, &number))
        return false;
    if (number + 1 == flame->count && !add_node(making, *at, frame, trace_frame))
        return false;
    *at = number + 1;
    if (flame->nodes[*at].line != frame->line)
        flame->nodes[*at].line = 0;
    return true;
}

/* Frames that stand in the stack of a site: others are not asked for names. */
static void mark_used(struct making *making, const struct acre_profile_site *sites, size_t count)
{
    const struct acre_trace_frames *frames = &making->profile->frames;

    for (uint32_t frame = 0; frame <= frames->count; frame++)
        making->nodes[frame] = NOT_USED;
    for (size_t i = 0; i < count; i++)
        making->nodes[sites[i].stack] = 0;
    for (uint32_t frame = frames->count; frame > 0; frame--)
        if (making->nodes[frame] != NOT_USED)
            making->nodes[acre_trace_frame_of(frames, frame)->parent] = 0;
}

/* Frames stand behind their callers, so that each of those has its node already. */
static bool add_frames(struct making *making)
{
    const struct acre_trace_frames *frames = &making->profile->frames;

    making->nodes[0] = 0;
    for (uint32_t frame = 1; frame <= frames->count; frame++) {
        uint32_t at;
        struct acre_frames found;

        if (making->nodes[frame] == NOT_USED)
            continue;
        if (!acre_names_of(making->names, frame, &found))
            return false;
        at = making->nodes[acre_trace_frame_of(frames, frame)->parent];
        for (uint32_t i = found.count; i-- > 0;)
            if (!step(making, &found.frames[i], frame, &at))
                return false;
        making->nodes[frame] = at;
    }
    return true;
}

/* What a site weighs, all of its callers weigh. */
static bool add_weights(struct making *making, const struct acre_profile_site *sites, size_t count)
{
    struct acre_flame *flame = making->flame;

    for (size_t i = 0; i < count; i++) {
        uint32_t at = making->nodes[sites[i].stack];

        if (sites[i].stack == 0 && !step(making, &no_stack, 0, &at))
            return false;
        for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++)
            flame->nodes[at].weights[order] +=
                acre_site_weight(&sites[i].figures, (enum acre_site_order)order);
    }
    for (uint32_t node = flame->count; node-- > 1;)
        for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++)
            flame->nodes[flame->nodes[node].parent].weights[order] +=
                flame->nodes[node].weights[order];
    return true;
}

/* What is kept ----------------------------------------------------------------------------------
 */

static bool weighs_enough(const struct acre_flame *flame, const struct acre_flame_node *node)
{
    for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++)
        if (node->weights[order] > 0 &&
            1000.0 * (double)node->weights[order] >=
                flame->per_mille * (double)flame->nodes[0].weights[order])
            return true;
    return false;
}

/* Nobody sees what is narrower than a thousandth; where that is still too much, the limit goes up.
 * Whoever is called weighs no more than its caller: what is kept is a tree. */
static void keep(struct acre_flame *flame)
{
    flame->per_mille = 1;
    for (;; flame->per_mille *= 2) {
        flame->kept = 0;
        for (uint32_t node = 0; node < flame->count; node++) {
            flame->nodes[node].is_kept = node == 0 || weighs_enough(flame, &flame->nodes[node]);
            flame->kept += flame->nodes[node].is_kept;
        }
        if (flame->kept <= ACRE_FLAME_MOST_KEPT)
            return;
    }
}

/* From begin to end -----------------------------------------------------------------------------
 */

bool acre_flame_make(struct acre_flame *flame, struct acre_alloc *memory,
                     const struct acre_profile *profile, struct acre_names *names,
                     const struct acre_profile_site *sites, size_t count)
{
    size_t frames = (size_t)profile->frames.count + 1;
    struct making making = {
        .flame = flame,
        .memory = memory,
        .profile = profile,
        .names = names,
        .nodes = acre_allocate(memory, acre_layout_of_elements(frames, sizeof *making.nodes)),
    };
    bool done = making.nodes != NULL;

    *flame = (struct acre_flame){.memory = memory};
    acre_page_index_init(&making.children, memory);
    if (done) {
        mark_used(&making, sites, count);
        done = add_node(&making, 0, NULL, 0) && add_frames(&making) &&
               add_weights(&making, sites, count);
    }
    acre_page_index_fini(&making.children);
    acre_free_elements(memory, making.nodes, frames, sizeof *making.nodes);
    if (done)
        keep(flame);
    else
        acre_flame_fini(flame);
    return done;
}

void acre_flame_fini(struct acre_flame *flame)
{
    acre_free_elements(flame->memory, flame->nodes, flame->capacity, sizeof *flame->nodes);
}
