#include "bench/plan.h"

#include <stdlib.h>
#include <string.h>

#include "bench/names.h"

struct planner {
    const struct acre_workload *only; /* NULL: all */
    const struct acre_bench_options *options;
    struct acre_plan *plan;
    struct acre_run *run;
};

/* Sets of values ---------------------------------------------------------------------------- */

static size_t count_sets(const struct planner *planner, const struct acre_workload *workload)
{
    size_t count = 1;

    if (planner->only == NULL)
        return workload->suite_count;
    for (size_t i = 0; i < workload->parameter_count; i++)
        count *= planner->options->parameters[i].count;
    return count;
}

/* Of the combinations the last parameter runs fastest. */
static void take_set(const struct planner *planner, const struct acre_workload *workload,
                     size_t number, uint64_t *values)
{
    if (planner->only == NULL) {
        memcpy(values, workload->suite[number], sizeof workload->suite[number]);
        return;
    }
    for (size_t i = workload->parameter_count; i-- > 0;) {
        const struct acre_values *asked = &planner->options->parameters[i];

        values[i] = asked->values[number % asked->count];
        number /= asked->count;
    }
}

/* Cells ------------------------------------------------------------------------------------- */

static bool leave_out(const struct planner *planner, const struct acre_workload *workload,
                      const char *backend, enum acre_lifetime lifetime, const char *reason)
{
    struct acre_left_out *left_out = &planner->run->left_out[planner->run->left_out_count++];
    const char *told = acre_told_lifetime(workload, lifetime);

    if (asprintf(&left_out->strategy, "%s%s%s", backend, told[0] != '\0' ? "/" : "", told) < 0)
        left_out->strategy = NULL;
    left_out->workload = strdup(workload->name);
    left_out->reason = strdup(reason);
    return left_out->strategy != NULL && left_out->workload != NULL && left_out->reason != NULL;
}

static bool add_cell(const struct planner *planner, const struct acre_planned_cell *cell)
{
    planner->plan->cells[planner->plan->count++] = *cell;
    return acre_cell_key_from_spec(&planner->run->cells[planner->run->cell_count++].key,
                                   cell->workload, &cell->spec);
}

/* On the clean heap, which is the first of the ages, then on aged ones. */
static bool add_ages(const struct planner *planner, struct acre_planned_cell cell)
{
    const struct acre_values *ages = &planner->options->ages;

    cell.clean = planner->plan->count;
    for (size_t i = 0; i < ages->count; i++) {
        cell.spec.age_cycles = ages->values[i];
        if (!add_cell(planner, &cell))
            return false;
    }
    return true;
}

/* Sets with which the backend cannot run are left out, and told once. */
static bool add_cells(const struct planner *planner, const struct acre_workload *workload,
                      const char *backend, enum acre_lifetime lifetime)
{
    const struct acre_bench_options *options = planner->options;
    size_t sets = count_sets(planner, workload);
    bool is_told = false;

    for (size_t i = 0; i < sets; i++) {
        struct acre_planned_cell cell = {
            .workload = workload,
            .spec = {.program = acre_workload_program(workload, lifetime),
                     .lifetime = lifetime,
                     .seed = options->seed,
                     .age_occupancy_percent = options->age_occupancy_percent},
            .iterations = options->iterations != 0 ? options->iterations : workload->iterations,
        };
        const char *why_not;

        snprintf(cell.spec.backend, sizeof cell.spec.backend, "%s", backend);
        take_set(planner, workload, i, cell.spec.values);
        why_not = acre_workload_why_not_with(workload, backend, cell.spec.values);
        if (why_not == NULL ? !add_ages(planner, cell)
                            : !is_told && !leave_out(planner, workload, backend, lifetime, why_not))
            return false;
        is_told |= why_not != NULL;
    }
    return true;
}

static bool plan_workload(const struct planner *planner, const struct acre_workload *workload)
{
    const struct acre_bench_options *options = planner->options;
    char why[256];

    for (size_t b = 0; b < options->backends.count; b++) {
        const char *backend = options->backends.names[b];
        bool is_here =
            options->backends.are_named || acre_backend_is_here(backend, why, sizeof why);

        for (int l = 0; l < ACRE_LIFETIME_COUNT; l++) {
            enum acre_lifetime lifetime = (enum acre_lifetime)l;
            const char *why_not =
                is_here ? acre_workload_why_not(workload, backend, lifetime) : why;

            if (!options->lifetimes[l])
                continue;
            if (why_not != NULL ? !leave_out(planner, workload, backend, lifetime, why_not)
                                : !add_cells(planner, workload, backend, lifetime))
                return false;
        }
    }
    return true;
}

bool acre_plan_make(struct acre_plan *plan, const struct acre_workload *workload,
                    const struct acre_bench_options *options, struct acre_run *run)
{
    const struct planner planner = {workload, options, plan, run};
    const struct acre_workload *each;
    size_t sets = 0;
    size_t workloads = 0;
    size_t strategies = options->backends.count * ACRE_LIFETIME_COUNT;

    for (; (each = acre_workload_of_run(workload, workloads)) != NULL; workloads++)
        sets += count_sets(&planner, each) * options->ages.count;
    *plan = (struct acre_plan){.cells = calloc(strategies * sets + 1, sizeof *plan->cells)};
    run->cells = calloc(strategies * sets + 1, sizeof *run->cells);
    run->left_out = calloc(strategies * workloads + 1, sizeof *run->left_out);
    if (plan->cells == NULL || run->cells == NULL || run->left_out == NULL)
        return false;
    for (size_t i = 0; i < workloads; i++)
        if (!plan_workload(&planner, acre_workload_of_run(workload, i)))
            return false;
    return true;
}

void acre_plan_free(struct acre_plan *plan)
{
    free(plan->cells);
    *plan = (struct acre_plan){0};
}
