/* Names of functions as they were in the source, of C++ and of Rust. */
#ifndef ACRE_SYMBOLS_DEMANGLE_H
#define ACRE_SYMBOLS_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it begins as mangled names do. */
bool acre_is_mangled(const char *name);

/*
 * Writes what `name` stands for, with a 0 behind it, cut where `room` bytes end. False where it is
 * no mangled name, or one that is too deep; then what is in `text` means nothing.
 */
bool acre_demangle(const char *name, char *text, size_t room);

#endif
