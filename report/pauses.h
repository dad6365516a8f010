/* What the pauses of a cell come to over its rounds. */
#ifndef ACRE_REPORT_PAUSES_H
#define ACRE_REPORT_PAUSES_H

#include "report/stats.h"

struct acre_pauses_summary {
    double p99_ns; /* median of the rounds */
    double max_ns; /* longest iteration of all rounds */
};

/* Leaves *summary alone unless the status is OK. */
enum acre_stats_status acre_pauses_sum_up(const struct acre_cell *cell,
                                          struct acre_pauses_summary *summary);

#endif
