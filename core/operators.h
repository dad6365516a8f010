/*
 * The operators every engine has. Each argument is a C variable (borrowed), a temporary (consumed)
 * or a number, which becomes a Variable of rank 0 as the seed's as_variable makes one:
 *
 *      acre_assign(e, &y, acre_add(e, acre_mul(e, 0.5, acre_square(e, x)), 1));
 *
 * Of two operands either may be of rank 0: it stands beside every element of the other, and its
 * gradient is the sum over them. Otherwise the shapes are equal, or the status is
 * ACRE_SHAPE_MISMATCH. The sentences of failures begin with the name in the first column.
 *
 *      Neg      -x             gradient -gy
 *      Add      x0 + x1        gy for both: the very array
 *      Sub      x0 - x1        gy, -gy
 *      Mul      x0 * x1        gy * x1, gy * x0
 *      Div      x0 / x1        gy / x1, gy * (-x0 / (x1 * x1))
 *      Pow      x ** c         (c * x ** (c - 1)) * gy; zeros where c is 0
 *      Square   x * x          (2 * x) * gy
 *      Exp      e ** x         gy * y
 *      Tanh     tanh x         gy * (1 - y * y)
 *      Sum      a number       gy for each element
 *      MatMul   x0 times x1    gy times x1 transposed, x0 transposed times gy
 *      AddRow   x0 + x1        gy: the very array; the sum over gy's rows
 *      SoftmaxCrossEntropy     a number: see core/elements.h; no gradient of the classes
 *
 * The exponent of Pow is a constant: it has rank 0 (ACRE_SHAPE_MISMATCH) and gets no gradient. Sum
 * adds in the order that core/kernels.h states. MatMul takes two arrays of rank 2 and is BLAS'
 * dgemm: which order it adds in is that library's affair. AddRow takes an array of rank 2 and a row
 * with as many elements as it has columns, which is added to each of its rows: the bias of a layer.
 * SoftmaxCrossEntropy takes scores of rank 2, a row for each sample, and a row with the number of
 * each sample's class, from 0 to one less than the columns, or the status is ACRE_BAD_ARGUMENT.
 */
#ifndef ACRE_CORE_OPERATORS_H
#define ACRE_CORE_OPERATORS_H

#include "core/variable.h"

#define acre_neg(engine, x)          acre_neg_of(engine, ACRE_ARGUMENT(engine, x))
#define acre_add(engine, x0, x1)     ACRE_OF_TWO(acre_add_of, engine, x0, x1)
#define acre_sub(engine, x0, x1)     ACRE_OF_TWO(acre_sub_of, engine, x0, x1)
#define acre_mul(engine, x0, x1)     ACRE_OF_TWO(acre_mul_of, engine, x0, x1)
#define acre_div(engine, x0, x1)     ACRE_OF_TWO(acre_div_of, engine, x0, x1)
#define acre_pow(engine, x, c)       ACRE_OF_TWO(acre_pow_of, engine, x, c)
#define acre_square(engine, x)       acre_square_of(engine, ACRE_ARGUMENT(engine, x))
#define acre_exp(engine, x)          acre_exp_of(engine, ACRE_ARGUMENT(engine, x))
#define acre_tanh(engine, x)         acre_tanh_of(engine, ACRE_ARGUMENT(engine, x))
#define acre_sum(engine, x)          acre_sum_of(engine, ACRE_ARGUMENT(engine, x))
#define acre_matmul(engine, x0, x1)  ACRE_OF_TWO(acre_matmul_of, engine, x0, x1)
#define acre_add_row(engine, x, row) ACRE_OF_TWO(acre_add_row_of, engine, x, row)
#define acre_softmax_cross_entropy(engine, scores, classes)                                        \
    ACRE_OF_TWO(acre_softmax_cross_entropy_of, engine, scores, classes)

#define ACRE_OF_TWO(function, engine, x0, x1)                                                      \
    function(engine, ACRE_ARGUMENT(engine, x0), ACRE_ARGUMENT(engine, x1))

#define ACRE_MAKES_TEMP struct acre_temp __attribute__((warn_unused_result))

ACRE_MAKES_TEMP acre_neg_of(struct acre_engine *engine, struct acre_argument x);
ACRE_MAKES_TEMP acre_add_of(struct acre_engine *engine, struct acre_argument x0,
                            struct acre_argument x1);
ACRE_MAKES_TEMP acre_sub_of(struct acre_engine *engine, struct acre_argument x0,
                            struct acre_argument x1);
ACRE_MAKES_TEMP acre_mul_of(struct acre_engine *engine, struct acre_argument x0,
                            struct acre_argument x1);
ACRE_MAKES_TEMP acre_div_of(struct acre_engine *engine, struct acre_argument x0,
                            struct acre_argument x1);
ACRE_MAKES_TEMP acre_pow_of(struct acre_engine *engine, struct acre_argument x,
                            struct acre_argument c);
ACRE_MAKES_TEMP acre_square_of(struct acre_engine *engine, struct acre_argument x);
ACRE_MAKES_TEMP acre_exp_of(struct acre_engine *engine, struct acre_argument x);
ACRE_MAKES_TEMP acre_tanh_of(struct acre_engine *engine, struct acre_argument x);
ACRE_MAKES_TEMP acre_sum_of(struct acre_engine *engine, struct acre_argument x);
ACRE_MAKES_TEMP acre_matmul_of(struct acre_engine *engine, struct acre_argument x0,
                               struct acre_argument x1);
ACRE_MAKES_TEMP acre_add_row_of(struct acre_engine *engine, struct acre_argument x,
                                struct acre_argument row);
ACRE_MAKES_TEMP acre_softmax_cross_entropy_of(struct acre_engine *engine,
                                              struct acre_argument scores,
                                              struct acre_argument classes);

#endif
