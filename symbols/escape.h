/*
 * The way out of libraries that cannot be told to stop. libdw ends the process where it finds no
 * memory, unless a handler that it calls does not return; a demangler prints on, whatever it prints
 * to. Both handlers may leave through acre_escape, to whoever tried.
 *
 * What was left in the middle does not end what it began: of our own memory that is only what
 * `body` could reach from `argument`, and what the library had taken by then is lost.
 */
#ifndef ACRE_SYMBOLS_ESCAPE_H
#define ACRE_SYMBOLS_ESCAPE_H

#include <stdbool.h>

/* Calls body(argument). False if it was left by acre_escape. May be nested. */
bool acre_escape_from(void (*body)(void *argument), void *argument);

/* Leaves the body that this thread began last. */
__attribute__((noreturn)) void acre_escape(void);

#endif
