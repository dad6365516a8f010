#include "report/trace_streams.h"

#include "report/format.h"

enum { STREAMS_SHOWN = 20 };

static void put_stream(struct acre_grid *grid, const struct acre_trace_stream *stream, size_t place,
                       bool is_shown)
{
    char end[128];

    acre_trace_end_text(stream->end, stream->error, end, sizeof end);
    acre_grid_row(grid);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%zu%s", place, is_shown ? " *" : "");
    if (stream->pid > 0)
        acre_grid_set(grid, 1, ACRE_PAINT_NONE, "%llu", (unsigned long long)stream->pid);
    acre_grid_set(grid, 2, ACRE_PAINT_NONE, "%s", acre_format_count(stream->events).text);
    if (stream->dropped > 0)
        acre_grid_set(grid, 3, ACRE_PAINT_NONE, "%s, %s dropped", end,
                      acre_format_count(stream->dropped).text);
    else
        acre_grid_set(grid, 3, ACRE_PAINT_NONE, "%s", end);
    acre_grid_set(grid, 4, ACRE_PAINT_NONE, "%s", stream->program);
}

bool acre_trace_streams_print(const struct acre_trace_bundle *bundle,
                              const struct acre_trace_stream *shown, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "process"},
        {.title = "pid", .right = true, .gap = 2},
        {.title = "events", .right = true, .gap = 2},
        {.title = "it", .gap = 2},
        {.title = "program", .gap = 2},
    };
    struct acre_grid grid = {.columns = columns,
                             .column_count = sizeof columns / sizeof columns[0]};
    size_t rows = page->wide || bundle->count <= STREAMS_SHOWN ? bundle->count : STREAMS_SHOWN;
    bool printed;

    for (size_t i = 0; i < bundle->count; i++)
        if (i < rows || &bundle->streams[i] == shown)
            put_stream(&grid, &bundle->streams[i], i + 1, &bundle->streams[i] == shown);
    if (grid.row_count < bundle->count) {
        size_t left_out = bundle->count - grid.row_count;

        acre_grid_row(&grid);
        acre_grid_note(&grid, 0, ACRE_PAINT_NONE, "and %s more", acre_format_count(left_out).text);
    }
    printed = acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    if (printed && bundle->state != ACRE_TRACE_COMPLETE)
        acre_page_wrap(page, 2, 2, ACRE_PAINT_NONE, bundle->sentence);
    return printed;
}
