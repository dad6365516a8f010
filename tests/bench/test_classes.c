/* The staircase of size classes, where it is known. */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "bench/classes.h"

static struct acre_classes measured(struct acre_alloc *alloc, uint32_t align)
{
    struct acre_classes classes;
    uint64_t requests = 0;

    cr_assert_not_null(alloc);
    cr_assert(acre_classes_measure(alloc, align, &classes, NULL));
    for (int i = 0; i <= ACRE_CLASS_POWERS; i++)
        requests += classes.rows[i].requests;
    cr_assert_eq(requests, UINT64_C(1) << ACRE_CLASS_POWERS);
    acre_destroy(alloc);
    return classes;
}

/* Multiples of 16 to 1024, then eight to a doubling. */
MTest(classes, of_a_pool)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_classes classes = measured(acre_pool_new(pages, NULL), 16);
    uint64_t small = 0;

    for (int i = 0; i <= 10; i++)
        small += classes.rows[i].classes;
    cr_assert_eq(small, 64);
    cr_assert_float_eq(classes.rows[0].worst_waste, 15.0 / 16, 1e-12);
    for (int i = 11; i <= ACRE_CLASS_POWERS; i++) {
        double least = (double)((1 << (i - 1)) + 1);
        double usable = (double)(1 << (i - 1)) * 9 / 8;

        cr_assert_eq(classes.rows[i].classes, 8);
        cr_assert_float_eq(classes.rows[i].worst_waste, (usable - least) / usable, 1e-12);
        cr_assert_eq(classes.rows[i].worst_request, (1u << (i - 1)) + 1);
    }
    /* a row by hand: requests of 17 to 32 bytes get 32 */
    cr_assert_float_eq(classes.rows[5].waste_sum, 120.0 / 32, 1e-9);
    acre_destroy(pages);
}

/* Four to each doubling: jemalloc(3), "Size classes". */
MTest(classes, of_jemalloc)
{
    char why[256];
    struct acre_classes classes = measured(acre_jemalloc_new(why, sizeof why), 16);

    for (int i = 7; i <= ACRE_CLASS_POWERS; i++)
        cr_assert_eq(classes.rows[i].classes, 4, "2^%d", i);
}

MTest(classes, that_are_unknown)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_fault_plan plan = {.fail_at = 100};
    struct acre_alloc *pool = acre_pool_new(pages, NULL);
    struct acre_alloc *fault = acre_fault_new(pool, &plan);
    struct acre_classes classes;
    char why[256];
    struct acre_alloc *heap = acre_mimalloc_heap_new(why, sizeof why);

    cr_assert_not(acre_classes_measure(fault, 16, &classes, NULL));
    cr_assert_eq(plan.failures, 1);
    cr_assert_not_null(heap);
    heap->ops =
        &(struct acre_alloc_ops){.capabilities = ACRE_CAN_FREE, .destroy = heap->ops->destroy};
    cr_assert_not(acre_classes_measure(heap, 16, &classes, NULL));
    acre_destroy(heap);
    acre_destroy(fault);
    acre_destroy(pool);
    acre_destroy(pages);
}
