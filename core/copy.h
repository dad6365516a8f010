/*
 * Escape: copies that outlive the region of their original.
 *
 *    iteration                          weights
 *    ┌───────────────────────┐          ┌─────────────┐
 *    │ a ──> b ──> c         │   copy   │ a' ──> b'   │        what lives elsewhere is shared:
 *    │ ^     │      └────────┼───┐      │ ^      │ └──┼──> x   it gets one more reference
 *    │ └─────┘               │   └──> x │ └──────┘    │
 *    └───────────────────────┘          └─────────────┘
 *
 * A copy is a new object: it is not equal to its original, and the weak references and watches of
 * the original stay the original's. Weak references between the objects that are copied are copied
 * as well; those to others stay as they are.
 */
#ifndef ACRE_CORE_COPY_H
#define ACRE_CORE_COPY_H

#include "core/variable.h"

/*
 * Copies `object` and what it reaches without leaving its region into `region` (any, even the
 * same): cycles and sharing become those of the copies. `copy` is owned by the caller. Neither
 * destructors nor watches are called, and it is allowed inside of them: the last chance to save
 * what is dying. ACRE_BAD_ARGUMENT for NULL and a region that does not exist; ACRE_NOT_IMPLEMENTED
 * if a type on the way cannot be copied (see copy_owned of struct acre_type), ACRE_BUSY while
 * `region` is being reset, ACRE_NO_MEMORY; nothing has changed then, and *copy is NULL. Does not
 * recurse.
 */
enum acre_status acre_copy_to(struct acre_engine *engine, struct acre_object *object,
                              uint32_t region, struct acre_object **copy);

/* The value of a variable, without its history: a variable in `region` over a copy of its data,
 * with a copy of its gradient if it has one, and no creator. */
struct acre_temp acre_variable_copy_to(struct acre_engine *engine,
                                       const struct acre_variable *variable, uint32_t region)
    __attribute__((warn_unused_result));

#endif
