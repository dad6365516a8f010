/* The inside of an engine, for the files of core/ only. Edges between objects are in edge.h, the
 * tape in function.h. */
#ifndef ACRE_CORE_INTERNAL_H
#define ACRE_CORE_INTERNAL_H

#include <string.h>

#include "core/checks.h"
#include "core/engine.h"
#include "core/object.h"
#include "core/region.h"
#include "core/table.h"
#include "core/weak.h"
#include "core/weak_slots.h"

enum {
    /* Flags of an object's header. */
    OBJECT_IS_DYING = 1u << 0,
    OBJECT_HAS_WEAK = 1u << 1,   /* the low half of link is the slot of its weak record */
    OBJECT_IN_BULK = 1u << 2,    /* its region is bulk: its count decides nothing */
    OBJECT_MAY_CYCLE = 1u << 3,  /* it can refer to objects, and the engine has a collector */
    OBJECT_IS_LISTED = 1u << 4,  /* among the candidates; the high half of link: see collect.c */
    OBJECT_IS_REACHED = 1u << 5, /* in a collection only */

    /* Fewer candidates are not worth a collection that nobody asked for. */
    ACRE_FEWEST_CANDIDATES = 128,

    MAX_TYPES = 4095,
    MAX_REGIONS = 4095,
    ERROR_BYTES = 256,

    /* Types every engine has, in this order. */
    TYPE_ARRAY = 0,
    TYPE_VARIABLE,
    TYPE_WATCHER,
    TYPE_NEG,
    TYPE_ADD,
    TYPE_SUB,
    TYPE_MUL,
    TYPE_DIV,
    TYPE_POW,
    TYPE_SQUARE,
    TYPE_EXP,
    TYPE_TANH,
    TYPE_SUM,
    TYPE_MATMUL,
    TYPE_ADD_ROW,
    TYPE_SOFTMAX_CROSS_ENTROPY,
};

/* A strong reference into a region from outside of it. */
struct acre_holder {
    const void *slot; /* the field or C variable that holds */
    const struct acre_object
        *object;      /* that has the field; what the variable held, only compared */
    const char *name; /* the variable's; NULL: a field */
};

/* A strong reference out of a bulk region. */
struct acre_outgoing {
    struct acre_object *target;
    const struct acre_object *holder;
    const void *slot; /* the field that holds */
};

/* In a bulk region, and in its memory: an object whose destructor the reset has to call. */
struct acre_mourned {
    struct acre_object *object;
    struct acre_mourned *older;
};

/* How the header of an object begins that is born in a region, but for its type. */
struct acre_newborn {
    uint32_t strong;
    uint32_t type : 12;
    uint32_t flags : 8;
    uint32_t region : 12;
};

/* The first 64 bytes are what the birth of an object and of a weak reference need. */
struct acre_region {
    _Alignas(64) struct acre_alloc *alloc;
    struct acre_newborn newborn;
    uint64_t live_objects;
    /* Bulk: how many references from outside have ended, less those that began after the birth of
     * their object. Births are not counted twice: see acre_held_from_outside. */
    uint64_t ended_outside;
    uint64_t first_stamp; /* since the reset: see weak_slots.h */
    struct acre_weak_slots weak;

    const char *name;
    struct acre_table outgoing;   /* struct acre_outgoing: bulk: owed a release at the reset */
    struct acre_table holders;    /* struct acre_holder: not for a lasting region */
    struct acre_mourned *mourned; /* bulk: newest first */
    uint32_t newest_watch;        /* bulk: on any of its objects; slot + 1, 0: none: watch.c */
    uint16_t parent;              /* region numbers; 0, which is nobody's parent: none */
    uint16_t newest_child, older_sibling;
    bool is_lasting; /* it is never reset */
    bool is_ending;  /* in a reset: its objects are there still, and nothing gets hold of them */
};

_Static_assert(sizeof(struct acre_region) == 128, "a region is two cache lines");

struct acre_type_entry {
    const struct acre_type *type;
    const struct acre_operator *op; /* of a Function type */
};

/*
 * A type whose objects are born, in the current region, by a bump of the allocator, this header,
 * zeros and a count: see acre_object_new_sized in inline.h. Found under its number, modulo.
 */
