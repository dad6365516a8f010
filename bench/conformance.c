#include "bench/conformance.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/random.h"

enum { MOST_BLOCKS = 256 };

struct block {
    unsigned char *bytes;
    struct acre_layout layout;
    uint64_t pattern;
};

struct examination {
    struct acre_alloc *alloc;
    struct acre_conformance *conformance;
    struct acre_random random;
    struct block blocks[MOST_BLOCKS];
    size_t count;
};

/* Always false. */
static __attribute__((format(printf, 2, 3))) bool breach(struct examination *exam,
                                                         const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(exam->conformance->breach, sizeof exam->conformance->breach, format, arguments);
    va_end(arguments);
    return false;
}

/* Blocks ------------------------------------------------------------------------------------ */

static unsigned char pattern_at(const struct block *block, size_t i)
{
    return (unsigned char)((block->pattern + i) * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

/* The first page whole, then samples, and the last byte: large blocks are not to take minutes. */
static size_t after(const struct block *block, size_t i)
{
    size_t next = i < 4096 ? i + 1 : i + 509;

    return next >= block->layout.size && i + 1 < block->layout.size ? block->layout.size - 1 : next;
}

static void fill(struct block *block)
{
    for (size_t i = 0; i < block->layout.size; i = after(block, i))
        block->bytes[i] = pattern_at(block, i);
}

static bool is_kept(struct examination *exam, const struct block *block)
{
    for (size_t i = 0; i < block->layout.size; i = after(block, i))
        if (block->bytes[i] != pattern_at(block, i))
            return breach(exam, "byte %zu of a live block of %zu bytes has changed", i,
                          block->layout.size);
    return true;
}

static size_t room_of(const struct block *block)
{
    return block->layout.size > 0 ? block->layout.size : 1;
}

static bool is_apart(struct examination *exam, const struct block *block)
{
    for (size_t i = 0; i < exam->count; i++) {
        const struct block *other = &exam->blocks[i];

        if (other != block && block->bytes < other->bytes + room_of(other) &&
            other->bytes < block->bytes + room_of(block))
            return breach(exam, "a block of %zu bytes at %p overlaps a live one of %zu at %p",
                          block->layout.size, (void *)block->bytes, other->layout.size,
                          (void *)other->bytes);
    }
    return true;
}

/* What holds of every block that was just made or has grown. */
static bool is_sound(struct examination *exam, const struct block *block)
{
    size_t usable = acre_usable_bytes(exam->alloc, block->bytes, block->layout);

    if ((uintptr_t)block->bytes % block->layout.align != 0)
        return breach(exam, "a block of %zu bytes at %p is not aligned to %u", block->layout.size,
                      (void *)block->bytes, block->layout.align);
    if (usable < block->layout.size)
        return breach(exam, "a block of %zu bytes is said to have %zu usable ones",
                      block->layout.size, usable);
    return is_apart(exam, block);
}

static bool take(struct examination *exam, size_t size, uint32_t align)
{
    struct block *block = &exam->blocks[exam->count];

    *block = (struct block){.layout = {size, align, ACRE_PURPOSE_OTHER},
                            .pattern = acre_random_next(&exam->random)};
    block->bytes = acre_allocate(exam->alloc, block->layout);
    exam->conformance->calls++;
    if (block->bytes == NULL)
        return breach(exam, "there is no block of %zu bytes, aligned to %u", size, align);
    if (!is_sound(exam, block))
        return false;
    fill(block);
    exam->count++;
    return true;
}

static bool give(struct examination *exam, size_t index)
{
    struct block *block = &exam->blocks[index];

    if (!is_kept(exam, block))
        return false;
    acre_free(exam->alloc, block->bytes, block->layout);
    exam->conformance->calls++;
    *block = exam->blocks[--exam->count];
    return true;
}

static bool give_all(struct examination *exam)
{
    while (exam->count > 0)
        if (!give(exam, exam->count - 1))
            return false;
    return true;
}

static bool reset(struct examination *exam)
{
    uint64_t epoch = exam->alloc->epoch;

    for (size_t i = 0; i < exam->count; i++)
        if (!is_kept(exam, &exam->blocks[i]))
            return false;
    exam->count = 0;
    exam->conformance->calls++;
    if (!acre_reset(exam->alloc) || exam->alloc->epoch != epoch + 1)
        return breach(exam, "a reset begins no new epoch");
    return true;
}

/* Where it stands, or with a move; the first bytes are kept. */
static bool change(struct examination *exam, size_t index, size_t size)
{
    struct block *block = &exam->blocks[index];
    /* Of which the first page is looked at: what is sampled behind it depends on the size. */
    size_t kept = size < block->layout.size ? size : block->layout.size;
    unsigned char *bytes;

    if (!is_kept(exam, block))
        return false;
    exam->conformance->calls++;
    if (acre_random_below(&exam->random, 2) == 0) {
        if (!acre_resize(exam->alloc, block->bytes, block->layout, size))
            return is_kept(exam, block);
    } else {
        bytes = acre_reallocate(exam->alloc, block->bytes, block->layout, size);
        if (bytes == NULL)
            return breach(exam, "a block of %zu bytes cannot be made one of %zu",
                          block->layout.size, size);
        block->bytes = bytes;
    }
    block->layout.size = kept < 4096 ? kept : 4096;
    if (!is_kept(exam, block))
        return false;
    block->layout.size = size;
    if (!is_sound(exam, block))
        return false;
    fill(block);
    return true;
}

/* The parts --------------------------------------------------------------------------------- */

static bool has_no_breach_inside(struct examination *exam)
{
    const char *sentence = acre_check(exam->alloc);

    return sentence == NULL || breach(exam, "%s", sentence);
}

/* Around words, cache lines, pages, chunks and huge pages. */
static bool check_table(struct examination *exam)
{
    static const size_t sizes[] = {0,       1,       7,       8,       9,       15,     16,
                                   17,      63,      64,      65,      1023,    1024,   1025,
                                   4095,    4096,    4097,    65537,   262143,  262144, 262145,
                                   1048575, 1048576, 1048577, 2097151, 2097152, 2097153};

    static const uint32_t aligns[] = {1, 8, 16, 32, 64, 4096, 2u << 20};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t j = 0; j < sizeof aligns / sizeof aligns[0]; j++)
            if (!take(exam, sizes[i], aligns[j]) || !take(exam, sizes[i], aligns[j]))
                return false;
        if (acre_can(exam->alloc, ACRE_CAN_RESET) ? !reset(exam) : !give_all(exam))
            return false;
    }
    return has_no_breach_inside(exam);
}

