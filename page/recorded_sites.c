/* Where memory comes from: those places that are among the greatest by any figure. */
#include <stdlib.h>

#include "alloc/grow.h"
#include "page/recorded_parts.h"

enum {
    MOST_OF_EACH = 100, /* figures, of which there are five */
    MOST_CALLERS = 64,
};

/* The call stack, from the innermost frame on, and the module of the frame at `depth`. */
static json_t *stack_of(struct acre_page_places *places, const struct acre_info *info,
                        const struct acre_site_group *group, const char **module)
{
    struct acre_walk walk = acre_walk_of(info->profile, info->names, group->stack);
    const struct acre_frame *frame;
    json_t *stack = json_array();

    for (uint32_t i = 0; i < MOST_CALLERS && (frame = acre_walk_next(&walk)) != NULL; i++) {
        const char *path = acre_path_of_node(info->profile, walk.node);

        if (i == group->depth)
            *module = path;
        acre_add(places->maker, stack, json_integer(acre_page_place(places, frame, path)));
    }
    places->maker->failed = places->maker->failed || walk.has_no_memory;
    return stack;
}

static json_t *row_of(struct acre_page_places *places, const struct acre_info *info,
                      const struct acre_site_group *group)
{
    const struct acre_profile_figures *figures = &group->figures;
    const struct acre_frame frame = {
        .function = group->function, .file = group->file, .line = group->line};
    struct acre_maker *maker = places->maker;
    json_t *row = json_object();
    const char *module = "";
    json_t *stack = stack_of(places, info, group, &module);

    acre_put(maker, row, "place", json_integer(acre_page_place(places, &frame, module)));
    acre_put(maker, row, "stacks", acre_recorded_count(group->sites));
    acre_put(maker, row, "peak", acre_recorded_count(figures->peak_bytes));
    acre_put(maker, row, "bytes", acre_recorded_count(figures->bytes));
    acre_put(maker, row, "calls",
             acre_recorded_count(acre_site_weight(figures, ACRE_SITE_ORDER_CALLS)));
    acre_put(maker, row, "short", acre_recorded_count(figures->short_blocks));
    acre_put(maker, row, "leaked", acre_recorded_count(figures->live_bytes));
    acre_put(maker, row, "leaked_blocks", acre_recorded_count(figures->live_blocks));
    acre_put(maker, row, "stack", stack);
    return row;
}

struct weighed {
    uint64_t weight;
    size_t group;
};

static int heavier_first(const void *a, const void *b)
{
    const struct weighed *one = a, *other = b;

    if (one->weight != other->weight)
        return one->weight > other->weight ? -1 : 1;
    return one->group < other->group ? -1 : one->group > other->group;
}

/* Sorts groups by each figure; the greatest become `chosen`, where there is anything of it. */
static void choose(const struct acre_site_groups *groups, struct weighed *sorted, bool *chosen)
{
    for (unsigned order = 0; order < ACRE_SITE_ORDERS; order++) {
        for (size_t i = 0; i < groups->count; i++)
            sorted[i] = (struct weighed){
                acre_site_weight(&groups->groups[i].figures, (enum acre_site_order)order), i};
        qsort(sorted, groups->count, sizeof *sorted, heavier_first);
        for (size_t i = 0; i < groups->count && i < MOST_OF_EACH && sorted[i].weight > 0; i++)
            chosen[sorted[i].group] = true;
    }
}

static json_t *rows_of(struct acre_page_places *places, const struct acre_info *info,
                       const struct acre_site_groups *groups)
{
    const struct acre_layout sorted_layout =
        acre_layout_of_elements(groups->count, sizeof(struct weighed));
    const struct acre_layout chosen_layout = acre_layout_of_elements(groups->count, sizeof(bool));
    struct weighed *sorted = acre_allocate(info->memory, sorted_layout);
    bool *chosen = acre_allocate(info->memory, chosen_layout);
    json_t *rows = sorted != NULL && chosen != NULL ? json_array() : NULL;

    if (rows != NULL) {
        memset(chosen, 0, groups->count * sizeof *chosen);
        choose(groups, sorted, chosen);
    }
    for (size_t i = 0; rows != NULL && i < groups->count; i++)
        if (chosen[i])
            acre_add(places->maker, rows, row_of(places, info, &groups->groups[i]));
    acre_free(info->memory, sorted, sorted_layout);
    acre_free(info->memory, chosen, chosen_layout);
    return rows;
}

json_t *acre_recorded_sites(struct acre_page_places *places, const struct acre_info *info,
                            const struct acre_page_sites *sites)
{
    struct acre_site_groups groups;
    json_t *object = json_object();

    if (!acre_site_groups_make(&groups, info->memory, info->profile, info->names, sites->sites,
                               sites->count, ACRE_SITE_GROUP_BY_FUNCTION, ACRE_SITE_ORDER_PEAK)) {
        places->maker->failed = true;
        return object;
    }
    acre_put(places->maker, object, "count", acre_recorded_count(groups.count));
    acre_put(places->maker, object, "rows",
             groups.count > 0 ? rows_of(places, info, &groups) : json_array());
    acre_site_groups_fini(&groups);
    return object;
}
