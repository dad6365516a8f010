/*
 * A picture as wide as a column of a paper, laid out by hand: a title, what is plotted, a note.
 * Gnuplot places the text around a plot by guessing from the size of letters, differently in each
 * of its terminals; here everything has a place, in hundredths of an inch ("px") from the left
 * and from the top.
 *
 *    title              as many lines as it takes
 *    legend             where figures have one
 *    body_top .. body_bottom
 *    note               as many lines as it takes
 */
#ifndef ACRE_PLOT_CANVAS_H
#define ACRE_PLOT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "plot/style.h"
#include "plot/ticks.h"

/* Of a line of text, in letters of 8 points. */
enum { ACRE_LINE_PX = 15 };

/* Below a plot: its ticks, their labels and what the axis is. */
enum { ACRE_AXIS_PX = 38 };

/* How something is shown in the legend. */
enum acre_sample { ACRE_SAMPLE_LINE, ACRE_SAMPLE_POINT, ACRE_SAMPLE_BOX };
struct acre_legend {
    const char *text;
    enum acre_sample sample;
    struct acre_style style; /* point 0: none; dash NULL: no line */
    const char *fill;        /* of a box: "solid", "pattern 4" */
};

struct acre_canvas {
    FILE *script;
    double width_px, height_px;
    double body_top, body_bottom;
};

/* What is around the body of so many px. `script` takes whatever cannot be written as its error. */
struct acre_frame {
    const char *title, *note;
    const struct acre_legend *legend;
    size_t legend_count;
    double width_px, body_px;
};

void acre_canvas_begin(struct acre_canvas *canvas, FILE *script, const struct acre_frame *frame);
void acre_canvas_end(const struct acre_canvas *canvas);

/* How wide a text is, roughly: fonts differ. */
double acre_text_px(const char *text);

/* As much of the text as has room, with dots behind it where that is not all. */
struct acre_fit {
    char text[512];
};
struct acre_fit acre_text_fit(const char *text, double width_px);

enum acre_anchor { ACRE_LEFT, ACRE_CENTER, ACRE_RIGHT };

/* One line whose middle is at y; upwards: turned by 90 degrees, x being its middle. */
void acre_canvas_say(const struct acre_canvas *canvas, double x, double y, enum acre_anchor anchor,
                     const char *text);
void acre_canvas_say_upwards(const struct acre_canvas *canvas, double x, double y,
                             const char *text);

/* A mark beside the plot, as of a legend. */
void acre_canvas_mark(const struct acre_canvas *canvas, double x, double y,
                      const struct acre_style *style);

/* Where the next plot is. */
struct acre_area {
    double left, right, top, bottom;
};
void acre_canvas_area(const struct acre_canvas *canvas, const struct acre_area *area);

/* An axis of it, with faint lines at its ticks. */
struct acre_axis {
    char name; /* 'x', 'y' */
    bool is_log, is_labelled;
    struct acre_range range;
    struct acre_ticks ticks;
};
void acre_canvas_axis(const struct acre_canvas *canvas, const struct acre_area *area,
                      const struct acre_axis *axis);

/* Where an area begins whose labels of the y axis, and its name, have room at the left. */
double acre_canvas_left_px(const struct acre_ticks *ticks, bool has_name);

/* What the axis of an area is, with its unit: below its ticks, or left of everything, where a low
 * area has room for less. */
void acre_canvas_name_x(const struct acre_canvas *canvas, const struct acre_area *area,
                        const char *text);
void acre_canvas_name_y(const struct acre_canvas *canvas, const struct acre_area *area,
                        const char *text, const char *shorter);

/* Behind the first plot of several: what was said is not said again with each. */
void acre_canvas_forget(const struct acre_canvas *canvas);

/* A number for a script, "?" where it is not finite, which Gnuplot is told to leave out. */
void acre_canvas_number(const struct acre_canvas *canvas, double number, char behind);

#endif
