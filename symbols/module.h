/* One file of code: what is known of it, and the frames at its addresses. */
#ifndef ACRE_SYMBOLS_MODULE_H
#define ACRE_SYMBOLS_MODULE_H

#include "symbols/names.h"
#include "symbols/units.h"

struct acre_module {
    const char *path; /* borrowed */
    struct acre_build_id id;
    bool is_read;
    enum acre_symbols_state state;
    struct acre_elf_file file, debug_file; /* open as far as they are used */
    struct acre_units units;
    struct acre_symbol_names names;
};

void acre_module_init(struct acre_module *module, struct acre_alloc *memory, const char *path,
                      const struct acre_build_id *id);
void acre_module_fini(struct acre_module *module);

/* Finds its files and makes its tables, once. False, with nothing changed, when there is no memory.
 */
bool acre_module_read(struct acre_module *module, const struct acre_symbols_roots *roots);

/*
 * The frames at an address of a module that was read: one at least, at most ACRE_UNITS_MOST_FRAMES.
 * False when there is no memory; then it is not read any more.
 */
bool acre_module_find(struct acre_module *module, uint64_t address, struct acre_raw_frame *frames,
                      uint32_t *count);

#endif
