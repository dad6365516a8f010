/*
 * The engine: reference-counted objects with weak references, in regions, over any allocator.
 *
 * Every call names its engine; there is no current one, and two engines know nothing of each other.
 *
 * An engine is owned by one thread, the one that made it, and takes no locks: all calls that name
 * it are this thread's, and so is the use of its objects and of its regions' allocators. Several
 * threads have several engines, or hand one over: acre_engine_adopt.
 */
#ifndef ACRE_CORE_ENGINE_H
#define ACRE_CORE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/alloc.h"
#include "core/status.h"

struct acre_engine;
struct acre_object;
struct acre_kernels;

enum acre_back_references {
    ACRE_BACK_WEAK,   /* Function.outputs are weak: the seed's step 17 */
    ACRE_BACK_STRONG, /* ... are strong: step 16, every graph is a cycle and leaks */
};

enum acre_collector {
    ACRE_COLLECTOR_NONE,   /* cycles leak; nothing is paid for a collector */
    ACRE_COLLECTOR_MANUAL, /* acre_collect finds them (core/collect.h) */
    ACRE_COLLECTOR_AUTO,   /* ... and is run when enough candidates have gathered */
};

enum acre_retain {
    ACRE_RETAIN_ALL,    /* backward keeps every gradient: the seed's step 17 */
    ACRE_RETAIN_LEAVES, /* ... only those of variables that no Function made: step 18 */
};

struct acre_engine_options {
    enum acre_back_references back_references;
    enum acre_collector collector;
    enum acre_retain retain;            /* what acre_backward keeps */
    const struct acre_kernels *kernels; /* NULL: the best this machine has */

    /* Of the elements of arrays: a power of two from 8 to 4096; 0: ACRE_ARRAY_ALIGN_BYTES. Less
     * than that is for finding out what it is worth. */
    uint32_t array_align_bytes;

    /* Told of each misuse, at once, in builds with checks (acre_misuses); NULL: nobody is. It may
     * not use the engine, but to read. */
    void (*on_misuse)(void *context, const char *sentence);
    void *misuse_context;
};

/*
 * Makes an engine whose pinned region (number 0) and whose own tables use `pinned`, an allocator
 * that takes single frees; borrowed, to be destroyed after the engine. `options` may be NULL.
 * ACRE_NO_MEMORY, or ACRE_BAD_ARGUMENT for an allocator without ACRE_CAN_FREE or another alignment
 * of arrays than the options allow; *engine is NULL then.
 */
enum acre_status acre_engine_new(struct acre_engine **engine, struct acre_alloc *pinned,
                                 const struct acre_engine_options *options);

/*
 * Ends an engine and returns the number of objects that were still alive outside bulk regions:
 * what leaked. Immortal objects are not among them: acre_immortal_objects. Their memory stays with
 * the allocators; neither their destructors nor the watches on them are called. NULL is an engine
 * without objects.
 */
uint64_t acre_engine_destroy(struct acre_engine *engine);

/*
 * Builds with checks (`meson setup -Dchecks=enabled`; by default all but release builds) catch the
 * use of objects that are dying or dead, and a count released below zero, in acre_ref, acre_unref,
 * acre_slot_set, acre_weak_of, acre_make_immortal and acre_copy_to. Such a call does nothing (one
 * with a status answers ACRE_BAD_ARGUMENT); the sentence, which names the object's type, is in
 * acre_error, goes to options.on_misuse, and the misuse is counted here. What died long ago may
 * have been forgotten. Without checks nothing is caught, and this is 0.
 *
 * They also catch another thread than the engine's owner: in these calls, and in those that make or
 * end something (objects, weak references, watches, arrays, Variables, regions, types, tables of
 * weak values), use an operator, go backward, unchain, collect, enter or reset a region, or end the
 * engine. on_misuse is then called by the wrong thread, while the owner may be in the engine. A
 * thread that was made after another has ended may pass for it.
 */
uint64_t acre_misuses(const struct acre_engine *engine);
bool acre_has_checks(void);

/*
 * The calling thread owns the engine from now on, all its objects and regions included. Whoever had
 * it must have done with it in an order that both threads see (a mutex, a join, release and
 * acquire). ACRE_BAD_ARGUMENT where an allocator of a region is for its maker only; ACRE_BUSY
 * inside a destructor, a watch's call or a backward pass; it has the owner that it had then.
 */
enum acre_status acre_engine_adopt(struct acre_engine *engine);

/* The sentence of the last failure; "" before the first. Valid until the next failing call. */
const char *acre_error(const struct acre_engine *engine);

/*
 * For operators and whatever else is written on top: writes the sentence of a failure, which begins
 * with the name of what failed, and returns `status`.
 */
enum acre_status acre_fail(struct acre_engine *engine, enum acre_status status, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));

/* Objects alive in all regions; those of a bulk region count until its reset. */
uint64_t acre_live_objects(const struct acre_engine *engine);

/* Those among them that acre_make_immortal made so. */
uint64_t acre_immortal_objects(const struct acre_engine *engine);

#endif
