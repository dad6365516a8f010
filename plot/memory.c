/* Requested, held and resident over time: a small plot a strategy, all with the same axes. */
#include <math.h>
#include <stdlib.h>

#include "plot/parts.h"

enum line { HELD, RESIDENT, REQUESTED, LINES };

static const struct acre_legend legend[LINES] = {
    [HELD] = {"held: taken from the system", ACRE_SAMPLE_LINE, {"#0072b2", 0, "(7,3)"}, NULL},
    [RESIDENT] = {"resident: has pages", ACRE_SAMPLE_LINE, {"#d55e00", 0, "1"}, NULL},
    [REQUESTED] = {"requested: live", ACRE_SAMPLE_LINE, {"#000000", 0, "(2,2)"}, NULL},
};

/* A run this much shorter than the longest would be a stroke at the edge. */
static const double too_short = 0.02;

static uint64_t longest_run(const struct acre_group *group)
{
    uint64_t longest = 0;

    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;

        if (cell->has_memory && cell->memory.run_ns > longest)
            longest = cell->memory.run_ns;
    }
    return longest;
}

bool acre_memory_is_there(const struct acre_group *group)
{
    return longest_run(group) > 0;
}

static bool is_drawn(const struct acre_group_row *row, const void *context)
{
    const uint64_t *longest = context;
    const struct acre_cell *cell = row->cell;

    return cell->has_memory && cell->memory.run_ns > 0 &&
           (double)cell->memory.run_ns >= too_short * (double)*longest;
}

static void say_why(FILE *to, const struct acre_group_row *row)
{
    if (row->cell->failure != NULL)
        fprintf(to, "failed: %.80s", row->cell->failure);
    else if (row->cell->has_memory)
        fprintf(to, "ran for %s only", acre_format_ns((double)row->cell->memory.run_ns).text);
    else
        fputs("was not looked at", to);
}

/* What one look tells; NaN: not told. Pages are told as the most of the looks of a row. */
struct look {
    double ns, bytes[LINES];
};

static struct look of_moment(double ns, const struct acre_memory_moment *moment)
{
    return (struct look){
        ns,
        {
            [HELD] = moment->has_held ? (double)moment->held_bytes : NAN,
            [RESIDENT] = moment->has_resident ? (double)moment->resident_bytes : NAN,
            [REQUESTED] = (double)moment->live_bytes,
        },
    };
}

/* From the first iteration to the end of the last: 0 and timeline_count + 1 are the moments around
 * them. */
static struct look look_at(const struct acre_cell_memory *memory, size_t index)
{
    const struct acre_memory_sample *sample;

    if (index == 0)
        return of_moment(0.0, &memory->start);
    if (index > memory->timeline_count)
        return of_moment((double)memory->run_ns, &memory->end);
    sample = &memory->timeline[index - 1];
    return (struct look){
        (double)sample->time_ns,
        {
            [HELD] = sample->has_held ? (double)sample->held_bytes : NAN,
            [RESIDENT] = (double)sample->resident_most_bytes,
            [REQUESTED] = (double)sample->live_bytes,
        },
    };
}

/* Before the first look next to nothing is live: that would be most of the picture. So is what is
 * less than a 4096th of the most. */
static struct acre_range bytes_range(const struct acre_drawn *drawn)
{
    struct acre_range range = {INFINITY, -INFINITY};

    for (size_t i = 0; i < drawn->count; i++) {
        const struct acre_cell_memory *memory = &drawn->rows[i]->cell->memory;

        for (size_t k = 1; k < memory->timeline_count + 2; k++) {
            struct look look = look_at(memory, k);

            for (int line = 0; line < LINES; line++)
                if (look.bytes[line] > 0.0)
                    acre_range_hold(&range, look.bytes[line]);
        }
    }
    range.low = fmax(range.low, range.high / 4096.0);
    acre_range_pad_log(&range, 0.06);
    return range;
}

static void write_looks(const struct acre_canvas *canvas, const struct acre_drawn *drawn,
                        const struct acre_time_unit *unit)
{
    for (size_t i = 0; i < drawn->count; i++) {
        const struct acre_cell_memory *memory = &drawn->rows[i]->cell->memory;

        fprintf(canvas->script, "$looks%zu << END\n", i);
        for (size_t k = 0; k < memory->timeline_count + 2; k++) {
            struct look look = look_at(memory, k);

            acre_canvas_number(canvas, look.ns / unit->ns, ' ');
            for (int line = 0; line < LINES; line++)
                acre_canvas_number(canvas, look.bytes[line], line + 1 < LINES ? ' ' : '\n');
        }
        fputs("END\n", canvas->script);
    }
}

