#include "symbols/spans.h"

#include <stdlib.h>

#include "symbols/room.h"

static const struct acre_layout span_layout = {sizeof(struct acre_span), _Alignof(struct acre_span),
                                               ACRE_PURPOSE_OTHER};

static struct acre_layout layout_of_segments(size_t count)
{
    return (struct acre_layout){count * sizeof(struct acre_segment), _Alignof(struct acre_segment),
                                ACRE_PURPOSE_OTHER};
}

void acre_spans_init(struct acre_spans *spans, struct acre_alloc *memory)
{
    *spans = (struct acre_spans){.memory = memory};
}

static void drop_spans(struct acre_spans *spans)
{
    acre_drop_room(spans->memory, spans->spans, spans->span_capacity, span_layout);
    spans->spans = NULL;
    spans->span_count = spans->span_capacity = 0;
}

void acre_spans_fini(struct acre_spans *spans)
{
    drop_spans(spans);
    acre_free(spans->memory, spans->segments, layout_of_segments(spans->segment_count));
    acre_spans_init(spans, spans->memory);
}

bool acre_spans_add(struct acre_spans *spans, uint64_t begin, uint64_t end, uint32_t value)
{
    struct acre_span *room;

    if (begin >= end)
        return true;
    room = acre_make_room(spans->memory, spans->spans, spans->span_count, &spans->span_capacity,
                          span_layout);
    if (room == NULL)
        return false;
    spans->spans = room;
    room[spans->span_count++] = (struct acre_span){.begin = begin, .end = end, .value = value};
    return true;
}

/* Outer ones first. */
static int order_spans(const void *left, const void *right)
{
    const struct acre_span *a = left, *b = right;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end)
        return a->end > b->end ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/* The sweep over sorted spans, from low addresses to high ones. */
struct sweep {
    struct acre_span *spans;
    struct acre_segment *segments; /* NULL: they are only counted */
    size_t segment_count;
    uint64_t last_begin;
    uint32_t top; /* the innermost span that is open; its `outer` is the next */
};

/* From here on `value` is the innermost one. */
static void begin_segment(struct sweep *sweep, uint64_t begin, uint32_t value)
{
    if (sweep->segment_count == 0 || sweep->last_begin != begin)
        sweep->segment_count++;
    sweep->last_begin = begin;
    if (sweep->segments != NULL)
        sweep->segments[sweep->segment_count - 1] = (struct acre_segment){begin, value};
}

static void close_top(struct sweep *sweep)
{
    const struct acre_span *top = &sweep->spans[sweep->top];

    sweep->top = top->outer;
    begin_segment(sweep, top->end,
                  top->outer == ACRE_SPANS_NONE ? ACRE_SPANS_NONE : sweep->spans[top->outer].value);
}

static void open_span(struct sweep *sweep, uint32_t number)
{
    struct acre_span *span = &sweep->spans[number];

    while (sweep->top != ACRE_SPANS_NONE && sweep->spans[sweep->top].end <= span->begin)
        close_top(sweep);
    /* What does not hold it ends where it begins. */
    while (sweep->top != ACRE_SPANS_NONE && sweep->spans[sweep->top].end < span->end)
        sweep->top = sweep->spans[sweep->top].outer;
    begin_segment(sweep, span->begin, span->value);
    span->outer = sweep->top;
    sweep->top = number;
}

/* The number of segments, which go to `segments` unless that is NULL. */
static size_t sweep_over(struct acre_spans *spans, struct acre_segment *segments)
{
    struct sweep sweep = {.spans = spans->spans, .segments = segments, .top = ACRE_SPANS_NONE};

    for (uint32_t i = 0; i < spans->span_count; i++)
        open_span(&sweep, i);
    while (sweep.top != ACRE_SPANS_NONE)
        close_top(&sweep);
    return sweep.segment_count;
}

bool acre_spans_seal(struct acre_spans *spans)
{
    size_t count;
    struct acre_segment *segments;

    if (spans->span_count == 0)
        return true;
    if (spans->span_count >= ACRE_SPANS_NONE)
        return false;
    qsort(spans->spans, spans->span_count, sizeof *spans->spans, order_spans);
    count = sweep_over(spans, NULL);
    segments = acre_allocate(spans->memory, layout_of_segments(count));
    if (segments == NULL)
        return false;
    sweep_over(spans, segments);
    drop_spans(spans);
    spans->segments = segments;
    spans->segment_count = count;
    return true;
}

uint32_t acre_spans_find(const struct acre_spans *spans, uint64_t address)
{
    size_t low = 0,
           high = spans->segment_count; /* the last that begins at or below it: before high */

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (spans->segments[middle].begin <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? ACRE_SPANS_NONE : spans->segments[low - 1].value;
}
