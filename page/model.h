/*
 * What a page shows of a run, as JSON that its script draws: every number with its interval and its
 * verdict in the words of the terminal, so that nothing is computed twice. The shape is the page's
 * own and may change with it; programs read the run itself (docs/run-format.md).
 *
 *    {"title", "sentence", "noise", "machine", "libraries", "facts", "groups": [
 *      {"workload", "title", "sentence", "rounds", "limit_ns", "rows": [
 *        {"strategy", "time_ns", "x_limit", "against", "cold", "memory", "waste", "purposes",
 *         "iterations", "sizes", "lifetimes", "rounds"}]}]}
 */
#ifndef ACRE_PAGE_MODEL_H
#define ACRE_PAGE_MODEL_H

#include <jansson.h>

#include "report/run.h"

/* Lists that are longer are thinned: of each stretch the least, the most and the last are kept. */
enum { ACRE_PAGE_MOST_POINTS = 2000 };

/* The caller's to end with json_decref; NULL when out of memory. */
json_t *acre_page_model(const struct acre_run *run);

#endif
