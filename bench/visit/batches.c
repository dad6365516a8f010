#include "bench/visit/batches.h"

#include "bench/clock.h"
#include "bench/visit/usage.h"
#include "report/stats.h"

enum {
    FEWEST_BATCH_PAIRS = 3,
    PAIR_NS = 2 * 1000 * 1000,
    WARM_UP_NS = 20 * 1000 * 1000,
};

static bool steps(struct acre_side *side, uint64_t count)
{
    return side->steps(side->loop, count);
}

bool acre_batches_warm_up(struct acre_batches *batches)
{
    uint64_t count = 1;
    double begin_ns;
    double both_ns;

    batches->steps = 1;
    if (batches->is_long)
        return true;
    for (;;) {
        begin_ns = acre_now_ns();
        if (!steps(&batches->against, count) || !steps(&batches->measured, count))
            return false;
        both_ns = acre_now_ns() - begin_ns;
        if (both_ns >= WARM_UP_NS || count >= UINT64_C(1) << 40)
            break;
        count *= 2;
    }
    batches->steps = (uint64_t)((double)count * PAIR_NS / both_ns);
    batches->steps += batches->steps == 0;
    return true;
}

static bool run_batch(struct acre_side *side, const struct acre_batches *batches)
{
    struct acre_usage before = acre_usage_now();
    double begin_ns = acre_now_ns();
    bool done = steps(side, batches->steps);
    double end_ns = acre_now_ns();
    struct acre_usage after = acre_usage_now();

    side->ns[batches->pairs] = end_ns - begin_ns;
    side->faults += after.faults - before.faults;
    side->system_ns += after.system_ns - before.system_ns;
    return done;
}

bool acre_batches_run(struct acre_batches *batches, double seconds)
{
    bool swaps = batches->against_begins;
    struct acre_side *first = swaps ? &batches->against : &batches->measured;
    struct acre_side *second = swaps ? &batches->measured : &batches->against;
    double end_ns = acre_now_ns() + seconds * 1e9;
    size_t fewest = batches->is_long ? 1 : FEWEST_BATCH_PAIRS;

    while (batches->pairs < ACRE_MOST_BATCH_PAIRS &&
           (batches->pairs < fewest || acre_now_ns() < end_ns)) {
        size_t pair = batches->pairs;

        if (!run_batch(first, batches) || !run_batch(second, batches))
            return false;
        batches->ratio[pair] = batches->measured.ns[pair] / batches->against.ns[pair];
        batches->pairs++;
    }
    return true;
}

static bool append_median(struct acre_series *series, double *values, size_t count, double divisor)
{
    const struct acre_series all = {values, count};
    double median;

    return acre_series_median(&all, &median) == ACRE_STATS_OK &&
           acre_series_append(series, median / divisor);
}

bool acre_batches_keep(struct acre_batches *batches, struct acre_cell *cell)
{
    struct acre_side *measured = &batches->measured;
    double per_batch = (double)batches->steps;
    double iterations = per_batch * (double)batches->pairs;
    size_t n = batches->pairs;

    return append_median(&cell->ns_per_iteration, measured->ns, n, per_batch) &&
           append_median(&cell->limit_ns_per_iteration, batches->against.ns, n, per_batch) &&
           append_median(&cell->x_limit, batches->ratio, n, 1) &&
           acre_series_append(&cell->faults_per_iteration, measured->faults / iterations) &&
           acre_series_append(&cell->system_ns_per_iteration, measured->system_ns / iterations);
}
