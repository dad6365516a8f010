#include "profile/model.h"

#include "bench/random.h"

/* Drawing --------------------------------------------------------------------------------------
 */

struct drawing {
    struct model *model;
    struct acre_random random;
    uint64_t now_ns;
    uint64_t scope;
};

static uint64_t below(struct drawing *drawing, uint64_t bound)
{
    return acre_random_below(&drawing->random, bound);
}

/* Names are few, so that they are used again, by the living as well. */
static uint64_t draw_name(struct drawing *drawing)
{
    return 0x1000 + 16 * below(drawing, 60);
}

/* Of each order of magnitude equally many. */
static uint64_t draw_bytes(struct drawing *drawing)
{
    return below(drawing, UINT64_C(1) << below(drawing, 19));
}

static struct acre_trace_event draw_block(struct drawing *drawing, enum acre_trace_kind kind)
{
    struct acre_trace_event event = {
        .kind = kind,
        .object = draw_name(drawing),
        .old_object = draw_name(drawing),
        .source = (uint32_t)below(drawing, MODEL_SOURCES),
        .layout = {draw_bytes(drawing), 16, (uint32_t)below(drawing, ACRE_PURPOSE_COUNT)},
        .stack = (uint32_t)below(drawing, MODEL_STACKS + 1),
        .call = ACRE_TRACE_CALL_MALLOC,
    };

    if (below(drawing, 3) > 0)
        event.usable_bytes = event.layout.size + below(drawing, 32);
    return event;
}

static struct acre_trace_event draw_event(struct drawing *drawing)
{
    static const unsigned char kinds[] = {
        ACRE_TRACE_ALLOCATE, ACRE_TRACE_ALLOCATE, ACRE_TRACE_ALLOCATE, ACRE_TRACE_ALLOCATE,
        ACRE_TRACE_ALLOCATE, ACRE_TRACE_ALLOCATE, ACRE_TRACE_FREE,     ACRE_TRACE_FREE,
        ACRE_TRACE_FREE,     ACRE_TRACE_FREE,     ACRE_TRACE_FREE,     ACRE_TRACE_FREE,
        ACRE_TRACE_RESIZE,   ACRE_TRACE_RESIZE,   ACRE_TRACE_MOVE,     ACRE_TRACE_MOVE,
        ACRE_TRACE_REFUSE,   ACRE_TRACE_INHERIT,  ACRE_TRACE_OTHER,
    };
    struct acre_trace_event event =
        draw_block(drawing, (enum acre_trace_kind)kinds[below(drawing, sizeof kinds)]);

    if (event.kind == ACRE_TRACE_OTHER)
        event = (struct acre_trace_event){.kind = below(drawing, 2) == 0 ? ACRE_TRACE_SCOPE_BEGIN
                                                                         : ACRE_TRACE_SCOPE_END,
                                          .scope = drawing->scope++};
    else if (event.kind == ACRE_TRACE_REFUSE && below(drawing, 2) == 0)
        event = (struct acre_trace_event){.kind = ACRE_TRACE_RESET, .source = event.source};
    return event;
}

/* What events do -------------------------------------------------------------------------------
 */

static struct model_block *find(struct model *model, uint64_t name)
{
    for (size_t b = model->block_count; b-- > 0;)
        if (model->blocks[b].died == MODEL_EVENTS && model->blocks[b].name == name)
            return &model->blocks[b];
    return NULL;
}

static void end_block(const struct model *model, struct model_block *block, size_t at,
                      bool elsewhere)
{
    block->died = at;
    block->died_elsewhere = elsewhere && !block->is_inherited;
    block->died_bytes = block->bytes[at];
    block->lives[at] = false;
    cr_assert_lt(at, MODEL_EVENTS);
    (void)model;
}

static void replace(struct model *model, uint64_t name, size_t at)
{
    struct model_block *old = find(model, name);

    if (old == NULL)
        return;
    end_block(model, old, at, false);
    model->replaced++;
}

