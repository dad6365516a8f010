/* What the system charged this process. */
#ifndef ACRE_BENCH_USAGE_H
#define ACRE_BENCH_USAGE_H

#include <sys/resource.h>

struct acre_usage {
    double faults, system_ns;
};

/* Since the process began; only differences are of use. */
static inline struct acre_usage acre_usage_now(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (struct acre_usage){
        .faults = (double)(usage.ru_minflt + usage.ru_majflt),
        .system_ns = (double)usage.ru_stime.tv_sec * 1e9 + (double)usage.ru_stime.tv_usec * 1e3,
    };
}

#endif
