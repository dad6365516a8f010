#include "report/over_time.h"
#include "report/format.h"
#include "report/pauses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
    STRATEGY,
    START,
    MOST,
    MOST_AT,
    END,
    DRAINED,
    LATER,
    HELD_DRAINED,
    HELD_LATER,
    HELD_PER_LIVE,
    RESIDENT_PER_LIVE,
    CURVE, /* of a run */
    COLUMNS_OF_RUN,
    P99 = CURVE, /* of two */
    MAX,
    COLUMNS_OF_TWO
};

#define SHARED_COLUMNS                                                                             \
    [START] = {"start", true, 0, 2}, [MOST] = {"most", true, 0, 2},                                \
    [MOST_AT] = {"at iteration", true, 3, 2}, [END] = {"end", true, 0, 2},                         \
    [DRAINED] = {"drained", true, 0, 2}, [LATER] = {"later", true, 0, 2},                          \
    [HELD_DRAINED] = {"held drained", true, 1, 3}, [HELD_LATER] = {"held later", true, 1, 2},      \
    [HELD_PER_LIVE] = {"held/live", true, 2, 3}, [RESIDENT_PER_LIVE] = {"res/live", true, 2, 2}

static const struct acre_column columns_of_run[COLUMNS_OF_RUN] = {
    [STRATEGY] = {"resident", false, 0, 0},
    SHARED_COLUMNS,
    [CURVE] = {"", false, 0, 3},
};

static const struct acre_column columns_of_two[COLUMNS_OF_TWO] = {
    [STRATEGY] = {"resident", false, 0, 0},
    SHARED_COLUMNS,
    [P99] = {"p99 us", true, 0, 3},
    [MAX] = {"max us", true, 0, 2},
};

enum { CURVE_WIDTH = 24 };

/* Most that was resident, and after how many iterations it was first seen. */
struct most {
    uint64_t bytes, iteration;
};

static struct most find_most(const struct acre_cell_memory *memory)
{
    struct most most = {memory->start.resident_bytes, 0};
    for (size_t i = 0; i < memory->timeline_count; i++)
        if (memory->timeline[i].resident_most_bytes > most.bytes)
            most = (struct most){memory->timeline[i].resident_most_bytes,
                                 memory->timeline[i].iteration};
    if (memory->end.resident_bytes > most.bytes)
        most = (struct most){memory->end.resident_bytes, memory->iterations};
    return most;
}

static void set_bytes(struct acre_grid *grid, size_t column, bool is_known, uint64_t bytes)
{
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s",
                  is_known ? acre_format_bytes((double)bytes).text : "?");
}

/* Fragmentation when most is live, of the waste visit, which looked in that very moment. */
static void set_per_live(struct acre_grid *grid, size_t column, const struct acre_cell *cell,
                         enum acre_waste_term term)
{
    const struct acre_stack_part *live = &cell->waste.peak.parts[ACRE_WASTE_REQUESTED];
    const struct acre_stack_part *part = &cell->waste.peak.parts[term];
    bool is_known = cell->has_waste && part->is_known && live->bytes > 0;
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s",
                  is_known ? acre_format_digits((double)part->bytes / (double)live->bytes).text
                           : "?");
}

static void set_memory(struct acre_grid *grid, const struct acre_cell *cell)
{
    const struct acre_cell_memory *memory = &cell->memory;
    const struct most most = find_most(memory);
    set_bytes(grid, START, memory->start.has_resident, memory->start.resident_bytes);
    set_bytes(grid, MOST, memory->end.has_resident, most.bytes);
    if (memory->end.has_resident)
        acre_grid_set(grid, MOST_AT, ACRE_PAINT_NONE, "%s of %s",
                      acre_format_count(most.iteration).text,
                      acre_format_count(memory->iterations).text);
    else
        acre_grid_set(grid, MOST_AT, ACRE_PAINT_NONE, "?");
    set_bytes(grid, END, memory->end.has_resident, memory->end.resident_bytes);
    set_bytes(grid, DRAINED, memory->drained.has_resident, memory->drained.resident_bytes);
    set_bytes(grid, LATER, memory->later.has_resident, memory->later.resident_bytes);
    set_bytes(grid, HELD_DRAINED, memory->drained.has_held, memory->drained.held_bytes);
    set_bytes(grid, HELD_LATER, memory->later.has_held, memory->later.held_bytes);
    set_per_live(grid, HELD_PER_LIVE, cell, ACRE_WASTE_HELD);
    set_per_live(grid, RESIDENT_PER_LIVE, cell, ACRE_WASTE_RESIDENT);
}

/* A run -------------------------------------------------------------------------------------- */

