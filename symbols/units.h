/*
 * What DWARF tells of a module: its units, by address, and of each that was asked for its functions
 * and lines.
 */
#ifndef ACRE_SYMBOLS_UNITS_H
#define ACRE_SYMBOLS_UNITS_H

#include "symbols/find.h"
#include "symbols/scopes.h"

struct acre_unit {
    Dwarf_Off entry;
    bool is_read; /* whether there are scopes */
    struct acre_scopes scopes;
};

struct acre_units {
    struct acre_alloc *memory; /* borrowed */
    Dwarf *dwarf;              /* NULL: none */
    Dwarf *supplement;         /* or NULL */
    struct acre_elf_file supplement_file;
    struct acre_code code;
    struct acre_unit *units;
    size_t count, capacity;
    struct acre_spans spans; /* to units */
};

void acre_units_init(struct acre_units *units, struct acre_alloc *memory);
void acre_units_fini(struct acre_units *units);

/*
 * Opens the DWARF of a file that outlives `units`, which are new; they stay so where it has none,
 * or where its supplement is not found. False when there is no memory.
 *
 * This and acre_units_find may leave through acre_escape, with whatever there is in `units`.
 */
bool acre_units_read(struct acre_units *units, const struct acre_symbols_roots *roots,
                     const struct acre_elf_file *file);

/* Whether there is any. */
bool acre_units_are_there(const struct acre_units *units);

/* A frame as the file tells it, with strings that live as long as the file is open. */
struct acre_raw_frame {
    const char *function;  /* mangled as it may be; or NULL */
    const char *file;      /* or NULL */
    const char *directory; /* in which the compiler ran; or NULL */
    uint32_t line;         /* or 0 */
    bool is_inlined;
};

/* All inlined frames there can be, and one into which they are. */
enum { ACRE_UNITS_MOST_FRAMES = ACRE_SCOPES_MOST_DEPTH + 1 };

/*
 * The frames at an address, at most ACRE_UNITS_MOST_FRAMES: none where it is in no unit; the last
 * is not inlined, and may have no name. False when there is no memory.
 */
bool acre_units_find(struct acre_units *units, uint64_t address, struct acre_raw_frame *frames,
                     uint32_t *count);

#endif
