#include "plot/canvas.h"

#include <math.h>
#include <string.h>

#include "plot/gnuplot.h"

static const double letters = 0.85; /* 8 points */
static const double letter_px = 11.05;

enum { EDGE_PX = 6, SAMPLE_PX = 26, BETWEEN_PX = 14, GAP_PX = 6 };

/* Text --------------------------------------------------------------------------------------- */

/* In shares of the height of letters, of Helvetica and those like it. */
static double character_width(const char *text)
{
    unsigned char first = (unsigned char)text[0];

    if (first >= 0xe1) /* from U+1000 on: many are as wide as they are high */
        return 1.0;
    if (first != '\0' && strchr("iljt.,:;'|!/()[] ", first) != NULL)
        return 0.3;
    if (first != '\0' && strchr("mwMW@%", first) != NULL)
        return 0.86;
    return first >= 'A' && first <= 'Z' ? 0.68 : 0.55;
}

static size_t step_over(const char *text)
{
    size_t bytes = acre_gnuplot_character(text);

    return bytes > 0 ? bytes : 1;
}

double acre_text_px(const char *text)
{
    double width = 0.0;

    for (; *text != '\0'; text += step_over(text))
        width += character_width(text);
    return width * letter_px;
}

/* How many bytes from the front have room. */
static size_t bytes_inside(const char *text, double width_px)
{
    size_t at = 0;

    for (double width = 0.0; text[at] != '\0'; at += step_over(text + at)) {
        width += character_width(text + at) * letter_px;
        if (width > width_px + 0.01) /* its own width is enough */
            break;
    }
    return at;
}

struct acre_fit acre_text_fit(const char *text, double width_px)
{
    struct acre_fit fit;
    size_t bytes = bytes_inside(text, width_px);

    if (bytes < sizeof fit.text && text[bytes] == '\0') {
        memcpy(fit.text, text, bytes + 1);
        return fit;
    }
    bytes = bytes_inside(text, width_px - acre_text_px("..."));
    snprintf(fit.text, sizeof fit.text, "%.*s...", bytes < 500 ? (int)bytes : 500, text);
    return fit;
}

/* A line of a longer text: as much as has room, up to a blank if there is one. Moves behind it;
 * false at the end. */
static bool next_line(const char **text, double width_px, struct acre_fit *line)
{
    size_t bytes, most;

    *text += strspn(*text, " ");
    most = bytes = bytes_inside(*text, width_px);
    if ((*text)[bytes] != '\0') {
        while (bytes > 0 && (*text)[bytes] != ' ')
            bytes--;
        bytes = bytes > 0 ? bytes : most;
    }
    bytes = bytes < sizeof line->text ? bytes : sizeof line->text - 1;
    memcpy(line->text, *text, bytes);
    line->text[bytes] = '\0';
    *text += bytes;
    return bytes > 0;
}

static size_t count_lines(const char *text, double width_px)
{
    struct acre_fit line;
    size_t lines = 0;

    while (next_line(&text, width_px, &line))
        lines++;
    return lines;
}

static double write_lines(const struct acre_canvas *canvas, double y, const char *text)
{
    struct acre_fit line;

    for (; next_line(&text, canvas->width_px - 2 * EDGE_PX, &line); y += ACRE_LINE_PX)
        acre_canvas_say(canvas, EDGE_PX, y + ACRE_LINE_PX / 2.0, ACRE_LEFT, line.text);
    return y;
}

/* Places ------------------------------------------------------------------------------------- */

struct place {
    char text[256];
};

/* Of a label or an arrow. */
static struct place place_of(const struct acre_canvas *canvas, double x, double y)
{
    struct place place;

    snprintf(place.text, sizeof place.text, "screen %s, screen %s",
             acre_format_fixed(x / canvas->width_px, 5).text,
             acre_format_fixed(1.0 - y / canvas->height_px, 5).text);
    return place;
}

void acre_canvas_say(const struct acre_canvas *canvas, double x, double y, enum acre_anchor anchor,
                     const char *text)
{
    static const char *const anchors[] = {"left", "center", "right"};

    fputs("set label ", canvas->script);
    acre_gnuplot_text(canvas->script, text);
    fprintf(canvas->script, " at %s %s noenhanced\n", place_of(canvas, x, y).text, anchors[anchor]);
}

void acre_canvas_say_upwards(const struct acre_canvas *canvas, double x, double y, const char *text)
{
    fputs("set label ", canvas->script);
    acre_gnuplot_text(canvas->script, text);
    fprintf(canvas->script, " at %s center rotate by 90 noenhanced\n", place_of(canvas, x, y).text);
}

