/*
 * Where memory comes from: a table for each order that people ask for. A place has two lines, its
 * figures and the way there:
 *
 *    load                     4.05 MiB   192 MiB   12,034   2 %
 *      a.cpp:12 < parse:80 < main main.cpp:31
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile/short_name.h"
#include "report/format.h"
#include "report/info_parts.h"
#include "report/site_text.h"

enum {
    TOP_OF_EACH = 5,
    TOP_OF_ONE = 20,
    MOST_FRAMES = 256, /* of a stack that is shown as a whole */
    LEAST_WIDTH = 24,  /* of a frame, however narrow the page is */
    TITLE_WIDTH = 32,
    MOST_TEXT_BYTES = 1024,
};

/* Names that have been shown with their callers are shown without them in the tables below. */
struct seen {
    const char *function, *file;
    uint32_t line;
};

struct sites {
    const struct acre_info *info;
    const struct acre_page *page;
    struct seen *seen;
    size_t seen_count;
};

/* Stacks as a whole ---------------------------------------------------------------------------
 */

/* Each frame on a line of its own. */
static bool put_stack(const struct sites *sites, const struct acre_site_group *group,
                      struct acre_grid *grid)
{
    const struct acre_profile *profile = sites->info->profile;
    struct acre_walk walk = acre_walk_of(profile, sites->info->names, group->stack);
    const struct acre_frame *frame;
    int width = sites->page->wide ? MOST_TEXT_BYTES : sites->page->width - 8;

    for (size_t i = 0; i < MOST_FRAMES && (frame = acre_walk_next(&walk)) != NULL; i++) {
        char function[MOST_TEXT_BYTES];
        char text[MOST_TEXT_BYTES + 256];

        if (sites->page->wide)
            snprintf(function, sizeof function, "%s", frame->function);
        else
            acre_short_name(frame->function, function, sizeof function);
        if (frame->file != NULL)
            snprintf(text, sizeof text, "%s %.200s:%" PRIu32, function, frame->file, frame->line);
        else
            snprintf(text, sizeof text, "%s [%.200s]", function,
                     acre_last_part(acre_path_of_node(profile, walk.node)));
        acre_grid_row(grid);
        acre_grid_note(grid, 0, ACRE_PAINT_NONE, "    %.*s",
                       width > LEAST_WIDTH ? width : LEAST_WIDTH, text);
    }
    return !walk.has_no_memory;
}

/* A table ---------------------------------------------------------------------------------------
 */

static bool was_seen(const struct sites *sites, const struct acre_site_group *group)
{
    for (size_t i = 0; i < sites->seen_count; i++)
        if (sites->seen[i].function == group->function && sites->seen[i].file == group->file &&
            sites->seen[i].line == group->line)
            return true;
    return false;
}

static bool see(struct sites *sites, const struct acre_site_group *group)
{
    struct seen *grown = realloc(sites->seen, (sites->seen_count + 1) * sizeof *grown);

    if (grown == NULL)
        return false;
    sites->seen = grown;
    grown[sites->seen_count++] = (struct seen){group->function, group->file, group->line};
    return true;
}

static void set_bytes(struct acre_grid *grid, size_t column, uint64_t bytes)
{
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s", acre_format_bytes((double)bytes).text);
}

static void set_percent(struct acre_grid *grid, size_t column, uint64_t part, uint64_t whole)
{
    double percent = whole > 0 ? 100 * (double)part / (double)whole : 0;

    if (percent > 0 && percent < 1)
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "<1 %%");
    else
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s %%", acre_format_fixed(percent, 0).text);
}

static bool put_group(struct sites *sites, struct acre_grid *grid,
                      const struct acre_site_group *group, enum acre_site_order order)
{
    const struct acre_info *info = sites->info;
    const struct acre_profile_figures *figures = &group->figures;
    bool is_leak = order == ACRE_SITE_ORDER_LEAKED;
    char name[MOST_TEXT_BYTES];
    char way[MOST_TEXT_BYTES];

    acre_grid_row(grid);
    acre_site_name(sites->page, group->function, name, sizeof name);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", name);
    set_bytes(grid, 1, is_leak ? figures->live_bytes : figures->peak_bytes);
    set_bytes(grid, 2, figures->bytes);
    acre_grid_set(
        grid, 3, ACRE_PAINT_NONE, "%s",
        acre_format_count(is_leak ? figures->live_blocks : figures->blocks + figures->resizes)
            .text);
    if (!is_leak)
        set_percent(grid, 4, figures->short_blocks, figures->blocks);
    if (info->shows_stacks)
        return put_stack(sites, group, grid);
    if (was_seen(sites, group))
        return true;
    if (!acre_site_way(sites->page, info->profile, info->names, group->stack, group->depth, way,
                       sizeof way) ||
        !see(sites, group))
        return false;
    if (way[0] != '\0') {
        acre_grid_row(grid);
        acre_grid_note(grid, 0, ACRE_PAINT_NONE, "  %s", way);
    }
    return true;
}

