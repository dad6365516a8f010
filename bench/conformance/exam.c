#include "bench/conformance/exam.h"

#include <stdarg.h>
#include <stdio.h>

bool acre_exam_breach(struct acre_exam *exam, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(exam->conformance->breach, sizeof exam->conformance->breach, format, arguments);
    va_end(arguments);
    return false;
}

/* Blocks ------------------------------------------------------------------------------------ */

static unsigned char pattern_at(const struct acre_exam_block *block, size_t i)
{
    return (unsigned char)((block->pattern + i) * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

/* The first page whole, then samples, and the last byte: large blocks are not to take minutes. */
static size_t after(const struct acre_exam_block *block, size_t i)
{
    size_t next = i < 4096 ? i + 1 : i + 509;

    return next >= block->layout.size && i + 1 < block->layout.size ? block->layout.size - 1 : next;
}

static void fill(struct acre_exam_block *block)
{
    for (size_t i = 0; i < block->layout.size; i = after(block, i))
        block->bytes[i] = pattern_at(block, i);
}

bool acre_exam_is_kept(struct acre_exam *exam, const struct acre_exam_block *block)
{
    for (size_t i = 0; i < block->layout.size; i = after(block, i))
        if (block->bytes[i] != pattern_at(block, i))
            return acre_exam_breach(exam, "byte %zu of a live block of %zu bytes has changed", i,
                                    block->layout.size);
    return true;
}

static bool overlap(const struct acre_exam_block *a, const struct acre_exam_block *b)
{
    return a->bytes < b->bytes + acre_exam_room_of(b) && b->bytes < a->bytes + acre_exam_room_of(a);
}

static bool is_apart(struct acre_exam *exam, const struct acre_exam_block *block)
{
    for (size_t i = 0; i < exam->count; i++) {
        const struct acre_exam_block *other = &exam->blocks[i];

        if (other != block && overlap(block, other))
            return acre_exam_breach(
                exam, "a block of %zu bytes at %p overlaps a live one of %zu at %p",
                block->layout.size, (void *)block->bytes, other->layout.size, (void *)other->bytes);
    }
    return true;
}

/* What holds of every block that was just made or has grown. */
static bool is_sound(struct acre_exam *exam, const struct acre_exam_block *block)
{
    size_t usable = acre_usable_bytes(exam->alloc, block->bytes, block->layout);

    if ((uintptr_t)block->bytes % block->layout.align != 0)
        return acre_exam_breach(exam, "a block of %zu bytes at %p is not aligned to %u",
                                block->layout.size, (void *)block->bytes, block->layout.align);
    if (usable < block->layout.size)
        return acre_exam_breach(exam, "a block of %zu bytes is said to have %zu usable ones",
                                block->layout.size, usable);
    return is_apart(exam, block);
}

bool acre_exam_take(struct acre_exam *exam, size_t size, uint32_t align)
{
    struct acre_exam_block *block = &exam->blocks[exam->count];

    *block = (struct acre_exam_block){.layout = {size, align, ACRE_PURPOSE_OTHER},
                                      .pattern = acre_random_next(&exam->random)};
    block->bytes = acre_allocate(exam->alloc, block->layout);
    exam->conformance->calls++;
    if (block->bytes == NULL)
        return acre_exam_breach(exam, "there is no block of %zu bytes, aligned to %u", size, align);
    if (!is_sound(exam, block))
        return false;
    fill(block);
    exam->count++;
    return true;
}

bool acre_exam_give(struct acre_exam *exam, size_t index)
{
    struct acre_exam_block *block = &exam->blocks[index];

    if (!acre_exam_is_kept(exam, block))
        return false;
    acre_free(exam->alloc, block->bytes, block->layout);
    exam->conformance->calls++;
    *block = exam->blocks[--exam->count];
    return true;
}

bool acre_exam_give_all(struct acre_exam *exam)
{
    while (exam->count > 0)
        if (!acre_exam_give(exam, exam->count - 1))
            return false;
    return true;
}

bool acre_exam_reset(struct acre_exam *exam)
{
    uint64_t epoch = exam->alloc->epoch;

    for (size_t i = 0; i < exam->count; i++)
        if (!acre_exam_is_kept(exam, &exam->blocks[i]))
            return false;
    exam->count = 0;
    exam->conformance->calls++;
    if (!acre_reset(exam->alloc) || exam->alloc->epoch != epoch + 1)
        return acre_exam_breach(exam, "a reset begins no new epoch");
    return true;
}

/* Of a block that was changed: the first bytes, of which the first page is looked at, since what is
 * sampled behind it depends on the size. */
static bool is_kept_up_to(struct acre_exam *exam, const struct acre_exam_block *block, size_t size)
{
    struct acre_exam_block front = *block;

    front.layout.size = size < 4096 ? size : 4096;
    return acre_exam_is_kept(exam, &front);
}

/* Where it stands, or with a move; the first bytes are kept. */
static bool change(struct acre_exam *exam, size_t index, size_t size)
{
    struct acre_exam_block *block = &exam->blocks[index];
    size_t kept = size < block->layout.size ? size : block->layout.size;
    unsigned char *bytes;

    if (!acre_exam_is_kept(exam, block))
        return false;
    exam->conformance->calls++;
    if (acre_random_below(&exam->random, 2) == 0) {
        if (!acre_resize(exam->alloc, block->bytes, block->layout, size))
            return acre_exam_is_kept(exam, block);
    } else {
        bytes = acre_reallocate(exam->alloc, block->bytes, block->layout, size);
        if (bytes == NULL)
            return acre_exam_breach(exam, "a block of %zu bytes cannot be made one of %zu",
                                    block->layout.size, size);
        block->bytes = bytes;
        if (!is_kept_up_to(exam, block, kept))
            return acre_exam_breach(exam, "realloc loses what was in the block of %zu bytes",
                                    block->layout.size);
    }
    if (!is_kept_up_to(exam, block, kept))
        return false;
    block->layout.size = size;
    if (!is_sound(exam, block))
        return false;
    fill(block);
    return true;
}

bool acre_exam_is_sound_inside(struct acre_exam *exam)
{
    const char *sentence = acre_check(exam->alloc);

    return sentence == NULL || acre_exam_breach(exam, "%s", sentence);
}

/* Mostly small, seldom larger than a chunk. */
static size_t any_size(struct acre_random *random)
{
    uint64_t kind = acre_random_below(random, 100);

    return acre_random_below(random, kind < 80 ? 200 : kind < 99 ? 5000 : 600000);
}

bool acre_exam_step(struct acre_exam *exam)
{
    struct acre_random *random = &exam->random;
    uint64_t kind = acre_random_below(random, 100);

    if (exam->count == ACRE_EXAM_BLOCKS - 1 || (kind < 40 && exam->count > 0))
        return acre_exam_give(exam, acre_random_below(random, exam->count));
    if (kind < 50 && exam->count > 0)
        return change(exam, acre_random_below(random, exam->count), any_size(random));
    return acre_exam_take(exam, any_size(random),
                          1u << acre_random_below(random, kind == 99 ? 18 : 8));
}
