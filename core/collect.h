/*
 * The cycle collector: frees objects that keep only each other alive.
 *
 * For engines made with a collector (engine.h). Objects of types with slots or a traverse may be
 * part of a cycle; a reference to one that ends without being the last makes it a candidate, and a
 * collection looks at the candidates and at what they reach, at nothing else. An object whose type
 * hides references (neither slot nor traverse tells them) keeps what it refers to alive.
 *
 * What happens to garbage, in this order: every weak reference to any of it reads dead; the
 * watches on it are called, newest first on each object; all destructors run, with every object of
 * it still whole; then children are released, and what dies of that dies as always; then the memory
 * goes back. A collection allocates nothing and does not
 * recurse: room for it is taken when objects are made, where a failure is a status.
 *
 * Trial deletion, as in Bacon and Rajan, Concurrent Cycle Collection in Reference Counted Systems
 * (ECOOP 2001), section 3, with counts of edges beside the real ones, which are left alone.
 */
#ifndef ACRE_CORE_COLLECT_H
#define ACRE_CORE_COLLECT_H

#include "core/object.h"

struct acre_collection {
    uint64_t candidates; /* it began with */
    uint64_t examined;   /* objects: candidates and what they reach */
    uint64_t edges;      /* references between those */
    uint64_t freed;      /* objects that were garbage; what died because of them not counted */
};

/*
 * Finds and frees garbage cycles outside of bulk regions. `found` may be NULL.
 * ACRE_BUSY inside a destructor, a watch's call or a backward pass; ACRE_BAD_ARGUMENT for an engine
 * without a collector; nothing has changed then.
 */
enum acre_status acre_collect(struct acre_engine *engine, struct acre_collection *found);

/*
 * A kind of reference that closes garbage cycles: made weak, it would let the counts free them.
 * A length is a number of references; ACRE_LONGEST_CYCLE stands for that or more.
 */
enum { ACRE_BACK_EDGES = 8, ACRE_LONGEST_CYCLE = 1000 };

struct acre_back_edge {
    const char *holder, *slot; /* "Function", "outputs" */
    const char *target;        /* "Variable" */
    uint64_t cycles;
    uint32_t shortest, longest;
};

struct acre_explanation {
    struct acre_collection found;
    struct acre_back_edge edges[ACRE_BACK_EDGES]; /* what closes most cycles first */
    size_t edge_count;
};

/*
 * acre_collect that also says which references closed the cycles: a walk in depth through the
 * garbage, from the candidates on (what C code let go of last), meets each back edge once. Cycles
 * that share references are not all counted. Past ACRE_BACK_EDGES kinds, and past the first 64
 * references of an object, it is silent.
 */
enum acre_status acre_collect_explained(struct acre_engine *engine,
                                        struct acre_explanation *explanation);

/* "Function.outputs closes 30 cycles of length 2": into `text`, cut where it has no room. */
void acre_back_edge_say(const struct acre_back_edge *edge, char *text, size_t text_bytes);

#endif
