/* Plans: what goes into regions and when it leaves, against the model of profiles block by block;
 * and that wherever memory fails nothing is left. */
#include "replay/compiled.h"

#include "bench/random.h"
#include "support/stride.h"

enum { MOST_RESETS = 40 };

struct drawn_reset {
    uint64_t event; /* of the stream, in front of which it happens, or of the next there is */
    uint32_t group;
};

struct drawn_plan {
    struct acre_plan plan;
    uint8_t group_of_stack[MODEL_STACKS + 1]; /* and one; 0: none */
    size_t stack_count;
    struct drawn_reset resets[MOST_RESETS];
    size_t reset_count, next_reset;
};

static bool follow_drawn(void *state, const struct acre_trace_event *event,
                         struct acre_plan_step *step)
{
    struct drawn_plan *drawn = state;

    while (drawn->next_reset < drawn->reset_count &&
           drawn->resets[drawn->next_reset].event <= event->number)
        step->resets |= 1u << drawn->resets[drawn->next_reset++].group;
    step->group = event->stack < drawn->stack_count ? drawn->group_of_stack[event->stack] : 0;
    return true;
}

static void draw_plan(struct drawn_plan *drawn, uint64_t seed)
{
    struct acre_random random;
    uint64_t event = 0;

    acre_random_init(&random, seed, 2);
    *drawn = (struct drawn_plan){
        .plan = {.group_count = 1 + (uint32_t)acre_random_below(&random, ACRE_PLAN_MOST_GROUPS),
                 .follow = follow_drawn,
                 .state = drawn},
        .stack_count = MODEL_STACKS + acre_random_below(&random, 2),
        .reset_count = MOST_RESETS,
    };
    for (uint32_t i = 0; i < drawn->plan.group_count; i++) {
        drawn->plan.rotation[i] = 1 + (uint32_t)acre_random_below(&random, 2);
        drawn->plan.is_reap[i] = acre_random_below(&random, 2) != 0;
    }
    for (size_t i = 0; i <= MODEL_STACKS; i++)
        drawn->group_of_stack[i] = (uint8_t)acre_random_below(&random, drawn->plan.group_count + 1);
    for (size_t i = 0; i < MOST_RESETS; i++) {
        event += 1 + acre_random_below(&random, 15);
        drawn->resets[i] = (struct drawn_reset){
            event, (uint32_t)acre_random_below(&random, drawn->plan.group_count)};
    }
}

/* What has to come of it, block by block. */
struct plan_outcome {
    uint64_t absorbed, absorbed_bytes, moved_out, moved_out_bytes, resets;
    uint32_t current[ACRE_PLAN_MOST_GROUPS];
    int region[MODEL_EVENTS]; /* of each block, -1: none, any more */
    uint64_t held_bytes[ACRE_PLAN_MOST_GROUPS * ACRE_PLAN_MOST_ROTATION], peak_bytes;
};

/* Behind event `at`; of what was born before `end`. */
static void note_peak(const struct model *model, size_t at, size_t end,
                      struct plan_outcome *outcome)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < sizeof outcome->held_bytes / sizeof outcome->held_bytes[0]; i++)
        bytes += outcome->held_bytes[i];
    for (size_t b = 0; b < model->block_count; b++)
        if (model->blocks[b].born < end && model->blocks[b].lives[at] && outcome->region[b] < 0)
            bytes += model->blocks[b].bytes[at];
    if (bytes > outcome->peak_bytes)
        outcome->peak_bytes = bytes;
}

static void reset_model(const struct model *model, const struct acre_plan *plan, uint32_t group,
                        size_t at, struct plan_outcome *outcome)
{
    outcome->resets++;
    outcome->current[group] = (outcome->current[group] + 1) % plan->rotation[group];
    for (size_t b = 0; b < model->block_count; b++) {
        const struct model_block *block = &model->blocks[b];

        if (block->born >= at || outcome->region[b] < 0 || !block->lives[at - 1] ||
            outcome->region[b] != (int)(2 * group + outcome->current[group]))
            continue;
        outcome->moved_out++;
        outcome->moved_out_bytes += block->bytes[at - 1];
        outcome->region[b] = -1;
    }
    if (at > 0)
        note_peak(model, at - 1, at, outcome);
    outcome->held_bytes[2 * group + outcome->current[group]] = 0;
}

