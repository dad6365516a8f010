/* Where the memory is when most is live: one bar a strategy, taken apart. */
#include <math.h>
#include <stdlib.h>

#include "plot/parts.h"
#include "report/waste.h"

/* Beside the terms, what is held and belongs to none of them. */
enum { PARTS = ACRE_WASTE_HELD + 1, UNEXPLAINED = ACRE_WASTE_HELD };

/* Dark and light in turn, and two of them hatched: they differ in grey as well. */
static const struct acre_legend legend[] = {
    [ACRE_WASTE_REQUESTED] = {"requested", ACRE_SAMPLE_BOX, {"#0072b2", 0, NULL}, "solid"},
    [ACRE_WASTE_ROUNDING] = {"rounding", ACRE_SAMPLE_BOX, {"#000000", 0, NULL}, "solid"},
    [ACRE_WASTE_SLACK] = {"slack", ACRE_SAMPLE_BOX, {"#d55e00", 0, NULL}, "pattern 4"},
    [ACRE_WASTE_BOOKKEEPING] = {"bookkeeping", ACRE_SAMPLE_BOX, {"#009e73", 0, NULL}, "pattern 2"},
    [ACRE_WASTE_KEPT_FREE] = {"kept free", ACRE_SAMPLE_BOX, {"#b9dff5", 0, NULL}, "solid"},
    [UNEXPLAINED] = {"unexplained", ACRE_SAMPLE_BOX, {"#ffffff", 0, NULL}, "solid"},
    [UNEXPLAINED + 1] = {"resident", ACRE_SAMPLE_POINT, {"#000000", 13, NULL}, NULL},
};

static bool is_known(const struct acre_cell *cell, enum acre_waste_term term)
{
    return cell->has_waste && cell->waste.peak.parts[term].is_known;
}

static double bytes_of(const struct acre_cell *cell, enum acre_waste_term term)
{
    return (double)cell->waste.peak.parts[term].bytes;
}

static bool is_drawn(const struct acre_group_row *row, const void *context)
{
    (void)context;
    return is_known(row->cell, ACRE_WASTE_HELD) && bytes_of(row->cell, ACRE_WASTE_HELD) > 0.0;
}

static void say_why(FILE *to, const struct acre_group_row *row)
{
    if (row->cell->failure != NULL)
        fprintf(to, "failed: %.80s", row->cell->failure);
    else if (row->cell->has_waste)
        fputs("does not tell what it holds", to);
    else
        fputs("was not looked at", to);
}

bool acre_stack_is_there(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (is_drawn(&group->rows[i], NULL))
            return true;
    return false;
}

/* Unknown parts are told as unexplained; where the known ones are more than is held, nothing is. */
static double part_of(const struct acre_cell *cell, unsigned part)
{
    double rest;

    if (part < UNEXPLAINED)
        return is_known(cell, (enum acre_waste_term)part)
                   ? bytes_of(cell, (enum acre_waste_term)part)
                   : 0.0;
    return acre_waste_unexplained(&cell->waste.peak, &rest) && rest > 0.0 ? rest : 0.0;
}

static double whole_of(const struct acre_cell *cell)
{
    double sum = 0.0, other = bytes_of(cell, ACRE_WASTE_HELD);

    for (unsigned part = 0; part < PARTS; part++)
        sum += part_of(cell, part);
    if (is_known(cell, ACRE_WASTE_RESIDENT))
        other = fmax(other, bytes_of(cell, ACRE_WASTE_RESIDENT));
    return fmax(sum, other);
}

struct unit {
    const char *name;
    double bytes;
};

static struct unit unit_of(double bytes)
{
    if (bytes >= 1073741824.0)
        return (struct unit){"GiB", 1073741824.0};
    if (bytes >= 1048576.0)
        return (struct unit){"MiB", 1048576.0};
    return bytes >= 1024.0 ? (struct unit){"KiB", 1024.0} : (struct unit){"B", 1.0};
}

