/*
 * Copies into another region: see copy.h.
 *
 * Each original has a row; while the copying goes on, its link is the row's number, and it is
 * marked, so that its copy is found in constant time. All that can fail is done before the first
 * reference is made: copies, the memory they own, the slots of weak references, room in the logs.
 */
#include "core/copy.h"

#include "core/function.h"

struct pair {
    struct acre_object *original, *copy;
    uint64_t link; /* of the original */
};

struct copying {
    struct acre_table
        pairs;         /* struct pair; breadth first, so the rows are what is to be looked at */
    uint32_t from, to; /* regions */
    size_t crossings;  /* references from copies to what is not copied */
    enum acre_status status;
};

static struct pair *pair_at(const struct copying *copying, uint64_t row)
{
    return (struct pair *)copying->pairs.rows + row;
}

static bool is_copied(const struct acre_object *object)
{
    return (object->flags & OBJECT_IS_REACHED) != 0;
}

/* Find -------------------------------------------------------------------------------------- */

static void add_original(struct acre_engine *engine, struct copying *copying,
                         struct acre_object *object)
{
    const struct acre_type *type = acre_type_of(engine, object);
    uint32_t row = copying->pairs.count;

    if ((type->destroy != NULL || type->free_owned != NULL) && type->copy_owned == NULL) {
        copying->status =
            acre_fail(engine, ACRE_NOT_IMPLEMENTED,
                      "copy: type '%s' owns something, and has no copy_owned", type->name);
        return;
    }
    if (!acre_table_reserve(engine, &copying->pairs, 1, sizeof(struct pair), ACRE_PURPOSE_ENGINE)) {
        copying->status = acre_fail_no_memory(engine, "the list of what is copied");
        return;
    }
    copying->pairs.count++;
    *pair_at(copying, row) = (struct pair){object, NULL, object->link};
    object->link = row;
    object->flags |= OBJECT_IS_REACHED;
}

static void find_child(struct acre_engine *engine, struct acre_object *holder,
                       struct acre_object *child, void *slot, void *context)
{
    struct copying *copying = context;

    (void)holder;
    (void)slot;
    if (child->region != copying->from)
        copying->crossings++;
    else if (copying->status == ACRE_OK && !is_copied(child))
        add_original(engine, copying, child);
}

static void find_all(struct acre_engine *engine, struct copying *copying,
                     struct acre_object *object)
{
    add_original(engine, copying, object);
    for (uint32_t i = 0; copying->status == ACRE_OK && i < copying->pairs.count; i++)
        acre_visit_children(engine, pair_at(copying, i)->original, find_child, copying);
}

/* Make -------------------------------------------------------------------------------------- */

static void reserve_child(struct acre_engine *engine, struct acre_object *holder,
                          struct acre_object *child, void *slot, void *context)
{
    struct copying *copying = context;

    (void)holder;
    (void)slot;
    if (copying->status == ACRE_OK && !is_copied(child) &&
        !acre_edge_reserve(engine, copying->to, child, copying->crossings))
        copying->status = acre_fail_to_hold(engine, child);
}

static void make_copy(struct acre_engine *engine, struct copying *copying, struct pair *pair)
{
    const struct acre_type *type = acre_type_of(engine, pair->original);
    size_t size_bytes = acre_size_of(type, pair->original);
    struct acre_object *copy = acre_object_birth(engine, acre_region_at(engine, copying->to),
                                                 pair->original->type, size_bytes);

    if (copy == NULL) {
        copying->status = acre_fail_no_memory(engine, type->name);
        return;
    }
    memcpy(copy + 1, pair->original + 1, size_bytes - sizeof *copy);
    if (type->copy_owned != NULL)
        copying->status = type->copy_owned(engine, pair->original, copy);
    if (copying->status == ACRE_OK)
        pair->copy = copy;
    else
        acre_object_unmake(engine, copy, false);
}

/* The copy of a handle's object gets a handle of its own. */
static void copy_weak(struct acre_engine *engine, struct acre_object *holder, struct acre_weak weak,
                      const void *slot, void *context)
{
    struct copying *copying = context;
    const struct acre_object *target = acre_weak_peek(engine, weak);
    enum acre_status status;

    (void)holder;
    if (copying->status != ACRE_OK || target == NULL || !is_copied(target))
        return;
    status = acre_weak_of(engine, pair_at(copying, target->link)->copy,
                          (struct acre_weak *)(uintptr_t)slot);
    if (status != ACRE_OK)
        copying->status = status;
}

static void make_all(struct acre_engine *engine, struct copying *copying)
{
    for (uint32_t i = 0; copying->status == ACRE_OK && i < copying->pairs.count; i++) {
        acre_visit_children(engine, pair_at(copying, i)->original, reserve_child, copying);
        if (copying->status == ACRE_OK)
            make_copy(engine, copying, pair_at(copying, i));
    }
    for (uint32_t i = 0; copying->status == ACRE_OK && i < copying->pairs.count; i++) {
        struct acre_object *copy = pair_at(copying, i)->copy;
        const struct acre_type *type = acre_type_of(engine, copy);

        if (type->traverse_weak != NULL)
            type->traverse_weak(engine, copy, copy_weak, copying);
    }
}