static void bear_in_model(const struct model *model, const struct drawn_plan *drawn, size_t at,
                          struct plan_outcome *outcome)
{
    for (size_t b = 0; b < model->block_count; b++) {
        const struct model_block *block = &model->blocks[b];
        uint32_t group;

        if (block->born != at)
            continue;
        outcome->region[b] = -1;
        if (block->is_inherited || block->stack >= drawn->stack_count ||
            drawn->group_of_stack[block->stack] == 0)
            continue;
        group = drawn->group_of_stack[block->stack] - 1u;
        outcome->region[b] = (int)(2 * group + outcome->current[group]);
        outcome->absorbed++;
        outcome->absorbed_bytes += block->born_bytes;
        outcome->held_bytes[outcome->region[b]] += block->born_bytes;
    }
}

/* What grows or shrinks has its next form in the region that is filled. */
static void resize_in_model(const struct model *model, const struct acre_plan *plan, size_t at,
                            struct plan_outcome *outcome)
{
    for (size_t b = 0; b < model->block_count; b++) {
        const struct model_block *block = &model->blocks[b];
        uint64_t old = at > 0 ? block->bytes[at - 1] : 0;
        uint32_t group;
        int filled;

        if (block->born >= at || outcome->region[b] < 0 || !block->is_resized[at])
            continue;
        group = (uint32_t)outcome->region[b] / 2;
        filled = (int)(2 * group + outcome->current[group]);
        if (outcome->region[b] != filled)
            outcome->held_bytes[filled] += block->bytes[at];
        else if (plan->is_reap[group])
            outcome->held_bytes[filled] += block->bytes[at] - old;
        else if (block->bytes[at] > old)
            outcome->held_bytes[filled] += block->bytes[at];
        outcome->region[b] = filled;
    }
}

/* A reap has the room of what dies in the region that is filled. */
static void die_in_model(const struct model *model, const struct acre_plan *plan, size_t at,
                         struct plan_outcome *outcome)
{
    for (size_t b = 0; b < model->block_count; b++) {
        const struct model_block *block = &model->blocks[b];
        uint32_t group = (uint32_t)(outcome->region[b] < 0 ? 0 : outcome->region[b]) / 2;

        if (block->born < at && block->lives[at - 1] && !block->lives[at] &&
            outcome->region[b] == (int)(2 * group + outcome->current[group]) &&
            plan->is_reap[group])
            outcome->held_bytes[outcome->region[b]] -= block->bytes[at - 1];
    }
}

static void expect_outcome(const struct model *model, const struct drawn_plan *drawn,
                           const struct acre_program *program, struct plan_outcome *outcome)
{
    const struct acre_plan *plan = &drawn->plan;
    size_t next = 0;

    *outcome = (struct plan_outcome){0};
    for (size_t at = 0; at < model->count; at++) {
        while (next < drawn->reset_count && drawn->resets[next].event <= at + 2 + MODEL_STACKS)
            reset_model(model, plan, drawn->resets[next++].group, at, outcome);
        resize_in_model(model, plan, at, outcome);
        die_in_model(model, plan, at, outcome);
        bear_in_model(model, drawn, at, outcome);
        note_peak(model, at, at + 1, outcome);
    }
    for (uint32_t i = 0; i < plan->group_count; i++)
        outcome->resets += plan->rotation[i]; /* in the end */
    cr_assert_eq(program->absorbed, outcome->absorbed);
    cr_assert_eq(program->absorbed_bytes, outcome->absorbed_bytes);
    cr_assert_eq(program->moved_out, outcome->moved_out);
    cr_assert_eq(program->moved_out_bytes, outcome->moved_out_bytes);
    cr_assert_eq(program->resets, outcome->resets);
    cr_assert_eq(program->peak_bytes, outcome->peak_bytes);
}

/* A region that lets nobody read what its reset, or a free, has ended. */
struct strict_region {
    struct acre_alloc base;
    char *begin;
    size_t used;
    bool is_reap;
};

enum { STRICT_BYTES = 64 << 20 };

static void *strict_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct strict_region *region = (struct strict_region *)self;
    size_t at = acre_align_up(region->used, layout.align);

    cr_assert_leq(at + layout.size, STRICT_BYTES);
    region->used = at + layout.size;
    return region->begin + at;
}

