/*
 * Every workload under every strategy, recorded by a full ledger and as a trace in one run: read
 * again, the trace says exactly what the ledger does.
 */
#include "trace/traces.h"

#include "bench/bench.h"
#include "bench/traced.h"
#include "profile/profile.h"

static const char *const backends[] = {"malloc", "jemalloc", "mimalloc", "pool", "arena", "reap"};

enum { BACKENDS = sizeof backends / sizeof backends[0], ITERATIONS = 4 };

/* A run with both, from the making of the engine to its end. */
static void run(const struct acre_workload *workload, const struct acre_cell_spec *spec,
                struct acre_trace_writer *writer, struct acre_ledger *ledger)
{
    const struct acre_layers layers = {.trace = writer, .ledger = ledger};
    struct acre_stage stage;
    char why[256];
    void *state;

    cr_assert(acre_workload_open_stage(workload, spec, &stage, &layers, why, sizeof why), "%s",
              why);
    state = workload->open(&stage, spec);
    for (uint64_t i = 0; i < ITERATIONS; i++)
        cr_assert_eq(workload->step(state, i), ACRE_OK);
    cr_assert_eq(workload->drain(state), ACRE_OK);
    workload->close(state);
    acre_stage_close(&stage);
}

static void expect_counts(const struct acre_profile_figures *figures, struct acre_counts ledger)
{
    cr_assert_eq(figures->blocks, ledger.allocations);
    cr_assert_eq(figures->freed, ledger.frees);
    cr_assert_eq(figures->bytes, ledger.requested_bytes);
    cr_assert_eq(figures->live_blocks, ledger.live.blocks);
    cr_assert_eq(figures->live_bytes, ledger.live.bytes);
    cr_assert_eq(figures->most_blocks, ledger.peak.blocks);
    cr_assert_eq(figures->most_bytes, ledger.peak.bytes);
}