static void bear(struct model *model, const struct told_event *told, size_t at)
{
    struct model_block *block;

    replace(model, told->event.object, at);
    block = &model->blocks[model->block_count++];
    *block = (struct model_block){
        .stack = told->event.stack,
        .purpose = told->event.layout.purpose,
        .source = told->event.source,
        .thread = told->thread,
        .name = told->event.object,
        .born = at,
        .died = MODEL_EVENTS,
        .is_inherited = told->event.kind == ACRE_TRACE_INHERIT,
        .born_bytes = told->event.layout.size,
    };
    if (told->event.usable_bytes != 0)
        block->born_waste = told->event.usable_bytes - told->event.layout.size;
    block->lives[at] = true;
    block->bytes[at] = block->born_bytes;
    block->waste[at] = block->born_waste;
    model->allocated[at] += block->born_bytes;
    if (block->is_inherited)
        return;
    model->thread_blocks[told->thread - 100]++;
    model->thread_bytes[told->thread - 100] += block->born_bytes;
}

static void change(struct model *model, const struct told_event *told, size_t at)
{
    const struct acre_trace_event *event = &told->event;
    bool moves = event->kind == ACRE_TRACE_MOVE;
    struct model_block *block = find(model, moves ? event->old_object : event->object);

    if (moves && event->old_object != event->object)
        replace(model, event->object, at);
    if (block == NULL) {
        model->unknown++;
        if (moves)
            bear(model, told, at);
        return;
    }
    block->name = event->object;
    block->resizes++;
    block->is_resized[at] = true;
    if (event->layout.size > block->bytes[at]) {
        block->grown_bytes += event->layout.size - block->bytes[at];
        model->allocated[at] += event->layout.size - block->bytes[at];
        model->thread_bytes[told->thread - 100] += event->layout.size - block->bytes[at];
    }
    block->bytes[at] = event->layout.size;
    block->waste[at] = event->usable_bytes != 0 ? event->usable_bytes - event->layout.size : 0;
}

static void apply(struct model *model, size_t at)
{
    const struct told_event *told = &model->events[at];
    struct model_block *block;

    switch (told->event.kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_INHERIT:
        bear(model, told, at);
        break;
    case ACRE_TRACE_FREE:
        block = find(model, told->event.object);
        if (block != NULL)
            end_block(model, block, at, block->thread != told->thread);
        else
            model->unknown++;
        break;
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
        change(model, told, at);
        break;
    case ACRE_TRACE_RESET:
        model->resets++;
        for (size_t b = 0; b < model->block_count; b++)
            if (model->blocks[b].died == MODEL_EVENTS &&
                model->blocks[b].source == told->event.source)
                end_block(model, &model->blocks[b], at, false);
        break;
    case ACRE_TRACE_REFUSE:
        model->refused++;
        break;
    default:
        break;
    }
}

/* What was so after the event before is so, until the event changes it. */
static void carry_over(struct model *model, size_t at)
{
    model->allocated[at] = model->allocated[at - 1];
    for (size_t b = 0; b < model->block_count; b++) {
        model->blocks[b].lives[at] = model->blocks[b].lives[at - 1];
        model->blocks[b].bytes[at] = model->blocks[b].bytes[at - 1];
        model->blocks[b].waste[at] = model->blocks[b].waste[at - 1];
    }
}

static bool is_call(const struct told_event *told)
{
    return told->event.kind != ACRE_TRACE_SCOPE_BEGIN && told->event.kind != ACRE_TRACE_SCOPE_END;
}