/* Its own blocks alone; where it is no reap, what a realloc has copied. */
static void strict_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    const struct strict_region *region = (const struct strict_region *)self;
    size_t at = (size_t)((char *)block - region->begin);

    cr_assert_leq(at + layout.size, region->used);
    if (region->is_reap)
        memset(block, 0xdd, layout.size);
}

static void strict_reset(struct acre_alloc *self)
{
    struct strict_region *region = (struct strict_region *)self;

    memset(region->begin, 0xdd, region->used);
    region->used = 0;
}

static void strict_destroy(struct acre_alloc *self)
{
    free(((struct strict_region *)self)->begin);
    free(self);
}

static const struct acre_alloc_ops strict_ops = {
    .name = "strict",
    .capabilities = ACRE_CAN_RESET,
    .allocate = strict_allocate,
    .free = strict_free,
    .reset = strict_reset,
    .destroy = strict_destroy,
};

static void make_strict_regions(struct compiled *compiled)
{
    for (size_t group = 0; group < ACRE_PLAN_MOST_GROUPS; group++)
        for (size_t i = 0; i < compiled->program->rotation[group]; i++) {
            struct strict_region *region = malloc(sizeof *region);

            cr_assert_not_null(region);
            *region = (struct strict_region){
                .base = {.ops = &strict_ops},
                .begin = malloc(STRICT_BYTES),
                .is_reap = (compiled->program->reaps >> group & 1) != 0,
            };
            cr_assert_not_null(region->begin);
            compiled->player.regions[group][i] = &region->base;
        }
}

/* What a group is given, when it is reset, and who has to leave before. */
MTest(plans, plans_put_blocks_where_they_say, .timeout = 120)
{
    static struct model model;
    static struct plan_outcome outcome;
    uint64_t moved_out = 0, absorbed = 0;

    for (uint64_t seed = 1; seed <= 40; seed += test_stride(13)) {
        struct recording recording;
        struct compiled compiled;
        struct drawn_plan drawn;

        model_draw(&model, seed);
        model_write(&model, &recording);
        draw_plan(&drawn, seed);
        cr_assert_eq(try_to_compile(&compiled, &recording, &drawn.plan, recording.memory),
                     ACRE_COMPILED);
        expect_outcome(&model, &drawn, compiled.program, &outcome);
        make_regions(&compiled, recording.memory);
        play_all_touches(&compiled, recording.memory, true);
        end_compiled_regions(&compiled);
        make_strict_regions(&compiled);
        play_all_touches(&compiled, recording.memory, true);
        end_compiled_regions(&compiled);
        moved_out += outcome.moved_out;
        absorbed += outcome.absorbed;
        end_compiled(&compiled);
        end_recording(&recording);
        model_end(&model);
    }
    cr_assert_gt(moved_out, 0);
    cr_assert_gt(absorbed, moved_out);
}

static bool follow_nothing(void *state, const struct acre_trace_event *event,
                           struct acre_plan_step *step)
{
    (void)state, (void)event, (void)step;
    return true;
}

/* A plan of nothing is the program as it was recorded, but for its resets. */
MTest(plans, an_empty_plan_changes_nothing)
{
    static struct model model;
    const struct acre_plan plan = {.group_count = 1, .rotation = {1}, .follow = follow_nothing};
    struct recording recording;
    struct compiled as_recorded, planned;

    model_draw(&model, 21);
    model_write(&model, &recording);
    compile(&as_recorded, &recording);
    cr_assert_eq(try_to_compile(&planned, &recording, &plan, recording.memory), ACRE_COMPILED);
    cr_assert_eq(planned.program->absorbed, 0);
    cr_assert_eq(planned.program->operations, as_recorded.program->operations + 1);
    cr_assert_eq(planned.program->peak_bytes, as_recorded.program->peak_bytes);
    cr_assert_eq(planned.program->events, as_recorded.program->events);
    end_compiled(&planned);
    end_compiled(&as_recorded);
    end_recording(&recording);
    model_end(&model);
}

/* One loop: an object a turn is born in the region and dies before the reset at the end of its
 * turn. What waits for the reset is the price. */
