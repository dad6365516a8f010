/* JSON in the making. Whatever fails for want of memory is noted once, and asked for at the end. */
#ifndef ACRE_PAGE_MAKER_H
#define ACRE_PAGE_MAKER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/layout.h"
#include "report/run.h"
#include "report/stats.h"

struct acre_maker {
    bool failed;
};

/* `value` goes to the object or array, which may be NULL after an earlier failure. */
void acre_put(struct acre_maker *maker, json_t *object, const char *name, json_t *value);
void acre_add(struct acre_maker *maker, json_t *array, json_t *value);

/* NULL is "". Bytes that are no UTF-8 become U+FFFD: names of files may have any. */
json_t *acre_text(const char *text);
void acre_put_text(struct acre_maker *maker, json_t *object, const char *name, const char *text);

void acre_put_number(struct acre_maker *maker, json_t *object, const char *name, double number);
void acre_put_count(struct acre_maker *maker, json_t *object, const char *name, uint64_t count);
void acre_put_flag(struct acre_maker *maker, json_t *object, const char *name, bool flag);

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