void model_draw(struct model *model, uint64_t seed)
{
    struct drawing drawing = {.model = model, .now_ns = MODEL_BEGIN_NS + 1000};

    *model = (struct model){.blocks = calloc(MODEL_EVENTS, sizeof *model->blocks)};
    cr_assert_not_null(model->blocks);
    acre_random_init(&drawing.random, seed, 1);
    for (size_t at = 0; at < MODEL_EVENTS; at++) {
        struct told_event *told = &model->events[at];

        *told = (struct told_event){
            .event = draw_event(&drawing),
            .time_ns = drawing.now_ns,
            .thread = 100 + (uint32_t)below(&drawing, MODEL_THREADS),
        };
        drawing.now_ns += below(&drawing, UINT64_C(1) << below(&drawing, 20));
        if (at > 0)
            carry_over(model, at);
        apply(model, at);
        if (told->event.kind == ACRE_TRACE_INHERIT)
            continue;
        model->calls += is_call(told);
        model->thread_events[told->thread - 100]++;
    }
    model->count = MODEL_EVENTS;
    model->end_ns = drawing.now_ns + 777;
}

void model_end(struct model *model)
{
    free(model->blocks);
}

/* 1 and 2 are outer frames, 3 to MODEL_STACKS lie in them. */
void model_write(const struct model *model, struct recording *recording)
{
    struct acre_trace_writer *writer = &recording->writer;
    const struct acre_trace_options options = {.limit_bytes = INT64_MAX,
                                               .begin_ns = MODEL_BEGIN_NS};
    const struct acre_trace_ending ending = {.end = ACRE_TRACE_END_FINISHED,
                                             .time_ns = model->end_ns};

    recording->memory = acre_malloc_new();
    recording->file = memory_file();
    begin_recording_with(recording, &options, NULL);
    acre_trace_put_module(writer, &some_module);
    for (uint32_t i = 1; i <= MODEL_STACKS; i++) {
        const struct acre_trace_frame frame = {i / 3, 1, 0x1000 * i};

        cr_assert_eq(acre_trace_put_frame(writer, &frame), i);
    }
    for (size_t i = 0; i < model->count; i++)
        acre_trace_put_at(writer, &model->events[i].event, model->events[i].time_ns,
                          model->events[i].thread);
    finish_recording(recording, &ending);
}

/* Figures --------------------------------------------------------------------------------------
 */

/* Which blocks: of a stack, of a purpose, all. */
struct choice {
    uint32_t stack, purpose; /* UINT32_MAX: any */
};

static bool is_chosen(const struct choice *choice, const struct model_block *block)
{
    return (choice->stack == UINT32_MAX || choice->stack == block->stack) &&
           (choice->purpose == UINT32_MAX || choice->purpose == block->purpose);
}

struct state {
    uint64_t blocks, bytes, waste;
};

static struct state state_after(const struct model *model, const struct choice *choice, size_t at)
{
    struct state state = {0};

    for (size_t b = 0; b < model->block_count; b++) {
        const struct model_block *block = &model->blocks[b];

        if (block->born > at || !block->lives[at] || !is_chosen(choice, block))
            continue;
        state.blocks++;
        state.bytes += block->bytes[at];
        state.waste += block->waste[at];
    }
    return state;
}

static const struct choice everything = {UINT32_MAX, UINT32_MAX};

/* The last call that left as much as ever was; MODEL_EVENTS: nothing ever lived. */
static size_t peak_of(const struct model *model)
{
    size_t peak = MODEL_EVENTS;
    uint64_t most_bytes = 0;

    for (size_t at = 0; at < model->count; at++) {
        struct state state = state_after(model, &everything, at);

        if (!is_call(&model->events[at]) || state.blocks == 0 || state.bytes < most_bytes)
            continue;
        most_bytes = state.bytes;
        peak = at;
    }
    return peak;
}

static uint64_t allocated_between(const struct model *model, const struct model_block *block)
{
    uint64_t before_death = block->died > 0 ? model->allocated[block->died - 1] : 0;

    return before_death - (model->allocated[block->born] + block->grown_bytes);
}

static uint64_t life_of(const struct model *model, const struct model_block *block)
{
    uint64_t end_ns =
        block->died < MODEL_EVENTS ? model->events[block->died].time_ns : model->end_ns;

    return end_ns - model->events[block->born].time_ns;
}