MTest(plans, the_price_is_what_waits_for_the_reset)
{
    enum { TURNS = 3, OBJECTS = 4, SIZE = 100 };
    struct acre_trace_event events[TURNS * OBJECTS * 2];
    struct drawn_plan drawn = {
        .plan = {.group_count = 1, .rotation = {1}, .follow = follow_drawn, .state = &drawn},
        .group_of_stack = {1},
        .stack_count = 1,
        .reset_count = TURNS};
    struct recording recording;
    struct compiled compiled;
    size_t count = 0;

    for (size_t turn = 0; turn < TURNS; turn++) {
        drawn.resets[turn] = (struct drawn_reset){count + 1, 0};
        for (size_t i = 0; i < OBJECTS; i++) {
            events[count++] =
                event_of(ACRE_TRACE_ALLOCATE, 0x1000, SIZE, 16, ACRE_TRACE_CALL_MALLOC);
            events[count++] = event_of(ACRE_TRACE_FREE, 0x1000, SIZE, 16, ACRE_TRACE_CALL_NONE);
        }
    }
    record_events(&recording, events, count);
    compile(&compiled, &recording);
    cr_assert_eq(compiled.program->peak_bytes, SIZE);
    end_compiled(&compiled);
    cr_assert_eq(try_to_compile(&compiled, &recording, &drawn.plan, recording.memory),
                 ACRE_COMPILED);
    cr_assert_eq(compiled.program->peak_bytes, OBJECTS * SIZE);
    cr_assert_eq(compiled.program->absorbed, TURNS * OBJECTS);
    cr_assert_eq(compiled.program->resets, TURNS + 1);
    cr_assert_eq(compiled.program->moved_out, 0);
    end_compiled(&compiled);
    drawn.plan.is_reap[0] = true;
    drawn.next_reset = 0;
    cr_assert_eq(try_to_compile(&compiled, &recording, &drawn.plan, recording.memory),
                 ACRE_COMPILED);
    cr_assert_eq(compiled.program->peak_bytes, SIZE, "a reap has it back");
    cr_assert_eq(compiled.program->absorbed, TURNS * OBJECTS);
    end_compiled(&compiled);
    end_recording(&recording);
}

/* Of the allocator and of what is below the regions alike. */
static void fail_everywhere(const struct drawn_plan *drawn)
{
    static struct model model;
    struct recording recording;
    struct compiled compiled;
    struct acre_fault_plan plan = {0};
    struct acre_ledger ledger;
    struct acre_alloc *recorded;
    struct acre_alloc *faulty;
    bool is_done = false;

    model_draw(&model, 9);
    model_write(&model, &recording);
    cr_assert_eq(try_to_compile(&compiled, &recording, drawn != NULL ? &drawn->plan : NULL,
                                recording.memory),
                 ACRE_COMPILED);
    acre_ledger_init(&ledger);
    recorded = acre_record_new(recording.memory, &ledger.sink, 0);
    faulty = acre_fault_new(recorded, &plan);
    cr_assert(recorded != NULL && faulty != NULL);
    compiled.player.touch = ACRE_TOUCH_ALL;
    for (uint64_t fail_at = 1; !is_done; fail_at += test_stride(3)) {
        plan = (struct acre_fault_plan){0};
        make_regions(&compiled, faulty);
        plan = (struct acre_fault_plan){.fail_at = fail_at, .forever = fail_at % 2 == 0};
        is_done = acre_play(&compiled.player, faulty);
        /* One failure alone may be one to grow in place, and is got round. */
        cr_assert(is_done || compiled.player.failed_event > 0);
        end_compiled_regions(&compiled);
        cr_assert_eq(acre_books_total(&ledger.books).live.blocks, 0, "failure %llu",
                     (unsigned long long)fail_at);
        is_done = is_done && plan.failures == 0;
    }
    cr_assert(acre_player_found_all(&compiled.player));
    acre_destroy(faulty);
    acre_destroy(recorded);
    end_compiled(&compiled);
    end_recording(&recording);
    model_end(&model);
}

MTest(plans, wherever_memory_fails_nothing_is_left, .timeout = 120)
{
    struct drawn_plan drawn;

    fail_everywhere(NULL);
    draw_plan(&drawn, 4);
    fail_everywhere(&drawn);
}
