#include "cli/staircase.h"

#include <math.h>

#include "plot/gnuplot.h"

enum { COLUMNS_PER_DOUBLING = 32 };

static unsigned column_of(size_t request_bytes)
{
    return (unsigned)(COLUMNS_PER_DOUBLING * log2((double)request_bytes));
}

/* The first size of the next column. */
static size_t end_of_column(size_t request_bytes)
{
    size_t end = (size_t)ceil(exp2((double)(column_of(request_bytes) + 1) / COLUMNS_PER_DOUBLING));

    return end > request_bytes ? end : request_bytes + 1;
}

static double waste_of(const struct acre_staircase_point *point)
{
    return 1 - (double)point->request_bytes / (double)point->usable_bytes;
}

static void write_point(FILE *script, const struct acre_staircase_point *point)
{
    fprintf(script, "%zu %zu\n", point->request_bytes, point->usable_bytes);
}

static bool lies_inside(const struct acre_staircase *staircase,
                        const struct acre_staircase_point *point)
{
    return point->request_bytes > staircase->first.request_bytes &&
           point->request_bytes < staircase->last.request_bytes;
}

static void write_column(struct acre_staircase *staircase)
{
    bool falls = staircase->highest.request_bytes < staircase->lowest.request_bytes;
    const struct acre_staircase_point *left = falls ? &staircase->highest : &staircase->lowest;
    const struct acre_staircase_point *right = falls ? &staircase->lowest : &staircase->highest;

    if (staircase->points == 0)
        return;
    write_point(staircase->script, &staircase->first);
    if (lies_inside(staircase, left))
        write_point(staircase->script, left);
    if (lies_inside(staircase, right) && right->request_bytes != left->request_bytes)
        write_point(staircase->script, right);
    if (staircase->points > 1)
        write_point(staircase->script, &staircase->last);
    staircase->points = 0;
}

static void add_point(struct acre_staircase *staircase, size_t request_bytes, size_t usable)
{
    const struct acre_staircase_point point = {request_bytes, usable};
    unsigned column = column_of(request_bytes);

    if (column != staircase->column || staircase->points == 0)
        write_column(staircase);
    else if (request_bytes == staircase->last.request_bytes)
        return; /* a step ends where its last column begins */
    if (staircase->points++ == 0) {
        staircase->column = column;
        staircase->first = staircase->lowest = staircase->highest = point;
    }
    staircase->last = point;
    if (waste_of(&point) < waste_of(&staircase->lowest))
        staircase->lowest = point;
    if (waste_of(&point) > waste_of(&staircase->highest))
        staircase->highest = point;
}

void acre_staircase_begin_backend(struct acre_staircase *staircase)
{
    fprintf(staircase->script, "$backend%u << END\n", staircase->backends);
    staircase->points = 0;
}

void acre_staircase_step(void *context, size_t least, size_t most, size_t usable)
{
    for (size_t size = least; size <= most; size = end_of_column(size))
        add_point(context, size, usable);
    add_point(context, most, usable);
}

void acre_staircase_end_backend(struct acre_staircase *staircase, const char *name,
                                const struct acre_classes *classes)
{
    const struct acre_class_row *worst = acre_classes_worst(classes);

    write_column(staircase);
    fprintf(staircase->script, "END\nname%u = ", staircase->backends);
    acre_gnuplot_text(staircase->script, name);
    fprintf(staircase->script, "\nwaste%u = name%u.': %.1f %% of a block wasted on average",
            staircase->backends, staircase->backends, 100 * acre_classes_mean_waste(classes));
    if (worst->worst_waste > 0)
        fprintf(staircase->script, ", at worst %.1f %%, for %zu B", 100 * worst->worst_waste,
                worst->worst_request);
    fputs("'\n", staircase->script);
    staircase->backends++;
}

static const char style[] =
    "set logscale x 2\n"
    "set xtics ('1 B' 1, '4 B' 4, '16 B' 16, '64 B' 64, '256 B' 256, '1 KiB' 1024, "
    "'4 KiB' 4096, '16 KiB' 16384, '64 KiB' 65536, '256 KiB' 262144, '1 MiB' 1048576, "
    "'4 MiB' 4194304)\n"
    "set grid lc rgb '#b0b0b0' lw 1 dt 1\n"
    "set lmargin 11\n"
    "set rmargin 4\n"
    "set key left noenhanced Left reverse\n";

enum { WIDTH_PX = 960, STEPS_PX = 360, WASTE_PX = 170 };

/* From the top: the next panel. */
static void place_panel(FILE *script, int *top_px, int height_px, int all_px)
{
    *top_px += height_px;
    fprintf(script, "set size 1,%.6f\nset origin 0,%.6f\n", (double)height_px / all_px,
            1 - (double)*top_px / all_px);
}

static void plot_steps(const struct acre_staircase *staircase)
{
    fputs("set logscale y 2\n"
          "set ylabel 'usable'\n"
          "set ytics ('1 B' 1, '16 B' 16, '256 B' 256, '4 KiB' 4096, '64 KiB' 65536, "
          "'1 MiB' 1048576)\n"
          "plot ",
          staircase->script);
    for (unsigned i = 0; i < staircase->backends; i++)
        fprintf(staircase->script, "$backend%u with lines lw 1.5 lt %u title name%u, ", i, i + 1,
                i);
    fputs("x with lines dt 3 lc rgb '#606060' title 'what was requested'\n", staircase->script);
}

static void plot_waste(const struct acre_staircase *staircase, unsigned backend)
{
    fprintf(staircase->script,
            "set title waste%u noenhanced offset 0,-0.7\n"
            "plot $backend%u using 1:(100 * (1 - $1 / $2)) with filledcurves y=0 lt %u "
            "fs solid 0.35 border notitle\n",
            backend, backend, backend + 1);
}

void acre_staircase_end(struct acre_staircase *staircase, uint32_t align)
{
    int all_px = STEPS_PX + WASTE_PX * (int)staircase->backends;
    int top_px = 0;

    acre_gnuplot_terminal(staircase->script, WIDTH_PX, all_px, 1.0);
    for (int i = 0; i < ACRE_GNUPLOT_COLOURS; i++)
        fprintf(staircase->script, "set linetype %d lc rgb '%s'\n", i + 1, acre_gnuplot_colours[i]);
    fprintf(staircase->script, "set linetype cycle %d\n%s", ACRE_GNUPLOT_COLOURS, style);
    fprintf(staircase->script,
            "set xrange [1:%u]\n"
            "set multiplot\n"
            "set title 'What requests get, aligned to %u B'\n"
            "set xlabel 'requested' offset 0,0.5\n",
            1u << ACRE_CLASS_POWERS, align);
    place_panel(staircase->script, &top_px, STEPS_PX, all_px);
    plot_steps(staircase);
    fputs("unset logscale y\n"
          "set yrange [0:50]\n"
          "set ytics 0,25,50\n"
          "set ylabel 'wasted, %'\n"
          "unset xlabel\n",
          staircase->script);
    for (unsigned i = 0; i < staircase->backends; i++) {
        place_panel(staircase->script, &top_px, WASTE_PX, all_px);
        plot_waste(staircase, i);
    }
    fputs("unset multiplot\n", staircase->script);
}
