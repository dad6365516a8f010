#include "alloc/registry.h"

#include <stdio.h>
#include <string.h>

static const struct acre_backend_kind *const kinds[] = {
    &acre_kind_malloc,   &acre_kind_malloc_tuned,  &acre_kind_jemalloc, &acre_kind_jemalloc_arena,
    &acre_kind_mimalloc, &acre_kind_mimalloc_heap, &acre_kind_tcmalloc, &acre_kind_tbbmalloc,
    &acre_kind_pool,     &acre_kind_arena,         &acre_kind_reap,     &acre_kind_shared_object,
};

enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

const struct acre_backend_kind *acre_backend_kind_at(size_t index)
{
    return index < KIND_COUNT ? kinds[index] : NULL;
}

const struct acre_backend_kind *acre_backend_kind_of(const char *name)
{
    size_t length = strcspn(name, ":");

    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strlen(kinds[i]->name) == length && strncmp(kinds[i]->name, name, length) == 0)
            return kinds[i];
    return NULL;
}

/* What stands behind the colon; NULL: nothing does. */
static const char *behind_colon(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon != NULL ? colon + 1 : NULL;
}

static bool read(const char *name, const struct acre_backend_kind **kind,
                 struct acre_setting_value *values, char *why, size_t why_bytes)
{
    const char *rest = behind_colon(name);
    int length = (int)strcspn(name, ":");

    memset(values, 0, ACRE_MOST_SETTINGS * sizeof *values);
    *kind = acre_backend_kind_of(name);
    if (*kind == NULL) {
        snprintf(why, why_bytes, "unknown backend '%.*s'", length < 40 ? length : 40, name);
        return false;
    }
    if ((*kind)->takes_path) {
        if (rest != NULL && rest[0] != '\0')
            return true;
        snprintf(why, why_bytes, "backend '%s' wants a path: %s", (*kind)->name, (*kind)->about);
        return false;
    }
    return rest == NULL || acre_settings_read((*kind)->settings, (*kind)->setting_count, rest,
                                              values, why, why_bytes);
}

bool acre_backend_check(const char *name, char *why, size_t why_bytes)
{
    struct acre_setting_value values[ACRE_MOST_SETTINGS];
    const struct acre_backend_kind *kind;

    return read(name, &kind, values, why, why_bytes);
}

bool acre_backend_is_here(const char *name, char *why, size_t why_bytes)
{
    const struct acre_backend_kind *kind = acre_backend_kind_of(name);
    struct acre_backend backend;

    if (kind != NULL && kind->package == NULL && !kind->takes_path)
        return true;
    if (!acre_backend_open(&backend, name, why, why_bytes))
        return false;
    acre_backend_close(&backend);
    return true;
}

bool acre_backend_open(struct acre_backend *backend, const char *name, char *why, size_t why_bytes)
{
    return acre_backend_open_retiring(backend, name, 0, why, why_bytes);
}

bool acre_backend_open_retiring(struct acre_backend *backend, const char *name, uint64_t resets,
                                char *why, size_t why_bytes)
{
    struct acre_setting_value values[ACRE_MOST_SETTINGS];

    *backend = (struct acre_backend){.name = name, .retired_resets = resets};
    if (!read(name, &backend->kind, values, why, why_bytes))
        return false;
    if (backend->kind->open(backend, values, why, why_bytes))
        return true;
    acre_backend_close(backend);
    return false;
}

void acre_backend_waste(const struct acre_backend *backend, const struct acre_waste_live *live,
                        struct acre_waste *waste)
{
    acre_waste_begin(waste, live);
    if (backend->kind->tell_waste != NULL)
        backend->kind->tell_waste(backend, waste);
}

void acre_backend_close(struct acre_backend *backend)
{
    for (size_t i = ACRE_BACKEND_REGIONS; i-- > 0;)
        acre_destroy(backend->regions[i]); /* the first may serve those beside it */
    acre_destroy(backend->pinned);
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++)
        acre_destroy(backend->retiring[i]);
    acre_destroy(backend->pages);
    *backend = (struct acre_backend){0};
}
