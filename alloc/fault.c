/* Decorator: fails where a plan says, so that every path out of memory can be walked. */
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/decorator.h"

struct fault {
    struct acre_decorator decorator;
    struct acre_fault_plan *plan;
    size_t live_bytes; /* this decorator's part of the plan's */
};

static bool is_due(struct acre_fault_plan *plan, size_t more_bytes)
{
    bool due;

    plan->calls++;
    due = plan->fail_at != 0 &&
          (plan->calls == plan->fail_at || (plan->forever && plan->calls > plan->fail_at));
    due |= plan->budget_bytes != 0 && (plan->live_bytes >= plan->budget_bytes ||
                                       more_bytes > plan->budget_bytes - plan->live_bytes);
    plan->failures += due;
    return due;
}

/* `bytes` is a difference modulo 2^64: a shrink wraps back. */
static void count_live(struct fault *fault, size_t bytes)
{
    fault->live_bytes += bytes;
    fault->plan->live_bytes += bytes;
}

static void *fault_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct fault *fault = (struct fault *)self;
    struct acre_alloc *inner = fault->decorator.inner;
    void *block = NULL;

    if (!is_due(fault->plan, layout.size))
        block = inner->ops->allocate(inner, layout);
    if (block != NULL)
        count_live(fault, layout.size);
    return block;
}

static void fault_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct fault *fault = (struct fault *)self;
    struct acre_alloc *inner = fault->decorator.inner;

    count_live(fault, 0 - layout.size);
    inner->ops->free(inner, block, layout);
}

static bool fault_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct fault *fault = (struct fault *)self;
    struct acre_alloc *inner = fault->decorator.inner;

    if (size > old.size && is_due(fault->plan, size - old.size))
        return false;
    if (!inner->ops->resize(inner, block, old, size))
        return false;
    count_live(fault, size - old.size);
    return true;
}

static void fault_reset(struct acre_alloc *self)
{
    struct fault *fault = (struct fault *)self;

    count_live(fault, 0 - fault->live_bytes);
    acre_reset(fault->decorator.inner);
}

struct acre_alloc *acre_fault_new(struct acre_alloc *inner, struct acre_fault_plan *plan)
{
    struct fault *fault = malloc(sizeof *fault);

    if (fault == NULL)
        return NULL;
    fault->plan = plan;
    fault->live_bytes = 0;
    acre_decorator_init(&fault->decorator, inner);
    fault->decorator.ops.allocate = fault_allocate;
    fault->decorator.ops.free = fault_free;
    fault->decorator.ops.resize = fault_resize;
    fault->decorator.ops.reset = fault_reset;
    return &fault->decorator.base;
}
