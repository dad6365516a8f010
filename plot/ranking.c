/* How far each strategy is from the limit: a row each, the nearest on top. */
#include <math.h>
#include <stdlib.h>

#include "plot/parts.h"

/* What a row shows. */
struct value {
    double point, low, high; /* NaN where there is no interval */
    const struct acre_group_row *row;
};

/* How it stands against malloc/weak, by the verdict of the table. */
enum standing { REFERENCE, FASTER, SLOWER, OPEN, STANDINGS };

static const struct acre_legend samples[STANDINGS] = {
    [REFERENCE] = {"malloc/weak", ACRE_SAMPLE_POINT, {"#000000", 13, NULL}, NULL},
    [FASTER] = {"faster than malloc/weak", ACRE_SAMPLE_POINT, {"#0072b2", 7, NULL}, NULL},
    [SLOWER] = {"slower than it", ACRE_SAMPLE_POINT, {"#d55e00", 9, NULL}, NULL},
    [OPEN] = {"not shown to differ from it", ACRE_SAMPLE_POINT, {"#000000", 6, NULL}, NULL},
};

static enum standing standing_of(const struct acre_group *group, const struct acre_group_row *row)
{
    if (row == group->reference)
        return REFERENCE;
    if (!row->has_against || !acre_verdict_differs(row->against.verdict))
        return OPEN;
    return row->against.verdict == ACRE_VERDICT_FASTER ? FASTER : SLOWER;
}

/* Ratios where there is one, else times. */
static bool shows_ratios(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].is_timed && group->rows[i].has_x_limit)
            return true;
    return false;
}

bool acre_ranking_is_there(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].is_timed)
            return true;
    return false;
}

static bool is_drawn(const struct acre_group_row *row, const void *context)
{
    const bool *is_ratio = context;

    return row->is_timed && (row->has_x_limit || !*is_ratio);
}

static void say_why(FILE *to, const struct acre_group_row *row)
{
    const struct acre_cell *cell = row->cell;

    if (cell->failure != NULL)
        fprintf(to, "failed: %.80s", cell->failure);
    else if (row->is_timed)
        fputs("has no limit", to);
    else if (cell->has_recorded && cell->recorded.leaked_bytes > 0)
        fputs("leaks", to);
    else
        fputs("not timed", to);
}

/* False when out of memory. */
static bool value_of(const struct acre_group_row *row, bool is_ratio, struct value *value)
{
    struct acre_ratio time = {0};
    const struct acre_ratio *shown = is_ratio ? &row->x_limit : &time;

    /* Of positive numbers, ratios or not, it is the interval of their median. */
    if (!is_ratio && acre_ratio_of_ratios(&row->times, &time) == ACRE_STATS_NO_MEMORY)
        return false;
    *value = (struct value){
        .point = is_ratio ? row->x_limit.point : row->ns_per_iteration,
        .low = shown->has_interval ? shown->low : NAN,
        .high = shown->has_interval ? shown->high : NAN,
        .row = row,
    };
    return true;
}

static int order_values(const void *left, const void *right)
{
    const struct value *a = left, *b = right;

    return a->point < b->point ? -1 : a->point > b->point;
}

struct ranking {
    const struct acre_sheet *sheet;
    struct acre_drawn drawn;
    struct value values[ACRE_MOST_DRAWN];
    bool is_ratio;
    const struct acre_noise *noise;
    struct acre_time_unit unit;
    struct acre_range range;
    struct acre_legend legend[STANDINGS]; /* of what is there */
    size_t legend_count;
};

/* Without malloc/weak there is nothing that they stand against. */
static void fill_legend(struct ranking *ranking)
{
    const struct acre_group *group = ranking->sheet->group;

    for (int standing = 0; standing < STANDINGS && group->reference != NULL; standing++)
        for (size_t i = 0; i < ranking->drawn.count; i++)
            if (standing_of(group, ranking->values[i].row) == (enum standing)standing) {
                ranking->legend[ranking->legend_count++] = samples[standing];
                break;
            }
}