static uint64_t live_bytes(const struct acre_ledger_scope *scope)
{
    uint64_t sum = 0;

    for (size_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
        sum += scope->live[p].bytes;
    return sum;
}

static void expect_scopes(const struct acre_told *told, const struct acre_ledger *ledger)
{
    cr_assert_eq(told->scope_count, ledger->scope_count);
    for (size_t i = 0; i < ledger->scope_count; i++) {
        const struct acre_told_scope *a = &told->scopes[i];
        const struct acre_ledger_scope *b = &ledger->scopes[i];

        cr_assert_eq(a->scope, b->scope);
        cr_assert_eq(a->blocks, b->allocations);
        cr_assert_eq(a->bytes, b->requested_bytes);
        cr_assert_eq(a->peak_bytes, b->peak_bytes);
        cr_assert_eq(a->live_bytes, live_bytes(b));
    }
}

/* Short in the ledger: while at most 64 KiB were allocated by others. */
static void expect_deaths(const struct acre_profile *profile, const struct acre_ledger *ledger)
{
    uint64_t short_blocks = 0;

    for (size_t size = 0; size < ACRE_LEDGER_BUCKETS; size++) {
        uint64_t by_ledger = 0;
        uint64_t by_profile = 0;

        for (size_t i = 0; i < ACRE_LEDGER_BUCKETS; i++) {
            by_ledger += ledger->deaths[size][i];
            short_blocks += i <= 16 ? ledger->deaths[size][i] : 0;
        }
        for (size_t i = 0; size < ACRE_PROFILE_SIZE_CLASSES && i < ACRE_PROFILE_LIFE_CLASSES; i++)
            by_profile += profile->lives[size][i];
        cr_assert_eq(by_profile, by_ledger);
    }
    cr_assert_eq(profile->total.short_blocks, short_blocks);
}

static void expect_agreement(const struct acre_profile *profile, const struct acre_ledger *ledger)
{
    expect_counts(&profile->total, acre_books_total(&ledger->books));
    for (uint32_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
        expect_counts(&profile->purposes[p], acre_books_of(&ledger->books, p));
    cr_assert_eq(profile->resets, ledger->books.resets);
    cr_assert_eq(profile->total.resizes, ledger->books.resizes);
    cr_assert_eq(profile->refused, ledger->books.refused);
    cr_assert_eq(profile->calls, ledger->calls);
    cr_assert_eq(memcmp(profile->sizes, ledger->size_histogram, sizeof profile->sizes), 0);
    expect_deaths(profile, ledger);
    expect_scopes(&profile->told, ledger);
    cr_assert_eq(profile->told.scopes_begun[0], ledger->scope_count);
    cr_assert_eq(profile->unknown + profile->replaced + profile->told.odd, 0);
}

static void compare(const struct acre_workload *workload, const struct acre_cell_spec *spec)
{
    struct acre_alloc *pages = acre_pages_new();
    struct recording recording;
    struct acre_ledger ledger;
    struct acre_trace_reader reader;
    static struct acre_profile profile;

    begin_recording(&recording, INT64_MAX);
    cr_assert(acre_ledger_init_full(&ledger, pages, ITERATIONS));
    run(workload, spec, &recording.writer, &ledger);
    finish_recording(&recording, NULL);
    acre_trace_reader_open(&reader, recording.memory, recording.file.path, 0);
    cr_assert(acre_profile_read(&profile, recording.memory, &reader, NULL, NULL));
    cr_assert_eq(profile.state, ACRE_TRACE_COMPLETE, "%s", profile.sentence);
    expect_agreement(&profile, &ledger);
    cr_assert_gt(acre_books_total(&ledger.books).allocations, 0);
    acre_profile_fini(&profile);
    acre_trace_reader_close(&reader);
    acre_ledger_fini(&ledger);
    end_recording(&recording);
    acre_destroy(pages);
}

MTest(traced, every_trace_agrees_with_the_ledger, .timeout = 120)
{
    size_t compared = 0;

    for (size_t w = 0; acre_workload_at(w) != NULL; w++) {
        const struct acre_workload *workload = acre_workload_at(w);

        for (size_t tiny = 0; tiny < workload->tiny_count; tiny++)
            for (size_t b = 0; b < BACKENDS; b++)
                for (int l = ACRE_LIFETIME_WEAK; l < ACRE_LIFETIME_COUNT; l++) {
                    struct acre_cell_spec spec = {.lifetime = (enum acre_lifetime)l, .seed = 1};

                    if (acre_workload_why_not(workload, backends[b], spec.lifetime) != NULL)
                        continue;
                    memcpy(spec.values, workload->tiny[tiny], sizeof spec.values);
                    snprintf(spec.backend, sizeof spec.backend, "%s", backends[b]);
                    compare(workload, &spec);
                    compared++;
                }
    }
    cr_assert_gt(compared, 100);
}

/* The rings of step 16 leak: what the trace says is not freed is what the ledger says is live. */
MTest(traced, leaks_are_told)
{
    struct acre_cell_spec spec = {
        .lifetime = ACRE_LIFETIME_STRONG, .backend = "pool", .values = {3, 2}};

    compare(&acre_cycles, &spec);
}

/* What a benchmark's --trace writes, with usable bytes where the backend tells them. */
MTest(traced, a_benchmark_writes_a_trace)
{
    struct memory_file file = memory_file();
    const struct acre_trace_request request = {
        .path = file.path, .command = "cycles", .limit_bytes = INT64_MAX, .iterations = 2};
    struct acre_cell_spec spec = {
        .lifetime = ACRE_LIFETIME_REGION, .backend = "arena", .values = {3, 2}};
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    struct acre_traced traced;
    uint64_t births = 0;
    char error[256];

    cr_assert_eq(acre_bench_trace(&acre_cycles, &spec, &request, &traced, error, sizeof error),
                 ACRE_EXIT_OK, "%s", error);
    cr_assert_eq(acre_trace_reader_open(&reader, memory, file.path, 0), ACRE_TRACE_READING);
    cr_assert_str_eq(acre_trace_field(&reader, "workload"), "cycles");
    cr_assert_str_eq(acre_trace_field(&reader, "strategy"), "arena/region");
    while (acre_trace_next(&reader, &event) == ACRE_TRACE_READING)
        if (event.kind == ACRE_TRACE_ALLOCATE) {
            births++;
            cr_assert_geq(event.usable_bytes, event.layout.size);
        }
    cr_assert_eq(reader.input.state, ACRE_TRACE_COMPLETE);
    cr_assert(reader.events == traced.events && reader.input.offset == traced.file_bytes);
    cr_assert_gt(births, 0);
    cr_assert_eq(reader.objects.live, 0);
    acre_trace_reader_close(&reader);
    acre_destroy(memory);
    close(file.descriptor);
}