static void clear_slot(struct acre_engine *engine, struct acre_object *copy,
                       struct acre_object *child, void *slot, void *context)
{
    (void)engine;
    (void)copy;
    (void)context;
    memset(slot, 0, sizeof child);
}

/* The references of the copies are still those of the originals. */
static void unmake_all(struct acre_engine *engine, const struct copying *copying)
{
    for (uint32_t i = copying->pairs.count; i-- > 0;) {
        struct acre_object *copy = pair_at(copying, i)->copy;

        if (copy == NULL)
            continue;
        acre_visit_children(engine, copy, clear_slot, NULL);
        acre_object_unmake(engine, copy, true);
    }
}

/* Link -------------------------------------------------------------------------------------- */

static void link_child(struct acre_engine *engine, struct acre_object *copy,
                       struct acre_object *child, void *slot, void *context)
{
    const struct copying *copying = context;

    if (is_copied(child))
        child = pair_at(copying, child->link)->copy;
    memcpy(slot, &child, sizeof child);
    acre_edge_add(engine, copy, slot, child);
}

/* Cannot fail. The references of the copies' birth end, but for the first's, which is the caller's.
 */
static void link_all(struct acre_engine *engine, struct copying *copying)
{
    for (uint32_t i = 0; i < copying->pairs.count; i++)
        acre_visit_children(engine, pair_at(copying, i)->copy, link_child, copying);
    for (uint32_t i = 1; i < copying->pairs.count; i++) {
        struct acre_object *copy = pair_at(copying, i)->copy;

        acre_outside_ends(engine, copy);
        copy->strong--;
    }
}

static void restore_originals(const struct copying *copying)
{
    for (uint32_t i = 0; i < copying->pairs.count; i++) {
        const struct pair *pair = pair_at(copying, i);

        pair->original->link = pair->link;
        pair->original->flags &= (uint8_t)~OBJECT_IS_REACHED;
    }
}

enum acre_status acre_copy_to(struct acre_engine *engine, struct acre_object *object,
                              uint32_t region, struct acre_object **copy)
{
    struct copying copying = {.to = region};

    *copy = NULL;
    if (object == NULL || region >= engine->regions.count)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "copy: %s",
                         object == NULL ? "the object is NULL" : "there is no such region");
    if (!acre_check_not_dead(engine, object, "acre_copy_to"))
        return ACRE_BAD_ARGUMENT;
    if (acre_region_at(engine, region)->is_ending)
        return acre_fail(engine, ACRE_BUSY, "copy: region '%s' is being reset",
                         acre_region_at(engine, region)->name);
    copying.from = object->region;
    find_all(engine, &copying, object);
    if (copying.status == ACRE_OK)
        make_all(engine, &copying);
    if (copying.status == ACRE_OK) {
        link_all(engine, &copying);
        *copy = pair_at(&copying, 0)->copy;
    }
    restore_originals(&copying);
    if (copying.status != ACRE_OK)
        unmake_all(engine, &copying); /* destructors: the originals are as they were */
    acre_table_free(engine, &copying.pairs, sizeof(struct pair), ACRE_PURPOSE_ENGINE);
    return copying.status;
}

/* Variables --------------------------------------------------------------------------------- */

static enum acre_status copy_array(struct acre_engine *engine, struct acre_array *array,
                                   uint32_t region, struct acre_array **copy)
{
    struct acre_object *object;
    enum acre_status status = acre_copy_to(engine, &array->object, region, &object);

    *copy = (struct acre_array *)object;
    return status;
}

static struct acre_temp failed(enum acre_status status)
{
    return (struct acre_temp){NULL, status};
}

/* Takes over the arrays; `grad` may be NULL. Both live in the region. */
static struct acre_temp variable_over(struct acre_engine *engine, uint32_t region,
                                      struct acre_array *data, struct acre_array *grad)
{
    struct acre_variable *variable =
        acre_variable_place(engine, acre_region_at(engine, region), data);

    if (variable == NULL) {
        acre_unref(engine, &data);
        acre_unref(engine, &grad);
        return failed(acre_fail_no_memory(engine, "a Variable"));
    }
    acre_edge_adopt(engine, &variable->object, &variable->data, &data->object);
    variable->grad = grad;
    if (grad != NULL)
        acre_edge_adopt(engine, &variable->object, &variable->grad, &grad->object);
    return (struct acre_temp){variable, ACRE_OK};
}

struct acre_temp acre_variable_copy_to(struct acre_engine *engine,
                                       const struct acre_variable *variable, uint32_t region)
{
    struct acre_array *data;
    struct acre_array *grad = NULL;
    enum acre_status status;

    if (variable == NULL || variable->data == NULL)
        return failed(acre_fail(engine, ACRE_BAD_ARGUMENT, "copy: the variable %s",
                                variable == NULL ? "is NULL" : "has no data"));
    status = copy_array(engine, variable->data, region, &data);
    if (status != ACRE_OK)
        return failed(status);
    if (variable->grad != NULL)
        status = copy_array(engine, variable->grad, region, &grad);
    if (status != ACRE_OK) {
        acre_unref(engine, &data);
        return failed(status);
    }
    return variable_over(engine, region, data, grad);
}
