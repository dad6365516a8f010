/* What every script for Gnuplot has in common. */
#ifndef ACRE_PLOT_GNUPLOT_H
#define ACRE_PLOT_GNUPLOT_H

#include <stddef.h>
#include <stdio.h>

/*
 * Names are anybody's, and Gnuplot runs what stands between backticks, in double quotes as well;
 * between single quotes it runs nothing and knows one escape. So every text goes through here. It
 * writes the quotes too. Control characters, and what is no UTF-8, become a question mark: they
 * would end a line, or are not allowed in SVG. What shows the text must be `noenhanced`, or _ and ^
 * and {} have a meaning.
 */
void acre_gnuplot_text(FILE *script, const char *text);

/* The bytes of the character at `text`, which may be shown; 0: none that may, one byte is wrong. */
size_t acre_gnuplot_character(const char *text);

/*
 * How large the picture is, in hundredths of an inch, and its letters, 1 for those of 13 hundredths
 * (9.4 points). A script that runs by hand, without the terminal of report/picture.h, is drawn in a
 * window of its own size.
 */
void acre_gnuplot_terminal(FILE *script, double width_px, double height_px, double letters);

/* Colours of Okabe and Ito, which most people can tell apart, without the yellow; the first is
 * black. */
enum { ACRE_GNUPLOT_COLOURS = 7 };
extern const char *const acre_gnuplot_colours[ACRE_GNUPLOT_COLOURS];

#endif
