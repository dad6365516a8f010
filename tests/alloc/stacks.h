/* Every allocator there is, and the same behind both decorators: what the contract's tests go
 * through. */
#ifndef ACRE_TESTS_ALLOC_STACKS_H
#define ACRE_TESTS_ALLOC_STACKS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/ledger.h"

enum stack_kind {
    STACK_MALLOC,
    STACK_JEMALLOC,
    STACK_MIMALLOC,
    STACK_PAGES,
    STACK_ARENA,
    STACK_SMALL_ARENA, /* of the smallest chunks there are */
    STACK_POOL,
    STACK_KINDS
};

struct stack {
    const char *name;
    struct acre_alloc *top; /* what is under test */
    struct acre_alloc *pages, *bottom, *fault;
    struct acre_fault_plan plan;
    struct acre_ledger ledger;
};

static inline const char *stack_name(enum stack_kind kind)
{
    static const char *const names[STACK_KINDS] = {"malloc", "jemalloc",    "mimalloc", "pages",
                                                   "arena",  "small arena", "pool"};

    return names[kind];
}

/* Ends the process when the allocator cannot be made: the rest would prove nothing. */
static inline void stack_open(struct stack *stack, enum stack_kind kind, bool is_decorated)
{
    const struct acre_arena_options small = {.chunk_bytes = 1};
    char why[256] = "out of memory";

    *stack = (struct stack){.name = stack_name(kind), .pages = acre_pages_new()};
    switch (kind) {
    case STACK_MALLOC:
        stack->bottom = acre_malloc_new();
        break;
    case STACK_JEMALLOC:
        stack->bottom = acre_jemalloc_new(why, sizeof why);
        break;
    case STACK_MIMALLOC:
        stack->bottom = acre_mimalloc_new(why, sizeof why);
        break;
    case STACK_PAGES:
        stack->bottom = acre_pages_new();
        break;
    case STACK_ARENA:
        stack->bottom = acre_arena_new(stack->pages, NULL);
        break;
    case STACK_SMALL_ARENA:
        stack->bottom = acre_arena_new(stack->pages, &small);
        break;
    default:
        stack->bottom = acre_pool_new(stack->pages);
        break;
    }
    if (stack->bottom == NULL) {
        fprintf(stderr, "%s: %s\n", stack->name, why);
        abort();
    }
    stack->top = stack->bottom;
    if (!is_decorated)
        return;
    acre_ledger_init(&stack->ledger);
    stack->fault = acre_fault_new(stack->bottom, &stack->plan);
    stack->top = acre_record_new(stack->fault, &stack->ledger.sink, 0);
}

static inline void stack_close(struct stack *stack)
{
    if (stack->top != stack->bottom)
        acre_destroy(stack->top);
    acre_destroy(stack->fault);
    acre_destroy(stack->bottom);
    acre_destroy(stack->pages);
}

#endif
