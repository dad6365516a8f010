/* The addresses that an entry of DWARF is about. */
#ifndef ACRE_SYMBOLS_RANGES_H
#define ACRE_SYMBOLS_RANGES_H

#include <elfutils/libdw.h>

#include "symbols/elf_file.h"
#include "symbols/spans.h"

/* Of all entries that are looked at together: any number of them may refer to one long list. */
enum { ACRE_RANGES_MOST = 1 << 20 };

/*
 * Adds them to `spans` under a value, those that begin in the code: of functions that the linker
 * dropped the ranges stay, around 0. `budget` is how many may still be looked at. False when there
 * is no memory.
 */
bool acre_ranges_add(struct acre_spans *spans, Dwarf_Die *entry, struct acre_code code,
                     uint32_t value, size_t *budget);

#endif
