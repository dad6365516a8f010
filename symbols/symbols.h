/*
 * From an address in a file of code to the source that stands behind it: functions, those that were
 * inlined there too, files and lines. Offline: nothing is asked of the network, and no file is
 * opened but those that docs/symbols.md lists.
 *
 *    new ──> add a module ──> look up addresses in it, of any number of modules, in any order
 *            (path, build id)      │
 *                                  └──> frames, innermost first:
 *                                          {"square",  "/src/square.h", 12, inlined}
 *                                          {"forward", "/src/tape.c",   88}
 *
 * Nothing is opened before a module is first asked for. Its tables are made then, once; each answer
 * is kept.
 *
 * Files are not trusted: they may be cut, damaged or made with intent, and the answer is what can
 * still be said. They must not be written to while they are in use: they are mapped into memory.
 * Names come out as they are in the files, any bytes but 0: who shows them makes them printable.
 *
 * Memory is the allocator's, but for what libelf and libdw, which read the files, take from the C
 * library's malloc. What they are refused counts as ours: a call fails. Symbols are for one thread
 * at a time.
 */
#ifndef ACRE_SYMBOLS_SYMBOLS_H
#define ACRE_SYMBOLS_SYMBOLS_H

#include "alloc/alloc.h"

/* What is known of a module. */
enum acre_symbols_state {
    ACRE_SYMBOLS_LINES,       /* functions, files and lines */
    ACRE_SYMBOLS_NAMES,       /* functions, from a table of symbols */
    ACRE_SYMBOLS_NONE,        /* the file is there, and has neither */
    ACRE_SYMBOLS_MISSING,     /* there is no such file */
    ACRE_SYMBOLS_UNREADABLE,  /* there is one, but it is no sound ELF file, or may not be read */
    ACRE_SYMBOLS_OTHER_BUILD, /* there is one with another build id: built again since */
};

/* "functions and lines", ..., "the file was rebuilt since": to stand behind a module's path. */
const char *acre_symbols_state_text(enum acre_symbols_state state);

struct acre_frame {
    const char *function; /* demangled where it was C++; NULL: not known, show module+0xaddress */
    const char *file;     /* NULL: not known */
    uint32_t line;        /* 0: not known */
    bool is_inlined;      /* into the next frame */
};

/* One frame at least. */
struct acre_frames {
    const struct acre_frame *frames; /* innermost first */
    uint32_t count;
};

struct acre_symbols;

/*
 * No modules yet. `memory` is borrowed, and so are the `root_count` paths of directories: copies of
 * files of the machine where addresses were recorded, looked into before its own places, the first
 * one first. NULL when there is no memory.
 */
struct acre_symbols *acre_symbols_new(struct acre_alloc *memory, const char *const *roots,
                                      size_t root_count);

/* With all frames and strings that came from it. NULL does nothing. */
void acre_symbols_destroy(struct acre_symbols *symbols);

/*
 * A file of code that was loaded from `path` (copied). Where its build id is told (0 bytes: it is
 * not), a file with another one is never used; one of more bytes than ACRE_SYMBOLS_MOST_ID_BYTES
 * counts as not told. `module` is its number: 0, 1, ... False, with nothing changed, when there is
 * no memory.
 */
bool acre_symbols_add(struct acre_symbols *symbols, const char *path, const void *build_id,
                      size_t build_id_bytes, uint32_t *module);

enum { ACRE_SYMBOLS_MOST_ID_BYTES = 64 };

/* Opens the module's files, if that was not done yet. False, with nothing changed, when there is no
 * memory. */
bool acre_symbols_state_of(struct acre_symbols *symbols, uint32_t module,
                           enum acre_symbols_state *state);

/*
 * What stands at a link-time virtual address of the module (as in its ELF file: where it ran, less
 * the load bias). Callers on a stack are asked for by their return address less one. Frames and
 * their strings live as long as `symbols`, and equal strings are the same pointer. False, with
 * nothing changed, when there is no memory.
 */
bool acre_symbols_look_up(struct acre_symbols *symbols, uint32_t module, uint64_t address,
                          struct acre_frames *found);

#endif
