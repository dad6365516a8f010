/* What the four small programs of the seed share: a type of objects with a name and one reference.
 */
#ifndef ACRE_TESTS_EXAMPLES_EXAMPLE_H
#define ACRE_TESTS_EXAMPLES_EXAMPLE_H

#include <stddef.h>
#include <stdio.h>

#include "alloc/backends.h"
#include "core/weak.h"

struct obj {
    struct acre_object object;
    struct obj *next;
    const char *name;
};

static void say_goodbye(struct acre_engine *engine, struct acre_object *object)
{
    (void)engine;
    printf("%s dies\n", ((struct obj *)object)->name);
}

static const struct acre_slot obj_slots[] = {{"next", offsetof(struct obj, next)}};

static const struct acre_type obj_type = {
    .name = "obj",
    .size_bytes = sizeof(struct obj),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = obj_slots,
    .slot_count = 1,
    .destroy = say_goodbye,
};

/* An engine on malloc with the type of its objects. */
struct example {
    struct acre_alloc *alloc;
    struct acre_engine *engine;
    uint32_t type;
};

static inline bool example_open_with(struct example *example, const struct acre_type *type)
{
    example->alloc = acre_malloc_new();
    return example->alloc != NULL &&
           acre_engine_new(&example->engine, example->alloc, NULL) == ACRE_OK &&
           acre_type_register(example->engine, type, &example->type) == ACRE_OK;
}

static inline bool example_open(struct example *example)
{
    return example_open_with(example, &obj_type);
}

/* NULL: no memory. */
static inline struct obj *example_new(struct example *example, const char *name)
{
    struct acre_object *object;

    if (acre_object_new(example->engine, example->type, &object) != ACRE_OK)
        return NULL;
    ((struct obj *)object)->name = name;
    return (struct obj *)object;
}

/* a.next = b; NULL is None */
static inline void example_link(struct example *example, struct obj *a, struct obj *b)
{
    acre_slot_set(example->engine, &a->object, &a->next, b != NULL ? &b->object : NULL);
}

static inline int example_close(struct example *example)
{
    uint64_t leaked = acre_engine_destroy(example->engine);

    acre_destroy(example->alloc);
    return leaked == 0 ? 0 : 1;
}

#endif
