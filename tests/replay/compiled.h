/* Traces of tests, compiled, and what plays them. */
#ifndef ACRE_TESTS_REPLAY_COMPILED_H
#define ACRE_TESTS_REPLAY_COMPILED_H

#include "profile/model.h"

#include "alloc/backends.h"
#include "alloc/ledger.h"
#include "replay/compile.h"
#include "replay/player.h"

struct compiled {
    int file;
    const struct acre_program *program;
    struct acre_player player;
    enum acre_trace_state state;
};

/* Ready to be played. */
static inline void map_program(struct compiled *compiled)
{
    compiled->program = acre_program_map(compiled->file);
    cr_assert_not_null(compiled->program);
    compiled->player = (struct acre_player){
        .program = compiled->program,
        .blocks = calloc(compiled->program->slots, sizeof(void *)),
    };
    cr_assert_not_null(compiled->player.blocks);
}

static inline enum acre_compiled try_to_compile(struct compiled *compiled,
                                                const struct recording *recording,
                                                const struct acre_plan *plan,
                                                struct acre_alloc *memory)
{
    struct acre_compile_request request = {.name = "a\tname", .plan = plan};
    struct acre_trace_reader reader;
    enum acre_compiled result = ACRE_COMPILE_NO_TRACE;

    *compiled = (struct compiled){.file = memfd_create("program", MFD_CLOEXEC)};
    cr_assert_geq(compiled->file, 0);
    request.file = compiled->file;
    if (acre_trace_reader_open(&reader, memory, recording->file.path, 0) == ACRE_TRACE_READING)
        result = acre_compile(&request, &reader, memory);
    compiled->state = reader.input.state;
    acre_trace_reader_close(&reader);
    if (result == ACRE_COMPILED)
        map_program(compiled);
    return result;
}

static inline void compile(struct compiled *compiled, const struct recording *recording)
{
    cr_assert_eq(try_to_compile(compiled, recording, NULL, recording->memory), ACRE_COMPILED);
}

static inline void end_compiled(struct compiled *compiled)
{
    free(compiled->player.blocks);
    acre_program_unmap(compiled->program);
    close(compiled->file);
}

/* Every touch in turn, twice: the second pass meets what the first has left. */
static inline void play_all_touches(struct compiled *compiled, struct acre_alloc *alloc,
                                    bool is_found)
{
    for (unsigned touch = 0; touch < ACRE_TOUCHES; touch++)
        for (unsigned pass = 0; pass < 2; pass++) {
            compiled->player.touch = (enum acre_touch)touch;
            cr_assert(acre_play(&compiled->player, alloc));
            cr_assert_eq(acre_player_found_all(&compiled->player),
                         is_found || touch == ACRE_TOUCH_NONE, "touch %u", touch);
        }
}

static inline void record_events(struct recording *recording, const struct acre_trace_event *events,
                                 size_t count)
{
    const struct acre_trace_options options = {.limit_bytes = INT64_MAX};
    const struct acre_trace_ending ending = {.end = ACRE_TRACE_END_FINISHED, .time_ns = 100};

    recording->memory = acre_malloc_new();
    recording->file = memory_file();
    begin_recording_with(recording, &options, NULL);
    for (size_t i = 0; i < count; i++)
        acre_trace_put_at(&recording->writer, &events[i], 10 + i, 1);
    finish_recording(recording, &ending);
}

static inline struct acre_trace_event event_of(enum acre_trace_kind kind, uint64_t address,
                                               size_t size, uint32_t align,
                                               enum acre_trace_call call)
{
    return (struct acre_trace_event){
        .kind = kind, .object = address, .layout = {size, align, ACRE_PURPOSE_OTHER}, .call = call};
}

static inline void make_regions(struct compiled *compiled, struct acre_alloc *below)
{
    const struct acre_arena_options options = {.chunk_bytes = 4096};

    for (size_t group = 0; group < ACRE_PLAN_MOST_GROUPS; group++)
        for (size_t i = 0; i < compiled->program->rotation[group]; i++) {
            struct acre_alloc **region = &compiled->player.regions[group][i];

            *region = (compiled->program->reaps >> group & 1) != 0
                          ? acre_reap_new(below, &options)
                          : acre_arena_new(below, &options);
            cr_assert_not_null(*region);
        }
}

static inline void end_compiled_regions(struct compiled *compiled)
{
    for (size_t group = 0; group < ACRE_PLAN_MOST_GROUPS; group++)
        for (size_t i = 0; i < ACRE_PLAN_MOST_ROTATION; i++)
            acre_destroy(compiled->player.regions[group][i]);
}

#endif
