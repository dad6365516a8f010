/*
 * Functions by a table of symbols: a name holds from its address on for as many bytes as its size
 * says. One without a size, as in assembly, holds up to the next symbol or the end of its section,
 * unless another has its address already; where the table has no local functions, nobody knows how
 * far that is, and it is left out.
 *
 * Of several for one range the least decorated is taken: malloc, not __libc_malloc.
 */
#ifndef ACRE_SYMBOLS_NAMES_H
#define ACRE_SYMBOLS_NAMES_H

#include "symbols/elf_file.h"
#include "symbols/spans.h"

struct acre_symbol_names {
    Elf *elf;       /* borrowed */
    size_t strings; /* the section with the names */
    bool has_locals;
    struct acre_spans spans; /* to places in that section */
};

void acre_symbol_names_init(struct acre_symbol_names *names, struct acre_alloc *memory);
void acre_symbol_names_fini(struct acre_symbol_names *names);

/* From the table of that type, SHT_SYMTAB or SHT_DYNSYM, of a file that outlives `names`, which are
 * new. Without such a table they stay so. False when there is no memory. */
bool acre_symbol_names_read(struct acre_symbol_names *names, const struct acre_elf_file *file,
                            uint32_t type);

/* Whether there is any. */
bool acre_symbol_names_are_there(const struct acre_symbol_names *names);

/* The name of a function, mangled as it is, or NULL. As long as the file. */
const char *acre_symbol_names_find(const struct acre_symbol_names *names, uint64_t address);

#endif
