/* The front functions that are too long, or too rare, to be inline. */
#include "alloc/alloc.h"

#include <string.h>

const char *acre_purpose_name(enum acre_purpose purpose)
{
    static const char *const names[ACRE_PURPOSE_COUNT] = {
        [ACRE_PURPOSE_OTHER] = "other",       [ACRE_PURPOSE_NODE] = "node",
        [ACRE_PURPOSE_VARIABLE] = "Variable", [ACRE_PURPOSE_FUNCTION] = "Function",
        [ACRE_PURPOSE_ARRAY] = "array",       [ACRE_PURPOSE_DATA] = "data",
        [ACRE_PURPOSE_GRADIENT] = "gradient", [ACRE_PURPOSE_WEAK] = "weak slots",
        [ACRE_PURPOSE_EDGE] = "edge log",     [ACRE_PURPOSE_ENGINE] = "engine",
    };

    return (unsigned)purpose < ACRE_PURPOSE_COUNT ? names[purpose] : "?";
}

const char *acre_threads_name(enum acre_threads threads)
{
    static const char *const names[] = {
        [ACRE_THREADS_IN_TURN] = "one thread at a time",
        [ACRE_THREADS_MAKER] = "only the thread that made it",
        [ACRE_THREADS_ANY] = "any at any time, frees of another's blocks as well",
    };

    return (unsigned)threads < sizeof names / sizeof names[0] ? names[threads] : "?";
}

bool acre_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct acre_layout wanted = {size, old.align, old.purpose};

    if (block == NULL || !acre_can(self, ACRE_CAN_RESIZE) || !acre_layout_is_valid(wanted))
        return false;
    wanted = acre_layout_at_least_one_byte(wanted);
    return self->ops->resize(self, block, acre_layout_at_least_one_byte(old), wanted.size);
}

void *acre_move(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    void *moved = acre_allocate(self, (struct acre_layout){size, old.align, old.purpose});

    if (moved != NULL && block != NULL) {
        memcpy(moved, block, old.size < size ? old.size : size);
        acre_free(self, block, old);
    }
    return moved;
}

void *acre_reallocate(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct acre_layout wanted = {size, old.align, old.purpose};

    if (block != NULL && acre_can(self, ACRE_CAN_REALLOCATE))
        return acre_layout_is_valid(wanted)
                   ? self->ops->reallocate(self, block, acre_layout_at_least_one_byte(old),
                                           acre_layout_at_least_one_byte(wanted).size)
                   : NULL;
    if (block != NULL && acre_resize(self, block, old, size))
        return block;
    return acre_move(self, block, old, size);
}

bool acre_reset(struct acre_alloc *self)
{
    if (!acre_can(self, ACRE_CAN_RESET))
        return false;
    self->ops->reset(self);
    self->epoch++;
    return true;
}

size_t acre_usable_bytes(const struct acre_alloc *self, const void *block,
                         struct acre_layout layout)
{
    if (block == NULL)
        return 0;
    if (!acre_can(self, ACRE_CAN_USABLE))
        return layout.size;
    return self->ops->usable_bytes(self, block, acre_layout_at_least_one_byte(layout));
}

bool acre_held_bytes(const struct acre_alloc *self, size_t *bytes)
{
    if (!acre_can(self, ACRE_CAN_HELD))
        return false;
    *bytes = self->ops->held_bytes(self);
    return true;
}

size_t acre_trim(struct acre_alloc *self)
{
    return acre_can(self, ACRE_CAN_TRIM) ? self->ops->trim(self) : 0;
}

const char *acre_check(const struct acre_alloc *self)
{
    return acre_can(self, ACRE_CAN_CHECK) ? self->ops->check(self) : NULL;
}

void acre_destroy(struct acre_alloc *self)
{
    if (self != NULL)
        self->ops->destroy(self);
}