struct acre_birth {
    struct acre_object newborn;
    uint64_t key; /* acre_birth_key; 0: none */
    struct acre_region *region;
    struct acre_alloc *alloc; /* of the region */
};

enum { BIRTHS = 8 };

static inline uint64_t acre_birth_key(uint32_t number, size_t size_bytes)
{
    return (uint64_t)size_bytes << 32 | number;
}

struct acre_queue {
    struct acre_object *first, *last;
};

/* Possible roots of garbage cycles; see collect.c. */
struct acre_candidates {
    struct acre_table rows; /* struct acre_object *: room for two of each object that may cycle */
    uint32_t live;          /* objects that may cycle */
    uint32_t collect_at;    /* so many candidates begin a collection; UINT32_MAX: none does */
};

struct acre_engine {
    struct acre_alloc *memory; /* of region 0 and of the tables; borrowed */
    const struct acre_kernels *kernels;
    bool outputs_are_strong;
    bool has_collector;
    bool is_unrecorded; /* in a scope of no_grad */
    uint8_t retain;     /* enum acre_retain */
    uint32_t current_region;
    uint64_t next_stamp;       /* in steps of STAMP_STEP */
    struct acre_table types;   /* struct acre_type_entry */
    struct acre_table regions; /* struct acre_region */
    struct acre_queue dying;   /* of the object in work, or of the caller: see object.c */
    bool is_draining;
    bool is_in_backward;
    uint32_t array_align_bytes;
    struct acre_candidates candidates;
    struct acre_birth births[BIRTHS]; /* in the current region */
    bool has_births;
    struct acre_table buckets; /* struct acre_function *: heads by generation, all NULL between */
    uint64_t immortals;
    uint64_t misuses;
    struct acre_obituary *obituaries; /* checked builds: see checks.c */
    uintptr_t owner;                  /* checked builds: the thread */
    void (*on_misuse)(void *context, const char *sentence);
    void *misuse_context;
    char error[ERROR_BYTES];
    uint64_t watch_failures;
    char watch_error[ERROR_BYTES + 32]; /* with the name of a status before it */
};

static inline struct acre_region *acre_region_at(const struct acre_engine *engine, uint32_t region)
{
    return (struct acre_region *)engine->regions.rows + region;
}

static inline bool acre_region_is_bulk(const struct acre_region *region)
{
    return (region->newborn.flags & OBJECT_IN_BULK) != 0;
}

static inline struct acre_region *acre_region_of(const struct acre_engine *engine,
                                                 const struct acre_object *object)
{
    return acre_region_at(engine, object->region);
}

static inline const struct acre_type_entry *acre_entry_of(const struct acre_engine *engine,
                                                          const struct acre_object *object)
{
    return (const struct acre_type_entry *)engine->types.rows + object->type;
}

static inline const struct acre_type *acre_type_at(const struct acre_engine *engine,
                                                   uint32_t number)
{
    return ((const struct acre_type_entry *)engine->types.rows)[number].type;
}

/* What neither a reset nor a collection may happen in, if the engine is in the midst of it. */
static inline const char *acre_busy_with(const struct acre_engine *engine)
{
    if (engine->is_draining)
        return "destructor or watch";
    return engine->is_in_backward ? "backward pass" : NULL;
}

/* Whether objects of a type may be part of a cycle. */
static inline bool acre_refers_to_objects(const struct acre_type *type)
{
    return type->slot_count > 0 || type->traverse != NULL;
}

/* The current region is another one, or regions have moved. */
static inline void acre_births_forget(struct acre_engine *engine)
{
    for (uint32_t i = 0; engine->has_births && i < BIRTHS; i++)
        engine->births[i].key = 0;
    engine->has_births = false;
}

/* engine.c */
enum acre_status acre_fail_no_memory(struct acre_engine *engine, const char *wanted);

/* collect.c: room for one more object that may cycle, so that its decrements need none. */
bool acre_candidates_grow(struct acre_engine *engine);

static inline bool acre_candidates_have_room(const struct acre_engine *engine)
{
    return engine->candidates.live < engine->candidates.rows.capacity / 2;
}

static inline bool acre_candidates_reserve(struct acre_engine *engine)
{
    return acre_candidates_have_room(engine) || acre_candidates_grow(engine);
}

