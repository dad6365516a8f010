/*
 * A canary sins only when a checker is promised, and then leaves with 0: nothing but the checker's
 * verdict makes the run fail. Without a checker it leaves with 1. Registered with should_fail it is
 * an expected failure in each case, and an unexpected pass as soon as a checker stops working.
 *
 * The promise comes from the test setup (ACRE_CHECKER) or from the build, never from asking the
 * checker whether it is there.
 */
#ifndef ACRE_TESTS_CANARY_ARMED_H
#define ACRE_TESTS_CANARY_ARMED_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline bool armed_by(const char *name)
{
    const char *checker = getenv("ACRE_CHECKER");
    return checker != NULL && strcmp(checker, name) == 0;
}

static inline bool armed_memcheck(void)
{
    return armed_by("memcheck");
}

static inline bool armed_helgrind(void)
{
    return armed_by("helgrind");
}

static inline bool armed_asan(void)
{
#ifdef CANARY_ASAN /* set by the build, from b_sanitize */
    return true;
#else
    return false;
#endif
}

static inline bool armed_tsan(void)
{
#ifdef CANARY_TSAN
    return true;
#else
    return false;
#endif
}

static inline bool armed_ubsan(void)
{
#ifdef CANARY_UBSAN
    return true;
#else
    return false;
#endif
}

#endif
