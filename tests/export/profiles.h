/* Profiles that were never recorded, and names for their frames that no file has: export/ is held
 * to both. They take the place of profile/names.c. */
#ifndef ACRE_TESTS_EXPORT_PROFILES_H
#define ACRE_TESTS_EXPORT_PROFILES_H

#include "export/export.h"

struct made_profile {
    struct acre_alloc *memory;
    struct acre_profile profile;
    struct acre_names *names;
    struct acre_exported exported; /* the same, ready to be written */
};

/* Of each that there is a name for: NULL where there is none. Ends with made_free. */
struct made_profile *made_profile(const char *name);
void made_free(struct made_profile *made);

/* "empty", "small", ..., ends with NULL. There is "many" besides, which takes too long for most
 * tests. */
extern const char *const made_names[];

/* An empty one, and its parts. */
struct made_profile *made_new(void);
uint32_t made_module(struct made_profile *made, const char *path, const char *build_id);

/* A frame; what is inlined there is told with made_inlined, from the outermost on. */
uint32_t made_frame(struct made_profile *made, uint32_t parent, uint32_t module, uint64_t offset,
                    const char *function, const char *file, uint32_t line);
void made_inlined(struct made_profile *made, uint32_t frame, const char *function, const char *file,
                  uint32_t line);

/* `number` blocks of `bytes` bytes, half of which (rounded down) live at the end; they all lived at
 * the peak. */
void made_site(struct made_profile *made, uint32_t stack, uint64_t number, uint64_t bytes);

/* Points, threads, sizes that fit what the sites have. */
void made_finish(struct made_profile *made);

#endif
