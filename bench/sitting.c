#include "bench/sitting.h"

#include <stdio.h>

enum acre_exit acre_sitting_fail(const struct acre_sitting *sitting, enum acre_exit status,
                                 const char *why)
{
    snprintf(sitting->error, sitting->error_bytes, "%s/%s failed: %.300s", sitting->spec->backend,
             acre_lifetime_name(sitting->spec->lifetime), why);
    return status;
}

enum acre_exit acre_sitting_fail_for_memory(const struct acre_sitting *sitting)
{
    snprintf(sitting->error, sitting->error_bytes, "out of memory");
    return ACRE_EXIT_MEMORY;
}

enum acre_exit acre_sitting_begin(struct acre_sitting *sitting, const struct acre_layers *layers)
{
    char why[256];

    if (!acre_workload_open_stage(sitting->workload, sitting->spec, &sitting->stage, layers, why,
                                  sizeof why))
        return acre_sitting_fail(sitting, ACRE_EXIT_CELL, why);
    sitting->state = sitting->workload->open(&sitting->stage, sitting->spec);
    return sitting->state != NULL ? ACRE_EXIT_OK : acre_sitting_fail_for_memory(sitting);
}

static enum acre_exit judge(const struct acre_sitting *sitting, enum acre_status status)
{
    return status == ACRE_OK
               ? ACRE_EXIT_OK
               : acre_sitting_fail(sitting, ACRE_EXIT_CELL, acre_error(sitting->stage.engine));
}

enum acre_exit acre_sitting_play(struct acre_sitting *sitting, uint64_t iterations)
{
    enum acre_status status = ACRE_OK;

    for (uint64_t i = 0; status == ACRE_OK && i < iterations; i++)
        status = sitting->workload->step(sitting->state, i);
    return judge(sitting, status);
}

enum acre_exit acre_sitting_drain(struct acre_sitting *sitting)
{
    return judge(sitting, sitting->workload->drain(sitting->state));
}

void acre_sitting_end(struct acre_sitting *sitting)
{
    if (sitting->state != NULL)
        sitting->workload->close(sitting->state);
    sitting->state = NULL;
    acre_stage_close(&sitting->stage);
}

bool acre_sitting_is_about_leaks(const struct acre_sitting *sitting)
{
    return sitting->spec->lifetime == ACRE_LIFETIME_STRONG;
}
