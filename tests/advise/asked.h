/* Advice on what was told: asked for, held against what follows from it, and looked into. */
#ifndef ACRE_TESTS_ADVISE_ASKED_H
#define ACRE_TESTS_ADVISE_ASKED_H

#include "advise/turns.h"

#include "advise/advise.h"

enum { MOST_TOLD = 2 };

struct advised {
    struct told told[MOST_TOLD];
    size_t count;
    struct acre_alloc *memory;
    struct acre_recording recordings[MOST_TOLD];
    struct acre_advise_request request;
    uint64_t most_row_bytes; /* of requests */
    struct acre_adviser *adviser;
    enum acre_advised result;
    const struct acre_advice *advice;
    unsigned stages;
};

static inline void count_stage(void *to, const char *what, const struct acre_recording *recording)
{
    struct advised *advised = to;

    cr_assert_not_null(what);
    cr_assert(recording >= advised->recordings && recording < advised->recordings + advised->count);
    advised->stages++;
}

static inline void ask(struct advised *advised, uint64_t budget_bytes)
{
    for (size_t i = 0; i < advised->count; i++)
        advised->recordings[i] = (struct acre_recording){
            .path = advised->told[i].recording.file.path, .of = {.recording = (uint32_t)i}};
    advised->request = (struct acre_advise_request){
        .recordings = advised->recordings,
        .recording_count = advised->count,
        .budget_bytes = budget_bytes,
        .most_row_bytes = advised->most_row_bytes,
        .stage = count_stage,
        .to = advised,
    };
    advised->adviser = acre_adviser_new(advised->memory);
    if (advised->adviser == NULL) {
        advised->result = ACRE_ADVISE_NO_MEMORY;
        return;
    }
    advised->result = acre_advise(advised->adviser, &advised->request);
    advised->advice = acre_adviser_advice(advised->adviser);
}

static inline void end_asking(struct advised *advised)
{
    acre_adviser_destroy(advised->adviser);
    for (size_t i = 0; i < advised->count; i++)
        acre_recording_fini(&advised->recordings[i], advised->memory);
}

/* What follows from every advice. */
static inline void expect_sums(const struct advised *advised,
                               const struct acre_advised_region *region)
{
    const struct acre_region_counts *counts = &region->counts[0];
    uint64_t births = 0;

    for (size_t i = 0; i < region->site_count; i++) {
        births += region->sites[i].births;
        cr_assert_eq(region->sites[i].outliving, 0);
        cr_assert_not(region->sites[i].has_threads || region->sites[i].is_refuted);
        cr_assert(i == 0 || region->sites[i].births <= region->sites[i - 1].births);
    }
    cr_assert_eq(births, counts->births, "the plan has other births than the lags");
    cr_assert_eq(counts->firings, region->marker.tally.calls);
    cr_assert_eq((region->doubts & ACRE_DOUBT_ONE_RECORDING) != 0, advised->count == 1);
    for (size_t i = 0; i < advised->count; i++) {
        counts = &region->counts[i];
        cr_assert_eq(counts->resets, (counts->firings + region->stride - 1) / region->stride);
        cr_assert_leq(counts->epochs_used, counts->resets);
    }
}

static inline void expect_price(const struct advised *advised, size_t recording)
{
    const struct acre_advice *advice = advised->advice;
    const struct acre_program *program = &advice->programs[recording];
    uint64_t births = 0, resets = 0;
    unsigned doubts = 0;

    for (uint32_t i = 0; i < advice->region_count; i++) {
        births += advice->regions[i].counts[recording].births;
        resets += advice->regions[i].counts[recording].resets + advice->regions[i].rotation;
        doubts |= advice->regions[i].doubts;
    }
    cr_assert_eq(program->births, advised->told[recording].births);
    cr_assert_eq(program->absorbed, births);
    cr_assert_eq(program->resets, resets);
    cr_assert_eq(program->moved_out, 0);
    cr_assert_eq(doubts & ACRE_DOUBT_ESCAPES, 0);
    cr_assert_leq(acre_advice_extra_bytes(advice, recording), advice->budget_bytes);
    cr_assert_geq(acre_advice_most_extra_bytes(advice, recording),
                  acre_advice_extra_bytes(advice, recording));
}

