#include "plot/style.h"

#include <string.h>

#include "plot/gnuplot.h"
#include "report/format.h"

static bool same(const char *left, const char *right)
{
    return strcmp(acre_or_empty(left), acre_or_empty(right)) == 0;
}

/* The number of a backend, in the order in which they come; malloc's is 0. */
static size_t backend_number(const struct acre_cell *const *cells, size_t count,
                             const char *backend)
{
    size_t number = 1;

    if (same(backend, "malloc"))
        return 0;
    for (size_t i = 0; i < count && !same(cells[i]->key.backend, backend); i++) {
        size_t earlier = 0;

        while (!same(cells[earlier]->key.backend, cells[i]->key.backend))
            earlier++;
        number += earlier == i && !same(cells[i]->key.backend, "malloc");
    }
    return number;
}

/* clang-format off: one lifetime a line */
static const struct {
    const char *lifetime, *dash;
    bool is_hollow;
} lifetimes[] = {
    {"region", "1", false},           {"walked", "(10,3)", true}, {"weak", "(5,3)", false},
    {"collector", "(8,3,2,3)", true}, {"strong", "(2,2)", false},
};
/* clang-format on */

enum { LIFETIMES = sizeof lifetimes / sizeof lifetimes[0] };

/* Circle, square, triangle, diamond, pentagon, triangle downwards: filled, each behind its hollow
 * one; then those that have none. */
static const int points[] = {7, 5, 9, 13, 15, 11, 2, 3, 1};

enum { SHAPES = 6, POINTS = sizeof points / sizeof points[0] };

struct acre_style acre_style_of(const struct acre_cell *const *cells, size_t count,
                                const struct acre_cell_key *key)
{
    size_t number = backend_number(cells, count, key->backend);
    struct acre_style style = {
        .colour = acre_gnuplot_colours[number % ACRE_GNUPLOT_COLOURS],
        .point = points[number % POINTS],
        .dash = "(1,2)",
    };

    for (size_t i = 0; i < LIFETIMES; i++)
        if (same(key->lifetime, lifetimes[i].lifetime)) {
            style.dash = lifetimes[i].dash;
            style.point -= lifetimes[i].is_hollow && number % POINTS < SHAPES;
        }
    return style;
}
