/*
 * The tape beyond the numbers of test_backward.c: who owns what in an expression and what a failure
 * inside it leaves behind; graphs built in a destructor and by hand. R-14, E-02, E-03.
 */
#include "support/mtest.h"

#include "core/tape.h"

/* R-14, B-20: the plain nested expression is one line, and no temporary leaks. */
MTest(tape, expressions_own_their_temporaries)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_temp temp;

    open_tape(WORLD_PINNED);
    assign_number(&x, 2);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 1);
    acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
    cr_assert_eq(value_of(y), 256);
    cr_assert_eq(acre_strong_count(&x->object), 2);
    cr_assert_eq(acre_strong_count(&y->object), 1);
    /* Variables, arrays, Functions: what three squares are made of, and not one more */
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 4);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_ARRAY), 4);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_FUNCTION), 3);
    cr_assert_eq(acre_strong_count(&y->creator->object), 1);
    cr_assert_eq(y->generation, 3);
    acre_unref(e, &y);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 1);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_FUNCTION), 0);
    cr_assert_eq(acre_strong_count(&x->object), 1);

    /* a temporary that is not wanted after all, and one on both sides of an expression */
    temp = acre_square(e, x);
    acre_unref(e, &temp.variable);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 1);
    acre_assign(e, &y, acre_add(e, acre_square(e, x), x));
    cr_assert_eq(value_of(y), 6);
    acre_assign(e, &x, acre_add(e, y, y)); /* x = y + y; the old x lives on in y's graph */
    cr_assert_eq(value_of(x), 12);
    acre_assign(e, &y, acre_square(e, y)); /* y = y * y */
    cr_assert_eq(value_of(y), 36);
    acre_unref(e, &x);
    acre_unref(e, &y);
    cr_assert_eq(acre_live_objects(e), 0);

    /* a number is an array of rank 0 and stays one */
    assign_number(&x, 3);
    cr_assert_eq(x->data->rank, 0);
    cr_assert_eq(x->data->count, 1);
    acre_assign(e, &y, acre_square(e, x));
    cr_assert_eq(y->data->rank, 0);
    /* a row of one is no number: it stands beside nothing but rows of one */
    {
        const double one[] = {1, 2};
        struct acre_variable *row = NULL;
        struct acre_array *empty;

        acre_assign(e, &row, acre_variable_from(e, one, 1));
        cr_assert_eq(row->data->rank, 1);
        acre_assign(e, &x, acre_variable_from(e, one, 2));
        cr_assert_eq(acre_assign(e, &y, acre_add(e, x, row)), ACRE_SHAPE_MISMATCH);
        cr_assert_eq(value_of(y), 9, "y keeps what it had");
        /* rows without elements are rows */
        cr_assert_eq(acre_array_new(e, 0, &empty), ACRE_OK);
        acre_assign(e, &row, acre_variable_new(e, &empty->object));
        acre_unref(e, &empty);
        cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_add(e, row, row))), ACRE_OK);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(row->grad->count, 0);
        acre_unref(e, &row);
    }
    /* more elements than bytes can be counted */
    {
        struct acre_array *huge = (struct acre_array *)x;

        cr_assert_eq(acre_array_new(e, SIZE_MAX / 8 + 2, &huge), ACRE_NO_MEMORY);
        cr_assert_null(huge);
        cr_assert_eq(acre_array_new(e, SIZE_MAX / 16, &huge), ACRE_NO_MEMORY);
        cr_assert_null(huge);
    }
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_empty();
}

/* E-02: the failure of one call in the middle of an expression undoes that expression only. */
MTest(tape, failure_inside_an_expression)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        uint64_t calls;
        uint64_t live;

        open_tape(place);
        assign_number(&x, 2);
        acre_assign(e, &y, acre_square(e, acre_square(e, x)));
        calls = world.plan.calls;
        acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
        calls = world.plan.calls - calls;
        acre_assign(e, &y, acre_square(e, acre_square(e, x)));
        cr_assert_geq(calls, 12); /* elements, array, Variable, Function: three times */
        live = acre_live_objects(e);
        for (uint64_t k = 1; k <= calls; k++) {
            enum acre_status status;

            world.plan.fail_at = world.plan.calls + k;
            status = acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
            if (status == ACRE_OK)
                break; /* tables that had to grow the first time have their room now */
            cr_assert_eq(status, ACRE_NO_MEMORY);
            cr_assert_not_null(strstr(acre_error(e), "memory"));
            cr_assert_eq(value_of(y), 16, "an earlier result is intact");
            if (place != WORLD_BULK) {
                cr_assert_eq(acre_live_objects(e), live);
                cr_assert_eq(acre_strong_count(&x->object), 2);
            }
        }
        world.plan.fail_at = 0;
        acre_unref(e, &x);
        acre_unref(e, &y);
        close_empty();
    }
}

