#include "profile/group.h"

#include <stdlib.h>
#include <string.h>

#include "alloc/grow.h"
#include "profile/plumbing.h"

/* Figures --------------------------------------------------------------------------------------
 */

bool acre_site_order_from_name(const char *name, enum acre_site_order *order)
{
    static const char *const names[ACRE_SITE_ORDERS] = {
        [ACRE_SITE_ORDER_PEAK] = "peak",     [ACRE_SITE_ORDER_BYTES] = "bytes",
        [ACRE_SITE_ORDER_CALLS] = "calls",   [ACRE_SITE_ORDER_SHORT] = "short",
        [ACRE_SITE_ORDER_LEAKED] = "leaked",
    };

    for (unsigned i = 0; i < ACRE_SITE_ORDERS; i++)
        if (strcmp(name, names[i]) == 0) {
            *order = (enum acre_site_order)i;
            return true;
        }
    return false;
}

uint64_t acre_site_weight(const struct acre_profile_figures *figures, enum acre_site_order order)
{
    switch (order) {
    case ACRE_SITE_ORDER_PEAK:
        return figures->peak_bytes;
    case ACRE_SITE_ORDER_BYTES:
        return figures->bytes;
    case ACRE_SITE_ORDER_CALLS:
        return figures->blocks + figures->resizes;
    case ACRE_SITE_ORDER_SHORT:
        return figures->short_blocks;
    default:
        return figures->live_bytes;
    }
}

/* What a site is called ------------------------------------------------------------------------
 */

static void name_after(struct acre_site_group *group, const struct acre_frame *frame)
{
    group->function = frame->function;
    group->file = frame->file;
    group->line = frame->line;
}

/* False for want of memory. */
static bool name_by_function(struct acre_site_group *group, const struct acre_profile *profile,
                             struct acre_names *names, uint32_t *node)
{
    struct acre_walk walk = acre_walk_of(profile, names, group->stack);
    const struct acre_frame *frame = acre_walk_next(&walk);
    uint32_t depth = 0;

    *node = walk.node;
    group->function = "(no call stack)";
    if (frame != NULL)
        name_after(group, frame);
    while (frame != NULL && acre_is_plumbing(frame)) {
        frame = acre_walk_next(&walk);
        depth++;
    }
    if (frame == NULL)
        return !walk.has_no_memory;
    *node = walk.node;
    group->depth = depth;
    name_after(group, frame);
    return true;
}

static void name_by_module(struct acre_site_group *group, const struct acre_profile *profile,
                           uint32_t node)
{
    const char *path = acre_path_of_node(profile, node);

    if (node != 0)
        group->function = path[0] != '\0' ? path : "(no module)";
    group->file = NULL;
    group->line = 0;
}

/* Merging --------------------------------------------------------------------------------------
 */

/* Equal names of frames are the same pointer, but those of modules are not. */
static int by_name(const void *left, const void *right)
{
    const struct acre_site_group *a = left;
    const struct acre_site_group *b = right;
    int order = a->function == b->function ? 0 : strcmp(a->function, b->function);

    if (order == 0 && a->file != b->file)
        order = a->file == NULL ? -1 : b->file == NULL ? 1 : strcmp(a->file, b->file);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    return order;
}

static int by_weight(const struct acre_site_group *a, const struct acre_site_group *b,
                     enum acre_site_order order)
{
    uint64_t a_weight = acre_site_weight(&a->figures, order);
    uint64_t b_weight = acre_site_weight(&b->figures, order);

    if (a_weight == b_weight) {
        a_weight = a->figures.bytes;
        b_weight = b->figures.bytes;
    }
    return (a_weight < b_weight) - (a_weight > b_weight);
}

/* Of a name the heaviest comes first. */
static int to_merge(const void *left, const void *right, void *weigh_by)
{
    const struct acre_site_group *a = left;
    const struct acre_site_group *b = right;
    int order = by_name(a, b);

    if (order == 0)
        order = by_weight(a, b, *(const enum acre_site_order *)weigh_by);
    return order != 0 ? order : (a->stack > b->stack) - (a->stack < b->stack);
}

static int to_show(const void *left, const void *right, void *weigh_by)
{
    const struct acre_site_group *a = left;
    const struct acre_site_group *b = right;
    int order = by_weight(a, b, *(const enum acre_site_order *)weigh_by);

    if (order == 0)
        order = by_name(a, b);
    return order != 0 ? order : (a->stack > b->stack) - (a->stack < b->stack);
}

/* Groups of one site each, sorted, to groups of different names. */
static size_t merge(struct acre_site_group *groups, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || by_name(&groups[kept - 1], &groups[i]) != 0) {
            groups[kept++] = groups[i];
        } else {
            groups[kept - 1].sites++;
            acre_profile_add(&groups[kept - 1].figures, &groups[i].figures);
        }
    }
    return kept;
}

/* All of them -----------------------------------------------------------------------------------
 */

static bool name_all(struct acre_site_groups *groups, const struct acre_profile *profile,
                     struct acre_names *names, const struct acre_profile_site *sites, size_t count,
                     enum acre_site_group_by by)
{
    for (size_t i = 0; i < count; i++) {
        struct acre_site_group *group = &groups->groups[i];
        uint32_t node;

        *group = (struct acre_site_group){
            .stack = sites[i].stack,
            .sites = 1,
            .figures = sites[i].figures,
        };
        if (!name_by_function(group, profile, names, &node))
            return false;
        if (by == ACRE_SITE_GROUP_BY_MODULE)
            name_by_module(group, profile, node);
    }
    return true;
}

bool acre_site_groups_make(struct acre_site_groups *groups, struct acre_alloc *memory,
                           const struct acre_profile *profile, struct acre_names *names,
                           const struct acre_profile_site *sites, size_t count,
                           enum acre_site_group_by by, enum acre_site_order order)
{
    *groups = (struct acre_site_groups){.memory = memory};
    if (count == 0)
        return true;
    groups->groups = acre_allocate(memory, acre_layout_of_elements(count, sizeof *groups->groups));
    if (groups->groups == NULL)
        return false;
    groups->capacity = count;
    if (!name_all(groups, profile, names, sites, count, by)) {
        acre_site_groups_fini(groups);
        return false;
    }
    groups->count = count;
    if (by != ACRE_SITE_GROUP_BY_STACK) {
        qsort_r(groups->groups, count, sizeof *groups->groups, to_merge, &order);
        groups->count = merge(groups->groups, count);
    }
    qsort_r(groups->groups, groups->count, sizeof *groups->groups, to_show, &order);
    return true;
}

void acre_site_groups_fini(struct acre_site_groups *groups)
{
    acre_free_elements(groups->memory, groups->groups, groups->capacity, sizeof *groups->groups);
    *groups = (struct acre_site_groups){.memory = groups->memory};
}
