/* What was measured of an advice, on a terminal. */
#include "report/format.h"
#include "report/proof.h"

static void set_row(struct acre_grid *grid, const struct acre_proof *proof,
                    const struct acre_proof_row *row)
{
    const struct acre_ratio *ratio = &row->region;

    acre_grid_row(grid);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", row->backend);
    acre_grid_set(grid, 1, ACRE_PAINT_NONE, "%s", acre_format_ns(row->ns).text);
    acre_grid_set(grid, 2, ACRE_PAINT_NONE, "%s", acre_format_ns(row->region_ns).text);
    acre_grid_set(grid, 3, acre_verdict_paint(ratio->verdict), "%s %%",
                  acre_format_short(100 * (1 - ratio->point)).text);
    if (ratio->has_interval)
        acre_grid_set(grid, 4, ACRE_PAINT_NONE, "[%s, %s]",
                      acre_format_short(100 * (1 - ratio->high)).text,
                      acre_format_short(100 * (1 - ratio->low)).text);
    if (proof->has_points)
        acre_grid_set(grid, 5, ACRE_PAINT_NONE, "%s %%",
                      acre_format_short(100 * (row->ns - row->region_ns) / proof->run_ns).text);
}

static bool print_rows(const struct acre_proof *proof, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "allocator"},
        {.title = "calls take", .right = true, .gap = 2},
        {.title = "with regions", .right = true, .gap = 2},
        {.title = "saved", .right = true, .gap = 2},
        {.title = "95 %", .gap = 1},
        {.title = "of the run", .right = true, .gap = 2},
    };
    struct acre_grid grid = {.columns = columns,
                             .column_count = sizeof columns / sizeof columns[0]};
    bool done;

    for (size_t i = 0; i < proof->row_count; i++)
        set_row(&grid, proof, &proof->rows[i]);
    done = acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return done;
}

static bool print_played(const struct acre_proof *proof, const char *name,
                         const struct acre_page *page)
{
    bool is_sample = proof->events < proof->all_events;
    char share[320] = "How long the run takes is not known: --run times it.";

    if (proof->run_ns > 0)
        snprintf(share, sizeof share, "The run is %s%s; the calls on malloc are %s %% of it.",
                 acre_format_ns(proof->run_ns).text,
                 proof->is_run_told ? ""
                                    : " (as recorded, less what recording took; --run times it)",
                 acre_format_short(proof->share_percent).text);
    return acre_page_say(page, 2, 2, ACRE_PAINT_NONE, "Played: %s%s calls of %s. %s",
                         is_sample ? "of a sample, the first " : "",
                         acre_format_count(proof->events).text, name, share);
}

static bool print_passes(const struct acre_proof *proof, const struct acre_page *page)
{
    const struct acre_proof_passes *passes = &proof->passes;

    return acre_page_say(
        page, 2, 2, ACRE_PAINT_NONE,
        "The blocks are large: where they lie counts beside the calls. To write and read all of "
        "their bytes once takes %s %% of the run, and saves %s %% of it on malloc, calls and all; "
        "there is time for %s such passes. The brackets hold programs that make none, up to those "
        "that make all.",
        acre_format_short(passes->pass_percent).text, acre_format_short(passes->gained.point).text,
        acre_format_short(passes->most).text);
}

bool acre_proof_print(const struct acre_proof *proof, const char *name,
                      const struct acre_page *page)
{
    acre_page_gap(page);
    return print_played(proof, name, page) && print_rows(proof, page) &&
           (!proof->passes.is_known || print_passes(proof, page));
}