static bool fill(struct ranking *ranking)
{
    double least = INFINITY;

    ranking->range = (struct acre_range){INFINITY, -INFINITY};
    for (size_t i = 0; i < ranking->drawn.count; i++) {
        if (!value_of(ranking->drawn.rows[i], ranking->is_ratio, &ranking->values[i]))
            return false;
        least = fmin(least, ranking->values[i].point);
    }
    qsort(ranking->values, ranking->drawn.count, sizeof ranking->values[0], order_values);
    ranking->unit = ranking->is_ratio ? (struct acre_time_unit){"", 1.0} : acre_time_unit(least);
    for (size_t i = 0; i < ranking->drawn.count; i++) {
        struct value *value = &ranking->values[i];

        value->point /= ranking->unit.ns;
        value->low /= ranking->unit.ns;
        value->high /= ranking->unit.ns;
        acre_range_hold(&ranking->range, value->point);
        acre_range_hold(&ranking->range, value->low);
        acre_range_hold(&ranking->range, value->high);
    }
    if (ranking->is_ratio)
        acre_range_hold(&ranking->range, 1.0);
    acre_range_pad_log(&ranking->range, 0.04);
    fill_legend(ranking);
    return true;
}

/* What stands at the right of a row: all of it where there is room. */
static struct acre_number text_of(const struct ranking *ranking, const struct value *value,
                                  bool is_wide)
{
    struct acre_ratio ratio = value->row->x_limit;

    if (!ranking->is_ratio)
        return acre_format_ns(value->point * ranking->unit.ns);
    ratio.has_interval = ratio.has_interval && is_wide;
    return acre_format_ratio(&ratio, 2);
}

/* How far malloc/weak is from itself. */
static void draw_noise(const struct ranking *ranking)
{
    const struct acre_group_row *reference = ranking->sheet->group->reference;

    for (size_t i = 0; ranking->noise->is_known && i < ranking->drawn.count; i++)
        if (ranking->values[i].row == reference) {
            double low = ranking->values[i].point / ranking->noise->ratio;
            double high = ranking->values[i].point * ranking->noise->ratio;

            fprintf(ranking->sheet->script,
                    "set object rectangle from first %s, graph 0 to first %s, graph 1 "
                    "fc rgb '#e4e4e4' fs solid noborder behind\n",
                    acre_format_exact(fmax(low, ranking->range.low)).text,
                    acre_format_exact(fmin(high, ranking->range.high)).text);
        }
}

/* A data block for each way a row can stand: value, ends of the interval, place of the row. */
static void write_values(const struct ranking *ranking, const struct acre_canvas *canvas)
{
    for (int standing = 0; standing < STANDINGS; standing++) {
        fprintf(canvas->script, "$rows%d << END\n", standing);
        for (size_t i = 0; i < ranking->drawn.count; i++) {
            const struct value *value = &ranking->values[i];

            if (standing_of(ranking->sheet->group, value->row) != (enum standing)standing)
                continue;
            acre_canvas_number(canvas, value->point, ' ');
            acre_canvas_number(canvas, isnan(value->low) ? value->point : value->low, ' ');
            acre_canvas_number(canvas, isnan(value->high) ? value->point : value->high, ' ');
            fprintf(canvas->script, "%zu\n", ranking->drawn.count - i);
        }
        fputs("END\n", canvas->script);
    }
}

static void plot_values(const struct ranking *ranking, const struct acre_canvas *canvas)
{
    fprintf(canvas->script, "set yrange [0.5:%zu.5]\nunset ytics\nset border 1\nplot ",
            ranking->drawn.count);
    for (int standing = 0; standing < STANDINGS; standing++)
        fprintf(canvas->script,
                "%s$rows%d using 1:4:2:3 with xerrorbars pt %d ps 0.7 lw 1.3 lc rgb '%s'",
                standing > 0 ? ", " : "", standing, samples[standing].style.point,
                samples[standing].style.colour);
    fputc('\n', canvas->script);
}

enum { ROW_PX = 17, BESIDE_PX = 8 };