static bool print_groups(struct sites *sites, const struct acre_site_groups *groups,
                         enum acre_site_order order)
{
    static const char *const titles[ACRE_SITE_ORDERS] = {
        [ACRE_SITE_ORDER_PEAK] = "by bytes at the peak",
        [ACRE_SITE_ORDER_BYTES] = "by bytes allocated",
        [ACRE_SITE_ORDER_CALLS] = "by calls",
        [ACRE_SITE_ORDER_SHORT] = "by blocks that live shortly",
        [ACRE_SITE_ORDER_LEAKED] = "not freed",
    };
    bool is_leak = order == ACRE_SITE_ORDER_LEAKED;
    char title[TITLE_WIDTH + 1];
    const struct acre_column columns[] = {
        {.title = title},
        {.title = is_leak ? "leaked" : "at the peak", .right = true, .gap = 2},
        {.title = "allocated", .right = true, .gap = 2},
        {.title = is_leak ? "blocks" : "calls", .right = true, .gap = 2},
        {.title = is_leak ? "" : "short", .right = true, .gap = 2},
    };
    struct acre_grid grid = ACRE_GRID_OF(columns);
    size_t top = sites->info->top > 0     ? sites->info->top
                 : sites->info->is_sorted ? (size_t)TOP_OF_ONE
                                          : (size_t)TOP_OF_EACH;
    size_t shown = 0;
    bool done = true;

    /* So wide that the figures of all tables stand below each other, mostly. */
    snprintf(title, sizeof title, "%-*s", TITLE_WIDTH, titles[order]);
    while (done && shown < groups->count && shown < top &&
           acre_site_weight(&groups->groups[shown].figures, order) > 0)
        done = put_group(sites, &grid, &groups->groups[shown++], order);
    if (shown > 0 && shown < groups->count) {
        acre_grid_row(&grid);
        acre_grid_note(&grid, 0, ACRE_PAINT_NONE, "and %s more",
                       acre_format_count(groups->count - shown).text);
    }
    return acre_info_print_grid(&grid, sites->page) && done;
}

static bool print_order(struct sites *sites, enum acre_site_order order)
{
    const struct acre_info *info = sites->info;
    bool is_leak = order == ACRE_SITE_ORDER_LEAKED;
    struct acre_site_groups groups;
    bool done;

    if (!acre_site_groups_make(
            &groups, info->memory, info->profile, info->names,
            is_leak ? info->leaks->sites : info->profile->sites,
            is_leak ? info->leaks->count : info->profile->site_count,
            info->shows_stacks ? ACRE_SITE_GROUP_BY_STACK : ACRE_SITE_GROUP_BY_FUNCTION, order))
        return false;
    done = print_groups(sites, &groups, order);
    acre_site_groups_fini(&groups);
    return done;
}

/* What leaked comes first: where something did, that is what people look for. */
bool acre_info_print_sites(const struct acre_info *info, const struct acre_page *page)
{
    static const enum acre_site_order orders[] = {
        ACRE_SITE_ORDER_LEAKED, ACRE_SITE_ORDER_PEAK,  ACRE_SITE_ORDER_BYTES,
        ACRE_SITE_ORDER_CALLS,  ACRE_SITE_ORDER_SHORT,
    };
    struct sites sites = {.info = info, .page = page};
    bool done = true;

    if (info->profile->frames.count == 0)
        return true;
    if (info->is_sorted)
        done = print_order(&sites, info->order);
    else
        for (size_t i = 0; done && i < sizeof orders / sizeof orders[0]; i++)
            done = print_order(&sites, orders[i]);
    free(sites.seen);
    return done;
}
