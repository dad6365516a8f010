/* Visits to the seed's loop, with the defaults of its parameters. */
#ifndef ACRE_TESTS_BENCH_VISITS_H
#define ACRE_TESTS_BENCH_VISITS_H

#include <stdio.h>

#include "bench/visit/visit.h"

static inline struct acre_visit visit_to(const char *backend, enum acre_lifetime lifetime,
                                         enum acre_visit_kind kind)
{
    struct acre_visit visit = {
        .kind = kind,
        .workload = &acre_square_chain,
        .spec = {.lifetime = lifetime, .seed = 1},
    };

    snprintf(visit.spec.backend, sizeof visit.spec.backend, "%s", backend);
    for (size_t i = 0; i < acre_square_chain.parameter_count; i++) {
        struct acre_values values;

        acre_parameter_set_defaults(&acre_square_chain.parameters[i], &values);
        visit.spec.values[i] = values.values[0];
    }
    return visit;
}

#endif
