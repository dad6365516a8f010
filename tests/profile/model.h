/*
 * An independent model of profiles: it keeps the whole history of every block, event by event, and
 * computes each figure from that anew, in time of their product. Traces are drawn at random, with
 * all that can happen in one.
 */
#ifndef ACRE_TESTS_PROFILE_MODEL_H
#define ACRE_TESTS_PROFILE_MODEL_H

#include "trace/traces.h"

#include "profile/profile.h"

enum {
    MODEL_EVENTS = 300,
    MODEL_STACKS = 6, /* and none */
    MODEL_THREADS = 4,
    MODEL_SOURCES = 3,
    MODEL_BEGIN_NS = 4000, /* when modules and frames are told */
};

/* What was written: the event, when and by whom. */
struct told_event {
    struct acre_trace_event event;
    uint64_t time_ns;
    uint32_t thread; /* 100, 101, ... */
};

/* A block, and what it was after each event. */
struct model_block {
    uint32_t stack, purpose, source, thread; /* thread 0: inherited */
    uint64_t name;                           /* while it lives the last one */
    size_t born, died;                       /* events; died at the number of all: not */
    uint64_t born_bytes, born_waste, died_bytes;
    bool is_inherited, died_elsewhere;
    uint64_t resizes, grown_bytes;
    bool lives[MODEL_EVENTS], is_resized[MODEL_EVENTS]; /* the latter: by this event */
    uint64_t bytes[MODEL_EVENTS], waste[MODEL_EVENTS];
};

struct model {
    struct told_event events[MODEL_EVENTS];
    size_t count;
    uint64_t end_ns;
    struct model_block *blocks;
    size_t block_count;
    uint64_t allocated[MODEL_EVENTS]; /* bytes, up to and with the event */
    uint64_t refused, unknown, replaced, resets, calls;
    uint64_t thread_events[MODEL_THREADS], thread_blocks[MODEL_THREADS],
        thread_bytes[MODEL_THREADS];
};

/* Draws events, and what they do; ended with model_end. */
void model_draw(struct model *model, uint64_t seed);
void model_end(struct model *model);

/* As a trace, finished; module and frames stand in front of the events. */
void model_write(const struct model *model, struct recording *recording);

/* Every figure of the profile is the model's. */
void model_expect(const struct model *model, const struct acre_profile *profile);

#endif
