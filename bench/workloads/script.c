/*
 * Programs in Lua: what an allocator, or a region, does for an interpreter that nobody here wrote.
 *
 *   lifetime  a state lives in   it ends with
 *   weak      pinned memory      lua_close, which visits and frees all that is left
 *   walked    a region           the same, and then the reset
 *   region    a region           the reset, without a visit
 *
 *   shape      strings, tables, closures, stacks of coroutines, compiled code: 16 bytes to many KiB
 *   lifetime   until Lua's collector finds them dead, in waves; the rest with the state
 *   stresses   sizes of every kind, blocks that grow step by step, frees in the order of a sweep
 *
 * An arena frees nothing singly: in it the garbage of an iteration stays until the reset.
 */
#include <lualib.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/random.h"
#include "bench/workloads/lua_program.h"

enum { PROGRAM, SIZE, PARAMETERS };
enum { TREES, WORDS, RECORDS, TASKS, JSON, PROGRAMS };

/* bench/workloads/scripts, as strings: see meson.build. */
static const char trees[] =
#include "bench/workloads/trees.lua.h"
    ;
static const char words[] =
#include "bench/workloads/words.lua.h"
    ;
static const char records[] =
#include "bench/workloads/records.lua.h"
    ;
static const char tasks[] =
#include "bench/workloads/tasks.lua.h"
    ;
static const char json[] =
#include "bench/workloads/json.lua.h"
    ;

/* A program opens what it uses, as those who embed Lua do. */
static const luaL_Reg none[] = {{NULL, NULL}};
static const luaL_Reg strings[] = {{LUA_GNAME, luaopen_base},
                                   {LUA_STRLIBNAME, luaopen_string},
                                   {LUA_TABLIBNAME, luaopen_table},
                                   {NULL, NULL}};
static const luaL_Reg coroutines[] = {{LUA_COLIBNAME, luaopen_coroutine}, {NULL, NULL}};

static const struct acre_lua_program programs[PROGRAMS] = {
    [TREES] = {"=trees", trees, none},          [WORDS] = {"=words", words, strings},
    [RECORDS] = {"=records", records, strings}, [TASKS] = {"=tasks", tasks, coroutines},
    [JSON] = {"=json", json, strings},
};

static const struct acre_word program_words[PROGRAMS] = {
    [TREES] = {"trees", "trees in " LUA_RELEASE},
    [WORDS] = {"words", "words in " LUA_RELEASE},
    [RECORDS] = {"records", "records in " LUA_RELEASE},
    [TASKS] = {"tasks", "tasks in " LUA_RELEASE},
    [JSON] = {"json", "json in " LUA_RELEASE},
};

static const struct acre_parameter parameters[PARAMETERS] = {
    [PROGRAM] = {.name = "program",
                 .argument = "WORD[,WORD...]",
                 .help = "trees: of small tables; words: strings built and split;\n"
                         "records: sorted and grouped; tasks: closures and coroutines;\n"
                         "json: printed and parsed; all (default)",
                 .defaults = "all",
                 .is_list = true,
                 .words = program_words,
                 .word_count = PROGRAMS,
                 .all = "all"},
    [SIZE] = {.name = "size",
              .argument = "N[,N...]",
              .help = "items: nodes, words, records, steps of tasks, values of JSON\n"
                      "(default 1000)",
              .defaults = "1000",
              .is_list = true,
              .least = 1,
              .most = 10000000,
              .before = "",
              .after = " items"},
};

/* program, size */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{TREES, 3}};
static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{TREES, 1000}, {JSON, 1000}};

/* Another one in each iteration, the same under every strategy and for the limit. */
static struct acre_lua_run run_of(const struct acre_cell_spec *spec, uint64_t iteration)
{
    struct acre_random random;

    acre_random_init(&random, spec->seed, iteration);
    return (struct acre_lua_run){
        .program = &programs[spec->values[PROGRAM]],
        .size = (int64_t)spec->values[SIZE],
        .seed = (int64_t)acre_random_below(&random, (uint64_t)1 << 31),
    };
}

/* On a stage -------------------------------------------------------------------------------- */

struct script {
    struct acre_stage *stage;
    struct acre_alloc *alloc; /* of the state */
    struct acre_cell_spec spec;
    uint64_t hash; /* of the last iteration's lines */
};

/* Whatever Lua may put there, as its own malloc would align it. */
union most_aligned {
    LUAI_MAXALIGN;
};

/* When a block is freed Lua does not say what it was for. */
static struct acre_layout layout_of(size_t bytes)
{
    return (struct acre_layout){bytes, _Alignof(union most_aligned), ACRE_PURPOSE_OTHER};
}

/* Of a new block `old_bytes` is no size, but the type of what it is for. */
static void *serve(void *context, void *block, size_t old_bytes, size_t bytes)
{
    struct acre_alloc *alloc = context;

    if (bytes == 0) {
        acre_free(alloc, block, layout_of(old_bytes));
        return NULL;
    }
    if (block == NULL)
        return acre_allocate(alloc, layout_of(bytes));
    return acre_reallocate(alloc, block, layout_of(old_bytes), bytes);
}

static void *script_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct script *script = malloc(sizeof *script);

    if (script == NULL)
        return NULL;
    *script = (struct script){
        .stage = stage,
        .alloc = stage->tops[stage->region_count > 0 ? 1 : 0],
        .spec = *spec,
    };
    return script;
}

