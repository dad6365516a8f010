/* Time against size: a line a strategy over groups that differ in one number. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/parts.h"

static bool same_strategy(const struct acre_cell_key *left, const struct acre_cell_key *right)
{
    return strcmp(acre_or_empty(left->backend), acre_or_empty(right->backend)) == 0 &&
           strcmp(acre_or_empty(left->lifetime), acre_or_empty(right->lifetime)) == 0;
}

/* Its row in that group, if it has times there. */
static const struct acre_group_row *row_of(const struct acre_group *group,
                                           const struct acre_cell_key *strategy)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].is_timed && same_strategy(&group->rows[i].cell->key, strategy))
            return &group->rows[i];
    return NULL;
}

static bool has_times(const struct acre_size_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->groups[i]->row_count > 0 && set->groups[i]->rows[0].is_timed)
            return true;
    return false;
}

bool acre_growth_find(const struct acre_groups *all, size_t group, struct acre_size_set *set)
{
    for (size_t first = 0, count; first <= group && first < all->count; first += count) {
        size_t at = group - first;

        count = acre_workload_length(all->groups + first, all->count - first);
        if (at < count)
            return acre_size_set_next(all->groups + first, count, &at, set) &&
                   at == group - first && has_times(set);
    }
    return false;
}

/* The strategies of all sizes, each once, the fastest at the largest size first. */
struct lines {
    const struct acre_size_set *set;
    const struct acre_cell_key *strategies[ACRE_MOST_DRAWN];
    struct acre_legend legend[ACRE_MOST_DRAWN + 1];
    struct acre_strategy_name names[ACRE_MOST_DRAWN];
    size_t count, left_out;
    bool has_limit, has_units; /* of every group: else times are divided by the size */
};

static void add_strategy(struct lines *lines, const struct acre_cell_key *strategy)
{
    for (size_t i = 0; i < lines->count; i++)
        if (same_strategy(lines->strategies[i], strategy))
            return;
    if (lines->count == ACRE_MOST_DRAWN)
        lines->left_out++;
    else
        lines->strategies[lines->count++] = strategy;
}

static bool has_units(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].is_timed && group->rows[i].cell->units_per_iteration == 0)
            return false;
    return acre_or_empty(group->key->unit)[0] != '\0';
}

static void fill(struct lines *lines, const struct acre_groups *all)
{
    const struct acre_size_set *set = lines->set;

    lines->has_units = true;
    for (size_t i = set->count; i-- > 0;) {
        const struct acre_group *group = set->groups[i];

        lines->has_units = lines->has_units && has_units(group);
        lines->has_limit = lines->has_limit || group->has_limit;
        for (size_t r = 0; r < group->row_count; r++)
            if (group->rows[r].is_timed)
                add_strategy(lines, &group->rows[r].cell->key);
    }
    for (size_t i = 0; i < lines->count; i++) {
        lines->names[i] = acre_strategy_name(lines->strategies[i]);
        lines->legend[i] = (struct acre_legend){
            .text = lines->names[i].text,
            .sample = ACRE_SAMPLE_LINE,
            .style = acre_style_of(all->cells, all->cell_count, lines->strategies[i]),
        };
    }
    lines->legend[lines->count] = (struct acre_legend){
        "limit, written by hand", ACRE_SAMPLE_LINE, {"#606060", 0, "(4,4)"}, NULL};
}

static double per_unit(const struct lines *lines, size_t size, double ns)
{
    const struct acre_cell *cell = lines->set->groups[size]->rows[0].cell;
    uint64_t units =
        lines->has_units ? cell->units_per_iteration : acre_size_set_value(lines->set, size);

    return ns / (double)units;
}

/* ns; NaN: not timed at that size. The strategy behind the last is the limit. */
static double time_at(const struct lines *lines, size_t strategy, size_t size)
{
    const struct acre_group *group = lines->set->groups[size];
    const struct acre_group_row *row;

    if (strategy == lines->count)
        return group->has_limit ? per_unit(lines, size, group->limit_ns) : NAN;
    row = row_of(group, lines->strategies[strategy]);
    return row != NULL ? per_unit(lines, size, row->ns_per_iteration) : NAN;
}

struct axes {
    struct acre_axis x, y;
    struct acre_time_unit unit;
};

_Static_assert((int)ACRE_MOST_SIZES <= (int)ACRE_MOST_TICKS, "each size may have a tick");

/* The sizes themselves, where they all have room. */
static struct acre_ticks size_ticks(const struct lines *lines, const struct acre_range *range,
                                    double width_px)
{
    struct acre_ticks ticks = {.count = 0};
    double last_end = -INFINITY;

    for (size_t i = 0; i < lines->set->count; i++) {
        uint64_t size = acre_size_set_value(lines->set, i);
        double place = log((double)size / range->low) / log(range->high / range->low) * width_px;

        ticks.at[i] = (double)size;
        ticks.labels[i] = acre_format_count(size);
        if (size == 0 || place - acre_text_px(ticks.labels[i].text) / 2.0 < last_end)
            return acre_ticks_log(range, 6);
        last_end = place + acre_text_px(ticks.labels[i].text) / 2.0 + 6.0;
        ticks.count++;
    }
    return ticks;
}

