/* Parts of a page's JSON: ratios, series, paragraphs. */
#ifndef ACRE_PAGE_MAKER_H
#define ACRE_PAGE_MAKER_H

#include "report/layout.h"
#include "report/maker.h"
#include "report/run.h"
#include "report/stats.h"

/* {"point", "low", "high"}: the interval where there is one. */
json_t *acre_ratio_object(struct acre_maker *maker, const struct acre_ratio *ratio);

/* The same with the verdict and its words as the terminal has them: "1.12x faster [1.10, 1.15]". */
json_t *acre_judged_ratio(struct acre_maker *maker, const struct acre_ratio *ratio);

/* Not more than `most` values, every k-th of the series. */
json_t *acre_thinned(struct acre_maker *maker, const struct acre_series *series, size_t most);

/* What is printed on a page of the terminal, as a list of its paragraphs. */
struct acre_said {
    bool (*say)(const struct acre_page *page, const void *context); /* false when out of memory */
    const void *context;
};
json_t *acre_paragraphs(struct acre_maker *maker, const struct acre_said *said);

#endif