/* A destructor may build a graph and go backward; what it drops dies after it. */
static double grad_inside;

static void compute(struct acre_engine *engine, struct node *node)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;

    (void)node;
    cr_assert_eq(acre_assign(engine, &x, acre_variable_of(engine, 3)), ACRE_OK);
    cr_assert_eq(acre_assign(engine, &y, acre_square(engine, acre_square(engine, x))), ACRE_OK);
    cr_assert_eq(acre_backward(engine, y), ACRE_OK);
    grad_inside = grad_of(x);
    acre_unref(engine, &x);
    acre_unref(engine, &y);
}

MTest(tape, inside_a_destructor)
{
    struct node *node;

    open_tape(WORLD_PINNED);
    node = world_node(&world, 'n');
    node->at_death = compute;
    acre_unref(e, &node);
    cr_assert_eq(grad_inside, 4 * 27);
    close_empty();
}

/* Told of each call: how elements of data are aligned. */
struct alignments {
    struct acre_sink sink;
    uint32_t least, most;
};

static void note_alignment(struct acre_sink *sink, const struct acre_event *event)
{
    struct alignments *alignments = (struct alignments *)sink;

    if (event->layout.purpose != ACRE_PURPOSE_DATA &&
        event->layout.purpose != ACRE_PURPOSE_GRADIENT)
        return;
    if (event->layout.align < alignments->least)
        alignments->least = event->layout.align;
    if (event->layout.align > alignments->most)
        alignments->most = event->layout.align;
}

/* Taken, copied and given back with the alignment that the options say. */
MTest(tape, arrays_begin_where_the_options_say)
{
    static const uint32_t bytes[] = {0, 8, 16, 4096, 4, 24, 8192};

    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        const struct acre_engine_options options = {.array_align_bytes = bytes[i]};
        const uint32_t expected = bytes[i] == 0 ? ACRE_ARRAY_ALIGN_BYTES : bytes[i];
        struct alignments alignments = {.sink = {.on_event = note_alignment}, .least = UINT32_MAX};
        struct acre_alloc *bottom = acre_malloc_new();
        struct acre_alloc *alloc = acre_record_new(bottom, &alignments.sink, 0);
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        enum acre_status status = acre_engine_new(&e, alloc, &options);

        if (i < 4) {
            cr_assert_eq(status, ACRE_OK);
            acre_assign(e, &x, acre_variable_of(e, 3));
            cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
            cr_assert_eq(acre_backward(e, y), ACRE_OK);
            cr_assert_eq((uintptr_t)y->data->elements % expected, 0);
            acre_unref(e, &x);
            acre_unref(e, &y);
            cr_assert_eq(acre_engine_destroy(e), 0);
            cr_assert(alignments.least == expected && alignments.most == expected);
        } else {
            cr_assert(status == ACRE_BAD_ARGUMENT && e == NULL);
        }
        acre_destroy(alloc);
        acre_destroy(bottom);
    }
}

/* The seed's set_creator, for graphs built by hand: a leaf becomes the output of a Function. */
MTest(tape, set_creator)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_variable *leaf = NULL;

    open_tape(WORLD_PINNED);
    assign_number(&x, 3);
    acre_assign(e, &y, acre_square(e, acre_square(e, x)));
    assign_number(&leaf, 81);
    cr_assert_eq(acre_set_creator(e, leaf, y->creator), ACRE_OK);
    cr_assert_eq(leaf->generation, 2);
    cr_assert_eq(acre_strong_count(&y->creator->object), 2);
    /* the Function still knows only its own output, whose gradient is none: zero */
    cr_assert_eq(acre_backward(e, leaf), ACRE_OK);
    cr_assert_null(x->grad);
    acre_unref(e, &leaf);
    cr_assert_eq(acre_strong_count(&y->creator->object), 1);

    /* The creator of a variable that is in use already may be of a higher generation than those
     * who use it. There is room for it all the same, and it is visited. */
    assign_number(&leaf, 3);
    acre_assign(e, &x, acre_variable_of(e, 2));
    acre_assign(e, &y, acre_square(e, x));
    for (int i = 0; i < 100; i++)
        acre_assign(e, &leaf, acre_add(e, leaf, leaf));
    cr_assert_eq(acre_set_creator(e, x, leaf->creator), ACRE_OK);
    cr_assert_eq(x->generation, 100);
    cr_assert_eq(y->generation, 1);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x), i == 0 ? 4 : 8);
        cr_assert_not(leaf->creator->is_queued);
        acre_cleargrad(e, leaf);
    }
    acre_unref(e, &leaf);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_empty();
}
