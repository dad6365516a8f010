#include "history/curves.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/canvas.h"
#include "plot/figure.h"
#include "report/group.h"

static enum acre_exit out_of_memory(char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "out of memory");
    return ACRE_EXIT_MEMORY;
}

enum acre_exit acre_history_curves_begin(struct acre_history *history, int64_t id,
                                         struct acre_history_curves *curves, char *error,
                                         size_t error_bytes)
{
    enum acre_exit status = ACRE_EXIT_OK;

    *curves = (struct acre_history_curves){.id = id, .most_runs = ACRE_CURVES_DEFAULT_RUNS};
    if (id == 0)
        status = acre_history_last(history, &curves->id, error, error_bytes);
    if (status == ACRE_EXIT_OK)
        status = acre_history_get(history, curves->id, &curves->run, error, error_bytes);
    if (status == ACRE_EXIT_OK)
        status = acre_history_list(history, &curves->runs, &curves->run_count, error, error_bytes);
    if (status == ACRE_EXIT_OK) {
        curves->cells = acre_run_sorted_cells(&curves->run);
        if (curves->cells == NULL)
            status = out_of_memory(error, error_bytes);
    }
    if (status != ACRE_EXIT_OK)
        acre_history_curves_end(curves);
    return status;
}

void acre_history_curves_end(struct acre_history_curves *curves)
{
    free(curves->cells);
    acre_history_free_runs(curves->runs, curves->run_count);
    acre_run_free(&curves->run);
    *curves = (struct acre_history_curves){0};
}

size_t acre_history_curves_length(const struct acre_history_curves *curves, size_t first)
{
    return acre_group_length(curves->cells + first, curves->run.cell_count - first);
}

static const struct acre_series *rounds_of(const struct acre_cell *cell, enum acre_metric metric)
{
    return metric == ACRE_METRIC_X_LIMIT ? &cell->x_limit : &cell->ns_per_iteration;
}

static bool is_measured(const struct acre_cell *cell, enum acre_metric metric)
{
    return cell->failure == NULL && rounds_of(cell, metric)->count > 0;
}

bool acre_history_curves_are_there(const struct acre_history_curves *curves, size_t first)
{
    for (size_t i = first; i < first + acre_history_curves_length(curves, first); i++)
        if (is_measured(curves->cells[i], curves->metric))
            return true;
    return false;
}

/* What is drawn ------------------------------------------------------------------------------ */

/* NaN: not measured, or too few rounds for an interval. */
struct value {
    double median, low, high;
};

/* One group: cells by runs. */
struct table {
    const struct acre_history_curves *curves;
    const struct acre_cell *cells[ACRE_MOST_DRAWN];
    struct acre_legend legend[ACRE_MOST_DRAWN];
    struct acre_strategy_name names[ACRE_MOST_DRAWN];
    size_t cell_count, run_count, left_out;
    const struct acre_history_run **runs;
    struct value *values; /* of all runs of the first cell, then of the second */
};

static struct value *value_at(const struct table *table, size_t cell, size_t run)
{
    return &table->values[cell * table->run_count + run];
}

/* The newest of the same machine, up to the run itself. False when out of memory. */
static bool choose_runs(struct table *table)
{
    const struct acre_history_curves *curves = table->curves;
    const char *machine = "";

    table->runs = calloc(curves->run_count + 1, sizeof(struct acre_history_run *));
    if (table->runs == NULL)
        return false;
    for (size_t i = 0; i < curves->run_count; i++)
        if (curves->runs[i].id == curves->id)
            machine = curves->runs[i].machine;
    for (size_t i = 0; i < curves->run_count; i++)
        if (curves->runs[i].id <= curves->id && strcmp(curves->runs[i].machine, machine) == 0)
            table->runs[table->run_count++] = &curves->runs[i];
    if (table->run_count > curves->most_runs) {
        size_t too_many = table->run_count - curves->most_runs;

        memmove(table->runs, table->runs + too_many,
                curves->most_runs * sizeof(struct acre_history_run *));
        table->run_count = curves->most_runs;
    }
    return true;
}

/* Those of the group that the run measured. */
static void choose_cells(struct table *table, size_t first)
{
    const struct acre_history_curves *curves = table->curves;
    size_t length = acre_history_curves_length(curves, first);

    for (size_t i = first; i < first + length; i++) {
        const struct acre_cell_key *key = &curves->cells[i]->key;
        size_t number = table->cell_count;

        if (!is_measured(curves->cells[i], curves->metric))
            continue;
        if (number == ACRE_MOST_DRAWN) {
            table->left_out++;
            continue;
        }
        table->names[number] = acre_strategy_name(key);
        table->legend[number] = (struct acre_legend){
            .text = table->names[number].text,
            .sample = ACRE_SAMPLE_LINE,
            .style = acre_style_of(curves->cells, curves->run.cell_count, key),
        };
        table->cells[table->cell_count++] = curves->cells[i];
    }
}

