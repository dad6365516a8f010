/*
 * From one call to the next of the same thread: a step is the pair of the places where the two were
 * made. There are few different ones, however long a trace is.
 *
 *    thread 1:   main>parse>node   main>parse>text   main>parse>node   main>drop>free
 *                       └────── step 2 ─────┴───── step 3 ────┴───── step 4 ────┘
 *
 * What is entered by a step are the places on the path of the second that are not on the path of
 * the first: so it is seen that a loop comes round, without a word of the program about it.
 * Calls whose place is not known are no steps. A scope that begins is a step by itself, to its
 * place.
 */
#ifndef ACRE_ADVISE_STEPS_H
#define ACRE_ADVISE_STEPS_H

#include "advise/places.h"
#include "trace/codec.h"

/* Of all recordings. */
struct acre_steps {
    struct acre_places places;
    struct acre_numbers numbers; /* of steps, by both places */
};

/* Of one reading of one recording: where each thread was last. */
struct acre_walker {
    struct acre_steps *steps;    /* borrowed, as `of` is */
    struct acre_places_of *of;   /* of the recording */
    struct acre_numbers threads; /* by their numbers in the trace */
    uint32_t *lasts;             /* by number, one less: the place of the last call */
    size_t capacity;
    uint32_t last_thread, last_number;            /* that was asked for */
    uint32_t modules, frames;                     /* told so far */
    uint32_t scopes[ACRE_TRACE_MOST_SCOPE_NAMES]; /* places, by the numbers of their names */
};

/* Where an event was made. */
struct acre_step_at {
    uint32_t thread; /* 1, 2, ... in the order of their first calls */
    uint32_t place;  /* 0: not known */
    uint32_t step;   /* 0: none */
};

void acre_steps_init(struct acre_steps *steps, struct acre_alloc *memory);
void acre_steps_fini(struct acre_steps *steps);

static inline uint32_t acre_step_from(const struct acre_steps *steps, uint32_t step)
{
    return (uint32_t)(steps->numbers.keys[step - 1].high);
}

static inline uint32_t acre_step_to(const struct acre_steps *steps, uint32_t step)
{
    return (uint32_t)(steps->numbers.keys[step - 1].low);
}

void acre_walker_init(struct acre_walker *walker, struct acre_steps *steps,
                      struct acre_places_of *of);
void acre_walker_fini(struct acre_walker *walker);

/* The next event of the stream, of any kind. Frames and modules become places. False for want of
 * memory. */
bool acre_walker_step(struct acre_walker *walker, const struct acre_trace_event *event,
                      struct acre_step_at *at);

#endif