static struct axes axes_of(const struct lines *lines)
{
    struct acre_range x = {INFINITY, -INFINITY}, y = x;
    struct acre_time_unit unit;

    for (size_t i = 0; i < lines->set->count; i++) {
        uint64_t size = acre_size_set_value(lines->set, i);

        acre_range_hold(&x, size > 0 ? (double)size : NAN);
        for (size_t s = 0; s <= lines->count; s++)
            acre_range_hold(&y, time_at(lines, s, i));
    }
    unit = acre_time_unit(y.low);
    y.low /= unit.ns;
    y.high /= unit.ns;
    acre_range_pad_log(&x, 0.05);
    acre_range_pad_log(&y, 0.06);
    return (struct axes){
        {.name = 'x', .is_log = true, .is_labelled = true, .range = x},
        {'y', true, true, y, acre_ticks_log(&y, 8)},
        unit,
    };
}

static void write_times(const struct acre_canvas *canvas, const struct lines *lines,
                        const struct acre_time_unit *unit)
{
    for (size_t s = 0; s <= lines->count; s++) {
        fprintf(canvas->script, "$line%zu << END\n", s);
        for (size_t i = 0; i < lines->set->count; i++) {
            fprintf(canvas->script, "%" PRIu64 " ", acre_size_set_value(lines->set, i));
            acre_canvas_number(canvas, time_at(lines, s, i) / unit->ns, '\n');
        }
        fputs("END\n", canvas->script);
    }
}

static void plot_lines(const struct acre_canvas *canvas, const struct lines *lines)
{
    const struct acre_style *limit = &lines->legend[lines->count].style;

    fprintf(canvas->script, "plot $line%zu with lines lw 1.2 dt %s lc rgb '%s'", lines->count,
            limit->dash, limit->colour);
    for (size_t s = 0; s < lines->count; s++)
        fprintf(canvas->script,
                ", $line%zu with lines lw 1.2 dt %s lc rgb '%s', "
                "$line%zu with points pt %d ps 0.6 lc rgb '%s'",
                s, lines->legend[s].style.dash, lines->legend[s].style.colour, s,
                lines->legend[s].style.point, lines->legend[s].style.colour);
    fputc('\n', canvas->script);
}

static void draw(const struct acre_canvas *canvas, const struct lines *lines)
{
    const struct acre_cell_key *key = lines->set->groups[0]->key;
    const char *parameter = acre_or_empty(key->parameters[lines->set->parameter].name);
    struct axes axes = axes_of(lines);
    struct acre_area area = {acre_canvas_left_px(&axes.y.ticks, true), canvas->width_px - 24.0,
                             canvas->body_top, canvas->body_bottom - ACRE_AXIS_PX};
    char name[160];

    axes.x.ticks = size_ticks(lines, &axes.x.range, area.right - area.left);
    acre_canvas_area(canvas, &area);
    acre_canvas_axis(canvas, &area, &axes.x);
    acre_canvas_axis(canvas, &area, &axes.y);
    snprintf(name, sizeof name, "%.100s (number), log scale", parameter);
    acre_canvas_name_x(canvas, &area, name);
    if (lines->has_units)
        snprintf(name, sizeof name, "time per %.60s (%s), log scale", key->unit, axes.unit.name);
    else
        snprintf(name, sizeof name, "time of an iteration / %.60s (%s), log scale", parameter,
                 axes.unit.name);
    acre_canvas_name_y(canvas, &area, name, name);
    write_times(canvas, lines, &axes.unit);
    plot_lines(canvas, lines);
}

/* Without the number that is the axis. */
static struct acre_figure_title title_of(const struct acre_size_set *set)
{
    const struct acre_cell_key *key = set->groups[0]->key;
    const struct acre_group_title rest = acre_group_title_without(key, set->parameter);
    struct acre_figure_title title;

    snprintf(title.text, sizeof title.text, "%.100s%s%s", acre_or_empty(key->workload),
             rest.text[0] != '\0' ? ": " : "", rest.text);
    return title;
}

enum { BODY_PX = 260 };

bool acre_growth_write(const struct acre_sheet *sheet, const struct acre_size_set *set)
{
    struct lines *lines = calloc(1, sizeof *lines);
    struct acre_canvas canvas;
    char note[160];

    if (lines == NULL)
        return false;
    lines->set = set;
    fill(lines, sheet->all);
    snprintf(note, sizeof note, "Medians of %zu rounds.", sheet->group->rounds);
    if (lines->left_out > 0)
        snprintf(note, sizeof note, "Medians of %zu rounds. %zu more are in the tables.",
                 sheet->group->rounds, lines->left_out);
    acre_canvas_begin(&canvas, sheet->script,
                      &(struct acre_frame){
                          .title = title_of(set).text,
                          .note = note,
                          .legend = lines->legend,
                          .legend_count = lines->count + lines->has_limit,
                          .width_px = sheet->width_px,
                          .body_px = BODY_PX + ACRE_AXIS_PX,
                      });
    draw(&canvas, lines);
    acre_canvas_end(&canvas);
    free(lines);
    return true;
}
