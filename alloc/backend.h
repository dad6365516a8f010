/*
 * What a backend is: the stack of allocators that a strategy needs, made under a name.
 *
 *    name of a backend:  KIND[:SETTING[=VALUE],...]      arena:chunk=2M,hugepages
 *                        so:PATH                         so:/usr/lib/libmine.so
 *
 * One allocator for what outlives iterations and, where memory can be dropped at once, two for the
 * iterations (two, because a loop that keeps the old result while it builds the new one needs them
 * in rotation).
 *
 * For those who bring one (docs/add-a-backend.md): a file with one or more `struct
 * acre_backend_kind` and a line in registry.c. Everybody else uses registry.h.
 */
#ifndef ACRE_ALLOC_BACKEND_H
#define ACRE_ALLOC_BACKEND_H

#include <stdio.h>

#include "alloc/alloc.h"
#include "alloc/identity.h"
#include "alloc/settings.h"
#include "alloc/waste.h"

enum { ACRE_BACKEND_REGIONS = 2, ACRE_BACKEND_NAME_BYTES = 256 /* with its settings */ };

struct acre_backend {
    const struct acre_backend_kind *kind;
    const char *name;                                 /* with its settings; the caller's */
    struct acre_alloc *pinned;                        /* takes single frees */
    struct acre_alloc *regions[ACRE_BACKEND_REGIONS]; /* NULL: the backend has no reset */
    struct acre_identity identity;
    struct acre_alloc *pages; /* below regions and pinned, or NULL; owned */

    /* For a guard: where regions that free only by their reset stand on acre_retire_new. */
    uint64_t retired_resets;                           /* 0: they do not */
    struct acre_alloc *retiring[ACRE_BACKEND_REGIONS]; /* over pages, or NULL; owned */
};

struct acre_backend_kind {
    const char *name;
    const char *about;   /* one sentence without an end: what it is */
    const char *package; /* of Debian, that brings the library; NULL: nothing is needed */
    bool has_reset;      /* its regions can be dropped at once: lifetimes walked and region */
    bool is_for_regions; /* what is pinned comes from elsewhere, so it is not measured alone */
    bool is_usual;       /* measured unless others are asked for */
    bool takes_path;     /* what follows the colon is a path, not settings */
    enum acre_threads threads; /* as its regions state, or what is pinned where it has none */
    const struct acre_setting *settings;
    size_t setting_count;

    /*
     * Fills pinned, regions, identity and pages. `values` has a row for each setting; for a kind
     * that takes a path it is in backend->name, behind the colon. False with a sentence in `why`;
     * what was made already is ended by the caller.
     */
    bool (*open)(struct acre_backend *backend, const struct acre_setting_value *values, char *why,
                 size_t why_bytes);

    /*
     * Sets the terms and figures that the backend knows; waste->live is filled in. It is called in
     * the middle of an allocation, after its block was made: it must neither allocate nor free, and
     * leaves the backend as it is. NULL: nothing is known.
     */
    void (*tell_waste)(const struct acre_backend *backend, struct acre_waste *waste);

    /*
     * Writes the library's own report as it comes, under the same conditions; a failure is the
     * stream's. NULL: it has none. `report_suffix` says what it is: "json".
     */
    void (*write_report)(const struct acre_backend *backend, FILE *stream);
    const char *report_suffix;
};

#endif