/* collect.c: a collection if it is time for one. For the beginning of calls that make objects. */
void acre_collect_automatically(struct acre_engine *engine);

static inline void acre_collect_if_due(struct acre_engine *engine)
{
    if (engine->candidates.rows.count >= engine->candidates.collect_at)
        acre_collect_automatically(engine);
}

/*
 * The memory and the header of a new object with a count of 1, held by C code; the fields behind
 * the header are the caller's to set. NULL when there is no memory. On the path of every object of
 * the tape, so inline. The _acyclic form is for types that refer to no object.
 */
static inline void *acre_object_place_acyclic(struct acre_engine *engine,
                                              struct acre_region *region, uint32_t type,
                                              size_t size_bytes, enum acre_purpose purpose)
{
    struct acre_object *object =
        acre_allocate(region->alloc, (struct acre_layout){size_bytes, 16, (uint32_t)purpose});
    struct acre_newborn newborn = region->newborn;

    if (object == NULL)
        return NULL;
    newborn.type = type & 0xfff;
    newborn.flags &= (uint8_t)~OBJECT_MAY_CYCLE;
    memcpy(object, &newborn, sizeof newborn);
    object->link = 0;
    region->live_objects++;
    acre_check_born(engine, object);
    return object;
}

static inline void *acre_object_place(struct acre_engine *engine, struct acre_region *region,
                                      uint32_t type, size_t size_bytes, enum acre_purpose purpose)
{
    struct acre_object *object;

    if ((region->newborn.flags & OBJECT_MAY_CYCLE) == 0)
        return acre_object_place_acyclic(engine, region, type, size_bytes, purpose);
    if (!acre_candidates_reserve(engine))
        return NULL;
    object = acre_object_place_acyclic(engine, region, type, size_bytes, purpose);
    if (object == NULL)
        return NULL;
    object->flags |= OBJECT_MAY_CYCLE;
    engine->candidates.live++;
    return object;
}

static inline size_t acre_size_of(const struct acre_type *type, const struct acre_object *object)
{
    return type->size_of != NULL ? type->size_of(object) : type->size_bytes;
}

/* The opposite of acre_object_place_acyclic. */
static inline void acre_object_remove(struct acre_engine *engine, struct acre_object *object,
                                      const struct acre_type *type)
{
    struct acre_region *region = acre_region_of(engine, object);
    const struct acre_layout layout = {acre_size_of(type, object), 16, type->purpose};

    acre_check_ended(engine, object);
    region->live_objects--;
    acre_free(region->alloc, object, layout);
}

/* object.c: what acre_object_new makes, of a type and a size that fit each other, in any region;
 * the fields are the caller's to set. NULL: no memory. */
struct acre_object *acre_object_birth(struct acre_engine *engine, struct acre_region *region,
                                      uint32_t number, size_t size_bytes);

/* object.c: one reference less; at 0 the object dies (unless its region is bulk). The other is told
 * of a count that was taken down to 0, or that sticks. */
void acre_count_down(struct acre_engine *engine, struct acre_object *object);
void acre_count_ended(struct acre_engine *engine, struct acre_object *object);

/*
 * object.c: parts of a death, for the collector: the destructor of an object that is marked as
 * dying; its memory; those that died meanwhile. Between the first and the last of them
 * engine->is_draining is set.
 */
void acre_object_end(struct acre_engine *engine, struct acre_object *object);
void acre_object_give_back(struct acre_engine *engine, struct acre_object *object);
void acre_drain(struct acre_engine *engine);

/* object.c: a destructor outside of the list of the dying, and whatever dies of it. */
void acre_object_end_alone(struct acre_engine *engine, struct acre_object *object);

/* object.c: takes back a birth; the object has no references yet. `owns`: its destructor and its
 * free_owned are to be called. */
void acre_object_unmake(struct acre_engine *engine, struct acre_object *object, bool owns);

/* object.c: one more that waits to be taken apart; it is marked as dying already. */
void acre_dying_append(struct acre_engine *engine, struct acre_object *object);

