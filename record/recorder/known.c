#include "record/recorder/known.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { TOP_BYTES = 16 * 1024, FREELY_LEARNED = 256 };

_Static_assert(ACRE_KNOWN_ROWS == 1 << 12, "a row is the upper twelve bits of its key");

/* Not in a child of fork, whose state is empty. */
static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, bytes, MADV_DONTFORK);
    return memory;
}

static bool has_memory(struct acre_known_stacks *known)
{
    int before = errno;

    if (known->rows == NULL)
        known->rows = map(ACRE_KNOWN_ROWS * sizeof *known->rows);
    if (known->rows != NULL && known->pool == NULL)
        known->pool = map(ACRE_KNOWN_POOL * sizeof *known->pool);
    errno = before;
    return known->pool != NULL;
}

struct acre_check *acre_known_learn(struct acre_known_stacks *known, void *const *frame,
                                    uint64_t epoch, uint32_t number, uint32_t walks)
{
    struct acre_known_stack *row;

    known->walks++;
    if (!has_memory(known))
        return NULL;
    if (known->used > ACRE_KNOWN_POOL - ACRE_MOST_CHECKS) {
        memset(known->rows, 0, ACRE_KNOWN_ROWS * sizeof *known->rows);
        known->used = 0;
    }
    row = acre_known_row(known, frame);
    if (row->frame == frame && row->number == number && row->epoch == epoch && row->count == 0) {
        if (known->paid_walks > known->walks + (uint64_t)FREELY_LEARNED * walks)
            return NULL;
        known->paid_walks += walks;
        return known->pool + known->used;
    }
    *row = (struct acre_known_stack){
        .frame = frame, .caller = frame[1], .epoch = epoch, .number = number};
    return NULL;
}

/* Whether the last of the checks is where stacks of this thread begin: above it there is little
 * more than what the loader and the thread's own memory take. */
static bool reaches_top(const struct acre_known_stacks *known, const struct acre_known_stack *row)
{
    uintptr_t last = (uintptr_t)row->frame + row->checks[row->count - 1].offset;

    return known->top - last < TOP_BYTES;
}

static void lower(struct acre_known_stacks *known, const struct acre_known_stack *row)
{
    if (row->top == known->top && (uintptr_t)row->frame < known->low)
        known->low = (uintptr_t)row->frame;
}

void acre_known_learned(struct acre_known_stacks *known, void *const *frame, size_t checks)
{
    struct acre_known_stack *row = acre_known_row(known, frame);

    if (checks == 0)
        return;
    row->checks = known->pool + known->used;
    row->count = (uint32_t)checks;
    for (size_t i = 0; i < checks; i++)
        row->ignores = row->ignores || row->checks[i].ignored != 0;
    row->top = reaches_top(known, row) ? known->top : 0;
    lower(known, row);
    known->used += checks;
}

bool acre_known_holds(struct acre_known_stacks *known, const struct acre_known_stack *row)
{
    for (uint32_t i = 0; i < row->count; i++)
        if (!acre_checks_hold(&row->checks[i], 1, row->frame, row->ignores))
            return false;
    lower(known, row);
    return true;
}

void acre_known_begin(struct acre_known_stacks *known, const void *top)
{
    known->low = known->top = (uintptr_t)top;
}
