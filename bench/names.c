#include "bench/names.h"

#include <stdlib.h>
#include <string.h>

static const char *const visit_kind_names[] = {
    [ACRE_VISIT_TIMED] = "timed",
    [ACRE_VISIT_COLD] = "cold",
    [ACRE_VISIT_RECORDED] = "recorded",
    [ACRE_VISIT_WASTE] = "waste",
    [ACRE_VISIT_MEMORY] = "memory",
    [ACRE_VISIT_PAUSES] = "pauses",
    [ACRE_VISIT_CHECKED] = "checked",
    [ACRE_VISIT_COST_OF_NOTHING] = "cost-of-nothing",
    [ACRE_VISIT_COST_OF_COUNTS] = "cost-of-counts",
    [ACRE_VISIT_COST_OF_FULL] = "cost-of-full",
    [ACRE_VISIT_COST_OF_TRACE] = "cost-of-trace",
};

const char *acre_visit_kind_name(enum acre_visit_kind kind)
{
    return visit_kind_names[kind];
}

bool acre_visit_kind_from_name(const char *name, enum acre_visit_kind *kind)
{
    for (unsigned i = 0; i < ACRE_VISIT_KIND_COUNT; i++)
        if (strcmp(visit_kind_names[i], name) == 0) {
            *kind = (enum acre_visit_kind)i;
            return true;
        }
    return false;
}

bool acre_lifetime_from_name(const char *name, enum acre_lifetime *lifetime)
{
    for (unsigned i = 0; i < ACRE_LIFETIME_COUNT; i++)
        if (strcmp(acre_lifetime_name((enum acre_lifetime)i), name) == 0) {
            *lifetime = (enum acre_lifetime)i;
            return true;
        }
    return false;
}

static bool add_told(struct acre_cell_key *key, const struct acre_parameter *parameter,
                     uint64_t value)
{
    return !acre_parameter_is_told(parameter, value) ||
           acre_parameter_key(parameter, value, &key->parameters[key->parameter_count++]);
}

/* "trace", "app.acre" */
static bool add_program(struct acre_cell_key *key, const struct acre_program *program)
{
    struct acre_key_parameter *parameter = &key->parameters[key->parameter_count++];

    *parameter =
        (struct acre_key_parameter){strdup("trace"), strdup(program->name), strdup(program->name)};
    return parameter->name != NULL && parameter->value != NULL && parameter->title != NULL;
}

const char *acre_told_lifetime(const struct acre_workload *workload, enum acre_lifetime lifetime)
{
    bool is_own = workload->plays_program && lifetime == ACRE_LIFETIME_WEAK;

    return is_own ? "" : acre_lifetime_name(lifetime);
}

bool acre_cell_key_from_spec(struct acre_cell_key *key, const struct acre_workload *workload,
                             const struct acre_cell_spec *spec)
{
    *key = (struct acre_cell_key){
        .workload = strdup(workload->name),
        .unit = strdup(workload->unit != NULL ? workload->unit : ""),
        .backend = strdup(spec->backend),
        .lifetime = strdup(acre_told_lifetime(workload, spec->lifetime)),
        .parameters =
            calloc(1 + workload->parameter_count + ACRE_LITTER_PARAMETERS, sizeof *key->parameters),
    };
    if (key->workload == NULL || key->unit == NULL || key->backend == NULL ||
        key->lifetime == NULL || key->parameters == NULL)
        return false;
    if (spec->program != NULL && !add_program(key, spec->program))
        return false;
    for (size_t i = 0; i < workload->parameter_count; i++)
        if (!add_told(key, &workload->parameters[i], spec->values[i]))
            return false;
    return spec->age_cycles == 0 ||
           (add_told(key, &acre_age_parameter, spec->age_cycles) &&
            add_told(key, &acre_occupancy_parameter, spec->age_occupancy_percent));
}
