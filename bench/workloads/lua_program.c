#include "bench/workloads/lua_program.h"

#include <stdio.h>
#include <string.h>

#include "bench/workloads/hash.h"

/* So large that a step of the collector is a whole cycle: see the header. */
enum { WHOLE_CYCLES = 60 };

/* Lua's print, but for where it goes. */
static int print(lua_State *lua)
{
    struct acre_lua_run *run = lua_touserdata(lua, lua_upvalueindex(1));
    int count = lua_gettop(lua);

    for (int i = 1; i <= count; i++) {
        size_t bytes;
        const char *text = luaL_tolstring(lua, i, &bytes);

        if (i > 1)
            run->hash = acre_hash_bytes(run->hash, "\t", 1);
        run->hash = acre_hash_bytes(run->hash, text, bytes);
        lua_pop(lua, 1);
    }
    run->hash = acre_hash_bytes(run->hash, "\n", 1);
    return 0;
}

static int play(lua_State *lua)
{
    struct acre_lua_run *run = lua_touserdata(lua, 1);
    const struct acre_lua_program *program = run->program;

    for (const luaL_Reg *library = program->libraries; library->name != NULL; library++) {
        luaL_requiref(lua, library->name, library->func, true);
        lua_pop(lua, 1);
    }
    lua_pushlightuserdata(lua, run);
    lua_pushcclosure(lua, print, 1);
    lua_setglobal(lua, "print");
    if (luaL_loadbufferx(lua, program->source, strlen(program->source), program->name, "t") !=
        LUA_OK)
        return lua_error(lua);
    lua_pushinteger(lua, run->size);
    lua_pushinteger(lua, run->seed);
    lua_call(lua, 2, 0);
    return 0;
}

/* The sentence is no number, for which Lua would have to make a string. */
static enum acre_status judge(struct acre_lua_run *run, lua_State *lua, int outcome)
{
    if (outcome == LUA_OK)
        return ACRE_OK;
    if (outcome == LUA_ERRMEM)
        return ACRE_NO_MEMORY;
    snprintf(run->error, sizeof run->error, "%s",
             lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "an error without words");
    return ACRE_BAD_ARGUMENT;
}

enum acre_status acre_lua_run(struct acre_lua_run *run, lua_Alloc hook, void *context)
{
    lua_State *lua = lua_newstate(hook, context);
    enum acre_status status;

    run->hash = 0;
    run->error[0] = '\0';
    if (lua == NULL)
        return ACRE_NO_MEMORY;
    lua_gc(lua, LUA_GCINC, 0, 0, WHOLE_CYCLES);
    lua_pushcfunction(lua, play);
    lua_pushlightuserdata(lua, run);
    status = judge(run, lua, lua_pcall(lua, 1, 0, 0));
    if (run->closes)
        lua_close(lua);
    return status;
}
