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
 * as it was, the place of the next return address is too. A stack that passes is the one that was
 * walked. (A function whose frame is found neither from the stack pointer nor from rbp does not
 * exist on this architecture in code of GCC or clang.)
 *
 * On a stack of unknown size a place is only looked at when it is part of it: one after the other.
 * On the thread's own, which is all there from where it is known to have been up to its top, all
 * are looked at, and the answer is asked for once: half the instructions, so that the program's own
 * misses of the cache go on overlapping.
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

struct acre_known_stack {
    _Alignas(64) void *const *frame; /* NULL: an empty row */
    void *caller;                    /* the first return address */
    uint64_t epoch;
    uint32_t number;
    uint32_t count; /* checks; 0: seen once, and not learned yet */
    struct acre_check *checks;
    uintptr_t
        top;      /* of the stack that it is on, up to which the checks reach; 0: no thread's own */
    bool ignores; /* one of the checks does */
};

/* A thread's. Zero is empty. */
struct acre_known_stacks {
    struct acre_known_stack *rows;
    struct acre_check *pool; /* all checks of all rows; when it is full everything is forgotten */
    size_t used;
    uint64_t walks, paid_walks; /* that were walked; that what was learned has taken */
    uintptr_t low, top; /* of the thread's own stack, as far as frames on it have reached its top */
};

enum { ACRE_KNOWN_ROWS = 4096, ACRE_KNOWN_POOL = 128 * 1024, ACRE_MOST_CHECKS = 1024 };

static inline struct acre_known_stack *acre_known_row(const struct acre_known_stacks *known,
                                                      void *const *frame)
{
    uint64_t key = ((uintptr_t)frame[1] ^ (uintptr_t)frame << 16) * UINT64_C(0x9E3779B97F4A7C15);

    return &known->rows[key >> 52];
}

#if defined(__SSE2__)

static inline __m128i acre_check_differs(const struct acre_check *check, const void *frame,
                                         bool ignores)
{
    const char *place = (const char *)frame + check->offset;
    __m128i now = _mm_loadu_si128((const __m128i *)(const void *)place);
    __m128i differs = _mm_xor_si128(now, _mm_load_si128((const __m128i *)check->words));

    if (ignores)
        differs = _mm_andnot_si128(_mm_loadl_epi64((const __m128i *)(const void *)&check->ignored),
                                   differs);
    return differs;
}

static inline bool acre_checks_hold(const struct acre_check *checks, size_t count,
                                    const void *frame, bool ignores)
{
    __m128i differs = _mm_setzero_si128();

#pragma GCC unroll 4
    for (size_t i = 0; i < count; i++)
        differs = _mm_or_si128(differs, acre_check_differs(&checks[i], frame, ignores));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(differs, _mm_setzero_si128())) == 0xffff;
}

#else

static inline bool acre_checks_hold(const struct acre_check *checks, size_t count,
                                    const void *frame, bool ignores)
{
    uint64_t differs = 0;

    (void)ignores;
    for (size_t i = 0; i < count; i++) {
        const uint64_t *now = (const void *)((const char *)frame + checks[i].offset);

        differs |= ((now[0] ^ checks[i].words[0]) & ~checks[i].ignored);
        differs |= now[1] ^ checks[i].words[1];
    }
    return differs == 0;
}

#endif

/* One after the other. A stack that reaches the top of the thread's own tells how low that is. */
bool acre_known_holds(struct acre_known_stacks *known, const struct acre_known_stack *row);

/* The number of the stack above this frame; 0: it is not known. */
static inline uint32_t acre_known_number(struct acre_known_stacks *known, void *const *frame,
                                         uint64_t epoch)
{
    const struct acre_known_stack *row;
    bool holds;

    if (__builtin_expect(known->rows == NULL, 0))
        return 0;
    row = acre_known_row(known, frame);
    if (row->frame != frame || row->caller != frame[1] || row->epoch != epoch || row->count == 0)
        return 0;
    if (__builtin_expect(row->top != known->top || (uintptr_t)frame < known->low, 0))
        holds = acre_known_holds(known, row);
    else if (row->ignores)
        holds = acre_checks_hold(row->checks, row->count, frame, true);
    else
        holds = acre_checks_hold(row->checks, row->count, frame, false);
    return holds ? row->number : 0;
}

/*
 * What is to be learned of a stack that was walked: at its first sight nothing but its number,
 * since many are never seen again. NULL: nothing now; otherwise room for ACRE_MOST_CHECKS, of which
 * acre_known_learned keeps so many. Learning it takes as long as so many walks: it is put off until
 * there were as many since the last time (but for the first few hundred stacks), so that a program
 * that never stands where it stood pays no more than twice for it.
 */
struct acre_check *acre_known_learn(struct acre_known_stacks *known, void *const *frame,
                                    uint64_t epoch, uint32_t number, uint32_t walks);
void acre_known_learned(struct acre_known_stacks *known, void *const *frame, size_t checks);

/* A thread has them from here on, whose own stack ends there. */
void acre_known_begin(struct acre_known_stacks *known, const void *top);

#endif