/* Calls visit for each object that `object` refers to. */
static inline void acre_visit_children(struct acre_engine *engine, struct acre_object *object,
                                       acre_visit *visit, void *context)
{
    const struct acre_type *type = acre_entry_of(engine, object)->type;

    for (size_t i = 0; i < type->slot_count; i++) {
        char *slot = (char *)object + type->slots[i].offset_bytes;
        struct acre_object *child;

        memcpy(&child, slot, sizeof child);
        if (child != NULL)
            visit(engine, object, child, slot, context);
    }
    if (type->traverse != NULL)
        type->traverse(engine, object, visit, context);
}

/* The high half of a link: among the candidates the place there; see collect.c. */
static inline uint32_t acre_number_of(const struct acre_object *object)
{
    return (uint32_t)(object->link >> 32);
}

static inline void acre_set_number(struct acre_object *object, uint32_t number)
{
    object->link = (object->link & UINT32_MAX) | (uint64_t)number << 32;
}

/* explain.c: walks the garbage, the listed objects that were not reached. */
struct acre_explanation;
void acre_explain(struct acre_engine *engine, struct acre_explanation *explanation);

/* collect.c: a reference to an object that may cycle has ended, and not the last one; a candidate
 * dies. Neither allocates. */
void acre_candidate_add(struct acre_engine *engine, struct acre_object *object);
void acre_candidate_remove(struct acre_engine *engine, struct acre_object *object);

/*
 * Counts that stick. The sign tells, so that counting is one instruction and a jump that is never
 * taken; what was counted on from there is put back to the middle of the counts that stick.
 *
 *    0 ........ 2^31 - 1 | 2^31 ..... STICKY_COUNT ..... 2^32 - 1
 *    references          | never freed
 */
#define STICKY_COUNT (UINT32_C(3) << 30)

static inline bool acre_count_sticks(const struct acre_object *object)
{
    return (int32_t)object->strong < 0;
}

static inline void acre_count_up(struct acre_object *object)
{
    object->strong++;
    if (__builtin_expect(acre_count_sticks(object), 0))
        object->strong = STICKY_COUNT;
}

/* The slot of an object that has one. */
static inline uint32_t acre_weak_number_of(const struct acre_object *object)
{
    return (uint32_t)object->link;
}

/* The first weak reference to an object of this region: takes a slot. False: no memory, or no stamp
 * is left. */
static inline bool acre_weak_begin(struct acre_engine *engine, struct acre_region *region,
                                   struct acre_object *object, struct acre_weak *weak)
{
    uint64_t stamp = engine->next_stamp | object->region;
    uint32_t number;

    if (engine->next_stamp == LAST_STAMP ||
        !acre_weak_slot_take(engine, &region->weak, object, stamp, &number))
        return false;
    engine->next_stamp += STAMP_STEP;
    object->link = (object->link & ~(uint64_t)UINT32_MAX) | number;
    object->flags |= OBJECT_HAS_WEAK;
    *weak = (struct acre_weak){acre_weak_slot_at(&region->weak, number), stamp};
    return true;
}

/* weak.c: every handle of the object reads dead from here on; its watches are in engine->dying,
 * where the object is to follow them. */
void acre_weak_clear(struct acre_engine *engine, struct acre_object *object);

/* The object of a handle, borrowed, and its region, unless that is the pinned one; NULL when dead.
 */
static inline struct acre_object *acre_weak_find(const struct acre_engine *engine,
                                                 struct acre_weak weak, struct acre_region **region)
{
    uint32_t number = weak.stamp % STAMP_STEP;

    *region = NULL;
    if (weak.slot == NULL || weak.slot->stamp != weak.stamp)
        return NULL;
    if (number != ACRE_REGION_PINNED) {
        *region = acre_region_at(engine, number);
        if (weak.stamp < (*region)->first_stamp)
            return NULL;
    }
    if (weak.slot->object == NULL)
        __builtin_unreachable(); /* a slot with a stamp has an object */
    return weak.slot->object;
}

static inline struct acre_object *acre_weak_peek(const struct acre_engine *engine,
                                                 struct acre_weak weak)
{
    struct acre_region *region;

    return acre_weak_find(engine, weak, &region);
}

/* watch.c: the target of this watch and of all older ones is dead: they wait for their call. The
 * other is for an engine that ends: nothing is called. */
void acre_watchers_die(struct acre_engine *engine, uint32_t newest);
void acre_watchers_free(struct acre_engine *engine);
extern const struct acre_type acre_watcher_type;

#endif
