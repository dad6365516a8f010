/* The words for cells and visits: in options, in the JSON, between processes. */
#ifndef ACRE_BENCH_NAMES_H
#define ACRE_BENCH_NAMES_H

#include "bench/bench.h"
#include "bench/visit/visit.h"
#include "report/run.h"

const char *acre_visit_kind_name(enum acre_visit_kind kind);

/* False for a word that is none of them. */
bool acre_lifetime_from_name(const char *name, enum acre_lifetime *lifetime);
bool acre_visit_kind_from_name(const char *name, enum acre_visit_kind *kind);

/* As keys and tables have it: "" where a program plays that has its own. */
const char *acre_told_lifetime(const struct acre_workload *workload, enum acre_lifetime lifetime);

/* The key of a cell in a run. False for want of memory; what was made is the caller's to free. */
bool acre_cell_key_from_spec(struct acre_cell_key *key, const struct acre_workload *workload,
                             const struct acre_cell_spec *spec);

#endif
