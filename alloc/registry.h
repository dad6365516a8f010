/*
 * Backends by name, and the proof of what serves them.
 *
 * A backend here is the stack of allocators that a strategy needs: one for what outlives
 * iterations, and, where the backend has a reset, two regions for the iterations (two, because a
 * loop that keeps the old result while it builds the new one needs them in rotation).
 */
#ifndef ACRE_ALLOC_REGISTRY_H
#define ACRE_ALLOC_REGISTRY_H

#include "alloc/alloc.h"

/* Which library served the calls, as found in the running process. */
struct acre_identity {
    char path[512];    /* the file, or "" for code of our own */
    char version[128]; /* as the library states it */
    char build_id[96]; /* hex, or "" */
};

enum { ACRE_BACKEND_REGIONS = 2 };

struct acre_backend {
    const char *name;
    struct acre_alloc *pinned;                        /* takes single frees */
    struct acre_alloc *regions[ACRE_BACKEND_REGIONS]; /* NULL: the backend has no reset */
    struct acre_identity identity;
    struct acre_alloc *pages; /* below regions and pinned, or NULL; owned */
};

/* The name of backend number `index`, NULL past the last. */
const char *acre_backend_name(size_t index);

/* One sentence about a backend: what it is. NULL for an unknown name. */
const char *acre_backend_about(const char *name);

/* Whether the backend's memory can be dropped at once (lifetimes walked and region). */
bool acre_backend_has_reset(const char *name);

/*
 * Makes the allocators of a backend. False with a sentence in `why` (unknown name, library not
 * there, out of memory); then nothing is owned.
 */
bool acre_backend_open(struct acre_backend *backend, const char *name, char *why, size_t why_bytes);

/* Ends them; regions go with all their blocks. A zeroed or closed backend is allowed. */
void acre_backend_close(struct acre_backend *backend);

#endif