static void add_block(const struct model *model, const struct model_block *block,
                      struct acre_profile_figures *figures)
{
    figures->blocks++;
    figures->bytes += block->born_bytes + block->grown_bytes;
    figures->resizes += block->resizes;
    figures->inherited += block->is_inherited;
    figures->inherited_bytes += block->is_inherited ? block->born_bytes : 0;
    figures->waste_bytes += block->born_waste;
    figures->life_ns += life_of(model, block);
    if (block->died == MODEL_EVENTS)
        return;
    figures->freed++;
    figures->other_thread += block->died_elsewhere;
    if (allocated_between(model, block) > 64 * 1024)
        return;
    figures->short_blocks++;
    figures->short_bytes += block->died_bytes;
}

static struct acre_profile_figures figures_of(const struct model *model,
                                              const struct choice *choice)
{
    struct acre_profile_figures figures = {0};
    size_t peak = peak_of(model);
    struct state state;

    for (size_t b = 0; b < model->block_count; b++)
        if (is_chosen(choice, &model->blocks[b]))
            add_block(model, &model->blocks[b], &figures);
    for (size_t at = 0; at < model->count; at++) {
        state = state_after(model, choice, at);
        figures.most_blocks =
            state.blocks > figures.most_blocks ? state.blocks : figures.most_blocks;
        figures.most_bytes = state.bytes > figures.most_bytes ? state.bytes : figures.most_bytes;
    }
    state = state_after(model, choice, model->count - 1);
    figures.live_blocks = state.blocks;
    figures.live_bytes = state.bytes;
    if (peak == MODEL_EVENTS)
        return figures;
    state = state_after(model, choice, peak);
    figures.peak_blocks = state.blocks;
    figures.peak_bytes = state.bytes;
    figures.peak_waste_bytes = state.waste;
    return figures;
}

/* Expecting ------------------------------------------------------------------------------------
 */

#define SAME(figure)                                                                               \
    cr_assert_eq(profile->figure, model->figure, #figure ": %llu, not %llu",                       \
                 (unsigned long long)profile->figure, (unsigned long long)model->figure)

static void expect_figures(const struct acre_profile_figures *profile,
                           const struct acre_profile_figures *model)
{
    SAME(blocks);
    SAME(bytes);
    SAME(resizes);
    SAME(freed);
    SAME(live_blocks);
    SAME(live_bytes);
    SAME(most_blocks);
    SAME(most_bytes);
    SAME(peak_blocks);
    SAME(peak_bytes);
    SAME(short_blocks);
    SAME(short_bytes);
    SAME(life_ns);
    SAME(waste_bytes);
    SAME(peak_waste_bytes);
    SAME(other_thread);
    SAME(inherited);
    SAME(inherited_bytes);
}

/* A site for each stack that gave birth, and no other. */
static void expect_sites(const struct model *model, const struct acre_profile *profile)
{
    size_t expected = 0;

    for (uint32_t stack = 0; stack <= MODEL_STACKS; stack++) {
        const struct choice choice = {stack, UINT32_MAX};
        const struct acre_profile_figures figures = figures_of(model, &choice);
        size_t found = 0;

        for (size_t i = 0; i < profile->site_count; i++) {
            if (profile->sites[i].stack != stack)
                continue;
            found++;
            expect_figures(&profile->sites[i].figures, &figures);
        }
        cr_assert_eq(found, figures.blocks > 0);
        expected += found;
    }
    cr_assert_eq(profile->site_count, expected);
}

static void expect_purposes(const struct model *model, const struct acre_profile *profile)
{
    for (uint32_t purpose = 0; purpose < ACRE_PURPOSE_COUNT; purpose++) {
        const struct choice choice = {UINT32_MAX, purpose};
        const struct acre_profile_figures figures = figures_of(model, &choice);

        expect_figures(&profile->purposes[purpose], &figures);
    }
}

/* The smallest power of two that is not below it. */
static size_t class_of(uint64_t number)
{
    size_t class = 0;

    while (class < 63 && (UINT64_C(1) << class) < number)
        class ++;
    return class;
}