enum { PANEL_PX = 84, NAME_PX = 24, LABELS_PX = 82, LEAST_PANEL_PX = 100, BETWEEN_PX = 24 };

struct panels {
    size_t columns, rows;
    double width_px;
    struct acre_axis x, y; /* of all */
};

static struct panels panels_of(size_t count, double width_px)
{
    size_t columns = (size_t)((width_px - LABELS_PX) / (LEAST_PANEL_PX + BETWEEN_PX));

    columns = columns < 1 ? 1 : columns < 4 ? columns : 4;
    columns = columns < count ? columns : count;
    return (struct panels){.columns = columns,
                           .rows = (count + columns - 1) / columns,
                           .width_px = (width_px - LABELS_PX) / (double)columns};
}

/* Ticks have labels at the left, and below where no other plot is. */
static void plot_panel(const struct acre_canvas *canvas, const struct acre_drawn *drawn,
                       const struct panels *panels, size_t index)
{
    size_t column = index % panels->columns, row = index / panels->columns;
    struct acre_axis x = panels->x, y = panels->y;
    struct acre_area area = {
        .left = LABELS_PX + (double)column * panels->width_px,
        .top = canvas->body_top + (double)row * (PANEL_PX + NAME_PX) + NAME_PX,
    };

    area.right = area.left + panels->width_px - BETWEEN_PX;
    area.bottom = area.top + PANEL_PX;
    acre_canvas_area(canvas, &area);
    x.is_labelled = index + panels->columns >= drawn->count;
    y.is_labelled = column == 0;
    acre_canvas_axis(canvas, &area, &x);
    acre_canvas_axis(canvas, &area, &y);
    acre_canvas_say(
        canvas, area.left, area.top - 8.0, ACRE_LEFT,
        acre_text_fit(acre_strategy_name(&drawn->rows[index]->cell->key).text, panels->width_px)
            .text);
    fputs("plot ", canvas->script);
    for (int line = 0; line < LINES; line++)
        fprintf(canvas->script, "%s$looks%zu using 1:%d with lines lw 1.3 dt %s lc rgb '%s'",
                line > 0 ? ", " : "", index, 2 + line, legend[line].style.dash,
                legend[line].style.colour);
    fputc('\n', canvas->script);
    acre_canvas_forget(canvas);
}

static void draw(const struct acre_canvas *canvas, const struct acre_drawn *drawn,
                 struct panels *panels, uint64_t longest_ns)
{
    struct acre_time_unit unit = acre_time_unit((double)longest_ns);
    struct acre_range x = {0.0, (double)longest_ns / unit.ns}, y = bytes_range(drawn);
    struct acre_area body = {LABELS_PX, canvas->width_px - BETWEEN_PX, canvas->body_top,
                             canvas->body_bottom - ACRE_AXIS_PX};
    char name[64];

    panels->x = (struct acre_axis){'x', false, false, x, acre_ticks_linear(&x, 4)};
    panels->y = (struct acre_axis){'y', true, false, y, acre_ticks_bytes(&y, 5)};
    snprintf(name, sizeof name, "time since the first iteration (%s)", unit.name);
    acre_canvas_name_x(canvas, &body, name);
    acre_canvas_name_y(canvas, &body, "memory (bytes), log scale", "memory (bytes)");
    write_looks(canvas, drawn, &unit);
    for (size_t i = 0; i < drawn->count; i++)
        plot_panel(canvas, drawn, panels, i);
}

bool acre_memory_write(const struct acre_sheet *sheet)
{
    const uint64_t longest = longest_run(sheet->group);
    const struct acre_drawing drawing = {is_drawn, say_why, &longest};
    struct acre_drawn drawn;
    struct acre_canvas canvas;
    struct panels panels;

    if (!acre_drawn_take(&drawn, sheet->group, &drawing,
                         "One run of each, looked at from outside while it ran."))
        return false;
    panels = panels_of(drawn.count, sheet->width_px);
    acre_canvas_begin(&canvas, sheet->script,
                      &(struct acre_frame){
                          .title = acre_figure_title(sheet->group->key).text,
                          .note = drawn.note,
                          .legend = legend,
                          .legend_count = LINES,
                          .width_px = sheet->width_px,
                          .body_px = (double)panels.rows * (PANEL_PX + NAME_PX) + ACRE_AXIS_PX,
                      });
    draw(&canvas, &drawn, &panels, longest);
    acre_canvas_end(&canvas);
    free(drawn.note);
    return true;
}
