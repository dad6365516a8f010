/* Every workload, by name; what all of them have in common. */
#include <string.h>

#include "acre_config.h"
#include "bench/bench.h"

static const struct acre_workload *const workloads[] = {
    &acre_square_chain, &acre_node_churn, &acre_weak_churn, &acre_cycles, &acre_deep_chain,
    &acre_handoff,      &acre_mlp,        &acre_rnn,        &acre_tree,
#ifdef ACRE_HAVE_LUA
    &acre_script,
#endif
};

enum { WORKLOAD_COUNT = sizeof workloads / sizeof workloads[0] };

static const struct acre_absent_workload absent[] = {
#ifndef ACRE_HAVE_LUA
    {"script", "built without Lua 5.4 (package liblua5.4-dev)"},
#endif
    {NULL, NULL},
};

const struct acre_workload *acre_workload_at(size_t index)
{
    return index < WORKLOAD_COUNT ? workloads[index] : NULL;
}

const struct acre_absent_workload *acre_workload_absent_at(size_t index)
{
    return index + 1 < sizeof absent / sizeof absent[0] ? &absent[index] : NULL;
}

const struct acre_workload *acre_workload_find(const char *name)
{
    for (size_t i = 0; i < WORKLOAD_COUNT; i++)
        if (strcmp(workloads[i]->name, name) == 0)
            return workloads[i];
    return NULL;
}

const struct acre_workload *acre_workload_of_run(const struct acre_workload *only, size_t index)
{
    if (only != NULL)
        return index == 0 ? only : NULL;
    for (size_t i = 0; i < WORKLOAD_COUNT; i++)
        if (workloads[i]->suite_count > 0 && index-- == 0)
            return workloads[i];
    return NULL;
}

const struct acre_program *acre_workload_program(const struct acre_workload *workload,
                                                 enum acre_lifetime lifetime)
{
    return lifetime == ACRE_LIFETIME_REGION ? workload->planned : workload->program;
}

/* Whatever is planned stands beside the backend, which serves the rest. */
static const char *why_not_play(const struct acre_workload *workload, const char *backend,
                                enum acre_lifetime lifetime)
{
    if (lifetime == ACRE_LIFETIME_WEAK ||
        (lifetime == ACRE_LIFETIME_REGION && workload->planned != NULL))
        return acre_why_not(backend, ACRE_LIFETIME_WEAK);
    return "a recorded program says itself when its blocks end";
}

const char *acre_workload_why_not(const struct acre_workload *workload, const char *backend,
                                  enum acre_lifetime lifetime)
{
    const char *why_not = workload->unsuited[lifetime];

    if (workload->plays_program)
        return why_not_play(workload, backend, lifetime);
    if (why_not == NULL)
        why_not = acre_why_not(backend, lifetime);
    if (why_not == NULL && workload->why_not != NULL)
        why_not = workload->why_not(acre_backend_kind_of(backend), lifetime);
    return why_not;
}

const char *acre_parameter_why_not(const struct acre_parameter *parameter, const char *backend,
                                   uint64_t value)
{
    return parameter->why_not != NULL ? parameter->why_not(acre_backend_kind_of(backend), value)
                                      : NULL;
}

const char *acre_workload_why_not_with(const struct acre_workload *workload, const char *backend,
                                       const uint64_t *values)
{
    const char *why_not = NULL;

    for (size_t i = 0; why_not == NULL && i < workload->parameter_count; i++)
        why_not = acre_parameter_why_not(&workload->parameters[i], backend, values[i]);
    return why_not;
}

bool acre_workload_open_stage(const struct acre_workload *workload,
                              const struct acre_cell_spec *spec, struct acre_stage *stage,
                              const struct acre_layers *layers, char *why, size_t why_bytes)
{
    enum acre_order order = workload->order != NULL ? workload->order(spec) : ACRE_ORDER_DROP_FIRST;
    struct acre_layers all = layers != NULL ? *layers : (struct acre_layers){0};

    if (workload->array_align_bytes != NULL)
        all.array_align_bytes = workload->array_align_bytes(spec);
    return acre_stage_open(stage, spec->backend,
                           workload->plays_program ? ACRE_LIFETIME_WEAK : spec->lifetime, order,
                           &all, why, why_bytes);
}
