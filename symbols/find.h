/*
 * Which files tell of a module: its own, a separate debug file, and the supplement that several
 * debug files share. docs/symbols.md says where they are looked for. Each answer is an open file,
 * the caller's to close; each one that is refused was closed.
 */
#ifndef ACRE_SYMBOLS_FIND_H
#define ACRE_SYMBOLS_FIND_H

#include "symbols/elf_file.h"

/* Looked into first. */
struct acre_symbols_roots {
    const char *const *paths;
    size_t count;
};

/* The module's own file, with that build id if one is told. ACRE_SYMBOLS_NONE, in which nothing was
 * looked for yet, if it was found; otherwise a state that says why not. */
enum acre_symbols_state acre_find_module(const struct acre_symbols_roots *roots, const char *path,
                                         const struct acre_build_id *id,
                                         struct acre_elf_file *found);

/* Its debug file: by the build id, or else by the name in `module` (which may not be open). */
bool acre_find_debug(const struct acre_symbols_roots *roots, const char *path,
                     const struct acre_build_id *id, const struct acre_elf_file *module,
                     struct acre_elf_file *found);

/* The supplement, by its build id or its absolute name. */
bool acre_find_supplement(const struct acre_symbols_roots *roots, const char *name,
                          const struct acre_build_id *id, struct acre_elf_file *found);

#endif