static inline enum acre_advised compile_again(const struct advised *advised, size_t recording,
                                              bool is_planned, struct acre_program *header)
{
    const struct acre_advised_program wanted = {
        .recording = recording,
        .is_planned = is_planned,
        .file = memfd_create("program", MFD_CLOEXEC),
    };
    enum acre_advised result;

    cr_assert_geq(wanted.file, 0);
    result = acre_adviser_compile(advised->adviser, &wanted, header);
    close(wanted.file);
    return result;
}

static inline void expect_programs(const struct advised *advised, size_t recording)
{
    const struct acre_program *priced = &advised->advice->programs[recording];
    const struct acre_advised_program nowhere = {
        .recording = recording, .is_planned = true, .file = -1};
    struct acre_program planned = {0}, plain = {0};

    cr_assert_eq(acre_adviser_compile(advised->adviser, &nowhere, &planned), ACRE_ADVISED);
    cr_assert_eq(memcmp(&planned, priced, sizeof planned), 0);
    cr_assert_eq(compile_again(advised, recording, true, &planned), ACRE_ADVISED);
    cr_assert_eq(memcmp(&planned, priced, sizeof planned), 0);
    cr_assert_eq(compile_again(advised, recording, false, &plain), ACRE_ADVISED);
    cr_assert_eq(plain.absorbed, 0);
    cr_assert_eq(plain.resets, 0);
    cr_assert_eq(plain.peak_bytes, priced->live_peak_bytes);
    cr_assert_eq(plain.events, priced->events);
}

static inline void expect_consistent(const struct advised *advised)
{
    cr_assert_eq(advised->result, ACRE_ADVISED);
    cr_assert_eq(advised->advice->recording_count, advised->count);
    cr_assert_eq(advised->advice->births, advised->told[0].births);
    cr_assert_gt(advised->stages, 0);
    for (uint32_t i = 0; i < advised->advice->region_count; i++)
        expect_sums(advised, &advised->advice->regions[i]);
    for (size_t i = 0; i < advised->count; i++) {
        expect_price(advised, i);
        expect_programs(advised, i);
    }
}

/* Asks of what was told. */
static inline void advise_within(struct advised *advised, size_t count, uint64_t budget_bytes)
{
    advised->count = count;
    advised->memory = acre_malloc_new();
    advised->stages = 0;
    ask(advised, budget_bytes);
    expect_consistent(advised);
}

static inline void advise_on(struct advised *advised, const struct turns *first,
                             const struct turns *second)
{
    tell_turns(&advised->told[0], first);
    if (second != NULL)
        tell_turns(&advised->told[1], second);
    advise_within(advised, second != NULL ? 2 : 1, UINT64_MAX);
}

static inline void end_advised(struct advised *advised)
{
    end_asking(advised);
    acre_destroy(advised->memory);
    for (size_t i = 0; i < advised->count; i++)
        end_told(&advised->told[i]);
}

/* The place of a frame, in any recording that was read. */
static inline uint32_t place_at(const struct advised *advised, size_t frame)
{
    return acre_place_of_node(&advised->recordings[0].of, advised->told[0].nodes[frame]);
}

static inline bool is_site(const struct advised *advised, const struct acre_advised_site *sites,
                           size_t count, size_t frame)
{
    for (size_t i = 0; i < count; i++)
        if (sites[i].place == place_at(advised, frame))
            return true;
    return false;
}

static inline bool is_member(const struct advised *advised, size_t frame)
{
    const struct acre_advised_region *region = &advised->advice->regions[0];

    return is_site(advised, region->sites, region->site_count, frame);
}

static inline const struct acre_advised_site *staying_at(const struct advised *advised,
                                                         size_t frame)
{
    const struct acre_advised_region *region = &advised->advice->regions[0];

    for (size_t i = 0; i < region->staying_count; i++)
        if (region->staying[i].place == place_at(advised, frame))
            return &region->staying[i];
    return NULL;
}

static const struct turns forty = {.turns = 40, .nodes = 10, .texts = 5};

#endif
