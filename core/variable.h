/*
 * The tape: variables, functions, operators, backward. DeZero's step 17.
 *
 *      Variable x ◄───strong─── Function ───weak──► Variable y ───strong──► Function (its creator)
 *          data, grad: strong      inputs             outputs
 *
 * With strong outputs (ACRE_BACK_STRONG) every Function and its output hold each other: step 16.
 *
 * Expressions nest without leaking because C is told what is a temporary. A call returns a
 * `struct acre_temp`, which owns a reference and is used exactly once: as an argument of the next
 * call, which consumes it, or by acre_assign, which moves it into a C variable. A C variable
 * (struct acre_variable *) given as an argument is only borrowed. So the seed's line is one line,
 *
 *      acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
 *
 * and it does what Python does: the new graph is built, then y lets go of the old one. A failure
 * anywhere inside makes the outer calls do nothing but pass the status on.
 */
#ifndef ACRE_CORE_VARIABLE_H
#define ACRE_CORE_VARIABLE_H

#include "core/array.h"
#include "core/weak.h"

struct acre_function;

struct acre_variable {
    struct acre_object object;
    struct acre_array *data;
    struct acre_array *grad;       /* NULL: none; lives in the variable's own region */
    struct acre_function *creator; /* NULL: made by the user */
    uint32_t generation;
};

_Static_assert(sizeof(struct acre_variable) <= 64, "a Variable is at most 64 bytes");

/*
 * An operator: what the seed writes as a subclass of Function. A constant that outlives the engine.
 * `forward` gets the inputs' arrays and makes the outputs' arrays (owned, in the current region).
 * `backward` gets the outputs' gradients (NULL stands for zero: the output is dead or unused) and
 * the function, and makes one array an input: a new one from acre_gradient_for, or one of the given
 * ones with a reference added. NULL stands for no gradient. On failure it leaves nothing behind.
 */
struct acre_operator {
    const char *name;
    uint32_t input_count, output_count;
    enum acre_status (*forward)(struct acre_engine *engine, struct acre_array *const *xs,
                                struct acre_array **ys);
    enum acre_status (*backward)(struct acre_engine *engine, const struct acre_function *function,
                                 struct acre_array *const *gys, struct acre_array **gxs);
};

/* One use of an operator. 64 bytes with two inputs and one output; the edges lie behind it. */
struct acre_function {
    struct acre_object object;
    uint32_t generation; /* the largest of its inputs' */
    uint8_t input_count, output_count;
    uint8_t is_queued;              /* reached by backward or unchain_backward */
    uint8_t outputs_are_strong;     /* step 16 */
    struct acre_function *next;     /* the next of its generation, or visited, or to be cut */
    struct acre_variable *inputs[]; /* then the outputs: struct acre_weak each */
};

struct acre_temp {
    struct acre_variable *variable; /* owned; NULL when status is not ACRE_OK */
    enum acre_status status;
};

struct acre_argument {
    struct acre_variable *variable;
    enum acre_status status;
    bool is_owned;
};

static inline struct acre_argument acre_borrowed_argument(struct acre_variable *variable)
{
    return (struct acre_argument){variable, ACRE_OK, false};
}

static inline struct acre_argument acre_owned_argument(struct acre_temp temp)
{
    return (struct acre_argument){temp.variable, temp.status, true};
}

/* A number is made a Variable of rank 0, in the current region. */
struct acre_argument acre_number_argument(struct acre_engine *engine, double value);

static inline struct acre_argument acre_temp_argument(struct acre_engine *engine,
                                                      struct acre_temp temp)
{
    (void)engine;
    return acre_owned_argument(temp);
}

static inline struct acre_argument acre_variable_argument(struct acre_engine *engine,
                                                          struct acre_variable *variable)
{
    (void)engine;
    return acre_borrowed_argument(variable);
}

/* A C variable is borrowed, a temporary is consumed, a number becomes a temporary: the type
 * decides. */
#define ACRE_ARGUMENT(engine, x)                                                                   \
    _Generic((x), struct acre_temp                                                                 \
             : acre_temp_argument, struct acre_variable *                                          \
             : acre_variable_argument, default                                                     \
             : acre_number_argument)(engine, x)

/* Making variables ------------------------------------------------------------------------- */

/* A Variable over `data`, which must be an array (ACRE_NOT_AN_ARRAY) and is borrowed: the Variable
 * holds a reference of its own. */
struct acre_temp acre_variable_new(struct acre_engine *engine, struct acre_object *data)
    __attribute__((warn_unused_result));

/* A Variable over `data`, whose reference it takes over, whatever happens: what was just made and
 * filled. If making it has failed, its status is passed on, and `data` is not looked at. */
struct acre_temp acre_variable_taking(struct acre_engine *engine, enum acre_status made,
                                      struct acre_array *data) __attribute__((warn_unused_result));

/* A Variable over a new row with a copy of `values`; over rows of equal length, one after the
 * other; over a new number. */
struct acre_temp acre_variable_from(struct acre_engine *engine, const double *values, size_t count)
    __attribute__((warn_unused_result));
struct acre_temp acre_variable_from_2d(struct acre_engine *engine, const double *values,
                                       size_t rows, size_t columns)
    __attribute__((warn_unused_result));
struct acre_temp acre_variable_of(struct acre_engine *engine, double value)
    __attribute__((warn_unused_result));

/* Holding them ----------------------------------------------------------------------------- */

/*
 * acre_assign(engine, &y, temporary): moves the temporary into y, then releases what y held.
 * When the temporary has failed, y keeps what it had, and the status is returned. acre_unref lets
 * go of y. The C variable's name is remembered while it holds something in a region that can be
 * reset, so that a refused reset can tell it.
 */
