#include "core/array.h"

#include <stdio.h>
#include <string.h>

#include "core/function.h"

static struct acre_layout layout_of_elements(const struct acre_engine *engine,
                                             const struct acre_array *array)
{
    return (struct acre_layout){array->count * sizeof *array->elements, engine->array_align_bytes,
                                array->is_gradient ? ACRE_PURPOSE_GRADIENT : ACRE_PURPOSE_DATA};
}

static void free_elements(struct acre_engine *engine, struct acre_object *object)
{
    struct acre_array *array = (struct acre_array *)object;

    acre_free(acre_region_of(engine, object)->alloc, array->elements,
              layout_of_elements(engine, array));
}

static enum acre_status copy_elements(struct acre_engine *engine,
                                      const struct acre_object *original, struct acre_object *copy)
{
    struct acre_array *array = (struct acre_array *)copy;
    const struct acre_layout layout = layout_of_elements(engine, array);

    array->elements = acre_allocate(acre_allocator_of(engine, copy), layout);
    if (array->elements == NULL)
        return acre_fail_no_memory(engine, "the elements of an array");
    memcpy(array->elements, ((const struct acre_array *)original)->elements, layout.size);
    return ACRE_OK;
}

const struct acre_type acre_array_type = {
    .name = "array",
    .size_bytes = sizeof(struct acre_array),
    .purpose = ACRE_PURPOSE_ARRAY,
    .free_owned = free_elements,
    .copy_owned = copy_elements,
};

/* Of the shape of `like`, of which nothing else is looked at. */
enum acre_status acre_array_like(struct acre_engine *engine, const struct acre_array *like,
                                 uint32_t region_number, enum acre_purpose purpose,
                                 struct acre_array **array)
{
    struct acre_region *region = acre_region_at(engine, region_number);
    const size_t count = like->count;
    const struct acre_layout layout = {count * sizeof(double), engine->array_align_bytes, purpose};
    double *elements =
        acre_allocate_array(region->alloc, count, sizeof *elements, layout.align, purpose);
    const uint64_t gradient = (struct acre_array){.is_gradient = 1}.form;

    *array = NULL;
    if (elements != NULL)
        *array = acre_object_place_acyclic(engine, region, TYPE_ARRAY, sizeof **array,
                                           ACRE_PURPOSE_ARRAY);
    if (*array == NULL) {
        acre_free(region->alloc, elements, layout);
        return acre_fail(engine, ACRE_NO_MEMORY, "out of memory for an array of %zu elements",
                         count);
    }
    (*array)->elements = elements;
    (*array)->count = count;
    (*array)->form = (like->form & ~gradient) | (purpose == ACRE_PURPOSE_GRADIENT ? gradient : 0);
    return ACRE_OK;
}

/* Data in the current region. */
static enum acre_status new_data(struct acre_engine *engine, const struct acre_array *like,
                                 struct acre_array **array)
{
    *array = NULL;
    if (!acre_check_owner(engine, "acre_array_new"))
        return ACRE_BAD_ARGUMENT;
    return acre_array_like(engine, like, engine->current_region, ACRE_PURPOSE_DATA, array);
}

enum acre_status acre_array_new(struct acre_engine *engine, size_t count, struct acre_array **array)
{
    return new_data(engine, &(struct acre_array){.rank = 1, .count = count}, array);
}

enum acre_status acre_array_new_2d(struct acre_engine *engine, size_t rows, size_t columns,
                                   struct acre_array **array)
{
    *array = NULL;
    if (rows > ACRE_MOST_ROWS || columns > ACRE_MOST_ROWS)
        return acre_fail(engine, ACRE_BAD_ARGUMENT,
                         "array: (%zu, %zu) has more than %d rows or columns", rows, columns,
                         ACRE_MOST_ROWS);
    return new_data(engine,
                    &(struct acre_array){.rank = 2,
                                         .count = rows * columns,
                                         .rows = (uint32_t)rows & ACRE_MOST_ROWS,
                                         .columns = (uint32_t)columns & ACRE_MOST_ROWS},
                    array);
}

static void copy_values(struct acre_array *array, const double *values)
{
    if (array->count > 0)
        memcpy(array->elements, values, array->count * sizeof *values);
}

enum acre_status acre_array_from(struct acre_engine *engine, const double *values, size_t count,
                                 struct acre_array **array)
{
    enum acre_status status = acre_array_new(engine, count, array);

    if (status == ACRE_OK)
        copy_values(*array, values);
    return status;
}

enum acre_status acre_array_from_2d(struct acre_engine *engine, const double *values, size_t rows,
                                    size_t columns, struct acre_array **array)
{
    enum acre_status status = acre_array_new_2d(engine, rows, columns, array);

    if (status == ACRE_OK)
        copy_values(*array, values);
    return status;
}

enum acre_status acre_as_array(struct acre_engine *engine, double value, struct acre_array **array)
{
    enum acre_status status = new_data(engine, &(struct acre_array){.rank = 0, .count = 1}, array);

    if (status == ACRE_OK)
        (*array)->elements[0] = value;
    return status;
}

struct acre_array *acre_to_array(const struct acre_engine *engine, struct acre_object *object)
{
    bool is_array = object != NULL && acre_type_of(engine, object) == &acre_array_type;

    return is_array ? (struct acre_array *)object : NULL;
}

const char *acre_shape_text(const struct acre_array *array, char text[ACRE_SHAPE_BYTES])
{
    if (array->rank == 0)
        snprintf(text, ACRE_SHAPE_BYTES, "()");
    else if (array->rank == 1)
        snprintf(text, ACRE_SHAPE_BYTES, "(%zu,)", array->count);
    else
        snprintf(text, ACRE_SHAPE_BYTES, "(%u, %u)", array->rows, array->columns);
    return text;
}
