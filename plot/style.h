/* How the lines of strategies are told apart: the same in all figures of a run. */
#ifndef ACRE_PLOT_STYLE_H
#define ACRE_PLOT_STYLE_H

#include "report/run.h"

/* A backend has a colour and a mark, a lifetime has a dash and fills the mark or not: so that each
 * is known again in black and white as well. */
struct acre_style {
    const char *colour; /* "#0072b2" */
    int point;          /* of Gnuplot's */
    const char *dash;   /* "1", "(6,3)" */
};

/* `cells` are all that backends come from; malloc is black wherever it stands. */
struct acre_style acre_style_of(const struct acre_cell *const *cells, size_t count,
                                const struct acre_cell_key *key);

#endif
