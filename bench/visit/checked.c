#include "bench/visit/checked.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run ------------------------------------------------------------------------------------- */

struct checking {
    const struct acre_workload *workload;
    const struct acre_cell_spec *spec;
    struct acre_checked *result;
    struct acre_fault_plan plan;
    struct acre_ledger ledger; /* counts */
    struct acre_stage stage;
    void *state;
};

/* The first stays. Always false. */
static bool breach(struct checking *checking, const char *sentence)
{
    if (checking->result->breach[0] == '\0')
        snprintf(checking->result->breach, sizeof checking->result->breach, "%s", sentence);
    return false;
}

/* An error that is no want of memory, or one without a failure that was asked for. */
static bool judge_status(struct checking *checking, enum acre_status status)
{
    const char *error = checking->stage.engine != NULL ? acre_error(checking->stage.engine) : "";

    checking->result->status = status;
    if (status == ACRE_OK || (status == ACRE_NO_MEMORY && checking->plan.failures > 0))
        return true;
    return breach(checking, error[0] != '\0' ? error : acre_status_name(status));
}

static bool open_stage(struct checking *checking, const struct acre_rails *rails)
{
    const struct acre_layers layers = {
        .ledger = &checking->ledger,
        .fault = &checking->plan,
        .guard_resets = rails->guard_resets,
    };
    char why[256];

    acre_ledger_init(&checking->ledger);
    if (acre_workload_open_stage(checking->workload, checking->spec, &checking->stage, &layers, why,
                                 sizeof why))
        return true;
    if (checking->plan.failures == 0)
        return breach(checking, why);
    checking->result->status = ACRE_NO_MEMORY;
    return false;
}

static void run_iterations(struct checking *checking, uint64_t iterations)
{
    struct acre_checked *result = checking->result;
    enum acre_status status = ACRE_OK;

    checking->state = checking->workload->open(&checking->stage, checking->spec);
    if (checking->state == NULL)
        status = ACRE_NO_MEMORY;
    while (status == ACRE_OK && result->iterations < iterations) {
        status = checking->workload->step(checking->state, result->iterations);
        result->iterations += status == ACRE_OK;
    }
    judge_status(checking, status);
    if (status == ACRE_OK)
        result->checksum = checking->workload->checksum(checking->state);
}

static void drop_everything(struct checking *checking)
{
    uint64_t calls = checking->plan.calls;
    const char *sentence;
    enum acre_status status;

    if (checking->state != NULL) {
        status = checking->workload->drain(checking->state);
        if (status != ACRE_OK)
            breach(checking, acre_status_name(status));
        checking->workload->close(checking->state);
    }
    if (checking->plan.calls != calls)
        breach(checking, "dropping everything asked for memory");
    sentence = acre_stage_check(&checking->stage);
    if (sentence != NULL)
        breach(checking, sentence);
}

static void close_stage(struct checking *checking)
{
    uint64_t objects = acre_stage_close(&checking->stage);
    char sentence[128];

    if (checking->spec->lifetime == ACRE_LIFETIME_STRONG)
        return;
    snprintf(sentence, sizeof sentence, "leaked: %" PRIu64 " objects, %" PRIu64 " bytes", objects,
             checking->plan.live_bytes);
    if (objects != 0 || checking->plan.live_bytes != 0)
        breach(checking, sentence);
}

bool acre_checked_run(const struct acre_workload *workload, const struct acre_cell_spec *spec,
                      uint64_t iterations, const struct acre_rails *rails,
                      struct acre_checked *result)
{
    struct checking checking = {
        .workload = workload,
        .spec = spec,
        .result = result,
        .plan =
            {
                .fail_at = rails->fail_at,
                .forever = rails->forever,
                .budget_bytes = rails->budget_bytes,
            },
    };

    *result = (struct acre_checked){0};
    if (open_stage(&checking, rails)) {
        if (rails->guard_resets != 0)
            acre_explain_faults_of(&checking.stage.family);
        run_iterations(&checking, iterations);
        drop_everything(&checking);
        close_stage(&checking);
        if (rails->guard_resets != 0)
            acre_explain_faults_of(NULL);
    }
    result->allocations =
        acre_books_total(&checking.ledger.books).allocations + checking.ledger.books.resizes;
    result->calls = checking.plan.calls;
    result->failures = checking.plan.failures;
    return result->breach[0] == '\0';
}

/* Its answer -------------------------------------------------------------------------------- */

bool acre_checked_answer(struct acre_cell *cell, const struct acre_checked *result)
{
    char digits[17] = "";

    if (result->breach[0] != '\0') {
        cell->failure = strdup(result->breach);
        return cell->failure != NULL;
    }
    if (result->status == ACRE_OK)
        snprintf(digits, sizeof digits, "%016" PRIx64, result->checksum);
    cell->has_recorded = true;
    cell->recorded = (struct acre_recorded){
        .iterations = result->iterations,
        .allocations = result->allocations,
        .failed = result->failures,
        .checksum = strdup(digits),
    };
    return cell->recorded.checksum != NULL;
}
