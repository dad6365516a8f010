/* Which frames of a profile stand in a stack of a site. Others, of deaths for one, are in no
 * export: nobody has to find out their names. */
#ifndef ACRE_EXPORT_MARKS_H
#define ACRE_EXPORT_MARKS_H

#include "profile/profile.h"

/* Not yet replaced by what the caller has for the frame. */
#define ACRE_MARKED UINT32_MAX

/* A number a frame, by its own less one: ACRE_MARKED, or 0 where no site has it. A parent stands in
 * front of its children. NULL for want of memory; else ended with acre_marks_free. */
uint32_t *acre_marks_make(struct acre_alloc *memory, const struct acre_profile *profile);

/* NULL does nothing. */
void acre_marks_free(struct acre_alloc *memory, const struct acre_profile *profile,
                     uint32_t *marks);

#endif
