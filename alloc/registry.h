/* Backends by name. What one is: alloc/backend.h. */
#ifndef ACRE_ALLOC_REGISTRY_H
#define ACRE_ALLOC_REGISTRY_H

#include "alloc/backend.h"

/* The kind of backend number `index`, NULL past the last. */
const struct acre_backend_kind *acre_backend_kind_at(size_t index);

/* The kind of a name with or without settings; NULL for an unknown one. */
const struct acre_backend_kind *acre_backend_kind_of(const char *name);

/* Whether there is such a backend and its settings are right; otherwise a sentence in `why`.
 * Nothing is loaded. */
bool acre_backend_check(const char *name, char *why, size_t why_bytes);

/* Whether it can be opened here; otherwise why not, in one sentence. Only what needs a library is
 * tried, which stays loaded. */
bool acre_backend_is_here(const char *name, char *why, size_t why_bytes);

/*
 * Makes the allocators of a backend; `name` is kept, not copied. False with a sentence in `why`
 * (unknown name, wrong settings, library not there, out of memory); then nothing is owned. Settings
 * of a library hold for the whole process, from then on.
 */
bool acre_backend_open(struct acre_backend *backend, const char *name, char *why, size_t why_bytes);

/* The same for a guard that keeps what a reset dropped for so many further ones (backend.h). */
bool acre_backend_open_retiring(struct acre_backend *backend, const char *name, uint64_t resets,
                                char *why, size_t why_bytes);

/* Ends them; regions go with all their blocks. A zeroed or closed backend is allowed. */
void acre_backend_close(struct acre_backend *backend);

/*
 * What the backend holds, taken apart, where `live` is what is live in all its allocators together.
 * Neither allocates nor frees, so it may be called in the middle of an allocation. Not of another
 * thread while the backend is used.
 */
void acre_backend_waste(const struct acre_backend *backend, const struct acre_waste_live *live,
                        struct acre_waste *waste);

/* Every kind, in the order they are listed. */
extern const struct acre_backend_kind acre_kind_malloc, acre_kind_malloc_tuned, acre_kind_jemalloc,
    acre_kind_jemalloc_arena, acre_kind_mimalloc, acre_kind_mimalloc_heap, acre_kind_tcmalloc,
    acre_kind_tbbmalloc, acre_kind_pool, acre_kind_arena, acre_kind_reap, acre_kind_shared_object;

#endif
