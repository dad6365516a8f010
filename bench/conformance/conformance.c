#include "bench/conformance/conformance.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/conformance/exam.h"

/* The parts --------------------------------------------------------------------------------- */

/* Around words, cache lines, pages, chunks and huge pages. */
static bool check_table(struct acre_exam *exam)
{
    static const size_t sizes[] = {0,       1,       7,       8,       9,       15,     16,
                                   17,      63,      64,      65,      1023,    1024,   1025,
                                   4095,    4096,    4097,    65537,   262143,  262144, 262145,
                                   1048575, 1048576, 1048577, 2097151, 2097152, 2097153};

    static const uint32_t aligns[] = {1, 8, 16, 32, 64, 4096, 2u << 20};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t j = 0; j < sizeof aligns / sizeof aligns[0]; j++)
            if (!acre_exam_take(exam, sizes[i], aligns[j]) ||
                !acre_exam_take(exam, sizes[i], aligns[j]))
                return false;
        if (acre_can(exam->alloc, ACRE_CAN_RESET) ? !acre_exam_reset(exam)
                                                  : !acre_exam_give_all(exam))
            return false;
    }
    return acre_exam_is_sound_inside(exam);
}

/* Each of these is more than there can be, or no layout. The size is volatile: no compiler is to
 * reason about it. */
static bool check_refusals(struct acre_exam *exam)
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
            return acre_exam_breach(exam, "there is a block of %zu bytes, aligned to %u",
                                    absurd[i].size, absurd[i].align);
    }
    if (acre_allocate_array(exam->alloc, SIZE_MAX / 8 + 2, 8, 16, ACRE_PURPOSE_OTHER) != NULL)
        return acre_exam_breach(exam, "there is an array whose size overflows");
    acre_free(exam->alloc, NULL, ACRE_LAYOUT_OF(int, ACRE_PURPOSE_OTHER));
    return acre_exam_is_sound_inside(exam);
}

static bool check_random(struct acre_exam *exam)
{
    bool can_reset = acre_can(exam->alloc, ACRE_CAN_RESET);

    for (uint64_t i = 0; i < exam->conformance->steps; i++) {
        if (!acre_exam_step(exam))
            return false;
        if (i % 1000 == 999 && !acre_exam_is_sound_inside(exam))
            return false;
        if (can_reset && i % 5000 == 4999 && !acre_exam_reset(exam))
            return false;
    }
    return acre_exam_give_all(exam) && acre_exam_is_sound_inside(exam);
}

bool acre_conformance_check(struct acre_alloc *alloc, struct acre_conformance *conformance)
{
    struct acre_exam *exam = calloc(1, sizeof *exam);
    bool is_kept_to;

    conformance->calls = 0;
    snprintf(conformance->breach, sizeof conformance->breach, "%s",
             exam == NULL ? "not examined: out of memory" : "");
    if (exam == NULL)
        return false;
    exam->alloc = alloc;
    exam->conformance = conformance;
    acre_random_init(&exam->random, conformance->seed, 0);
    is_kept_to = check_table(exam) && check_refusals(exam) && check_random(exam) &&
                 acre_exam_check_threads(exam);
    free(exam);
    return is_kept_to;
}
