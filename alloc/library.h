/*
 * Allocator libraries that are loaded at run time. They export malloc as well: linking one would
 * replace the C library's, the baseline that it is compared with. So dlopen(RTLD_LOCAL), and what
 * is called is looked up by name.
 */
#ifndef ACRE_ALLOC_LIBRARY_H
#define ACRE_ALLOC_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct acre_symbol {
    const char *name;
    void *where; /* the address of a function pointer, which is set */
};

/*
 * Loads a library and sets all symbols. It stays loaded for good: threads that used it run its
 * destructors when they end. False with a sentence in `why` when the file is not there (`package`
 * brings it on Debian; NULL: it is the user's), cannot be loaded, or lacks a symbol.
 */
bool acre_library_load(const char *file, const char *package, const struct acre_symbol *symbols,
                       size_t count, char *why, size_t why_bytes);

/* One symbol of a library that is loaded; false, with *where cleared, when it does not have it. */
bool acre_library_find(const char *file, const char *name, void *where);

/* The address of the function in a function pointer, whose own address is given. */
const void *acre_function_address(const void *pointer);

#endif
