/*
 * An examination of an allocator: blocks with patterns, and random operations on them. For the
 * files of conformance.h, and for tests.
 */
#ifndef ACRE_BENCH_EXAM_H
#define ACRE_BENCH_EXAM_H

#include "bench/conformance/conformance.h"
#include "bench/random.h"

enum { ACRE_EXAM_BLOCKS = 256 };

struct acre_exam_block {
    unsigned char *bytes;
    struct acre_layout layout;
    uint64_t pattern; /* that the bytes have, and that no other block has */
};

struct acre_exam {
    struct acre_alloc *alloc;
    struct acre_conformance *conformance;
    struct acre_random random;
    struct acre_exam_block blocks[ACRE_EXAM_BLOCKS];
    size_t count;
};

/* All of these are true while no breach was found. This one finds it: always false. */
bool acre_exam_breach(struct acre_exam *exam, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The bytes that a block is. */
static inline size_t acre_exam_room_of(const struct acre_exam_block *block)
{
    return block->layout.size > 0 ? block->layout.size : 1;
}

/* A block has its pattern still; one more, filled; one goes back; all do; all are dropped. */
bool acre_exam_is_kept(struct acre_exam *exam, const struct acre_exam_block *block);
bool acre_exam_take(struct acre_exam *exam, size_t size, uint32_t align);
bool acre_exam_give(struct acre_exam *exam, size_t index);
bool acre_exam_give_all(struct acre_exam *exam);
bool acre_exam_reset(struct acre_exam *exam);

/* One of take, give and resize, drawn. */
bool acre_exam_step(struct acre_exam *exam);

/* What the allocator says of itself. */
bool acre_exam_is_sound_inside(struct acre_exam *exam);

/* conformance_threads.c: what the allocator states about threads. It is empty before and after. */
bool acre_exam_check_threads(struct acre_exam *exam);

#endif