static void expect_classes(const struct model *model, const struct acre_profile *profile)
{
    static uint64_t lives[ACRE_PROFILE_SIZE_CLASSES][ACRE_PROFILE_LIFE_CLASSES];
    uint64_t sizes[ACRE_PROFILE_SIZE_CLASSES] = {0};

    memset(lives, 0, sizeof lives);
    for (size_t b = 0; b < model->block_count; b++) {
        const struct model_block *block = &model->blocks[b];

        sizes[class_of(block->born_bytes)]++;
        if (block->died < MODEL_EVENTS)
            lives[class_of(block->died_bytes)][class_of(life_of(model, block))]++;
    }
    cr_assert_eq(memcmp(sizes, profile->sizes, sizeof sizes), 0);
    cr_assert_eq(memcmp(lives, profile->lives, sizeof lives), 0);
}

static void expect_threads(const struct model *model, const struct acre_profile *profile)
{
    size_t seen = 0;

    for (size_t i = 0; i < MODEL_THREADS; i++)
        seen += model->thread_events[i] > 0;
    cr_assert_eq(profile->thread_count, seen);
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct acre_profile_thread *thread = &profile->threads[i];

        cr_assert(thread->thread >= 100 && thread->thread < 100 + MODEL_THREADS);
        cr_assert_eq(thread->events, model->thread_events[thread->thread - 100]);
        cr_assert_eq(thread->blocks, model->thread_blocks[thread->thread - 100]);
        cr_assert_eq(thread->bytes, model->thread_bytes[thread->thread - 100]);
        if (i > 0)
            cr_assert_leq(thread->blocks, profile->threads[i - 1].blocks);
    }
}

static struct acre_profile_point point_after(const struct model *model, size_t at)
{
    struct state state = state_after(model, &everything, at);

    return (struct acre_profile_point){
        .time_ns = model->events[at].time_ns - MODEL_BEGIN_NS,
        .live_bytes = state.bytes,
        .live_blocks = state.blocks,
        .usable_bytes = state.bytes + state.waste,
        .allocated_bytes = model->allocated[at],
    };
}

/* There is room for all: each call is a point, but one that changed nothing. */
static void expect_points(const struct model *model, const struct acre_profile *profile)
{
    size_t place = 0;
    struct acre_profile_point point = {0};

    for (size_t at = 0; at < model->count; at++) {
        if (!is_call(&model->events[at]))
            continue;
        point = point_after(model, at);
        if (place > 0 && memcmp(&point, &profile->points[place - 1], sizeof point) == 0)
            continue;
        cr_assert_lt(place, profile->point_count);
        cr_assert_eq(memcmp(&point, &profile->points[place], sizeof point), 0, "event %zu", at);
        place++;
    }
    point.time_ns = model->end_ns - MODEL_BEGIN_NS;
    cr_assert_eq(profile->point_count, place + 1);
    cr_assert_eq(memcmp(&point, &profile->points[place], sizeof point), 0);
}

void model_expect(const struct model *model, const struct acre_profile *profile)
{
    const struct acre_profile_figures total = figures_of(model, &everything);
    size_t peak = peak_of(model);

    cr_assert_eq(profile->state, ACRE_TRACE_COMPLETE, "%s", profile->sentence);
    expect_figures(&profile->total, &total);
    expect_sites(model, profile);
    expect_purposes(model, profile);
    expect_classes(model, profile);
    expect_threads(model, profile);
    expect_points(model, profile);
    SAME(refused);
    SAME(unknown);
    SAME(replaced);
    SAME(resets);
    SAME(calls);
    cr_assert_eq(profile->events, 1 + MODEL_STACKS + model->count);
    cr_assert_eq(profile->peak_event, peak < MODEL_EVENTS ? 2 + MODEL_STACKS + peak : 0);
    cr_assert_eq(profile->peak_ns,
                 peak < MODEL_EVENTS ? model->events[peak].time_ns - MODEL_BEGIN_NS : 0);
}
