/* Sizes of blocks and how long they lived; what threads did. */
#include <inttypes.h>

#include "report/format.h"
#include "report/info_parts.h"

/* Shares of all blocks -------------------------------------------------------------------------
 */

/* Classes of a profile, put together to what a table can hold: up to and with each. */
static const struct size_row {
    unsigned last_class;
    const char *title;
} size_rows[] = {
    {4, "16 B"},   {6, "64 B"},    {8, "256 B"},  {10, "1 KiB"},
    {12, "4 KiB"}, {16, "64 KiB"}, {20, "1 MiB"}, {ACRE_PROFILE_SIZE_CLASSES - 1, "larger"},
};

/* Powers of two that are as good as one microsecond, one millisecond and so on. */
static const unsigned last_life_classes[] = {10, 15, 20, 25, 30, ACRE_PROFILE_LIFE_CLASSES - 1};

enum {
    SIZE_ROWS = sizeof size_rows / sizeof size_rows[0],
    LIFE_COLUMNS = sizeof last_life_classes / sizeof last_life_classes[0],
    COLUMNS = 1 + LIFE_COLUMNS + 2,
};

static uint64_t freed_in(const struct acre_profile *profile, unsigned first_size,
                         unsigned last_size, unsigned first_life, unsigned last_life)
{
    uint64_t sum = 0;

    for (unsigned size = first_size; size <= last_size; size++)
        for (unsigned life = first_life; life <= last_life; life++)
            sum += profile->lives[size][life];
    return sum;
}

static void set_share(struct acre_grid *grid, size_t column, uint64_t part, uint64_t whole)
{
    double percent = whole > 0 ? 100 * (double)part / (double)whole : 0;

    if (part == 0)
        return;
    if (percent < 0.1)
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "<0.1 %%");
    else
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s %%",
                      acre_format_fixed(percent, percent < 10 ? 1 : 0).text);
}

/* Of freed blocks by the size they had then; what was not freed is not told by size. */
static void put_sizes(const struct acre_profile *profile, struct acre_grid *grid)
{
    uint64_t all = profile->total.freed;
    unsigned first_size = 0;

    for (size_t row = 0; row < SIZE_ROWS; first_size = size_rows[row++].last_class + 1) {
        unsigned last_size = size_rows[row].last_class;
        uint64_t freed = freed_in(profile, first_size, last_size, 0, ACRE_PROFILE_LIFE_CLASSES - 1);
        unsigned first_life = 0;

        if (freed == 0)
            continue;
        acre_grid_row(grid);
        acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", size_rows[row].title);
        for (size_t c = 0; c < LIFE_COLUMNS; first_life = last_life_classes[c++] + 1)
            set_share(grid, 1 + c,
                      freed_in(profile, first_size, last_size, first_life, last_life_classes[c]),
                      all);
        set_share(grid, 1 + LIFE_COLUMNS, freed, all);
        acre_grid_set(grid, 2 + LIFE_COLUMNS, ACRE_PAINT_NONE, "%s", acre_format_count(freed).text);
    }
}

bool acre_info_print_lives(const struct acre_info *info, const struct acre_page *page)
{
    static const struct acre_column columns[COLUMNS] = {
        {.title = "freed blocks of"},
        {.title = "lived 1 us", .right = true, .gap = 2},
        {.title = "32 us", .right = true, .gap = 2},
        {.title = "1 ms", .right = true, .gap = 2},
        {.title = "32 ms", .right = true, .gap = 2},
        {.title = "1 s", .right = true, .gap = 2},
        {.title = "longer", .right = true, .gap = 2},
        {.title = "all", .right = true, .drop = 1, .gap = 2},
        {.title = "blocks", .right = true, .gap = 2},
    };
    struct acre_grid grid = ACRE_GRID_OF(columns);

    put_sizes(info->profile, &grid);
    return acre_info_print_grid(&grid, page);
}

/* Threads --------------------------------------------------------------------------------------
 */

enum { THREADS_SHOWN = 5 };

static void put_foreign_frees(const struct acre_profile *profile, struct acre_grid *grid)
{
    uint64_t blocks = profile->total.other_thread;

    if (blocks == 0)
        return;
    acre_grid_row(grid);
    acre_grid_note(grid, 0, ACRE_PAINT_NONE, "%s block%s freed by another thread than allocated it",
                   acre_format_count(blocks).text, blocks == 1 ? " was" : "s were");
}

bool acre_info_print_threads(const struct acre_info *info, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "thread", .right = true},
        {.title = "calls", .right = true, .gap = 2},
        {.title = "blocks", .right = true, .gap = 2},
        {.title = "allocated", .right = true, .gap = 2},
    };
    const struct acre_profile *profile = info->profile;
    size_t shown = page->wide || profile->thread_count <= THREADS_SHOWN ? profile->thread_count
                                                                        : THREADS_SHOWN;
    struct acre_grid grid = ACRE_GRID_OF(columns);

    for (size_t i = 0; i < shown; i++) {
        const struct acre_profile_thread *thread = &profile->threads[i];

        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%" PRIu32, thread->thread);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", acre_format_count(thread->events).text);
        acre_grid_set(&grid, 2, ACRE_PAINT_NONE, "%s", acre_format_count(thread->blocks).text);
        acre_grid_set(&grid, 3, ACRE_PAINT_NONE, "%s",
                      acre_format_bytes((double)thread->bytes).text);
    }
    if (shown < profile->thread_count) {
        acre_grid_row(&grid);
        acre_grid_note(&grid, 0, ACRE_PAINT_NONE, "and %s more",
                       acre_format_count(profile->thread_count - shown).text);
    }
    put_foreign_frees(profile, &grid);
    return acre_info_print_grid(&grid, page);
}
