#include "record/merge.h"

#include <string.h>

static const struct acre_layout words_layout = {ACRE_RAW_BLOCK_WORDS * sizeof(uint64_t),
                                                _Alignof(uint64_t), ACRE_PURPOSE_OTHER};

static struct acre_layout layout_of_cursors(uint32_t count)
{
    return (struct acre_layout){count * sizeof(struct acre_raw_cursor),
                                _Alignof(struct acre_raw_cursor), ACRE_PURPOSE_OTHER};
}

static struct acre_layout layout_of_heap(uint32_t count)
{
    return (struct acre_layout){count * sizeof(uint32_t), _Alignof(uint32_t), ACRE_PURPOSE_OTHER};
}

/* Items ----------------------------------------------------------------------------------------
 */

/* How many words the item at `at` has; 0: it is none. */
static size_t words_of(const uint64_t *words, size_t at)
{
    uint64_t first = words[at];
    uint64_t kind = first & 15;
    size_t count;

    if (kind == 0)
        return 0;
    if (kind == ACRE_RAW_SHORT_FREE)
        count = 1;
    else if (kind == ACRE_RAW_NOTE)
        count = 2 + (first >> 16 & 0xffff);
    else
        count = 2u + ((first & ACRE_RAW_STAMPED) != 0 ? 1u : 0u) +
                ((first & ACRE_RAW_LONG) != 0 ? 4u : 0u);
    return count <= ACRE_RAW_BLOCK_WORDS - at ? count : 0;
}

static void read_call(struct acre_raw_item *item, const uint64_t *words)
{
    const uint64_t *behind = words + 2;

    item->address = words[0] & ACRE_RAW_ADDRESS_BITS;
    item->bytes = words[1] & UINT32_MAX;
    item->stack = (uint32_t)(words[1] >> 32);
    item->usable_bytes = item->bytes + (words[0] >> ACRE_RAW_EXCESS_SHIFT & ACRE_RAW_MOST_EXCESS);
    if ((words[0] & ACRE_RAW_STAMPED) != 0)
        item->ticks = *behind++;
    if ((words[0] & ACRE_RAW_LONG) == 0)
        return;
    item->bytes = behind[0];
    item->usable_bytes = behind[1];
    item->address = behind[2];
    item->align = UINT64_C(1) << (behind[3] & 63);
    item->call = behind[3] >> 8 & 255;
}

static void read_short_free(struct acre_raw_item *item, uint64_t word)
{
    item->kind = ACRE_RAW_FREE;
    item->address = word & ACRE_RAW_ADDRESS_BITS;
    item->stack = (uint32_t)(word >> ACRE_RAW_STACK_SHIFT);
}

static void read_note(struct acre_raw_item *item, const uint64_t *words, size_t count)
{
    item->note = words[0] >> 4 & 255;
    item->ticks = words[1];
    item->words = words + 2;
    item->word_count = count - 2;
}

/* Whose calls follow in this state. */
static bool is_thread(const struct acre_raw_item *item)
{
    return item->kind == ACRE_RAW_NOTE && item->note == ACRE_RAW_THREAD && item->word_count == 1;
}

static void read_item(struct acre_raw_cursor *cursor, uint32_t state)
{
    const uint64_t *words = cursor->words + cursor->at;
    size_t count = words_of(cursor->words, cursor->at);

    cursor->item = (struct acre_raw_item){.kind = words[0] & 15, .state = state};
    if (cursor->item.kind == ACRE_RAW_NOTE)
        read_note(&cursor->item, words, count);
    else if (cursor->item.kind == ACRE_RAW_SHORT_FREE)
        read_short_free(&cursor->item, words[0]);
    else
        read_call(&cursor->item, words);
    if (cursor->item.ticks > cursor->ticks)
        cursor->ticks = cursor->item.ticks;
    if (is_thread(&cursor->item))
        cursor->thread = (uint32_t)cursor->item.words[0];
    cursor->item.ticks = cursor->ticks;
    cursor->item.thread = cursor->thread;
    cursor->at += count;
}

/* Blocks ---------------------------------------------------------------------------------------
 */

static void release(struct acre_raw_merge *merge, struct acre_raw_cursor *cursor)
{
    acre_free(merge->memory, cursor->words, words_layout);
    cursor->words = NULL;
}

/* The next block of the state; false: there is none, or no memory. */
static bool enter_block(struct acre_raw_merge *merge, struct acre_raw_cursor *cursor)
{
    if (cursor->place == cursor->behind)
        return false;
    if (cursor->words == NULL)
        cursor->words = acre_allocate(merge->memory, words_layout);
    if (cursor->words == NULL) {
        merge->has_no_memory = true;
        return false;
    }
    acre_raw_read_block(merge->raw, &merge->raw->places[cursor->place], cursor->words,
                        &cursor->thread);
    merge->blocks++;
    cursor->place++;
    cursor->at = 0;
    return true;
}

