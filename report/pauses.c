#include "report/pauses.h"

enum acre_stats_status acre_pauses_sum_up(const struct acre_cell *cell,
                                          struct acre_pauses_summary *summary)
{
    const struct acre_series *longest = &cell->pauses.max_ns;
    double p99_ns = 0.0, max_ns = 0.0;
    if (!cell->has_pauses)
        return ACRE_STATS_EMPTY;
    enum acre_stats_status status = acre_series_median(&cell->pauses.p99_ns, &p99_ns);
    if (status != ACRE_STATS_OK)
        return status;
    for (size_t i = 0; i < longest->count; i++)
        if (longest->values[i] > max_ns)
            max_ns = longest->values[i];
    *summary = (struct acre_pauses_summary){p99_ns, max_ns};
    return ACRE_STATS_OK;
}
