/*
 * Which range of addresses is the innermost at an address. Ranges may be nested in any way; of two
 * that overlap without one holding the other, the one that begins later has what both have.
 *
 *    added   [──────────── 1 ────────────)           sealed   1 2 3 2 1
 *               [──── 2 ────)                                 ^ ^ ^ ^ ^   each begins where
 *                  [─ 3 ─)                                                the one before ends
 *
 * Sealed they are a row of segments: a search takes log n steps whatever the nesting.
 */
#ifndef ACRE_SYMBOLS_SPANS_H
#define ACRE_SYMBOLS_SPANS_H

#include "alloc/alloc.h"

#define ACRE_SPANS_NONE UINT32_MAX

struct acre_span {
    uint64_t begin, end;
    uint32_t value;
    uint32_t outer; /* while they are sealed */
};

struct acre_segment {
    uint64_t begin;
    uint32_t value; /* ACRE_SPANS_NONE: no range is here */
};

struct acre_spans {
    struct acre_alloc *memory; /* borrowed */
    struct acre_span *spans;   /* until they are sealed */
    size_t span_count, span_capacity;
    struct acre_segment *segments;
    size_t segment_count;
};

void acre_spans_init(struct acre_spans *spans, struct acre_alloc *memory);
void acre_spans_fini(struct acre_spans *spans);

/* A range from `begin` up to but not including `end`; one without an address is left out. Of equal
 * ranges the greatest value is the innermost. False, with nothing changed, when there is no memory.
 */
bool acre_spans_add(struct acre_spans *spans, uint64_t begin, uint64_t end, uint32_t value);

/* Nothing is added from here on. False, with nothing changed, when there is no memory. */
bool acre_spans_seal(struct acre_spans *spans);

/* The value of the innermost range, of sealed ones, or ACRE_SPANS_NONE. */
uint32_t acre_spans_find(const struct acre_spans *spans, uint64_t address);

#endif
