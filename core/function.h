/* The inside of the tape: arrays, Variables, Functions; for the files of core/ only. */
#ifndef ACRE_CORE_FUNCTION_H
#define ACRE_CORE_FUNCTION_H

#include "core/edge.h"
#include "core/kernels.h"
#include "core/variable.h"

/* array.c: an array of the shape of `like`. */
enum acre_status acre_array_like(struct acre_engine *engine, const struct acre_array *like,
                                 uint32_t region, enum acre_purpose purpose,
                                 struct acre_array **array);

/* function.c, array.c, variable.c */
extern const struct acre_type acre_function_type;
extern const struct acre_type acre_array_type;
extern const struct acre_type acre_variable_type;

/* arithmetic.c, powers.c, products.c, rows.c: one line each. */
extern const struct acre_operator acre_neg_operator;
extern const struct acre_operator acre_add_operator;
extern const struct acre_operator acre_sub_operator;
extern const struct acre_operator acre_mul_operator;
extern const struct acre_operator acre_div_operator;
extern const struct acre_operator acre_pow_operator;
extern const struct acre_operator acre_square_operator;
extern const struct acre_operator acre_exp_operator;
extern const struct acre_operator acre_tanh_operator;
extern const struct acre_operator acre_sum_operator;
extern const struct acre_operator acre_matmul_operator;
extern const struct acre_operator acre_add_row_operator;
extern const struct acre_operator acre_softmax_cross_entropy_operator;

/* operators.c: ACRE_SHAPE_MISMATCH with both shapes; `wanted` ends the sentence. */
enum acre_status acre_fail_shapes(struct acre_engine *engine, const char *operator_name,
                                  const struct acre_array *x0, const struct acre_array *x1,
                                  const char *wanted);

/* How a Function refers to an output: which of the two, outputs_are_strong says. */
union acre_output {
    struct acre_weak weak;
    struct acre_variable *strong;
};

static inline size_t acre_function_bytes(uint32_t input_count, uint32_t output_count)
{
    return sizeof(struct acre_function) + input_count * sizeof(struct acre_variable *) +
           output_count * sizeof(union acre_output);
}

static inline union acre_output *acre_function_outputs(const struct acre_function *function)
{
    return (union acre_output *)(function->inputs + function->input_count);
}

/* A Variable over `data`; the edge to it is the caller's to make. NULL: no memory. */
static inline struct acre_variable *
acre_variable_place(struct acre_engine *engine, struct acre_region *region, struct acre_array *data)
{
    struct acre_variable *variable =
        acre_object_place(engine, region, TYPE_VARIABLE, sizeof *variable, ACRE_PURPOSE_VARIABLE);

    if (variable == NULL)
        return NULL;
    variable->data = data;
    variable->grad = NULL;
    variable->creator = NULL;
    variable->generation = 0;
    return variable;
}

#endif
