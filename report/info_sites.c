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

#include "profile/pattern.h"
#include "profile/short_name.h"
#include "report/format.h"
#include "report/info_parts.h"

enum {
    TOP_OF_EACH = 5,
    TOP_OF_ONE = 20,
    MOST_CALLERS = 5,
    MOST_FRAMES = 256,     /* of a stack that is shown as a whole */
    FIGURES_WIDTH = 46,    /* of the columns behind the name, about */
    LEAST_NAME_WIDTH = 24, /* however narrow the page is */
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

/* The way there --------------------------------------------------------------------------------
 */

/* Functions of the runtime that programs and threads begin with: everybody knows. */
static bool is_beginning(const char *function)
{
    static const char *const beginnings[] = {"libc_start_*", "start", "start_thread", "clone*",
                                             "pthread_start*"};

    return acre_name_is_one_of(function, beginnings, sizeof beginnings / sizeof beginnings[0]);
}

static const char *module_of(const struct acre_profile *profile, uint32_t node)
{
    uint32_t module = node != 0 ? acre_trace_frame_of(&profile->frames, node)->module : 0;

    return module != 0 ? acre_trace_module_of(&profile->modules, module)->path : "";
}

/* "a.cpp:12", "[libz.so.1]" where only the module is known, "" where the name says that as well. */
static void put_location(char *text, size_t room, const struct acre_frame *frame,
                         const char *module)
{
    if (frame->file != NULL && frame->line > 0)
        snprintf(text, room, "%s:%" PRIu32, acre_last_part(frame->file), frame->line);
    else if (frame->file != NULL)
        snprintf(text, room, "%s", acre_last_part(frame->file));
    else if (module[0] != '\0' && strchr(frame->function, '+') == NULL)
        snprintf(text, room, "[%s]", acre_last_part(module));
    else
        text[0] = '\0';
}

/* "main main.cpp:31", and "main:31" in the file that was named last. */
static void put_caller(char *text, size_t room, const struct acre_frame *frame, const char *file)
{
    size_t used = acre_short_name(frame->function, text, room < 64 ? room : 64);

    if (frame->file == NULL || frame->line == 0)
        return;
    if (frame->file == file)
        snprintf(text + used, room - used, ":%" PRIu32, frame->line);
    else
        snprintf(text + used, room - used, " %s:%" PRIu32, acre_last_part(frame->file),
                 frame->line);
}

static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* A way as it grows, to the width of the page. */
struct way {
    char text[MOST_TEXT_BYTES];
    size_t used, width, most_width;
    const char *file; /* named last */
    unsigned callers;
    bool is_full;
};

static void go_on(struct way *way, const char *text)
{
    static const char arrow[] = " < ";
    size_t width = width_of(text) + (way->width > 0 ? sizeof arrow - 1 : 0);
    size_t room = sizeof way->text - way->used;

    way->is_full =
        way->is_full || way->width + width > way->most_width || strlen(text) + sizeof arrow > room;
    if (way->is_full || text[0] == '\0')
        return;
    way->used +=
        (size_t)snprintf(way->text + way->used, room, "%s%s", way->width > 0 ? arrow : "", text);
    way->width += width;
}

/* From the place itself to who called it. False for want of memory. */
static bool find_way(const struct sites *sites, const struct acre_site_group *group,
                     struct way *way)
{
    const struct acre_profile *profile = sites->info->profile;
    struct acre_walk walk = acre_walk_of(profile, sites->info->names, group->stack);
    const struct acre_frame *frame;
    char text[256];

    *way =
        (struct way){.most_width = sites->page->wide ? SIZE_MAX : (size_t)sites->page->width - 8};
    for (uint32_t i = 0; i <= group->depth; i++)
        frame = acre_walk_next(&walk);
    if (frame != NULL) {
        put_location(text, sizeof text, frame, module_of(profile, walk.node));
        go_on(way, text);
        way->file = frame->file;
    }
    while (frame != NULL && !way->is_full && (frame = acre_walk_next(&walk)) != NULL &&
           !is_beginning(frame->function)) {
        if (way->callers++ == MOST_CALLERS) {
            go_on(way, "...");
            break;
        }
        put_caller(text, sizeof text, frame, way->file);
        go_on(way, text);
        way->file = frame->file != NULL ? frame->file : way->file;
    }
    return !walk.has_no_memory;
}

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
                     acre_last_part(module_of(profile, walk.node)));
        acre_grid_row(grid);
        acre_grid_note(grid, 0, ACRE_PAINT_NONE, "    %.*s",
                       width > LEAST_NAME_WIDTH ? width : LEAST_NAME_WIDTH, text);
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

/* Names and ways are as wide as the page leaves room for; what is too long loses its end. */
static void set_name(const struct sites *sites, struct acre_grid *grid,
                     const struct acre_site_group *group)
{
    char name[MOST_TEXT_BYTES];
    int room = sites->page->width - FIGURES_WIDTH;

    if (room < LEAST_NAME_WIDTH)
        room = LEAST_NAME_WIDTH;
    if (sites->page->wide) {
        acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", group->function);
        return;
    }
    acre_short_name(group->function, name, (size_t)room + 1);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", name);
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
    const struct acre_profile_figures *figures = &group->figures;
    bool is_leak = order == ACRE_SITE_ORDER_LEAKED;
    struct way way;

    acre_grid_row(grid);
    set_name(sites, grid, group);
    set_bytes(grid, 1, is_leak ? figures->live_bytes : figures->peak_bytes);
    set_bytes(grid, 2, figures->bytes);
    acre_grid_set(
        grid, 3, ACRE_PAINT_NONE, "%s",
        acre_format_count(is_leak ? figures->live_blocks : figures->blocks + figures->resizes)
            .text);
    if (!is_leak)
        set_percent(grid, 4, figures->short_blocks, figures->blocks);
    if (sites->info->shows_stacks)
        return put_stack(sites, group, grid);
    if (was_seen(sites, group))
        return true;
    if (!find_way(sites, group, &way) || !see(sites, group))
        return false;
    if (way.used > 0) {
        acre_grid_row(grid);
        acre_grid_note(grid, 0, ACRE_PAINT_NONE, "  %s", way.text);
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
        {.title = is_leak ? "of" : "allocated", .right = true, .gap = 2},
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