#define acre_assign(engine, variable, temp) acre_assign_as(engine, variable, temp, #variable)
enum acre_status acre_assign_as(struct acre_engine *engine, struct acre_variable **variable,
                                struct acre_temp temp, const char *name);

/* Operators -------------------------------------------------------------------------------- */

/*
 * Registers an operator, whose number acre_apply takes. Those of core/operators.h are there from
 * the beginning; docs/add-an-operator.md shows how another one is written.
 */
enum acre_status acre_operator_register(struct acre_engine *engine, const struct acre_operator *op,
                                        uint32_t *number);

/*
 * Uses an operator: runs forward, makes the Function and its outputs. Owned arguments are consumed
 * whether it succeeds or not. `outputs` (as many as the operator has) are owned by the caller.
 * A number that is no operator gives ACRE_BAD_ARGUMENT; how many arguments there are is unknown
 * then, so none is consumed and no output is set.
 * An operator without forward gives ACRE_NOT_IMPLEMENTED and its name.
 */
enum acre_status acre_apply(struct acre_engine *engine, uint32_t operator_number,
                            const struct acre_argument *arguments, struct acre_temp *outputs);

/* The tape --------------------------------------------------------------------------------- */

/*
 * no_grad: from ACRE_NO_GRAD(engine); to the end of the block operators record nothing. There is no
 * Function then: an output has no creator and generation 0, and lives alone. However the block is
 * left (its end, return, break, goto), things are again what they were before, so blocks nest. The
 * engine has to outlive the block.
 */
#define ACRE_NO_GRAD(engine)            ACRE_NO_GRAD_AS(engine, __COUNTER__)
#define ACRE_NO_GRAD_AS(engine, number) ACRE_NO_GRAD_NUMBERED(engine, number)
#define ACRE_NO_GRAD_NUMBERED(engine, number)                                                      \
    struct acre_no_grad acre_no_grad_##number __attribute__((cleanup(acre_no_grad_end), unused)) = \
        acre_no_grad_begin(engine)

/* The two ends of such a block, for code whose blocks are no blocks of C. They nest. */
struct acre_no_grad {
    struct acre_engine *engine;
    bool was_unrecorded;
};
struct acre_no_grad acre_no_grad_begin(struct acre_engine *engine);
void acre_no_grad_end(const struct acre_no_grad *scope);

/* The seed's set_creator: the variable's creator becomes `function` and its generation one more
 * than the function's. For code that builds graphs by hand; acre_apply does it itself. ACRE_BUSY
 * inside a backward pass. */
enum acre_status acre_set_creator(struct acre_engine *engine, struct acre_variable *variable,
                                  struct acre_function *function);

/* The gradient is none again. */
void acre_cleargrad(struct acre_engine *engine, struct acre_variable *variable);

/*
 * Gradients of `variable` with respect to everything it was made from. Its own gradient is ones
 * unless it has one. Functions are visited from the highest generation down, last reached first
 * within one, each once: O(variables + functions). Gradients that exist are added to, never
 * written into when anybody else holds the array.
 * On failure the gradients written so far stay; acre_cleargrad and a second call are in order.
 */
enum acre_status acre_backward(struct acre_engine *engine, struct acre_variable *variable);

/*
 * The same with the say of what is kept for this one pass; acre_backward goes by the engine's
 * option. With ACRE_RETAIN_LEAVES a Function's outputs lose their gradients, and these their
 * memory, as soon as it has been visited: the one the pass began with as well, if a Function made
 * it.
 */
enum acre_status acre_backward_retaining(struct acre_engine *engine, struct acre_variable *variable,
                                         enum acre_retain retain);

/*
 * Cuts the graph behind the variable: it has no creator and generation 0 from now on, and what
 * nobody else holds dies. The _backward form leaves the variable its creator and cuts behind every
 * other one that backward would reach from it: all inputs of all those Functions become leaves. It
 * needs neither memory nor a deep stack. Data and gradients stay. ACRE_BAD_ARGUMENT for NULL,
 * ACRE_BUSY inside a backward pass.
 */
enum acre_status acre_unchain(struct acre_engine *engine, struct acre_variable *variable);
enum acre_status acre_unchain_backward(struct acre_engine *engine, struct acre_variable *variable);

/* For forward of operators: a new array of the shape of `like`, in the current region. */
enum acre_status acre_output_like(struct acre_engine *engine, const struct acre_array *like,
                                  struct acre_array **output);

/* For backward of operators: a new array of the shape of input `index`, in that input's region. The
 * other form is of the shape of `like`, for those that acre_gradient_sum is to be used on. */
enum acre_status acre_gradient_for(struct acre_engine *engine, const struct acre_function *function,
                                   uint32_t index, struct acre_array **gradient);
enum acre_status acre_gradient_like(struct acre_engine *engine,
                                    const struct acre_function *function, uint32_t index,
                                    const struct acre_array *like, struct acre_array **gradient);

/*
 * For backward of operators that let a number stand beside many elements: if input `index` has rank
 * 0, a gradient of another rank becomes the sum of its elements. Otherwise, and on failure, it
 * stays what it is.
 */
enum acre_status acre_gradient_sum(struct acre_engine *engine, const struct acre_function *function,
                                   uint32_t index, struct acre_array **gradient);

/* Output `index` of a function, borrowed; NULL when it is dead. */
struct acre_variable *acre_function_output(const struct acre_engine *engine,
                                           const struct acre_function *function, uint32_t index);

#include "core/operators.h" /* acre_add(engine, x0, x1), ... */

#endif
