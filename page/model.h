/*
 * What a page shows, as JSON that its script draws: every number with its interval and its verdict
 * in the words of the terminal, so that nothing is computed twice. The shape is the page's own and
 * may change with it; programs read the run itself (docs/run-format.md).
 *
 *    {"title", "answer",
 *     "comparisons": [{"answer", "before", "after", "cells", "notes"}],
 *     "runs": [{"name", "answer", "noise", "aged", "sizes", "machine", "libraries", "notes",
 *               "cases": [{"case", "fastest", "malloc", "single"}],      of a suite
 *               "groups": [{"workload", "title", "answer", "rows": [
 *                 {"strategy", "time_ns", "x_limit", "against", "recorded", "memory",
 * "waste"}]}]}]}
 *
 * Long lists are thinned, so that a page stays small whatever is behind it: of each stretch the
 * first and the highest row are kept.
 */
#ifndef ACRE_PAGE_MODEL_H
#define ACRE_PAGE_MODEL_H

#include <jansson.h>

#include "report/compare.h"

/* A run, and what its file was called. */
struct acre_page_run {
    const struct acre_run *run;
    const char *name;
};

/* A comparison, with the names of its files. */
struct acre_page_comparison {
    const struct acre_comparison *comparison;
    const char *const *before_names, *const *after_names;
};

/* All of it borrowed. At least one run. */
struct acre_page_content {
    const struct acre_page_run *runs;
    size_t run_count;
    const struct acre_page_comparison *comparisons;
    size_t comparison_count;
};

/* The caller's to end with json_decref; NULL when out of memory. */
json_t *acre_page_model(const struct acre_page_content *content);

#endif
