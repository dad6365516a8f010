#include "export/metric.h"

static const struct {
    const char *name, *title;
} metrics[ACRE_EXPORT_METRICS] = {
    [ACRE_EXPORT_PEAK] = {"peak", "bytes at the peak"},
    [ACRE_EXPORT_BYTES] = {"bytes", "bytes allocated"},
    [ACRE_EXPORT_CALLS] = {"calls", "calls"},
    [ACRE_EXPORT_SHORT] = {"short", "short-lived bytes"},
    [ACRE_EXPORT_LEAKED] = {"leaked", "bytes not freed"},
};

const char *acre_export_metric_name(enum acre_export_metric metric)
{
    return metrics[metric].name;
}

const char *acre_export_metric_title(enum acre_export_metric metric)
{
    return metrics[metric].title;
}

bool acre_export_metric_from_name(const char *name, enum acre_export_metric *metric)
{
    for (int m = 0; m < ACRE_EXPORT_METRICS; m++)
        if (strcmp(name, metrics[m].name) == 0) {
            *metric = (enum acre_export_metric)m;
            return true;
        }
    return false;
}

bool acre_export_metric_is_bytes(enum acre_export_metric metric)
{
    return metric != ACRE_EXPORT_CALLS;
}

uint64_t acre_export_metric_of(const struct acre_profile_figures *figures,
                               enum acre_export_metric metric)
{
    switch (metric) {
    case ACRE_EXPORT_PEAK:
        return figures->peak_bytes;
    case ACRE_EXPORT_BYTES:
        return figures->bytes;
    case ACRE_EXPORT_CALLS:
        return figures->blocks - figures->inherited + figures->resizes;
    case ACRE_EXPORT_SHORT:
        return figures->short_bytes;
    default:
        return figures->live_bytes;
    }
}
