/*
 * What a replay does with the contents of blocks, and what has to be found there.
 *
 *    ┌────────────┬───────────────────────────────────────┬────────────┐
 *    │ the number │ its lowest byte, in each byte (all)   │ the number │
 *    └────────────┴───────────────────────────────────────┴────────────┘
 *     8 bytes, of less than that the first                  8, of 16 and more
 *
 * The number is that of the operation which wrote it, from 1. What is read is added up: the sum of
 * a whole program is known beforehand, so that a block that was given to two owners, or moved
 * without its contents, is found out without a comparison on the way.
 */
#ifndef ACRE_REPLAY_TOUCH_H
#define ACRE_REPLAY_TOUCH_H

#include "replay/program.h"

enum { ACRE_TOUCH_WORD = 8, ACRE_TOUCH_LINE = 64 };

static inline bool acre_touch_has_last(size_t size)
{
    return size >= 2 * (size_t)ACRE_TOUCH_WORD;
}

static inline void acre_touch_write_first(char *block, size_t size, uint64_t number)
{
    if (size >= ACRE_TOUCH_WORD)
        memcpy(block, &number, ACRE_TOUCH_WORD);
    else if (size > 0)
        block[0] = (char)number;
}

static inline uint64_t acre_touch_read_first(const char *block, size_t size)
{
    uint64_t number = 0;

    if (size >= ACRE_TOUCH_WORD)
        memcpy(&number, block, ACRE_TOUCH_WORD);
    else if (size > 0)
        number = (unsigned char)block[0];
    return number;
}

static inline void acre_touch_write(enum acre_touch touch, char *block, size_t size,
                                    uint64_t number)
{
    if (touch == ACRE_TOUCH_ALL)
        memset(block, (int)(number & 0xff), size);
    if (touch != ACRE_TOUCH_NONE)
        acre_touch_write_first(block, size, number);
    if (touch >= ACRE_TOUCH_FIRST_LAST && acre_touch_has_last(size))
        memcpy(block + size - ACRE_TOUCH_WORD, &number, ACRE_TOUCH_WORD);
}

static inline uint64_t acre_touch_read(enum acre_touch touch, const char *block, size_t size)
{
    uint64_t sum = 0;
    uint64_t last = 0;

    if (touch != ACRE_TOUCH_NONE)
        sum = acre_touch_read_first(block, size);
    if (touch >= ACRE_TOUCH_FIRST_LAST && acre_touch_has_last(size))
        memcpy(&last, block + size - ACRE_TOUCH_WORD, ACRE_TOUCH_WORD);
    if (touch == ACRE_TOUCH_ALL)
        for (size_t at = ACRE_TOUCH_LINE; at < size; at += ACRE_TOUCH_LINE)
            sum += (unsigned char)block[at];
    return sum + last;
}

/* What acre_touch_read_first has to find after acre_touch_write by that number. */
static inline uint64_t acre_touch_expected_first(size_t size, uint64_t number)
{
    return size >= ACRE_TOUCH_WORD ? number : size > 0 ? number & 0xff : 0;
}

/* ... and acre_touch_read. */
static inline uint64_t acre_touch_expected(enum acre_touch touch, size_t size, uint64_t number)
{
    bool has_last = touch >= ACRE_TOUCH_FIRST_LAST && acre_touch_has_last(size);
    uint64_t sum = touch != ACRE_TOUCH_NONE ? acre_touch_expected_first(size, number) : 0;
    uint64_t lines = touch == ACRE_TOUCH_ALL && size > 0 ? (size - 1) / ACRE_TOUCH_LINE : 0;
    size_t in_last = size % ACRE_TOUCH_LINE; /* the last line begins so far before the end */

    if (has_last)
        sum += number;
    if (lines > 0 && in_last == 0)
        in_last = ACRE_TOUCH_LINE;
    if (lines > 0 && in_last <= ACRE_TOUCH_WORD) { /* in the number, which stands there */
        lines--;
        sum += number >> 8 * (ACRE_TOUCH_WORD - in_last) & 0xff;
    }
    return sum + lines * (number & 0xff);
}

#endif