/* The next item of the state; false: it has no more. */
static bool advance(struct acre_raw_merge *merge, uint32_t state)
{
    struct acre_raw_cursor *cursor = &merge->cursors[state];

    for (;;) {
        if (cursor->words != NULL && cursor->at < ACRE_RAW_BLOCK_WORDS &&
            cursor->words[cursor->at] != 0) {
            if (words_of(cursor->words, cursor->at) != 0) {
                read_item(cursor, state);
                return true;
            }
            merge->damaged++;
        }
        if (!enter_block(merge, cursor))
            break;
    }
    release(merge, cursor);
    return false;
}

/* The heap -------------------------------------------------------------------------------------
 */

/* What was not read yet has the time at which its block began, and is read when it is the first. */
static bool is_before(const struct acre_raw_cursor *a, const struct acre_raw_cursor *b)
{
    bool a_gives = a->item.kind == ACRE_RAW_FREE || a->item.kind == ACRE_RAW_RESIZE_BEGIN;
    bool b_gives = b->item.kind == ACRE_RAW_FREE || b->item.kind == ACRE_RAW_RESIZE_BEGIN;

    if (a->ticks != b->ticks)
        return a->ticks < b->ticks;
    return a_gives && !b_gives;
}

static void sift_down(struct acre_raw_merge *merge, uint32_t at)
{
    uint32_t *heap = merge->heap;
    uint32_t moving = heap[at];

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child + 1 < merge->left &&
            is_before(&merge->cursors[heap[child + 1]], &merge->cursors[heap[child]]))
            child++;
        if (child >= merge->left ||
            !is_before(&merge->cursors[heap[child]], &merge->cursors[moving]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

/* The state at the top goes on, or is done. */
static void replace_top(struct acre_raw_merge *merge)
{
    if (!advance(merge, merge->heap[0]))
        merge->heap[0] = merge->heap[--merge->left];
    if (merge->left > 0)
        sift_down(merge, 0);
}

const struct acre_raw_item *acre_raw_merge_next(struct acre_raw_merge *merge)
{
    if (merge->is_used)
        replace_top(merge);
    while (merge->left > 0 && merge->cursors[merge->heap[0]].item.kind == 0 &&
           !merge->has_no_memory)
        replace_top(merge);
    merge->is_used = merge->left > 0;
    return merge->is_used && !merge->has_no_memory ? &merge->cursors[merge->heap[0]].item : NULL;
}

/* Begin and end --------------------------------------------------------------------------------
 */

static uint32_t count_states(const struct acre_raw_file *raw)
{
    uint32_t count = 0;

    for (size_t i = 0; i < raw->place_count; i++)
        count += i == 0 || raw->places[i].state != raw->places[i - 1].state;
    return count;
}

bool acre_raw_merge_begin(struct acre_raw_merge *merge, struct acre_alloc *memory,
                          const struct acre_raw_file *raw)
{
    uint32_t state = 0;

    *merge = (struct acre_raw_merge){.raw = raw, .memory = memory, .count = count_states(raw)};
    if (merge->count == 0)
        return true;
    merge->cursors = acre_allocate(memory, layout_of_cursors(merge->count));
    merge->heap = acre_allocate(memory, layout_of_heap(merge->count));
    if (merge->cursors == NULL || merge->heap == NULL) {
        acre_free(memory, merge->cursors, layout_of_cursors(merge->count));
        acre_free(memory, merge->heap, layout_of_heap(merge->count));
        *merge = (struct acre_raw_merge){.memory = memory};
        return false;
    }
    for (size_t i = 0; i < raw->place_count; i++) {
        if (i == 0 || raw->places[i].state != raw->places[i - 1].state) {
            merge->cursors[state] =
                (struct acre_raw_cursor){.place = i, .ticks = raw->places[i].ticks};
            merge->heap[state] = state;
            state++;
        }
        merge->cursors[state - 1].behind = i + 1;
    }
    merge->left = merge->count;
    for (uint32_t i = merge->count / 2; i-- > 0;)
        sift_down(merge, i);
    return true;
}

void acre_raw_merge_end(struct acre_raw_merge *merge)
{
    for (uint32_t i = 0; i < merge->count; i++)
        release(merge, &merge->cursors[i]);
    acre_free(merge->memory, merge->cursors, layout_of_cursors(merge->count));
    acre_free(merge->memory, merge->heap, layout_of_heap(merge->count));
    *merge = (struct acre_raw_merge){.memory = merge->memory};
}
