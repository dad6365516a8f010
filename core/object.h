/*
 * Objects, their types, strong references.
 *
 * An object begins with 16 bytes:
 *
 *    0        4              8                      16
 *    ┌────────┬──────────────┬──────────────────────┬─ ─ ─ ─
 *    │ strong │ type 12      │ link: slot of its    │ fields of the type
 *    │ count  │ flags 8      │ weak record, place   │
 *    │        │ region 12    │ among the candidates │
 *    └────────┴──────────────┴──────────────────────┴─ ─ ─ ─
 *
 * Death, when the count reaches 0: weak references read dead; watches on the object are called
 * (core/watch.h); the destructor runs; what the slots refer to is released; the memory goes back.
 * An object that waits for its turn is already dead. Nothing on this way allocates or recurses: the
 * dying wait in a list through their own headers.
 * (`link` is theirs then). The order is that of a depth-first walk: an object, then its children
 * from the first slot to the last, each with its own children. That is CPython's order, but for an
 * object with several holders that die: here all children are released before the first of them
 * ends, there one by one. docs/testing.md lists every difference of order.
 *
 * In a bulk region (core/region.h) a count of 0 means nothing: the reset decides.
 *
 * A dying object cannot be kept: there is no resurrection. Who refers to one all the same, or to a
 * dead one, makes a mistake that builds with checks tell of (acre_misuses).
 */
#ifndef ACRE_CORE_OBJECT_H
#define ACRE_CORE_OBJECT_H

#include "core/engine.h"

struct acre_object {
    uint32_t strong; /* from 2^31 on it sticks: the object is never freed */
    union {
        struct {
            uint32_t type : 12;
            uint32_t flags : 8;
            uint32_t region : 12;
        };
        uint32_t kind; /* the three at once */
    };
    uint64_t link;
};

_Static_assert(sizeof(struct acre_object) == 16, "the header of an object is 16 bytes");

/* A strong reference inside an object: a pointer to an object, or NULL. */
struct acre_slot {
    const char *name;
    uint32_t offset_bytes;
};

/* `slot` is the address of the pointer to `child` inside `holder`. */
typedef void acre_visit(struct acre_engine *engine, struct acre_object *holder,
                        struct acre_object *child, void *slot, void *context);

/* `weak` (core/weak.h) is the handle at `slot` inside `holder`. */
struct acre_weak;
typedef void acre_visit_weak(struct acre_engine *engine, struct acre_object *holder,
                             struct acre_weak weak, const void *slot, void *context);

/*
 * A type is a constant that outlives every engine it is registered with. Only name and size_bytes
 * are required.
 */
struct acre_type {
    const char *name;
    size_t size_bytes; /* of the whole object; it begins with struct acre_object */
    enum acre_purpose purpose;
    const struct acre_slot *slots;
    size_t slot_count;
    bool forbids_weak; /* acre_weak_of answers ACRE_BAD_ARGUMENT */

    /*
     * The destructor: runs once, before the children are released. It may create, release and
     * upgrade; it must not keep the dying object. In a bulk region the reset calls it.
     */
    void (*destroy)(struct acre_engine *engine, struct acre_object *object);

    /* For objects with references outside their slots: calls visit for each that is not NULL. */
    void (*traverse)(struct acre_engine *engine, struct acre_object *object, acre_visit *visit,
                     void *context);

    /* For objects with weak references: calls visit for each of them. For core/copy.h and
     * core/draw.h. */
    void (*traverse_weak)(struct acre_engine *engine, struct acre_object *object,
                          acre_visit_weak *visit, void *context);

    /* With either: the name of the reference at `slot`, for sentences. NULL: "?". */
    const char *(*slot_name)(const struct acre_object *object, const void *slot);

    /* For objects whose size varies: the size that acre_object_new_sized was given. */
    size_t (*size_of)(const struct acre_object *object);

    /* Gives back memory that the object owns besides itself. Not called by a reset, which drops
     * that memory too: it must come from acre_allocator_of. What is to be given back elsewhere is
     * the destructor's. */
    void (*free_owned)(struct acre_engine *engine, struct acre_object *object);

    /*
     * For acre_copy_to (core/copy.h): `copy` has the bytes of `original` behind its header, and is
     * to get memory of its own, from acre_allocator_of, in place of what it shares with the
     * original. References are left as they are, and nothing else is done with the engine. On a
     * failure the copy owns nothing; if another copy fails later, destructor and free_owned of this
     * one are called. Types with either of them cannot be copied without copy_owned.
     */
    enum acre_status (*copy_owned)(struct acre_engine *engine, const struct acre_object *original,
                                   struct acre_object *copy);
};

/* Registers a type; its number is good for this engine. At most 4,095 of them. */
enum acre_status acre_type_register(struct acre_engine *engine, const struct acre_type *type,
                                    uint32_t *number);

/* The type of an object. */
const struct acre_type *acre_type_of(const struct acre_engine *engine,
                                     const struct acre_object *object);

/* The allocator of the region that an object lives in: for memory that the object is to own. */
struct acre_alloc *acre_allocator_of(const struct acre_engine *engine,
                                     const struct acre_object *object);

/*
 * A new object in the current region with a count of 1, owned by the caller; its fields are zero.
 * The _sized form is for types with size_of.
 */
enum acre_status acre_object_new(struct acre_engine *engine, uint32_t type,
                                 struct acre_object **object);
enum acre_status acre_object_new_sized(struct acre_engine *engine, uint32_t type, size_t size_bytes,
                                       struct acre_object **object);

/* One more strong reference from C code. NULL is allowed. */
void acre_ref(struct acre_engine *engine, struct acre_object *object);

/*
 * Gives up a strong reference held by C code: `pointer` is the address of a pointer to an object
 * (of any struct that begins with one). It is NULL before anything else happens. A NULL pointer is
 * allowed.
 */
void acre_unref(struct acre_engine *engine, void *pointer);

/*
 * Makes a slot of `holder` refer to `target` (or to nothing) and releases what was there, in that
 * order, so that setting a slot to its own value is safe. `slot` is the address of the field.
 * A reference that crosses the border of a region is logged: ACRE_NO_MEMORY is possible then.
 */
enum acre_status acre_slot_set(struct acre_engine *engine, struct acre_object *holder, void *slot,
                               struct acre_object *target);

/*
 * The object never dies, and counting goes on without an effect: its count sticks, as counts do
 * that come to 2^31 by themselves. ACRE_BAD_ARGUMENT for NULL, for a dying object
 * and for one whose region can be reset. What it refers to lives as long, and is a leak for the
 * engine's end unless it is immortal too.
 */
enum acre_status acre_make_immortal(struct acre_engine *engine, struct acre_object *object);

/*
 * acre_slot_set with a reference that C code holds (under no name) and gives up: it becomes that of
 * the slot, and nothing is counted. So a graph can be built upwards: a new object is given what was
 * built before. `target` stays valid as long as the slot refers to it. Fails as acre_slot_set does;
 * the reference is still the caller's then.
 */
enum acre_status acre_slot_give(struct acre_engine *engine, struct acre_object *holder, void *slot,
                                struct acre_object *target);

/* The strong count, for tests and for the curious. 0 for NULL; UINT32_MAX for one that sticks. */
uint32_t acre_strong_count(const struct acre_object *object);

#endif
