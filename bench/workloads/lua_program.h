/*
 * A program in Lua: compiled and run by the Lua library in a state of its own, every block of which
 * comes from one hook.
 *
 *   source ──> lua_newstate(hook) ──> libraries ──> compiler ──> virtual machine ──> lines, hashed
 *                                                                       │
 *                                             lua_close, or the memory is dropped without a visit
 *
 * Lua mixes addresses and the time into its hashes of strings. What a program prints does not
 * depend on it if the program asks for no order of the keys of a table, and neither does what it
 * allocates, under two conditions. The collector runs whole cycles: in the midst of one the order
 * in which it walks tables decides what is still marked. And a table whose keys are strings loses
 * none of them while others are added: where there is a place for a key depends on its hash, and
 * whether there is one when keys only come does not.
 * Reference: R. Ierusalimschy, L. H. de Figueiredo, W. Celes, "The Implementation of Lua 5.0",
 * Journal of Universal Computer Science 11(7), 2005, section 4.
 */
#ifndef ACRE_BENCH_LUA_PROGRAM_H
#define ACRE_BENCH_LUA_PROGRAM_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

struct acre_lua_program {
    const char *name; /* of its chunk in what Lua says: "=trees" */
    const char *source;
    const luaL_Reg *libraries; /* that it needs, up to one without a name */
};

struct acre_lua_run {
    const struct acre_lua_program *program;
    int64_t size, seed; /* the program's arguments */
    bool closes;        /* its state; otherwise whoever gave the memory drops it */

    uint64_t hash;   /* of what it printed, with hash.h: its words, tabs and line ends one by one */
    char error[256]; /* Lua's sentence, "" unless the program failed otherwise than for memory */
};

/*
 * Runs a program once. The hook is lua_Alloc's (Lua's reference manual, section 4): it may refuse.
 * ACRE_NO_MEMORY, or ACRE_BAD_ARGUMENT for a program that Lua does not take or that ends with an
 * error; a state that is to be closed has been then as well.
 */
enum acre_status acre_lua_run(struct acre_lua_run *run, lua_Alloc hook, void *context);

#endif