/* Most of resident in each part of the iterations' time, against the most of all. */
static void set_curve(struct acre_grid *grid, const struct acre_cell_memory *memory)
{
    char text[4 * CURVE_WIDTH + 1] = "";
    size_t used = 0;
    size_t width = memory->timeline_count < CURVE_WIDTH ? memory->timeline_count : CURVE_WIDTH;
    double whole = (double)find_most(memory).bytes;
    for (size_t x = 0; x < width; x++) {
        double most = 0.0;
        for (size_t i = x * memory->timeline_count / width;
             i < (x + 1) * memory->timeline_count / width; i++)
            if ((double)memory->timeline[i].resident_most_bytes > most)
                most = (double)memory->timeline[i].resident_most_bytes;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s",
                                 acre_format_block(whole > 0.0 ? (size_t)(8.0 * most / whole) : 0));
    }
    acre_grid_set(grid, CURVE, ACRE_PAINT_NONE, "%s", text);
}

/* Of those that have a steady state: what leaks stays. */
static bool is_in_sentence(const struct acre_cell *cell)
{
    return cell->has_memory && cell->memory.later.has_resident &&
           strcmp(cell->key.lifetime, "strong") != 0;
}

static bool say_sentence(const struct acre_page *page, const struct acre_group *group)
{
    const struct acre_cell *least = NULL, *most = NULL;
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;
        if (!is_in_sentence(cell))
            continue;
        uint64_t bytes = cell->memory.later.resident_bytes;
        if (!least || bytes < least->memory.later.resident_bytes)
            least = cell;
        if (!most || bytes > most->memory.later.resident_bytes)
            most = cell;
    }
    if (!least)
        return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD,
                             "What stays resident when all is dropped was not told.");
    if (least == most)
        return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD,
                             "A second after all was dropped %s keeps %s resident.",
                             acre_strategy_name(&least->key).text,
                             acre_format_bytes((double)least->memory.later.resident_bytes).text);
    return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD,
                         "A second after all was dropped %s keeps least resident, %s, and %s "
                         "most, %s.",
                         acre_strategy_name(&least->key).text,
                         acre_format_bytes((double)least->memory.later.resident_bytes).text,
                         acre_strategy_name(&most->key).text,
                         acre_format_bytes((double)most->memory.later.resident_bytes).text);
}

bool acre_over_time_print(const struct acre_page *page, const struct acre_group *group)
{
    struct acre_grid grid = {.columns = columns_of_run, .column_count = COLUMNS_OF_RUN};
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;
        if (!cell->has_memory)
            continue;
        acre_grid_row(&grid);
        acre_grid_set(&grid, STRATEGY, ACRE_PAINT_NONE, "%s", acre_strategy_name(&cell->key).text);
        set_memory(&grid, cell);
        if (page->unicode)
            set_curve(&grid, &cell->memory);
    }
    bool good = true;
    if (grid.row_count > 0) {
        acre_page_gap(page);
        good = say_sentence(page, group);
        acre_page_gap(page);
        good = good && acre_grid_print(&grid, page, 2);
        acre_page_gap(page);
        good = good && acre_page_say(page, 2, 2, ACRE_PAINT_NONE,
                                     "start, end: around the iterations. drained: all is dropped. "
                                     "later: a second after that. held/live, res/live: when most "
                                     "is live.");
    }
    acre_grid_free(&grid);
    return good;
}

/* Two runs ----------------------------------------------------------------------------------- */

bool acre_over_time_print_compared(const struct acre_page *page,
                                   const struct acre_compared_cell *cells, size_t count)
{
    struct acre_grid grid = {.columns = columns_of_two, .column_count = COLUMNS_OF_TWO};
    bool good = true;
    for (size_t i = 0; good && page->wide && i < count; i++) {
        const struct acre_cell *both[] = {cells[i].before, cells[i].after};
        if (!both[0]->has_memory || !both[1]->has_memory)
            continue;
        for (size_t side = 0; good && side < 2; side++) {
            acre_grid_row(&grid);
            acre_grid_set(&grid, STRATEGY, ACRE_PAINT_NONE, "%s  %s",
                          acre_strategy_name(&both[0]->key).text, side == 0 ? "A" : "B");
            set_memory(&grid, both[side]);
            good = acre_pauses_set(&grid, P99, MAX, both[side]);
        }
    }
    if (good && grid.row_count > 0) {
        acre_page_gap(page);
        good = acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                             "Memory over time and pauses, one visit a cell: no verdicts.") &&
               acre_grid_print(&grid, page, 2);
    }
    acre_grid_free(&grid);
    return good;
}
