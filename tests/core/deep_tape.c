/*
 * deep_tape [FUNCTIONS]: D-02. y = y + 0, FUNCTIONS times (1,000,000 unless said otherwise), whose
 * gradient is exactly 1 all the way. On a stack of 64 KiB backward goes down, with all gradients
 * kept and with only the leaves', the graph is cut and another one dropped. Cutting and dropping
 * make no allocation. Exit status 0: they were.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "core/check.h"
#include "core/variable.h"

enum { STACK_BYTES = 64 * 1024 };

struct tape {
    struct acre_fault_plan plan;
    struct acre_engine *engine;
    struct acre_variable *x, *zero, *y;
    unsigned long functions;
};

static void build(struct tape *tape)
{
    struct acre_engine *e = tape->engine;

    check(acre_assign(e, &tape->y, acre_add(e, tape->x, tape->zero)) == ACRE_OK, "first");
    for (unsigned long i = 1; i < tape->functions; i++)
        check(acre_assign(e, &tape->y, acre_add(e, tape->y, tape->zero)) == ACRE_OK, "%lu", i);
    check(tape->y->generation == tape->functions, "generation %u", tape->y->generation);
}

static void go_backward(struct tape *tape, enum acre_retain retain)
{
    struct acre_engine *e = tape->engine;

    acre_cleargrad(e, tape->x);
    acre_cleargrad(e, tape->zero);
    check(acre_backward_retaining(e, tape->y, retain) == ACRE_OK, "%s", acre_error(e));
    check(tape->x->grad->elements[0] == 1, "%g", tape->x->grad->elements[0]);
    check(tape->zero->grad->elements[0] == (double)tape->functions, "%g",
          tape->zero->grad->elements[0]);
    check((tape->y->grad == NULL) == (retain == ACRE_RETAIN_LEAVES), "the head's gradient");
}

/* From here on every allocation would fail. */
static void forbid(struct tape *tape)
{
    tape->plan.fail_at = tape->plan.calls + 1;
    tape->plan.forever = true;
}

static uint64_t allow(struct tape *tape)
{
    uint64_t calls = tape->plan.failures;

    tape->plan.fail_at = 0;
    return calls;
}

static void *run(void *context)
{
    struct tape *tape = context;
    struct acre_engine *e = tape->engine;

    check(acre_engine_adopt(e) == ACRE_OK, "%s", acre_error(e));
    build(tape);
    go_backward(tape, ACRE_RETAIN_LEAVES);
    go_backward(tape, ACRE_RETAIN_ALL);
    forbid(tape);
    check(acre_unchain_backward(e, tape->y) == ACRE_OK, "%s", acre_error(e));
    /* x, zero, y and what y was made from, with their data; a Function; two gradients, since Add
     * passes one array on */
    check(acre_live_objects(e) == 4 + 4 + 1 + 2, "%llu objects after the cut",
          (unsigned long long)acre_live_objects(e));
    check(allow(tape) == 0, "cutting allocates");

    build(tape);
    go_backward(tape, ACRE_RETAIN_ALL);
    forbid(tape);
    acre_unref(e, &tape->y);
    check(acre_live_objects(e) == 6, "%llu objects after the drop",
          (unsigned long long)acre_live_objects(e));
    check(allow(tape) == 0, "dropping allocates");
    return NULL;
}

/* The engine has one owner at a time: this thread waits, and takes it back. */
static bool on_small_stack(struct tape *tape)
{
    pthread_attr_t attributes;
    pthread_t thread;
    bool done = pthread_attr_init(&attributes) == 0 &&
                pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                pthread_create(&thread, &attributes, run, tape) == 0 &&
                pthread_join(thread, NULL) == 0 && acre_engine_adopt(tape->engine) == ACRE_OK;

    pthread_attr_destroy(&attributes);
    return done;
}

int main(int argc, char **argv)
{
    struct tape tape = {.functions = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000};
    struct acre_alloc *bottom = acre_malloc_new();
    struct acre_alloc *top = acre_fault_new(bottom, &tape.plan);

    check(acre_engine_new(&tape.engine, top, NULL) == ACRE_OK, "no engine");
    check(acre_assign(tape.engine, &tape.x, acre_variable_of(tape.engine, 5)) == ACRE_OK, "x");
    check(acre_assign(tape.engine, &tape.zero, acre_variable_of(tape.engine, 0)) == ACRE_OK, "0");
    check(on_small_stack(&tape), "no thread");
    acre_unref(tape.engine, &tape.x);
    acre_unref(tape.engine, &tape.zero);
    check(acre_engine_destroy(tape.engine) == 0, "objects leaked");
    acre_destroy(top);
    acre_destroy(bottom);
    printf("figure: y = y + 0, %lu times: backward, cut and dropped on %d KiB of stack\n",
           tape.functions, STACK_BYTES / 1024);
    return 0;
}