static enum acre_status fail(struct script *script, enum acre_status status,
                             const struct acre_lua_run *run)
{
    const char *name = program_words[script->spec.values[PROGRAM]].name;

    if (status == ACRE_NO_MEMORY)
        return acre_fail(script->stage->engine, status, "out of memory for the program '%s'", name);
    return acre_fail(script->stage->engine, status, "the program '%s' failed: %s", name,
                     run->error);
}

/* A state that is not closed is dropped by the reset that begins the next iteration, or drains. */
static enum acre_status script_step(void *state, uint64_t iteration)
{
    struct script *script = state;
    struct acre_lua_run run = run_of(&script->spec, iteration);
    enum acre_status status = acre_stage_begin(script->stage, iteration);

    if (status != ACRE_OK)
        return status;
    run.closes = script->spec.lifetime != ACRE_LIFETIME_REGION;
    status = acre_lua_run(&run, serve, script->alloc);
    if (status != ACRE_OK)
        return fail(script, status, &run);
    script->hash = run.hash;
    acre_stage_end(script->stage);
    return ACRE_OK;
}

static uint64_t script_checksum(const void *state)
{
    return ((const struct script *)state)->hash;
}

static enum acre_status script_drain(void *state)
{
    return acre_stage_drain(((struct script *)state)->stage);
}

static void script_close(void *state)
{
    free(state);
}

/*
 * Its limit: the same programs and the same Lua on free lists by size, cut from memory that was
 * there before. A block is a few instructions, and is made ready for the next of its size when it
 * is freed; nothing is checked, and a state is dropped by forgetting the lists.
 */
enum {
    STEP_BYTES = 16,
    SMALL_BYTES = 1024,
    SMALL_LISTS = SMALL_BYTES / STEP_BYTES,
    LISTS = SMALL_LISTS + 64
};

struct freed {
    struct freed *next;
};

struct limit {
    struct acre_alloc *memory;
    struct freed *lists[LISTS]; /* multiples of 16 bytes up to 1 KiB, then powers of two */
    struct acre_cell_spec spec;
    uint64_t hash;
};

static size_t rounded(size_t bytes)
{
    if (bytes <= SMALL_BYTES)
        return acre_align_up(bytes, STEP_BYTES);
    return (size_t)1 << (64 - __builtin_clzll(bytes - 1));
}

static struct freed **list_of(struct limit *limit, size_t rounded_bytes)
{
    if (rounded_bytes <= SMALL_BYTES)
        return &limit->lists[rounded_bytes / STEP_BYTES];
    return &limit->lists[SMALL_LISTS + __builtin_ctzll(rounded_bytes)];
}

static void *limit_take(struct limit *limit, size_t bytes)
{
    size_t size = rounded(bytes);
    struct freed **list = list_of(limit, size);
    struct freed *block = *list;

    if (block == NULL)
        return acre_allocate(limit->memory, (struct acre_layout){size, 16, ACRE_PURPOSE_OTHER});
    *list = block->next;
    return block;
}

static void limit_give(struct limit *limit, void *block, size_t bytes)
{
    struct freed **list = list_of(limit, rounded(bytes));
    struct freed *freed = block;

    freed->next = *list;
    *list = freed;
}

static void *limit_serve(void *context, void *block, size_t old_bytes, size_t bytes)
{
    struct limit *limit = context;
    void *moved;

    if (block == NULL)
        return bytes != 0 ? limit_take(limit, bytes) : NULL;
    if (bytes == 0) {
        limit_give(limit, block, old_bytes);
        return NULL;
    }
    if (rounded(bytes) == rounded(old_bytes))
        return block;
    moved = limit_take(limit, bytes);
    if (moved != NULL) {
        memcpy(moved, block, old_bytes < bytes ? old_bytes : bytes);
        limit_give(limit, block, old_bytes);
    }
    return moved;
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    struct limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->memory = memory;
    limit->spec = *spec;
    return limit;
}

/* What does not run has another hash than every strategy. */
static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;
    struct acre_lua_run run = run_of(&limit->spec, iteration);

    memset(limit->lists, 0, sizeof limit->lists);
    acre_reset(limit->memory);
    limit->hash = acre_lua_run(&run, limit_serve, limit) == ACRE_OK ? run.hash : 0;
}

static uint64_t limit_checksum(const void *limit)
{
    return ((const struct limit *)limit)->hash;
}

static void limit_close(void *limit)
{
    free(limit);
}

/* What it is ---------------------------------------------------------------------------------- */

static uint64_t items_of(const struct acre_cell_spec *spec)
{
    return spec->values[SIZE];
}

static const char *const examples[] = {
    "--json run.json",
    "--program json,words --size 100,10000",
    "--backends all --program trees",
    NULL,
};

const struct acre_workload acre_script = {
    .name = "script",
    .about = "Programs in Lua: an interpreter on each allocator, closed or dropped with its region",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10,
    .rounds = 12,
    .unit = "item",
    .units = items_of,
    .unsuited = {[ACRE_LIFETIME_STRONG] = "Lua collects cycles: nothing would leak",
                 [ACRE_LIFETIME_COLLECTOR] = "Lua's own collector runs under every lifetime"},
    .uncounted = "Lua mixes the time and addresses into its hashes",
    .open = script_open,
    .step = script_step,
    .checksum = script_checksum,
    .drain = script_drain,
    .close = script_close,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
