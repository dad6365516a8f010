/* Every allocator there is, the same behind record and fault, and behind the guard as well: what
 * the contract's tests go through. */
#ifndef ACRE_TESTS_ALLOC_STACKS_H
#define ACRE_TESTS_ALLOC_STACKS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/guard.h"
#include "alloc/ledger.h"
#include "alloc/track.h"

enum stack_kind {
    STACK_MALLOC,
    STACK_JEMALLOC,
    STACK_JEMALLOC_ARENA,
    STACK_MIMALLOC,
    STACK_MIMALLOC_HEAP,
    STACK_TCMALLOC,
    STACK_TBBMALLOC,
    STACK_SHARED_OBJECT,
    STACK_PLAIN_OBJECT,   /* nothing but malloc and free */
    STACK_ALIGNED_OBJECT, /* ... and aligned_alloc */
    STACK_PAGES,
    STACK_HUGE_PAGES,
    STACK_ARENA,
    STACK_SMALL_ARENA, /* of the smallest chunks there are */
    STACK_HUGE_ARENA,
    STACK_POOL,
    STACK_REAP,
    STACK_SMALL_REAP,
    STACK_KINDS
};

enum stack_form { STACK_BARE, STACK_DECORATED, STACK_GUARDED, STACK_FORMS };

/* record ──> fault ──> guard ──> bottom ──> retiring ──> pages */
struct stack {
    const char *name;
    struct acre_alloc *top; /* what is under test */
    struct acre_alloc *pages, *retiring, *bottom, *guard, *fault;
    struct acre_fault_plan plan;
    struct acre_ledger ledger;
};

static inline const char *stack_name(enum stack_kind kind)
{
    static const char *const names[STACK_KINDS] = {
        [STACK_MALLOC] = "malloc",
        [STACK_JEMALLOC] = "jemalloc",
        [STACK_JEMALLOC_ARENA] = "jemalloc-arena",
        [STACK_MIMALLOC] = "mimalloc",
        [STACK_MIMALLOC_HEAP] = "mimalloc-heap",
        [STACK_TCMALLOC] = "tcmalloc",
        [STACK_TBBMALLOC] = "tbbmalloc",
        [STACK_SHARED_OBJECT] = "so",
        [STACK_PLAIN_OBJECT] = "so, plain",
        [STACK_ALIGNED_OBJECT] = "so, aligned_alloc",
        [STACK_PAGES] = "pages",
        [STACK_HUGE_PAGES] = "huge pages",
        [STACK_ARENA] = "arena",
        [STACK_SMALL_ARENA] = "small arena",
        [STACK_HUGE_ARENA] = "arena of huge pages",
        [STACK_POOL] = "pool",
        [STACK_REAP] = "reap",
        [STACK_SMALL_REAP] = "small reap",
    };

    return names[kind];
}

/* What threads may do with it. */
static inline enum acre_threads stack_threads(enum stack_kind kind)
{
    switch (kind) {
    case STACK_MIMALLOC_HEAP:
        return ACRE_THREADS_MAKER;
    case STACK_JEMALLOC_ARENA:
    case STACK_ARENA:
    case STACK_SMALL_ARENA:
    case STACK_HUGE_ARENA:
    case STACK_POOL:
    case STACK_REAP:
    case STACK_SMALL_REAP:
        return ACRE_THREADS_IN_TURN;
    default:
        return ACRE_THREADS_ANY;
    }
}

/* Libraries that the tests are built with; but for a sanitizer's program, which has one malloc. */
static inline struct acre_alloc *stack_of_our_own(const char *variable, char *why, size_t why_bytes)
{
#ifdef ACRE_TRACK_ASAN
    (void)variable;
    return acre_tbbmalloc_new(why, why_bytes);
#else
    const char *path = getenv(variable);

    return acre_shared_object_new(path != NULL ? path : variable, why, why_bytes);
#endif
}

static inline bool stack_is_arena(enum stack_kind kind)
{
    return kind == STACK_ARENA || kind == STACK_SMALL_ARENA || kind == STACK_HUGE_ARENA;
}

static inline struct acre_alloc *stack_bottom(enum stack_kind kind, struct acre_alloc *pages,
                                              char *why, size_t why_bytes)
{
    const struct acre_arena_options small = {.chunk_bytes = 1};

    switch (kind) {
    case STACK_MALLOC:
        return acre_malloc_new();
    case STACK_JEMALLOC:
        return acre_jemalloc_new(why, why_bytes);
    case STACK_JEMALLOC_ARENA:
        return acre_jemalloc_arena_new(why, why_bytes);
    case STACK_MIMALLOC:
        return acre_mimalloc_new(why, why_bytes);
    case STACK_MIMALLOC_HEAP:
        return acre_mimalloc_heap_new(why, why_bytes);
    case STACK_TCMALLOC:
        return acre_tcmalloc_new(why, why_bytes);
    case STACK_TBBMALLOC:
        return acre_tbbmalloc_new(why, why_bytes);
    case STACK_SHARED_OBJECT:
        return acre_shared_object_new("libtcmalloc_minimal.so.4", why, why_bytes);
    case STACK_PLAIN_OBJECT:
        return stack_of_our_own("PLAIN_MALLOC", why, why_bytes);
    case STACK_ALIGNED_OBJECT:
        return stack_of_our_own("ALIGNED_MALLOC", why, why_bytes);
    case STACK_PAGES:
        return acre_pages_new();
    case STACK_HUGE_PAGES:
        return acre_huge_pages_new();
    case STACK_SMALL_ARENA:
        return acre_arena_new(pages, &small);
    case STACK_POOL:
        return acre_pool_new(pages, NULL);
    case STACK_REAP:
        return acre_reap_new(pages, NULL);
    case STACK_SMALL_REAP:
        return acre_reap_new(pages, &small);
    default:
        return acre_arena_new(pages, NULL);
    }
}

/* Ends the process when the allocator cannot be made: the rest would prove nothing. */
static inline void stack_open(struct stack *stack, enum stack_kind kind, enum stack_form form)
{
    char why[256] = "out of memory";

    *stack = (struct stack){
        .name = stack_name(kind),
        .pages = kind == STACK_HUGE_ARENA ? acre_huge_pages_new() : acre_pages_new(),
    };
    if (form == STACK_GUARDED && stack_is_arena(kind))
        stack->retiring = acre_retire_new(stack->pages, ACRE_GUARD_RESETS);
    stack->bottom = stack_bottom(kind, stack->retiring != NULL ? stack->retiring : stack->pages,
                                 why, sizeof why);
    if (stack->bottom == NULL) {
        fprintf(stderr, "%s: %s\n", stack->name, why);
        abort();
    }
    stack->top = stack->bottom;
    if (form == STACK_BARE)
        return;
    if (form == STACK_GUARDED)
        stack->top = stack->guard = acre_guard_new(
            stack->bottom, &(struct acre_guard_options){.retiring = stack->retiring});
    acre_ledger_init(&stack->ledger);
    stack->fault = acre_fault_new(stack->top, &stack->plan);
    stack->top = acre_record_new(stack->fault, &stack->ledger.sink, 0);
}

static inline void stack_close(struct stack *stack)
{
    if (stack->top != stack->bottom)
        acre_destroy(stack->top);
    acre_destroy(stack->fault);
    acre_destroy(stack->guard);
    acre_destroy(stack->bottom);
    acre_destroy(stack->retiring);
    acre_destroy(stack->pages);
}

#endif