/* Its median is what the history has stored of it. False when out of memory. */
static bool read_value(const struct acre_cell *cell, enum acre_metric metric, struct value *value)
{
    const struct acre_series *rounds = rounds_of(cell, metric);
    struct acre_ratio ratio;
    double median;
    enum acre_stats_status status = acre_series_median(rounds, &median);

    if (status != ACRE_STATS_OK || median <= 0.0)
        return status != ACRE_STATS_NO_MEMORY;
    value->median = median;
    /* Of positive numbers, ratios or not, it is the interval of their median. */
    status = acre_ratio_of_ratios(rounds, &ratio);
    if (status == ACRE_STATS_OK && ratio.has_interval) {
        value->low = ratio.low;
        value->high = ratio.high;
    }
    return status != ACRE_STATS_NO_MEMORY;
}

static bool read_run(const struct table *table, const struct acre_run *run, size_t place)
{
    for (size_t c = 0; c < table->cell_count; c++)
        for (size_t i = 0; i < run->cell_count; i++)
            if (run->cells[i].failure == NULL &&
                acre_cell_key_compare(&run->cells[i].key, &table->cells[c]->key) == 0 &&
                !read_value(&run->cells[i], table->curves->metric, value_at(table, c, place)))
                return false;
    return true;
}

static enum acre_exit read_runs(struct acre_history *history, struct table *table, char *error,
                                size_t error_bytes)
{
    enum acre_exit status = ACRE_EXIT_OK;

    table->values = calloc(table->cell_count * table->run_count + 1, sizeof *table->values);
    if (table->values == NULL)
        return out_of_memory(error, error_bytes);
    for (size_t i = 0; i < table->cell_count * table->run_count; i++)
        table->values[i] = (struct value){NAN, NAN, NAN};
    for (size_t r = 0; status == ACRE_EXIT_OK && r < table->run_count; r++) {
        struct acre_run run;

        status = acre_history_get(history, table->runs[r]->id, &run, error, error_bytes);
        if (status == ACRE_EXIT_OK && !read_run(table, &run, r))
            status = out_of_memory(error, error_bytes);
        acre_run_free(&run);
    }
    return status;
}

/* The script --------------------------------------------------------------------------------- */

static struct acre_range range_of(const struct table *table)
{
    struct acre_range range = {INFINITY, -INFINITY};

    for (size_t i = 0; i < table->cell_count * table->run_count; i++) {
        acre_range_hold(&range, table->values[i].median);
        acre_range_hold(&range, table->values[i].low);
        acre_range_hold(&range, table->values[i].high);
    }
    return range;
}

/* A tick for each run, and below as many commits as have room, the newest in any case. */
enum { COMMIT_PX = 62 };

static struct acre_fit commit_of(const struct acre_history_run *run)
{
    struct acre_fit commit;

    if (run->commit[0] != '\0')
        return acre_text_fit(run->commit, COMMIT_PX);
    snprintf(commit.text, sizeof commit.text, "run %" PRId64, run->id);
    return commit;
}

static void say_commits(const struct acre_canvas *canvas, const struct acre_area *area,
                        const struct table *table)
{
    double step_px = (area->right - area->left) / (double)table->run_count;
    size_t stride = (size_t)ceil((COMMIT_PX + 8.0) / step_px);

    for (size_t r = (table->run_count - 1) % stride; r < table->run_count; r += stride)
        acre_canvas_say(canvas, area->left + ((double)r + 0.5) * step_px,
                        area->bottom + 5.0 + ACRE_LINE_PX / 2.0, ACRE_CENTER,
                        commit_of(table->runs[r]).text);
}

static void write_values(const struct acre_canvas *canvas, const struct table *table, double unit)
{
    for (size_t c = 0; c < table->cell_count; c++) {
        fprintf(canvas->script, "$line%zu << END\n", c);
        for (size_t r = 0; r < table->run_count; r++) {
            const struct value *value = value_at(table, c, r);

            fprintf(canvas->script, "%zu ", r + 1);
            acre_canvas_number(canvas, value->median / unit, ' ');
            acre_canvas_number(canvas, value->low / unit, ' ');
            acre_canvas_number(canvas, value->high / unit, '\n');
        }
        fputs("END\n", canvas->script);
    }
}

