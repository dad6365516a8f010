/* For programs whose exit status is the verdict: the first check that fails is told and ends it. */
#ifndef ACRE_TESTS_CORE_CHECK_H
#define ACRE_TESTS_CORE_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define check(condition, ...)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);                        \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fprintf(stderr, "\n");                                                                 \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#endif
