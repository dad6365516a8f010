/* Every round as it was measured, in their order: whoever looks sees drift, steps and outliers. */
#include <math.h>
#include <stdlib.h>

#include "plot/parts.h"

static bool is_drawn(const struct acre_group_row *row, const void *context)
{
    (void)context;
    return row->is_timed && row->cell->ns_per_iteration.count > 1;
}

bool acre_rounds_is_there(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (is_drawn(&group->rows[i], NULL))
            return true;
    return false;
}

struct strips {
    struct acre_drawn drawn;
    double medians[ACRE_MOST_DRAWN]; /* ns, as measured */
    struct acre_range range;         /* of a round against its median, the same above and below */
    size_t rounds;
};

/* False when out of memory. */
static bool fill(struct strips *strips)
{
    double farthest = 1.05;

    for (size_t i = 0; i < strips->drawn.count; i++) {
        const struct acre_series *times = &strips->drawn.rows[i]->cell->ns_per_iteration;

        if (acre_series_median(times, &strips->medians[i]) != ACRE_STATS_OK)
            return false;
        for (size_t r = 0; r < times->count; r++) {
            double ratio = times->values[r] / strips->medians[i];

            farthest = fmax(farthest, fmax(ratio, 1.0 / ratio));
        }
        strips->rounds = times->count > strips->rounds ? times->count : strips->rounds;
    }
    strips->range = (struct acre_range){1.0 / farthest, farthest};
    acre_range_pad_log(&strips->range, 0.1);
    return true;
}

static void write_rounds(const struct acre_canvas *canvas, const struct strips *strips)
{
    for (size_t i = 0; i < strips->drawn.count; i++) {
        const struct acre_series *times = &strips->drawn.rows[i]->cell->ns_per_iteration;

        fprintf(canvas->script, "$rounds%zu << END\n", i);
        for (size_t r = 0; r < times->count; r++) {
            fprintf(canvas->script, "%zu ", r + 1);
            acre_canvas_number(canvas, times->values[r] / strips->medians[i], '\n');
        }
        fputs("END\n", canvas->script);
    }
}

enum { STRIP_PX = 40, NAME_PX = 19 };

static void plot_strip(const struct acre_canvas *canvas, const struct strips *strips, size_t index)
{
    const struct acre_range rounds = {0.5, (double)strips->rounds + 0.5};
    struct acre_axis x = {'x', false, index + 1 == strips->drawn.count, rounds,
                          acre_ticks_linear(&rounds, 8)};
    struct acre_axis y = {'y', true, true, strips->range, acre_ticks_log(&strips->range, 5)};
    struct acre_area area = {
        .left = 62.0,
        .right = canvas->width_px - 8.0,
        .top = canvas->body_top + (double)index * (STRIP_PX + NAME_PX) + NAME_PX,
    };
    char name[640];

    area.bottom = area.top + STRIP_PX;
    snprintf(name, sizeof name, "%s, median %s",
             acre_text_fit(acre_strategy_name(&strips->drawn.rows[index]->cell->key).text,
                           canvas->width_px / 2.0)
                 .text,
             acre_format_ns(strips->medians[index]).text);
    acre_canvas_area(canvas, &area);
    acre_canvas_axis(canvas, &area, &x);
    acre_canvas_axis(canvas, &area, &y);
    acre_canvas_say(canvas, area.left, area.top - 7.5, ACRE_LEFT, name);
    fprintf(canvas->script,
            "plot 1 with lines lw 0.8 lc rgb '#000000', "
            "$rounds%zu with points pt 7 ps 0.5 lc rgb '#0072b2'\n",
            index);
    acre_canvas_forget(canvas);
}

bool acre_rounds_write(const struct acre_sheet *sheet)
{
    const struct acre_drawing drawing = {is_drawn, NULL, NULL};
    struct acre_area body = {62.0, sheet->width_px - 8.0, 0.0, 0.0};
    struct strips strips = {.rounds = 0};
    struct acre_canvas canvas;

    if (!acre_drawn_take(&strips.drawn, sheet->group, &drawing,
                         "As measured: the speed of the machine is still in it. All plots have the "
                         "same axes."))
        return false;
    if (!fill(&strips)) {
        free(strips.drawn.note);
        return false;
    }
    acre_canvas_begin(
        &canvas, sheet->script,
        &(struct acre_frame){
            .title = acre_figure_title(sheet->group->key).text,
            .note = strips.drawn.note,
            .width_px = sheet->width_px,
            .body_px = (double)strips.drawn.count * (STRIP_PX + NAME_PX) + ACRE_AXIS_PX,
        });
    body.top = canvas.body_top;
    body.bottom = canvas.body_bottom - ACRE_AXIS_PX;
    acre_canvas_name_x(&canvas, &body, "round");
    acre_canvas_name_y(&canvas, &body, "time of a round / median (ratio), log scale", "ratio");
    write_rounds(&canvas, &strips);
    for (size_t i = 0; i < strips.drawn.count; i++)
        plot_strip(&canvas, &strips, i);
    acre_canvas_end(&canvas);
    free(strips.drawn.note);
    return true;
}
