/* Gradients: whose array they are, where they live, and what a failing pass leaves behind. B-04,
 * B-11, E-05. */
#include "support/mtest.h"

#include "core/tape.h"

/* Add passes one array on to both inputs and keeps it in its output: it is never written into,
 * whoever adds to whichever gradient later. */
MTest(gradients, shared_gradients_are_not_written_into)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x0 = NULL;
        struct acre_variable *x1 = NULL;
        struct acre_variable *t = NULL;
        struct acre_variable *y = NULL;
        struct acre_array *kept;

        open_tape(place);
        assign_number(&x0, 2);
        assign_number(&x1, 3);
        acre_assign(e, &t, acre_add(e, x0, x1));
        acre_assign(e, &y, acre_add(e, t, x0));
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x0), 2);
        cr_assert_eq(grad_of(x1), 1);
        cr_assert_eq(grad_of(t), 1);
        cr_assert_eq(grad_of(y), 1);
        cr_assert_eq(x1->grad, y->grad, "one array, three holders");
        cr_assert_eq(t->grad, y->grad);
        cr_assert_neq(x0->grad, y->grad);

        /* a C variable that kept a gradient keeps its value */
        kept = x0->grad;
        acre_ref(e, &kept->object);
        cr_assert_eq(acre_backward(e, t), ACRE_OK);
        cr_assert_eq(kept->elements[0], 2);
        cr_assert_eq(grad_of(x0), 3);
        acre_unref(e, &kept);

        /* B-04 */
        acre_cleargrad(e, x0);
        acre_cleargrad(e, x1);
        acre_cleargrad(e, x1);
        cr_assert_null(x1->grad);
        acre_assign(e, &y, acre_add(e, acre_square(e, x0), acre_square(e, x1)));
        cr_assert_eq(value_of(y), 13);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x0), 4);
        cr_assert_eq(grad_of(x1), 6);

        /* B-11 at depth 2: 32, then 96, since the one between accumulates as well */
        acre_cleargrad(e, x0);
        acre_assign(e, &t, acre_square(e, x0));
        acre_assign(e, &y, acre_square(e, t));
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x0), 32);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(t), 16);
        cr_assert_eq(grad_of(x0), 96);

        acre_unref(e, &x0);
        acre_unref(e, &x1);
        acre_unref(e, &t);
        acre_unref(e, &y);
        close_empty();
    }
}

/* A gradient that somebody sets by hand is where a pass begins; one of another shape is refused
 * before anything is computed with it, on the head and on the way. */
MTest(gradients, gradients_set_by_hand)
{
    static const double values[] = {1, 2, 3, 4, 5};
    struct acre_variable *x = NULL;
    struct acre_variable *a = NULL;
    struct acre_variable *y = NULL;
    struct acre_array *good;
    struct acre_array *bad;

    open_tape(WORLD_PINNED);
    acre_assign(e, &x, acre_variable_from(e, values, 5));
    acre_assign(e, &a, acre_square(e, x));
    acre_assign(e, &y, acre_neg(e, a));
    acre_array_from(e, values, 5, &good);
    acre_array_new(e, 2, &bad);
    cr_assert_eq(acre_slot_set(e, &y->object, &y->grad, &good->object), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(x->grad->elements[4], -2 * 5 * 5);
    acre_cleargrad(e, x);
    acre_cleargrad(e, a);
    cr_assert_eq(acre_slot_set(e, &a->object, &a->grad, &bad->object), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e), "Neg: an input has a gradient of (2,) for data of (5,)");
    acre_cleargrad(e, a);
    cr_assert_eq(acre_slot_set(e, &y->object, &y->grad, &bad->object), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e), "Neg: an output has a gradient of (2,) for data of (5,)");
    cr_assert_null(x->grad);
    acre_unref(e, &good);
    acre_unref(e, &bad);
    acre_unref(e, &x);
    acre_unref(e, &a);
    acre_unref(e, &y);
    close_empty();
}

/* A gradient lives where its variable lives, even one that Add passes on from elsewhere. */
MTest(gradients, gradients_live_with_their_variables)
{
    for (enum world_place place = WORLD_COUNTED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_variable *z = NULL;

        open_tape(place);
        acre_region_enter(e, ACRE_REGION_PINNED);
        assign_number(&x, 3);
        for (int i = 0; i < 3; i++) {
            acre_region_enter(e, world.regions[0]);
            acre_assign(e, &y, acre_add(e, x, x));
            acre_region_enter(e, world.regions[1]);
            acre_assign(e, &z, acre_add(e, y, x));
            acre_region_enter(e, ACRE_REGION_PINNED);
            cr_assert_eq(acre_backward(e, z), ACRE_OK);
            cr_assert_eq(x->grad->object.region, ACRE_REGION_PINNED);
            cr_assert_eq(y->grad->object.region, world.regions[0]);
            cr_assert_eq(z->grad->object.region, world.regions[1]);
            cr_assert_eq(grad_of(x), 3 * (i + 1));
            cr_assert_eq(grad_of(y), 1);
            /* the region in the middle is held by the Function in the other */
            acre_unref(e, &y);
            cr_assert_eq(acre_region_reset(e, world.regions[0]), ACRE_HELD);
            cr_assert_not_null(strstr(acre_error(e), "Function"), "%s", acre_error(e));
            acre_unref(e, &z);
            cr_assert_eq(acre_region_reset(e, world.regions[1]), ACRE_OK, "%s", acre_error(e));
            cr_assert_eq(acre_region_reset(e, world.regions[0]), ACRE_OK, "%s", acre_error(e));
            cr_assert_eq(acre_strong_count(&x->object), 1);
            cr_assert_eq(acre_strong_count(&x->grad->object), 1);
            cr_assert_eq(grad_of(x), 3 * (i + 1));
        }
        acre_unref(e, &x);
        close_empty();
    }
}

/* E-05: a backward pass that fails half-way leaves no mark: after cleargrad it works. */
MTest(gradients, backward_out_of_memory)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        bool failed = true;

        for (uint64_t k = 1; failed; k++) {
            struct acre_variable *x = NULL;
            struct acre_variable *a = NULL;
            struct acre_variable *b = NULL;
            struct acre_variable *y = NULL;
            enum acre_status status;

            open_tape(place);
            acre_region_enter(e, ACRE_REGION_PINNED);
            assign_number(&x, 2);
            acre_region_enter(e, world.regions[0]);
            acre_assign(e, &a, acre_square(e, x));
            acre_assign(e, &b, acre_square(e, a));
            acre_assign(e, &y, acre_add(e, acre_add(e, acre_square(e, b), a), x));
            world.plan.fail_at = world.plan.calls + k;
            status = acre_backward(e, y);
            failed = status != ACRE_OK;
            if (failed) {
                cr_assert_eq(status, ACRE_NO_MEMORY);
                cr_assert_eq(acre_error(e)[0], 'o');
            }
            world.plan.fail_at = 0;
            acre_cleargrad(e, x);
            acre_cleargrad(e, a);
            acre_cleargrad(e, b);
            acre_cleargrad(e, y);
            acre_cleargrad(e, y->creator->inputs[0]);
            acre_cleargrad(e, y->creator->inputs[0]->creator->inputs[0]);
            cr_assert_eq(acre_backward(e, y), ACRE_OK, "%s", acre_error(e));
            /* y = x^8 + x^2 + x */
            cr_assert_eq(grad_of(x), 8 * 128 + 2 * 2 + 1);
            acre_unref(e, &x);
            acre_unref(e, &a);
            acre_unref(e, &b);
            acre_unref(e, &y);
            close_empty();
        }
    }
}