void acre_canvas_mark(const struct acre_canvas *canvas, double x, double y,
                      const struct acre_style *style)
{
    fprintf(canvas->script, "set label '' at %s point pt %d ps 0.6 lc rgb '%s'\n",
            place_of(canvas, x, y).text, style->point, style->colour);
}

void acre_canvas_area(const struct acre_canvas *canvas, const struct acre_area *area)
{
    fprintf(canvas->script,
            "set lmargin at screen %s\nset rmargin at screen %s\n"
            "set tmargin at screen %s\nset bmargin at screen %s\n",
            acre_format_fixed(area->left / canvas->width_px, 5).text,
            acre_format_fixed(area->right / canvas->width_px, 5).text,
            acre_format_fixed(1.0 - area->top / canvas->height_px, 5).text,
            acre_format_fixed(1.0 - area->bottom / canvas->height_px, 5).text);
}

void acre_canvas_number(const struct acre_canvas *canvas, double number, char behind)
{
    fprintf(canvas->script, "%s%c", acre_format_exact(number).text, behind);
}

/* Axes --------------------------------------------------------------------------------------- */

enum { TICK_PX = 5 };

/* Beside the ticks, where Gnuplot would have them in each of its terminals elsewhere. */
static void label_ticks(const struct acre_canvas *canvas, const struct acre_area *area, char axis,
                        const struct acre_ticks *ticks)
{
    for (size_t i = 0; i < ticks->count; i++) {
        const char *at = acre_format_exact(ticks->at[i]).text;

        fputs("set label ", canvas->script);
        acre_gnuplot_text(canvas->script, ticks->labels[i].text);
        if (axis == 'x')
            fprintf(canvas->script, " at first %s, screen %s center noenhanced\n", at,
                    acre_format_fixed(
                        1.0 - (area->bottom + TICK_PX + ACRE_LINE_PX / 2.0) / canvas->height_px, 5)
                        .text);
        else
            fprintf(canvas->script, " at screen %s, first %s right noenhanced\n",
                    acre_format_fixed((area->left - TICK_PX - 3) / canvas->width_px, 5).text, at);
    }
}

void acre_canvas_axis(const struct acre_canvas *canvas, const struct acre_area *area,
                      const struct acre_axis *axis)
{
    fprintf(canvas->script, "%s logscale %c\nset %crange [%s:%s]\nset %ctics (",
            axis->is_log ? "set" : "unset", axis->name, axis->name,
            acre_format_exact(axis->range.low).text, acre_format_exact(axis->range.high).text,
            axis->name);
    for (size_t i = 0; i < axis->ticks.count; i++)
        fprintf(canvas->script, "%s'' %s", i > 0 ? ", " : "",
                acre_format_exact(axis->ticks.at[i]).text);
    fprintf(canvas->script, ")\nset grid %ctics lt 1 lc rgb '#dddddd' lw 0.5\n", axis->name);
    if (axis->is_labelled)
        label_ticks(canvas, area, axis->name, &axis->ticks);
}

double acre_canvas_left_px(const struct acre_ticks *ticks, bool has_name)
{
    double widest = 0.0;

    for (size_t i = 0; i < ticks->count; i++)
        widest = fmax(widest, acre_text_px(ticks->labels[i].text));
    return EDGE_PX + (has_name ? ACRE_LINE_PX + GAP_PX : 0) + widest + 2 * GAP_PX;
}

void acre_canvas_name_x(const struct acre_canvas *canvas, const struct acre_area *area,
                        const char *text)
{
    acre_canvas_say(canvas, (area->left + area->right) / 2.0,
                    area->bottom + ACRE_AXIS_PX - ACRE_LINE_PX / 2.0, ACRE_CENTER, text);
}

void acre_canvas_name_y(const struct acre_canvas *canvas, const struct acre_area *area,
                        const char *text, const char *shorter)
{
    bool has_room = acre_text_px(text) < area->bottom - area->top;

    acre_canvas_say_upwards(canvas, EDGE_PX + ACRE_LINE_PX / 2.0, (area->top + area->bottom) / 2.0,
                            has_room ? text : shorter);
}

/* The legend ---------------------------------------------------------------------------------- */

