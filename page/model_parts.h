/* The pieces of model.h. Each is a new object or array, NULL or unfinished where the maker says
 * that it failed. */
#ifndef ACRE_PAGE_MODEL_PARTS_H
#define ACRE_PAGE_MODEL_PARTS_H

#include "page/maker.h"
#include "report/compare.h"
#include "report/group.h"

/* Lists of a page have about so many points together, whatever the run has. */
enum { ACRE_PAGE_ALL_POINTS = 12000, ACRE_PAGE_LEAST_POINTS = 60, ACRE_PAGE_MOST_POINTS = 2000 };

/* A strategy of a group; no list of it has more than `most_points`. */
json_t *acre_model_row(struct acre_maker *maker, const struct acre_group *group,
                       const struct acre_group_row *row, size_t most_points);

json_t *acre_model_comparison(struct acre_maker *maker, const struct acre_comparison *comparison,
                              const struct acre_comparison_view *view);

#endif
