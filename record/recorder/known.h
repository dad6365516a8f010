/*
 * Stacks that stand where they stood. Most calls come from a stack that was walked before and has
 * not moved: the same frame of the function that was called, the same return addresses at the same
 * places above it. To see that takes a load and a comparison a frame, none of which waits for
 * another, where walking it anew takes the rules of every frame.
 *
 *     frame  ─> │ caller's rbp  │ checked where a caller's frame is found by it
 *               │ return address│ checked
 *               │ ...           │
 *               │ return address│ checked
 *
 * What is checked is what the walk depends on, from the innermost on: where all up to some frame is
 * as it was, the place of the next return address is too. So a place is only looked at when it is
 * part of the stack, and a stack that passes is the one that was walked. (A function whose frame is
 * found neither from the stack pointer nor from rbp does not exist on this architecture in code of
 * GCC or clang.)
 */
#ifndef ACRE_RECORDER_KNOWN_H
#define ACRE_RECORDER_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Two words above the frame: a return address, and in front of it, where that matters, rbp. */
struct acre_check {
    _Alignas(16) uint64_t words[2];
    uint64_t offset;  /* of their place above the frame, in bytes */
    uint64_t ignored; /* ~0: the first word may be anything; 0: it may not */
};

static inline bool acre_check_holds(const struct acre_check *check, const void *frame)
{
    const char *place = (const char *)frame + check->offset;
#if defined(__SSE2__)
    __m128i now = _mm_loadu_si128((const __m128i *)(const void *)place);
    __m128i same = _mm_cmpeq_epi32(now, _mm_load_si128((const __m128i *)check->words));

    same = _mm_or_si128(same, _mm_loadl_epi64((const __m128i *)(const void *)&check->ignored));
    return _mm_movemask_epi8(same) == 0xffff;
#else
    const uint64_t *now = (const uint64_t *)place;

    return (((now[0] ^ check->words[0]) & ~check->ignored) | (now[1] ^ check->words[1])) == 0;
#endif
}

struct acre_known_stack {
    void *const *frame; /* NULL: an empty row */
    void *caller;       /* the first return address */
    uint64_t epoch;
    uint32_t number;
    uint32_t count; /* checks; 0: seen once, and not learned yet */
    struct acre_check *checks;
};

/* A thread's. Zero is empty. */
struct acre_known_stacks {
    struct acre_known_stack *rows;
    struct acre_check *pool; /* all checks of all rows; when it is full everything is forgotten */
    size_t used;
};

enum { ACRE_KNOWN_ROWS = 4096, ACRE_KNOWN_POOL = 128 * 1024, ACRE_MOST_CHECKS = 1024 };

static inline struct acre_known_stack *acre_known_row(const struct acre_known_stacks *known,
                                                      void *const *frame)
{
    uint64_t key = ((uintptr_t)frame[1] ^ (uintptr_t)frame << 16) * UINT64_C(0x9E3779B97F4A7C15);

    return &known->rows[key >> 52];
}

/* The number of the stack above this frame; 0: it is not known. */
static inline uint32_t acre_known_number(const struct acre_known_stacks *known, void *const *frame,
                                         uint64_t epoch)
{
    const struct acre_known_stack *row;

    if (__builtin_expect(known->rows == NULL, 0))
        return 0;
    row = acre_known_row(known, frame);
    if (row->frame != frame || row->caller != frame[1] || row->epoch != epoch)
        return 0;
    for (uint32_t i = 0; i < row->count; i++)
        if (!acre_check_holds(&row->checks[i], frame))
            return 0;
    return row->count > 0 ? row->number : 0;
}

/*
 * What is to be learned of a stack that was walked: at its first sight nothing but its number,
 * since many are never seen again. NULL: nothing now; otherwise room for ACRE_MOST_CHECKS, of which
 * acre_known_learned keeps so many.
 */
struct acre_check *acre_known_learn(struct acre_known_stacks *known, void *const *frame,
                                    uint64_t epoch, uint32_t number);
void acre_known_learned(struct acre_known_stacks *known, void *const *frame, size_t checks);

#endif
