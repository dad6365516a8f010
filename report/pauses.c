#include "report/pauses.h"
#include "report/format.h"
#include "report/stats.h"

static double longest_of(const struct acre_series *series)
{
    double longest = 0.0;
    for (size_t i = 0; i < series->count; i++)
        if (series->values[i] > longest)
            longest = series->values[i];
    return longest;
}

static void set_us(struct acre_grid *grid, size_t column, bool is_known, double ns)
{
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s",
                  is_known ? acre_format_digits(ns / 1e3).text : "-");
}

bool acre_pauses_set(struct acre_grid *grid, size_t p99_column, size_t max_column,
                     const struct acre_cell *cell)
{
    double p99_ns = 0.0;
    enum acre_stats_status status =
        cell->has_pauses ? acre_series_median(&cell->pauses.p99_ns, &p99_ns) : ACRE_STATS_EMPTY;
    bool is_known = status == ACRE_STATS_OK;
    set_us(grid, p99_column, is_known, p99_ns);
    set_us(grid, max_column, is_known, longest_of(&cell->pauses.max_ns));
    return status != ACRE_STATS_NO_MEMORY;
}
