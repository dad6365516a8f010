/*
 * The figures of a run, as scripts for Gnuplot: what its tables say, drawn. Nothing is computed
 * here that a table shows: the numbers are those of report/.
 */
#ifndef ACRE_PLOT_FIGURE_H
#define ACRE_PLOT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report/group.h"

enum acre_figure {
    ACRE_FIGURE_RANKING, /* each strategy's distance to the limit, or time, with its interval */
    ACRE_FIGURE_MEMORY,  /* requested, held and resident over time */
    ACRE_FIGURE_WASTE,   /* where the memory is when most is live */
    ACRE_FIGURE_GROWTH,  /* time against size, of groups that differ in one number */
    ACRE_FIGURE_ROUNDS,  /* every round as measured, in their order */
    ACRE_FIGURE_COUNT
};

/* "ranking", "memory", "waste", "growth", "rounds". */
const char *acre_figure_name(enum acre_figure figure);
bool acre_figure_from_name(const char *name, enum acre_figure *figure);

/* What a run has to have for the figure: "times", "a look at memory over time", ... */
const char *acre_figure_wants(enum acre_figure figure);

/* Of a paper with two columns: one of them, both; and what is drawn at all. */
enum { ACRE_COLUMN_MM = 84, ACRE_PAGE_MM = 174, ACRE_LEAST_MM = 60, ACRE_MOST_MM = 1000 };

/* How many rows or lines a figure has at most: what is left out is told below it. */
enum { ACRE_MOST_DRAWN = 60 };

/* Whether there is something to draw of the group of that number; growth is drawn with the first
 * group of its sizes. */
bool acre_figure_is_there(enum acre_figure figure, const struct acre_groups *all, size_t group);

/* Writes the script. False when out of memory; an error of the stream is left to ferror. */
bool acre_figure_write(enum acre_figure figure, const struct acre_groups *all, size_t group,
                       double width_mm, FILE *script);

/* "square-chain: 10,000 elements, depth 3". */
struct acre_figure_title {
    char text[512];
};
struct acre_figure_title acre_figure_title(const struct acre_cell_key *key);

#endif
