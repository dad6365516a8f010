#include "report/steady.h"

#include <math.h>
#include <stdlib.h>

bool acre_noise_of(const struct acre_series *logs, struct acre_noise *noise)
{
    *noise = (struct acre_noise){0};
    enum acre_stats_status status = acre_ratio_of_logs(logs, &noise->self);
    noise->is_known = status == ACRE_STATS_OK && noise->self.has_interval;
    if (noise->is_known)
        noise->ratio = fmax(noise->self.high, 1.0 / noise->self.low);
    return status != ACRE_STATS_NO_MEMORY;
}

bool acre_run_is_watched(const struct acre_run *run)
{
    return run->time_budget_seconds > 0.0;
}

bool acre_judging_of(const struct acre_run *run, struct acre_judging *judging)
{
    *judging = (struct acre_judging){
        .played = run->has_played ? &run->played : NULL,
        .is_watched = acre_run_is_watched(run),
    };
    if (!acre_noise_of(&run->self_log_ratio, &judging->measured) ||
        !acre_noise_of(&run->self_x_limit_log_ratio, &judging->steady))
        return false;
    judging->is_steady = judging->measured.is_known && judging->steady.is_known &&
                         judging->steady.ratio < judging->measured.ratio;
    return true;
}

bool acre_limit_of(const struct acre_cell *const *cells, size_t count, bool *is_known,
                   double *limit_ns)
{
    struct acre_series pooled = {0};
    bool good = true;
    *is_known = false;
    for (size_t i = 0; good && i < count; i++)
        for (size_t r = 0; good && r < cells[i]->limit_ns_per_iteration.count; r++)
            good = acre_series_append(&pooled, cells[i]->limit_ns_per_iteration.values[r]);
    if (good) {
        enum acre_stats_status status = acre_series_median(&pooled, limit_ns);
        *is_known = status == ACRE_STATS_OK;
        good = status != ACRE_STATS_NO_MEMORY;
    }
    free(pooled.values);
    return good;
}

bool acre_cell_can_be_steady(const struct acre_cell *cell)
{
    return cell->x_limit.count == cell->ns_per_iteration.count;
}

/* Calls that cannot be told from none, such as those of a region, have no logarithm: nothing is
 * told to be less than this part of the limit. */
#define LEAST_TIME 0.01

/* Of what was played: without what playing costs. */
static double time_of_calls(const struct acre_cell *cell, const double *limit_ns, size_t i)
{
    double own_ns = cell->limit_ns_per_iteration.values[i];
    if (limit_ns)
        return fmax(cell->x_limit.values[i] - 1.0, LEAST_TIME) * *limit_ns;
    return fmax(cell->ns_per_iteration.values[i] - own_ns, LEAST_TIME * own_ns);
}

static double time_of(const struct acre_cell *cell, const double *limit_ns, size_t i)
{
    return limit_ns ? cell->x_limit.values[i] * *limit_ns : cell->ns_per_iteration.values[i];
}

bool acre_times_of(const struct acre_cell *cell, const struct acre_judging *judging,
                   const double *limit_ns, struct acre_series *times)
{
    size_t count = limit_ns ? cell->x_limit.count : cell->ns_per_iteration.count;
    bool takes_off = judging->played && cell->limit_ns_per_iteration.count == count;
    *times = (struct acre_series){0};
    for (size_t i = 0; i < count; i++) {
        if (!acre_series_append(times, takes_off ? time_of_calls(cell, limit_ns, i)
                                                 : time_of(cell, limit_ns, i))) {
            free(times->values);
            *times = (struct acre_series){0};
            return false;
        }
    }
    return true;
}
