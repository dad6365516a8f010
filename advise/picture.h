/*
 * What a page shows of an advice, of one recording:
 *
 *    memory    what lives, and with regions what lives and waits for a reset, event by event,
 *              thinned to the most of each stretch
 *    windows   of each region some turns from the middle: its resets, and the lives of blocks
 *              that were born between them, each n-th
 */
#ifndef ACRE_ADVISE_PICTURE_H
#define ACRE_ADVISE_PICTURE_H

#include "advise/advise.h"
#include "replay/compile.h"

enum {
    ACRE_PICTURE_POINTS = 1024,
    ACRE_PICTURE_BLOCKS = 400,
    ACRE_PICTURE_TURNS = 6,
};

struct acre_picture_point {
    uint64_t event; /* the first of its stretch */
    uint64_t live_bytes, planned_bytes;
};

struct acre_picture_block {
    uint64_t born, died; /* events; died 0: it lived on behind the window */
    uint32_t object;
    bool is_in; /* the region */
};

struct acre_picture_window {
    uint64_t resets[ACRE_PICTURE_TURNS + 1]; /* events */
    uint32_t reset_count;
    uint64_t first_reset; /* their number, from 0 */
    uint64_t each;        /* so manieth block is shown */
    struct acre_picture_block blocks[ACRE_PICTURE_BLOCKS];
    uint32_t block_count;

    uint64_t seen_resets, seen_births;
};

struct acre_picture {
    struct acre_picture_point points[ACRE_PICTURE_POINTS];
    uint32_t point_count;
    struct acre_picture_window windows[ACRE_PLAN_MOST_GROUPS];
    uint32_t window_count;

    uint64_t stretch; /* events a point */
};

/* Begins it for that recording of the advice. */
void acre_picture_begin(struct acre_picture *picture, const struct acre_advice *advice,
                        size_t recording);

/* Of acre_compile_request: `picture` is the struct. */
void acre_picture_watch(void *picture, const struct acre_compile_moment *moment);

#endif
