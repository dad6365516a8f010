#include "bench/visit/recorded.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)ACRE_HISTOGRAM_BUCKETS == (int)ACRE_LEDGER_BUCKETS, "one shape of histogram");

/* The engine's tables live as long as the engine: not a leak of the workload. */
static bool belongs_to_engine(size_t purpose)
{
    return purpose == ACRE_PURPOSE_WEAK || purpose == ACRE_PURPOSE_EDGE ||
           purpose == ACRE_PURPOSE_ENGINE;
}

static bool fill_purposes(struct acre_recorded *recorded, const struct acre_ledger *ledger)
{
    recorded->purposes = calloc(ACRE_PURPOSE_COUNT, sizeof *recorded->purposes);
    if (recorded->purposes == NULL)
        return false;
    for (uint32_t p = 0; p < ACRE_PURPOSE_COUNT; p++) {
        const struct acre_counts counts = acre_books_of(&ledger->books, p);
        const struct acre_live outlived = ledger->outlived[p];

        if (counts.allocations == 0)
            continue;
        if (!belongs_to_engine(p)) {
            recorded->leaked_blocks += counts.live.blocks;
            recorded->leaked_bytes += counts.live.bytes;
        }
        recorded->purposes[recorded->purpose_count] = (struct acre_purpose_counts){
            .name = strdup(acre_purpose_name((enum acre_purpose)p)),
            .allocations = counts.allocations,
            .frees = counts.frees,
            .requested_bytes = counts.requested_bytes,
            .peak_blocks = counts.peak.blocks,
            .peak_bytes = counts.peak.bytes,
            .live_blocks = counts.live.blocks,
            .live_bytes = counts.live.bytes,
            .outlived_blocks = outlived.blocks,
            .outlived_bytes = outlived.bytes,
        };
        if (recorded->purposes[recorded->purpose_count++].name == NULL)
            return false;
    }
    return true;
}

static bool fill_iterations(struct acre_recorded *recorded, const struct acre_ledger *ledger)
{
    recorded->by_iteration = calloc(ledger->scope_count + 1, sizeof *recorded->by_iteration);
    if (recorded->by_iteration == NULL)
        return false;
    for (size_t i = 0; i < ledger->scope_count; i++) {
        const struct acre_ledger_scope *scope = &ledger->scopes[i];
        struct acre_iteration_counts *row = &recorded->by_iteration[i];

        *row = (struct acre_iteration_counts){
            .allocations = scope->allocations,
            .requested_bytes = scope->requested_bytes,
            .peak_bytes = scope->peak_bytes,
            .live_variables = scope->live[ACRE_PURPOSE_VARIABLE].blocks,
            .live_functions = scope->live[ACRE_PURPOSE_FUNCTION].blocks,
            .live_arrays = scope->live[ACRE_PURPOSE_ARRAY].blocks,
        };
        for (size_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
            row->live_bytes += scope->live[p].bytes;
    }
    recorded->by_iteration_count = ledger->scope_count;
    return true;
}

static bool fill_deaths(struct acre_recorded *recorded, const struct acre_ledger *ledger)
{
    size_t count = 0;

    for (size_t i = 0; i < ACRE_LEDGER_BUCKETS; i++)
        for (size_t j = 0; j < ACRE_LEDGER_BUCKETS; j++)
            count += ledger->deaths[i][j] > 0;
    if (count == 0)
        return true;
    recorded->deaths = calloc(count, sizeof *recorded->deaths);
    if (recorded->deaths == NULL)
        return false;
    for (size_t i = 0; i < ACRE_LEDGER_BUCKETS; i++)
        for (size_t j = 0; j < ACRE_LEDGER_BUCKETS; j++)
            if (ledger->deaths[i][j] > 0)
                recorded->deaths[recorded->death_count++] =
                    (struct acre_death_count){i, j, ledger->deaths[i][j]};
    return true;
}

bool acre_recorded_from_ledger(struct acre_recorded *recorded, const struct acre_ledger *ledger,
                               uint64_t iterations, uint64_t litter_bytes, uint64_t checksum)
{
    const struct acre_counts total = acre_books_total(&ledger->books);
    char digits[17];

    snprintf(digits, sizeof digits, "%016" PRIx64, checksum);
    *recorded = (struct acre_recorded){
        .iterations = iterations,
        .allocations = total.allocations,
        .frees = total.frees,
        .resets = ledger->books.resets,
        .failed = ledger->books.refused,
        .requested_bytes = total.requested_bytes,
        .peak_bytes = total.peak.bytes,
        .peak_blocks = total.peak.blocks,
        .has_peak_call = true,
        .peak_call = ledger->peak_call,
        .has_usable = ledger->lost == 0 && acre_ledger_knows(ledger, ACRE_CAN_USABLE),
        .has_held = acre_ledger_knows(ledger, ACRE_CAN_HELD),
        .peak_usable_bytes = ledger->peak_usable_bytes,
        .peak_held_bytes = acre_waste_rest(ledger->peak_held_bytes, litter_bytes),
        .checksum = strdup(digits),
    };
    memcpy(recorded->size_histogram, ledger->size_histogram, sizeof recorded->size_histogram);
    acre_ledger_lifetimes(ledger, recorded->lifetime_histogram);
    return recorded->checksum != NULL && fill_purposes(recorded, ledger) &&
           fill_iterations(recorded, ledger) && fill_deaths(recorded, ledger);
}
