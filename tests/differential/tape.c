/*
 * tape: runs programs for the tape that it reads, and prints what came out. tape.py writes them and
 * knows what should. One instruction a line:
 *
 *   leaf RANK ROWS COLUMNS VALUE...    a new variable; ROWS is 1 but for rank 2
 *   apply OPERATOR I [J]               a new variable, made of number I (and number J)
 *   backward I all|leaves              which gradients are kept
 *   end                                prints all variables and forgets them
 *
 * A variable is printed as "data VALUE..." and "grad VALUE...", or "none" instead of the latter.
 * All values are hexadecimal. Exit status 0: every program was understood and ran.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "core/check.h"
#include "core/variable.h"

enum { MOST_VARIABLES = 128, MOST_ELEMENTS = 4096 };

static struct acre_engine *e;
static struct acre_variable *variables[MOST_VARIABLES];
static size_t count;

typedef struct acre_temp unary(struct acre_engine *engine, struct acre_argument x);
typedef struct acre_temp binary(struct acre_engine *engine, struct acre_argument x0,
                                struct acre_argument x1);

static const struct {
    const char *name;
    unary *of_one;
    binary *of_two;
} operators[] = {
    {"Neg", acre_neg_of, NULL},
    {"Add", NULL, acre_add_of},
    {"Sub", NULL, acre_sub_of},
    {"Mul", NULL, acre_mul_of},
    {"Div", NULL, acre_div_of},
    {"Pow", NULL, acre_pow_of},
    {"Square", acre_square_of, NULL},
    {"Exp", acre_exp_of, NULL},
    {"Tanh", acre_tanh_of, NULL},
    {"Sum", acre_sum_of, NULL},
    {"MatMul", NULL, acre_matmul_of},
    {"AddRow", NULL, acre_add_row_of},
    {"SoftmaxCrossEntropy", NULL, acre_softmax_cross_entropy_of},
};

static size_t read_number(void)
{
    size_t number;

    check(scanf("%zu", &number) == 1, "a number is missing");
    return number;
}

static struct acre_variable *read_variable(void)
{
    size_t number = read_number();

    check(number < count, "there is no variable %zu", number);
    return variables[number];
}

static void add_variable(struct acre_temp made)
{
    check(count < MOST_VARIABLES, "too many variables");
    check(acre_assign(e, &variables[count], made) == ACRE_OK, "variable %zu: %s", count,
          acre_error(e));
    count++;
}

static void read_leaf(void)
{
    static double values[MOST_ELEMENTS];
    size_t rank = read_number();
    size_t rows = read_number();
    size_t columns = read_number();

    check(rows * columns <= MOST_ELEMENTS, "%zu times %zu elements", rows, columns);
    for (size_t i = 0; i < rows * columns; i++)
        check(scanf("%la", &values[i]) == 1, "element %zu is missing", i);
    add_variable(rank == 0   ? acre_variable_of(e, values[0])
                 : rank == 1 ? acre_variable_from(e, values, columns)
                             : acre_variable_from_2d(e, values, rows, columns));
}

static void read_apply(void)
{
    char name[32];
    size_t i = 0;
    struct acre_argument x;

    check(scanf("%31s", name) == 1, "an operator is missing");
    while (i < sizeof operators / sizeof operators[0] && strcmp(operators[i].name, name) != 0)
        i++;
    check(i < sizeof operators / sizeof operators[0], "there is no operator %s", name);
    x = acre_borrowed_argument(read_variable());
    add_variable(operators[i].of_one != NULL
                     ? operators[i].of_one(e, x)
                     : operators[i].of_two(e, x, acre_borrowed_argument(read_variable())));
}

static void read_backward(void)
{
    struct acre_variable *head = read_variable();
    char kept[8];

    check(scanf("%7s", kept) == 1, "what is kept is missing");
    check(acre_backward_retaining(
              e, head, strcmp(kept, "all") == 0 ? ACRE_RETAIN_ALL : ACRE_RETAIN_LEAVES) == ACRE_OK,
          "%s", acre_error(e));
}

static void print_array(const char *what, const struct acre_array *array)
{
    fputs(what, stdout);
    for (size_t i = 0; i < array->count; i++)
        printf(" %a", array->elements[i]);
    putchar('\n');
}

static void print_and_forget(void)
{
    for (size_t i = 0; i < count; i++) {
        print_array("data", variables[i]->data);
        if (variables[i]->grad != NULL)
            print_array("grad", variables[i]->grad);
        else
            puts("none");
    }
    while (count > 0)
        acre_unref(e, &variables[--count]);
    check(acre_live_objects(e) == 0, "%llu objects are left",
          (unsigned long long)acre_live_objects(e));
}

int main(void)
{
    struct acre_alloc *alloc = acre_malloc_new();
    char word[16];

    check(acre_engine_new(&e, alloc, NULL) == ACRE_OK, "no engine");
    while (scanf("%15s", word) == 1) {
        if (strcmp(word, "leaf") == 0)
            read_leaf();
        else if (strcmp(word, "apply") == 0)
            read_apply();
        else if (strcmp(word, "backward") == 0)
            read_backward();
        else if (strcmp(word, "end") == 0)
            print_and_forget();
        else
            check(false, "there is no instruction %s", word);
    }
    check(acre_engine_destroy(e) == 0, "objects leaked");
    acre_destroy(alloc);
    return 0;
}
