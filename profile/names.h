/*
 * The call stacks of a profile in names: what each frame of the tree is called, with the functions
 * that were inlined there. One symboliser (symbols/) a profile.
 */
#ifndef ACRE_PROFILE_NAMES_H
#define ACRE_PROFILE_NAMES_H

#include "profile/profile.h"
#include "symbols/symbols.h"

struct acre_names; /* opaque */

/* `profile` and `memory` are borrowed, `roots` as of acre_symbols_new. NULL for want of memory. */
struct acre_names *acre_names_new(struct acre_alloc *memory, const struct acre_profile *profile,
                                  const char *const *roots, size_t root_count);
void acre_names_destroy(struct acre_names *names);

/*
 * Of a frame of profile->frames (1, 2, ...): what stands there, innermost first; where nothing is
 * known one entry, whose function is "libc.so.6+0x8a1b2" (the last part of the module's path, the
 * link-time address), "0x7f..." where there is no module, "(frames left out)" for module 0 and
 * offset 0. So function is never NULL, is valid UTF-8 without control characters, and equal names
 * are the same pointer. False for want of memory.
 */
bool acre_names_of(struct acre_names *names, uint32_t frame, struct acre_frames *found);

/* What is known of a module (1, 2, ... of profile->modules). False for want of memory. */
bool acre_names_module(struct acre_names *names, uint32_t module, enum acre_symbols_state *state);

#endif