/* Each of these is more than there can be, or no layout. The size is volatile: no compiler is to
 * reason about it. */
static bool check_refusals(struct examination *exam)
{
    static const struct {
        size_t size;
        uint32_t align;
    } absurd[] = {
        {SIZE_MAX, 16},
        {SIZE_MAX - 15, 16},
        {(size_t)PTRDIFF_MAX + 1, 1},
        {PTRDIFF_MAX, 1},
        {PTRDIFF_MAX - 4096, 4096},
        {(size_t)1 << 62, 64},
        {8, 0},
        {8, 3},
        {8, 24},
    };

    for (size_t i = 0; i < sizeof absurd / sizeof absurd[0]; i++) {
        volatile size_t size = absurd[i].size;

        exam->conformance->calls++;
        if (acre_allocate(exam->alloc, (struct acre_layout){size, absurd[i].align, 0}) != NULL)
            return breach(exam, "there is a block of %zu bytes, aligned to %u", absurd[i].size,
                          absurd[i].align);
    }
    if (acre_allocate_array(exam->alloc, SIZE_MAX / 8 + 2, 8, 16, ACRE_PURPOSE_OTHER) != NULL)
        return breach(exam, "there is an array whose size overflows");
    acre_free(exam->alloc, NULL, ACRE_LAYOUT_OF(int, ACRE_PURPOSE_OTHER));
    return has_no_breach_inside(exam);
}

/* Mostly small, seldom larger than a chunk. */
static size_t any_size(struct acre_random *random)
{
    uint64_t kind = acre_random_below(random, 100);

    return acre_random_below(random, kind < 80 ? 200 : kind < 99 ? 5000 : 600000);
}

static bool step(struct examination *exam)
{
    struct acre_random *random = &exam->random;
    uint64_t kind = acre_random_below(random, 100);

    if (exam->count == MOST_BLOCKS - 1 || (kind < 40 && exam->count > 0))
        return give(exam, acre_random_below(random, exam->count));
    if (kind < 50 && exam->count > 0)
        return change(exam, acre_random_below(random, exam->count), any_size(random));
    return take(exam, any_size(random), 1u << acre_random_below(random, kind == 99 ? 18 : 8));
}

static bool check_random(struct examination *exam)
{
    bool can_reset = acre_can(exam->alloc, ACRE_CAN_RESET);

    for (uint64_t i = 0; i < exam->conformance->steps; i++) {
        if (!step(exam))
            return false;
        if (i % 1000 == 999 && !has_no_breach_inside(exam))
            return false;
        if (can_reset && i % 5000 == 4999 && !reset(exam))
            return false;
    }
    return give_all(exam) && has_no_breach_inside(exam);
}

bool acre_conformance_check(struct acre_alloc *alloc, struct acre_conformance *conformance)
{
    struct examination *exam = calloc(1, sizeof *exam);
    bool is_kept_to;

    conformance->calls = 0;
    snprintf(conformance->breach, sizeof conformance->breach, "%s",
             exam == NULL ? "not examined: out of memory" : "");
    if (exam == NULL)
        return false;
    exam->alloc = alloc;
    exam->conformance = conformance;
    acre_random_init(&exam->random, conformance->seed, 0);
    is_kept_to = check_table(exam) && check_refusals(exam) && check_random(exam);
    free(exam);
    return is_kept_to;
}