static void draw_sample(const struct acre_canvas *canvas, const struct acre_legend *entry, double x,
                        double y)
{
    const struct acre_style *style = &entry->style;

    if (entry->sample == ACRE_SAMPLE_BOX)
        fprintf(canvas->script,
                "set object rectangle from %s to %s fc rgb '%s' fs %s border lc rgb '#000000' "
                "lw 0.5\n",
                place_of(canvas, x + 4.0, y + 4.5).text,
                place_of(canvas, x + SAMPLE_PX, y - 4.5).text, style->colour, entry->fill);
    if (entry->sample == ACRE_SAMPLE_LINE)
        fprintf(canvas->script, "set arrow from %s to %s nohead lc rgb '%s' dt %s lw 1.2\n",
                place_of(canvas, x, y).text, place_of(canvas, x + SAMPLE_PX, y).text, style->colour,
                style->dash);
    if (entry->sample != ACRE_SAMPLE_BOX && style->point > 0)
        acre_canvas_mark(canvas, x + SAMPLE_PX / 2.0, y, style);
}

static double entry_px(const struct acre_legend *entry)
{
    return acre_text_px(entry->text) + SAMPLE_PX + GAP_PX + BETWEEN_PX;
}

/* One after the other where a line has room for all, else in columns for the widest. */
struct columns {
    size_t count;
    double width_px; /* 0: as wide as each entry is */
};

static struct columns legend_columns(const struct acre_frame *frame)
{
    double widest = 0.0, all = 0.0, room = frame->width_px - 2 * EDGE_PX;
    size_t count;

    for (size_t i = 0; i < frame->legend_count; i++) {
        widest = fmax(widest, entry_px(&frame->legend[i]));
        all += entry_px(&frame->legend[i]);
    }
    if (all <= room)
        return (struct columns){frame->legend_count, 0.0};
    widest = fmin(widest, room);
    count = (size_t)(room / widest);
    return (struct columns){count, widest};
}

static double legend_px(const struct acre_frame *frame)
{
    size_t columns = frame->legend_count > 0 ? legend_columns(frame).count : 1;
    size_t lines = (frame->legend_count + columns - 1) / columns;

    return lines > 0 ? (double)lines * ACRE_LINE_PX + GAP_PX : 0.0;
}

static void draw_legend(const struct acre_canvas *canvas, const struct acre_frame *frame, double y)
{
    struct columns columns = legend_columns(frame);
    double x = EDGE_PX;

    for (size_t i = 0; i < frame->legend_count; i++) {
        const struct acre_legend *entry = &frame->legend[i];
        size_t line = i / columns.count;
        double middle = y + ((double)line + 0.5) * ACRE_LINE_PX;
        double width_px = columns.width_px > 0.0 ? columns.width_px : entry_px(entry);

        if (i % columns.count == 0)
            x = EDGE_PX;
        draw_sample(canvas, entry, x, middle);
        acre_canvas_say(canvas, x + SAMPLE_PX + GAP_PX, middle, ACRE_LEFT,
                        acre_text_fit(entry->text, width_px - SAMPLE_PX - GAP_PX).text);
        x += width_px;
    }
}

/* The whole ----------------------------------------------------------------------------------- */

void acre_canvas_begin(struct acre_canvas *canvas, FILE *script, const struct acre_frame *frame)
{
    double room = frame->width_px - 2 * EDGE_PX;
    double title_px = (double)count_lines(frame->title, room) * ACRE_LINE_PX + GAP_PX;
    double note_px = (double)count_lines(frame->note, room) * ACRE_LINE_PX + GAP_PX;
    double y;

    *canvas = (struct acre_canvas){.script = script, .width_px = frame->width_px};
    canvas->body_top = EDGE_PX + title_px + legend_px(frame);
    canvas->body_bottom = canvas->body_top + frame->body_px;
    canvas->height_px = canvas->body_bottom + note_px + EDGE_PX;
    acre_gnuplot_terminal(script, canvas->width_px, canvas->height_px, letters);
    fputs("set datafile missing '?'\n"
          "unset key\n"
          "set border 3 lw 0.7\n"
          "set tics nomirror out scale 0.5\n"
          "set multiplot\n",
          script);
    y = write_lines(canvas, EDGE_PX, frame->title);
    if (frame->legend_count > 0)
        draw_legend(canvas, frame, y + GAP_PX);
    write_lines(canvas, canvas->body_bottom + GAP_PX, frame->note);
}

void acre_canvas_forget(const struct acre_canvas *canvas)
{
    fputs("unset label\nunset arrow\nunset object\n", canvas->script);
}

void acre_canvas_end(const struct acre_canvas *canvas)
{
    fputs("unset multiplot\n", canvas->script);
}
