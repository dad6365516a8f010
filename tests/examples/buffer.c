/* A backend in a file of its own: a buffer for each region, and that is all there is. */
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"

struct buffer {
    struct acre_alloc base;
    struct acre_alloc *below;
    struct acre_layout layout;
    char *begin;
    size_t used;
};

static void *buffer_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct buffer *buffer = (struct buffer *)self;
    size_t at = acre_align_up((size_t)buffer->begin + buffer->used, layout.align);
    size_t used = at - (size_t)buffer->begin + layout.size;

    if (used > buffer->layout.size)
        return NULL;
    buffer->used = used;
    return (void *)at;
}

static void buffer_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)self, (void)block, (void)layout; /* ACRE_CAN_FREE is not set: the reset does it */
}

static void buffer_reset(struct acre_alloc *self)
{
    ((struct buffer *)self)->used = 0;
}

static void buffer_destroy(struct acre_alloc *self)
{
    struct buffer *buffer = (struct buffer *)self;

    acre_free(buffer->below, buffer->begin, buffer->layout);
    free(buffer);
}

static const struct acre_alloc_ops buffer_ops = {
    .name = "buffer",
    .capabilities = ACRE_CAN_RESET,
    .allocate = buffer_allocate,
    .free = buffer_free,
    .reset = buffer_reset,
    .destroy = buffer_destroy,
};

static struct acre_alloc *buffer_new(struct acre_alloc *below, size_t bytes)
{
    struct buffer *buffer = calloc(1, sizeof *buffer);

    if (buffer == NULL)
        return NULL;
    buffer->base.ops = &buffer_ops;
    buffer->below = below;
    buffer->layout = (struct acre_layout){bytes, 4096, ACRE_PURPOSE_OTHER};
    buffer->begin = acre_allocate(below, buffer->layout);
    if (buffer->begin != NULL)
        return &buffer->base;
    free(buffer);
    return NULL;
}

static const struct acre_setting settings[] = {
    {"size", ACRE_SETTING_BYTES, 4096, INT64_C(1) << 40, "bytes of each buffer; 16M"},
};

static bool buffer_open(struct acre_backend *backend, const struct acre_setting_value *values,
                        char *why, size_t why_bytes)
{
    size_t bytes = values[0].is_set ? (size_t)values[0].number : 16 << 20;

    backend->pages = acre_pages_new();
    backend->pinned = backend->pages != NULL ? acre_pool_new(backend->pages, NULL) : NULL;
    for (size_t i = 0; backend->pinned != NULL && i < ACRE_BACKEND_REGIONS; i++)
        backend->regions[i] = buffer_new(backend->pages, bytes);
    acre_identify(&backend->identity, NULL, "an example");
    if (backend->regions[0] != NULL && backend->regions[1] != NULL)
        return true;
    snprintf(why, why_bytes, "no room for two buffers of %zu bytes", bytes);
    return false;
}

const struct acre_backend_kind acre_kind_buffer = {
    .name = "buffer",
    .about = "one buffer for each region, bumped",
    .has_reset = true,
    .is_for_regions = true,
    .settings = settings,
    .setting_count = 1,
    .open = buffer_open,
};