static int order_bytes(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

/* How far the axis goes, in bytes. One backend may hold so much that nobody sees what is in the
 * others: bars of more than four times the longest of the others' are cut, if they are fewer. */
static double shown_bytes(const struct acre_drawn *drawn)
{
    double wholes[ACRE_MOST_DRAWN] = {0};

    for (size_t i = 0; i < drawn->count; i++)
        wholes[i] = whole_of(drawn->rows[i]->cell);
    qsort(wholes, drawn->count, sizeof wholes[0], order_bytes);
    for (size_t i = (drawn->count + 1) / 2; i < drawn->count; i++)
        if (wholes[i] > 4.0 * wholes[i - 1])
            return wholes[i - 1];
    return wholes[drawn->count - 1];
}

/* `most`: where the axis ends, in units; bars are cut there. */
static void write_parts(const struct acre_canvas *canvas, const struct acre_drawn *drawn,
                        const struct unit *unit, double most)
{
    fputs("$parts << END\n", canvas->script); /* the ends of all parts, resident, the row's place */
    for (size_t i = 0; i < drawn->count; i++) {
        const struct acre_cell *cell = drawn->rows[i]->cell;
        double end = 0.0;

        for (unsigned part = 0; part < PARTS; part++) {
            end += part_of(cell, part);
            acre_canvas_number(canvas, fmin(end / unit->bytes, most), ' ');
        }
        acre_canvas_number(canvas,
                           is_known(cell, ACRE_WASTE_RESIDENT)
                               ? bytes_of(cell, ACRE_WASTE_RESIDENT) / unit->bytes
                               : NAN,
                           ' ');
        fprintf(canvas->script, "%zu\n", drawn->count - i);
    }
    fputs("END\n", canvas->script);
}

static void plot_parts(const struct acre_canvas *canvas, const struct acre_drawn *drawn)
{
    fprintf(canvas->script, "set yrange [0.5:%zu.5]\nunset ytics\nset border 1\nplot ",
            drawn->count);
    for (int part = 0; part < PARTS; part++) {
        char from[16] = "(0)";

        if (part > 0)
            snprintf(from, sizeof from, "%d", part);
        fprintf(canvas->script,
                "$parts using %s:%d:%s:%d:($%d-0.32):($%d+0.32) with boxxyerror fs %s border "
                "lc rgb '#000000' lw 0.5 fc rgb '%s', ",
                from, PARTS + 2, from, part + 1, PARTS + 2, PARTS + 2, legend[part].fill,
                legend[part].style.colour);
    }
    /* On a white one, or it is lost in a dark part. */
    fprintf(canvas->script,
            "$parts using %d:%d with points pt %d ps 1.2 lc rgb '#ffffff', "
            "$parts using %d:%d with points pt %d ps 0.8 lc rgb '%s'\n",
            PARTS + 1, PARTS + 2, legend[PARTS].style.point, PARTS + 1, PARTS + 2,
            legend[PARTS].style.point, legend[PARTS].style.colour);
}

enum { ROW_PX = 19, BESIDE_PX = 8, HELD_PX = 76 };

/* What is held of a row, and an arrow where its bar is cut. */
static void say_held(const struct acre_canvas *canvas, const struct acre_cell *cell, double y,
                     size_t place, bool is_cut)
{
    acre_canvas_say(canvas, canvas->width_px - 6.0, y, ACRE_RIGHT,
                    acre_format_bytes(bytes_of(cell, ACRE_WASTE_HELD)).text);
    if (is_cut)
        fprintf(canvas->script,
                "set arrow from graph 1, first %zu to screen %s, first %zu size screen %s,25 "
                "filled lw 1 lc rgb '#000000'\n",
                place, acre_format_fixed(1.0 - (HELD_PX - 6.0) / canvas->width_px, 5).text, place,
                acre_format_fixed(7.0 / canvas->width_px, 5).text);
}

static void draw(const struct acre_canvas *canvas, const struct acre_drawn *drawn)
{
    double names_px = acre_names_px(drawn, canvas->width_px), most = shown_bytes(drawn);
    struct unit unit = unit_of(most);
    struct acre_range range = {0.0, 1.04 * most / unit.bytes};
    struct acre_axis axis = {'x', false, true, range, acre_ticks_linear(&range, 7)};
    struct acre_area area = {6.0 + names_px + BESIDE_PX, canvas->width_px - HELD_PX - 6.0,
                             canvas->body_top, canvas->body_bottom - ACRE_AXIS_PX};
    char name[64];

    acre_canvas_area(canvas, &area);
    acre_canvas_axis(canvas, &area, &axis);
    snprintf(name, sizeof name, "held when most is live (%s)", unit.name);
    acre_canvas_name_x(canvas, &area, name);
    for (size_t i = 0; i < drawn->count; i++) {
        const struct acre_cell *cell = drawn->rows[i]->cell;
        double y = area.top + ((double)i + 0.5) * ROW_PX;

        acre_name_row(canvas, drawn->rows[i], area.left - BESIDE_PX, y, names_px);
        say_held(canvas, cell, y, drawn->count - i, whole_of(cell) > 1.04 * most);
    }
    write_parts(canvas, drawn, &unit, range.high);
    plot_parts(canvas, drawn);
}

/* The parts that some row has, and resident. */
static size_t fill_legend(const struct acre_drawn *drawn, struct acre_legend entries[PARTS + 1])
{
    size_t count = 0;

    for (unsigned part = 0; part < PARTS; part++)
        for (size_t i = 0; i < drawn->count; i++)
            if (part_of(drawn->rows[i]->cell, part) > 0.0) {
                entries[count++] = legend[part];
                break;
            }
    entries[count++] = legend[PARTS];
    return count;
}

bool acre_stack_write(const struct acre_sheet *sheet)
{
    struct acre_legend entries[PARTS + 1];
    const struct acre_drawing drawing = {is_drawn, say_why, NULL};
    struct acre_drawn drawn;
    struct acre_canvas canvas;

    if (!acre_drawn_take(
            &drawn, sheet->group, &drawing,
            "At the right: what is held. With an arrow the bar is longer. What a library does "
            "not tell apart is in its other parts, or unexplained."))
        return false;
    acre_canvas_begin(&canvas, sheet->script,
                      &(struct acre_frame){
                          .title = acre_figure_title(sheet->group->key).text,
                          .note = drawn.note,
                          .legend = entries,
                          .legend_count = fill_legend(&drawn, entries),
                          .width_px = sheet->width_px,
                          .body_px = (double)drawn.count * ROW_PX + ACRE_AXIS_PX,
                      });
    draw(&canvas, &drawn);
    acre_canvas_end(&canvas);
    free(drawn.note);
    return true;
}