static void draw(const struct ranking *ranking, const struct acre_canvas *canvas)
{
    bool is_wide = canvas->width_px > 450.0;
    double names_px = acre_names_px(&ranking->drawn, canvas->width_px), values_px = 0.0;
    struct acre_area area = {
        .left = 6.0 + names_px + BESIDE_PX,
        .top = canvas->body_top,
        .bottom = canvas->body_bottom - ACRE_AXIS_PX,
    };
    struct acre_axis axis = {'x', true, true, ranking->range,
                             acre_ticks_log(&ranking->range, is_wide ? 8 : 5)};
    char name[64];

    for (size_t i = 0; i < ranking->drawn.count; i++)
        values_px =
            fmax(values_px, acre_text_px(text_of(ranking, &ranking->values[i], is_wide).text));
    area.right = canvas->width_px - values_px - 6.0 - BESIDE_PX;
    acre_canvas_area(canvas, &area);
    acre_canvas_axis(canvas, &area, &axis);
    snprintf(name, sizeof name, "time per iteration (%s), log scale", ranking->unit.name);
    acre_canvas_name_x(canvas, &area,
                       ranking->is_ratio ? "time / time of the limit (ratio), log scale" : name);
    for (size_t i = 0; i < ranking->drawn.count; i++) {
        double y = area.top + ((double)i + 0.5) * ROW_PX;

        acre_name_row(canvas, ranking->values[i].row, area.left - BESIDE_PX, y, names_px);
        acre_canvas_say(canvas, canvas->width_px - 6.0, y, ACRE_RIGHT,
                        text_of(ranking, &ranking->values[i], is_wide).text);
    }
    if (ranking->is_ratio)
        fputs("set arrow from first 1, graph 0 to first 1, graph 1 nohead dt (5,3) lw 1 "
              "lc rgb '#000000' back\n",
              canvas->script);
    draw_noise(ranking);
    write_values(ranking, canvas);
    plot_values(ranking, canvas);
}

/* The figure's own words; who was left out comes behind them. */
static void put_sentences(const struct ranking *ranking, char *text, size_t bytes)
{
    const struct acre_group *group = ranking->sheet->group;

    snprintf(text, bytes, "Medians of %zu rounds%s.%s%s%s%s", group->rounds,
             group->rounds >= ACRE_INTERVAL_MIN_ROUNDS ? ", with their 95\u00a0% intervals" : "",
             ranking->is_ratio ? " Dashed: the limit, written by hand." : "",
             ranking->noise->is_known && group->reference != NULL
                 ? " Grey: the noise floor around malloc/weak, "
                 : "",
             ranking->noise->is_known && group->reference != NULL
                 ? acre_format_fixed(100.0 * (ranking->noise->ratio - 1.0), 1).text
                 : "",
             ranking->noise->is_known && group->reference != NULL ? "\u00a0%." : "");
}

bool acre_ranking_write(const struct acre_sheet *sheet)
{
    struct ranking ranking = {.sheet = sheet, .is_ratio = shows_ratios(sheet->group)};
    const struct acre_drawing drawing = {is_drawn, say_why, &ranking.is_ratio};
    const struct acre_judging *judging = &sheet->all->judging;
    struct acre_canvas canvas;
    char sentences[256];

    ranking.noise = (ranking.is_ratio || sheet->group->is_steady) && judging->steady.is_known
                        ? &judging->steady
                        : &judging->measured;
    put_sentences(&ranking, sentences, sizeof sentences);
    if (!acre_drawn_take(&ranking.drawn, sheet->group, &drawing, sentences))
        return false;
    if (!fill(&ranking)) {
        free(ranking.drawn.note);
        return false;
    }
    acre_canvas_begin(&canvas, sheet->script,
                      &(struct acre_frame){
                          .title = acre_figure_title(sheet->group->key).text,
                          .note = ranking.drawn.note,
                          .legend = ranking.legend,
                          .legend_count = ranking.legend_count,
                          .width_px = sheet->width_px,
                          .body_px = (double)ranking.drawn.count * ROW_PX + ACRE_AXIS_PX,
                      });
    draw(&ranking, &canvas);
    acre_canvas_end(&canvas);
    free(ranking.drawn.note);
    return true;
}