static void plot_values(const struct acre_canvas *canvas, const struct table *table)
{
    fputs("plot ", canvas->script);
    for (size_t c = 0; c < table->cell_count; c++) {
        const struct acre_style *style = &table->legend[c].style;

        fprintf(canvas->script,
                "%s$line%zu using 1:2 with lines lw 1.2 dt %s lc rgb '%s', "
                "$line%zu using 1:3:(0):($4-$3) with vectors nohead lw 0.7 lc rgb '%s', "
                "$line%zu using 1:2 with points pt %d ps 0.5 lc rgb '%s'",
                c > 0 ? ", " : "", c, style->dash, style->colour, c, style->colour, c, style->point,
                style->colour);
    }
    fputc('\n', canvas->script);
}

static void draw(const struct acre_canvas *canvas, const struct table *table)
{
    bool is_ratio = table->curves->metric == ACRE_METRIC_X_LIMIT;
    struct acre_range runs = {0.5, (double)table->run_count + 0.5}, values = range_of(table);
    struct acre_time_unit unit =
        is_ratio ? (struct acre_time_unit){"", 1.0} : acre_time_unit(values.low);
    struct acre_axis x = {.name = 'x', .range = runs};
    struct acre_axis y = {.name = 'y', .is_log = true, .is_labelled = true};
    struct acre_area area = {.right = canvas->width_px - COMMIT_PX / 2.0,
                             .top = canvas->body_top,
                             .bottom = canvas->body_bottom - ACRE_AXIS_PX};
    char name[64];

    y.range = (struct acre_range){values.low / unit.ns, values.high / unit.ns};
    acre_range_pad_log(&y.range, 0.06);
    y.ticks = acre_ticks_log(&y.range, 8);
    area.left = acre_canvas_left_px(&y.ticks, true);
    acre_canvas_area(canvas, &area);
    acre_canvas_axis(canvas, &area, &x);
    acre_canvas_axis(canvas, &area, &y);
    fprintf(canvas->script, "set xtics 1,1,%zu format ''\nunset grid\nset grid ytics\n",
            table->run_count);
    say_commits(canvas, &area, table);
    acre_canvas_name_x(canvas, &area, "commit of each run, in their order");
    snprintf(name, sizeof name, "time of an iteration (%s), log scale", unit.name);
    if (is_ratio)
        snprintf(name, sizeof name, "time / time of the limit (ratio), log scale");
    acre_canvas_name_y(canvas, &area, name, name);
    write_values(canvas, table, unit.ns);
    plot_values(canvas, table);
}

enum { BODY_PX = 240 };

static void write_picture(const struct table *table, double width_mm, FILE *script)
{
    const struct acre_history_run *newest = table->runs[table->run_count - 1];
    struct acre_canvas canvas;
    char title[1024], note[256], more[64] = "";

    snprintf(title, sizeof title, "%s, on %.200s", acre_figure_title(&table->cells[0]->key).text,
             newest->machine);
    if (table->left_out > 0)
        snprintf(more, sizeof more, " %zu strategies more are not drawn.", table->left_out);
    snprintf(note, sizeof note,
             "Medians of the rounds of each run with their 95\u00a0%% intervals, runs %" PRId64
             " to %" PRId64 ".%s",
             table->runs[0]->id, newest->id, more);
    acre_canvas_begin(&canvas, script,
                      &(struct acre_frame){
                          .title = title,
                          .note = note,
                          .legend = table->legend,
                          .legend_count = table->cell_count,
                          .width_px = width_mm * 100.0 / 25.4,
                          .body_px = BODY_PX + ACRE_AXIS_PX,
                      });
    draw(&canvas, table);
    acre_canvas_end(&canvas);
}

enum acre_exit acre_history_curves_write(struct acre_history *history,
                                         const struct acre_history_curves *curves, size_t first,
                                         double width_mm, FILE *script, char *error,
                                         size_t error_bytes)
{
    struct table *table = calloc(1, sizeof *table);
    enum acre_exit status;

    if (table == NULL)
        return out_of_memory(error, error_bytes);
    table->curves = curves;
    choose_cells(table, first);
    status = choose_runs(table) ? read_runs(history, table, error, error_bytes)
                                : out_of_memory(error, error_bytes);
    if (status == ACRE_EXIT_OK && table->cell_count > 0 && table->run_count > 0)
        write_picture(table, width_mm, script);
    free(table->values);
    free(table->runs);
    free(table);
    return status;
}
