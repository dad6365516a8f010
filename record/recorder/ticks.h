/* A counter that costs nothing to read; what it is of is told by pairs with CLOCK_MONOTONIC. */
#ifndef ACRE_RECORDER_TICKS_H
#define ACRE_RECORDER_TICKS_H

#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static inline uint64_t acre_clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Now, or a little before: what comes before a release of memory. */
static inline uint64_t acre_ticks(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;

    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return acre_clock_ns(CLOCK_MONOTONIC);
#endif
}

/* Not before all loads so far are done: what comes behind the taking of memory that another thread
 * gave back has a later time than that. */
static inline uint64_t acre_ticks_after(void)
{
#if defined(__x86_64__)
    unsigned processor;

    return __rdtscp(&processor);
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
    return acre_ticks();
#else
    return acre_ticks();
#endif
}

#endif
