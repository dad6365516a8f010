/*
 * The workload script: programs that print what they should, the same results and the same calls
 * under every strategy, memory that fails, and programs that go wrong.
 */
#include "tests/bench/loop.h"

#include <lualib.h>

#include "alloc/track.h"
#include "bench/visit/checked.h"
#include "bench/workloads/hash.h"
#include "bench/workloads/lua_program.h"

/* In the order of the workload's parameter. */
enum { TREES, WORDS, RECORDS, TASKS, JSON, PROGRAMS };
enum { SIZE = 20, ITERATIONS = 2 };

static const struct strategy strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},
    {"jemalloc", ACRE_LIFETIME_WEAK},
    {"mimalloc", ACRE_LIFETIME_WEAK},
    {"tcmalloc", ACRE_LIFETIME_WEAK},
    {"tbbmalloc", ACRE_LIFETIME_WEAK},
    {"pool", ACRE_LIFETIME_WEAK},
    {"reap", ACRE_LIFETIME_WEAK},
    {"arena", ACRE_LIFETIME_WALKED},
    {"pool", ACRE_LIFETIME_WALKED},
    {"reap", ACRE_LIFETIME_WALKED},
    {"jemalloc-arena", ACRE_LIFETIME_WALKED},
    {"mimalloc-heap", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION},
    {"pool", ACRE_LIFETIME_REGION},
    {"reap", ACRE_LIFETIME_REGION},
    {"jemalloc-arena", ACRE_LIFETIME_REGION},
    {"mimalloc-heap", ACRE_LIFETIME_REGION},
};

enum { STRATEGIES = sizeof strategies / sizeof strategies[0] };

/* The same strings that are in the workload. */
static const char *const sources[PROGRAMS] = {
    [TREES] =
#include "bench/workloads/trees.lua.h"
        ,
    [WORDS] =
#include "bench/workloads/words.lua.h"
        ,
    [RECORDS] =
#include "bench/workloads/records.lua.h"
        ,
    [TASKS] =
#include "bench/workloads/tasks.lua.h"
        ,
    [JSON] =
#include "bench/workloads/json.lua.h"
        ,
};

static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                     {LUA_STRLIBNAME, luaopen_string},
                                     {LUA_TABLIBNAME, luaopen_table},
                                     {LUA_COLIBNAME, luaopen_coroutine},
                                     {NULL, NULL}};

static struct acre_cell_spec spec_of(uint64_t program, uint64_t size)
{
    return (struct acre_cell_spec){.values = {program, size}, .seed = 1};
}

/* A hook of our own ------------------------------------------------------------------------- */

/* What realloc was asked for. */
struct heard {
    uint64_t calls, live_bytes;
    uint64_t hash;       /* of all sizes in their order */
    uint64_t most_bytes; /* more than so many at a time are refused; 0: nothing is */
};

static void *hear(void *context, void *block, size_t old_bytes, size_t bytes)
{
    struct heard *heard = context;
    void *moved;

    if (block == NULL)
        old_bytes = 0;
    heard->calls++;
    heard->hash = acre_hash_number(acre_hash_number(heard->hash, old_bytes), bytes);
    if (bytes == 0) {
        free(block);
        heard->live_bytes -= old_bytes;
        return NULL;
    }
    if (heard->most_bytes != 0 && heard->live_bytes - old_bytes + bytes > heard->most_bytes)
        return NULL;
    moved = realloc(block, bytes);
    cr_assert_not_null(moved);
    heard->live_bytes += bytes - old_bytes;
    return moved;
}

/* Everything is given back, however it ends. */
static enum acre_status run_heard(const char *source, int64_t size, struct heard *heard,
                                  struct acre_lua_run *run)
{
    const struct acre_lua_program program = {"=test", source, libraries};
    enum acre_status status;

    *run = (struct acre_lua_run){.program = &program, .size = size, .seed = 1, .closes = true};
    status = acre_lua_run(run, hear, heard);
    run->program = NULL;
    cr_assert_eq(heard->live_bytes, 0);
    return status;
}

/* What programs print ----------------------------------------------------------------------- */

/* The hash of lines whose words, none of them empty, have tabs between them. */
static uint64_t hash_of(const char *lines)
{
    uint64_t hash = 0;

    for (; *lines != '\0'; lines++) {
        size_t bytes = strcspn(lines, "\t\n");

        if (bytes > 0)
            hash = acre_hash_bytes(hash, lines, bytes);
        lines += bytes;
        hash = acre_hash_bytes(hash, lines, 1);
    }
    return hash;
}

static void expect_lines(const char *source, int64_t size, const char *lines)
{
    struct heard heard = {0};
    struct acre_lua_run run;

    cr_assert_eq(run_heard(source, size, &heard, &run), ACRE_OK, "%s", run.error);
    cr_assert_eq(run.hash, hash_of(lines), "not: %s", lines);
}

/* The programs' random numbers, from seed 1: 16838, 5758, 10113, 17515, ... */
static uint64_t draw(uint64_t *seed, uint64_t bound)
{
    *seed = (*seed * 1103515245 + 12345) % 2147483648;
    return *seed / 65536 % bound;
}

/* As it stands in JSON. */
static void draw_text(uint64_t *seed, char *text)
{
    static const char *const letters[] = {"a", "e", "i", "n",    "o",    "r",
                                          "s", "t", " ", "\\\"", "\\\\", "\\n"};
    uint64_t count = 4 + draw(seed, 12);

    text[0] = '\0';
    while (count-- > 0)
        strcat(text, letters[draw(seed, 12)]);
}

/* Of one record, in the order in which the program draws it. */
static void json_lines(char *lines, size_t bytes)
{
    uint64_t seed = 1;
    char tags[256] = "", name[64], json[512];
    uint64_t count = 1 + draw(&seed, 4);
    int length;
    uint64_t x, y;

    for (uint64_t i = 0; i < count; i++) {
        char text[64];

        draw_text(&seed, text);
        snprintf(tags + strlen(tags), sizeof tags - strlen(tags), "%s\"%s\"", i > 0 ? "," : "",
                 text);
    }
    draw_text(&seed, name);
    x = draw(&seed, 1000);
    y = draw(&seed, 1000);
    length = snprintf(json, sizeof json,
                      "[{\"done\":%s,\"id\":1,\"name\":\"%s\",\"place\":{\"x\":%d,\"y\":%d},"
                      "\"tags\":[%s]}]",
                      draw(&seed, 2) == 1 ? "true" : "false", name, (int)x, -(int)y, tags);
    snprintf(lines, bytes, "%d\t%s\n", length, json);
}

MTest(script, programs_print_what_they_should)
{
    char lines[1024];

    expect_lines("print() print(1, 'two', nil) print(...)", 7, "\n1\ttwo\tnil\n7\t1\n");
    expect_lines(sources[TREES], 3, "1\t1386\t0\n");
    expect_lines(sources[WORDS], 1, "   1  stopimu      1\nStopimu\n");
    expect_lines(sources[RECORDS], 1, "18\t1\t113\tbest r16838 at 1\nr16838\t113\t1\n");
    expect_lines(sources[TASKS], 3, "1\t42\n"); /* of 9, 17 and 25, one turn */
    json_lines(lines, sizeof lines);
    expect_lines(sources[JSON], 1, lines);
}

/* The same sizes in the same order, wherever the state lies. */
static void expect_same_calls(const char *source, int64_t size, size_t runs)
{
    struct heard first = {0};

    for (size_t i = 0; i < runs; i++) {
        struct heard heard = {0};
        struct acre_lua_run run;
        void *padding = malloc(1 + 4099 * i);

        cr_assert_eq(run_heard(source, size, &heard, &run), ACRE_OK, "%s", run.error);
        free(padding);
        if (i == 0)
            first = heard;
        cr_assert_eq(heard.calls, first.calls, "run %zu of: %.40s", i, source);
        cr_assert_eq(heard.hash, first.hash, "run %zu of: %.40s", i, source);
    }
}

/* Addresses and the time are in Lua's hashes of strings. Where the collector goes by steps, the
 * last program's calls come in another order almost every time: which list was walked before a step
 * ends depends on where its key lies. */
MTest(script, calls_do_not_depend_on_addresses)
{
    size_t runs = acre_track_is_listening() ? 2 : 8;

    for (size_t p = 0; p < PROGRAMS; p++)
        expect_same_calls(sources[p], 400, runs);
    expect_same_calls("local lists = {}\n"
                      "for i = 1, 17 do\n"
                      "  local list = {}\n"
                      "  for j = 1, 1 << i // 2 + 7 do list[j] = j end\n"
                      "  lists['list ' .. i] = list\n"
                      "end\n"
                      "for i = 1, ... do local garbage = {i} end\n",
                      100000, runs);
}

/* Under every strategy ---------------------------------------------------------------------- */

static bool is_closed(const struct strategy *strategy)
{
    return strategy->lifetime != ACRE_LIFETIME_REGION;
}

/* Returns the blocks that were granted: born, or grown or shrunk where they stood. */
static uint64_t expect_books(const struct loop *loop, const struct strategy *strategy)
{
    const struct acre_counts blocks = books(loop, ACRE_PURPOSE_OTHER);
    bool has_region = strategy->lifetime != ACRE_LIFETIME_WEAK;

    cr_assert_eq(blocks.live.blocks == 0, is_closed(strategy));
    for (size_t i = 0; i < loop->ledger.scope_count; i++)
        cr_assert_eq(loop->ledger.scopes[i].live[ACRE_PURPOSE_OTHER].blocks == 0,
                     is_closed(strategy));
    cr_assert_eq(loop->ledger.books.resets, has_region ? ITERATIONS : 0);
    return blocks.allocations + loop->ledger.books.resizes;
}

MTest(script, results_and_calls_are_the_same_everywhere)
{
    for (uint64_t p = 0; p < PROGRAMS; p++) {
        uint64_t expected = checksum_of_limit(&acre_script, spec_of(p, SIZE), ITERATIONS);
        uint64_t granted = 0;

        cr_assert_neq(checksum_of_limit(&acre_script, spec_of(p, SIZE), ITERATIONS - 1), expected,
                      "another iteration prints something else");
        for (size_t i = 0; i < STRATEGIES; i++) {
            struct loop loop;
            uint64_t here;

            open_loop(&loop, &acre_script, strategies[i], spec_of(p, SIZE), ITERATIONS);
            cr_assert_eq(acre_script.checksum(loop.state), expected, "program %d on %s", (int)p,
                         strategies[i].backend);
            here = expect_books(&loop, &strategies[i]);
            cr_assert_eq(here, i == 0 ? here : granted, "program %d on %s/%s", (int)p,
                         strategies[i].backend, acre_lifetime_name(strategies[i].lifetime));
            granted = here;
            cr_assert_eq(acre_script.drain(loop.state), ACRE_OK);
            cr_assert_eq(books(&loop, ACRE_PURPOSE_OTHER).live.blocks, 0);
            drain_and_close(&loop);
        }
    }
}

MTest(script, unsuited_strategies_say_why)
{
    static const struct {
        const char *backend;
        enum acre_lifetime lifetime;
        const char *why;
    } unsuited[] = {
        {"malloc", ACRE_LIFETIME_STRONG, "nothing would leak"},
        {"malloc", ACRE_LIFETIME_COLLECTOR, "own collector"},
        {"malloc", ACRE_LIFETIME_REGION, "no reset"},
        {"arena", ACRE_LIFETIME_WEAK, "only by its reset"},
    };

    for (size_t i = 0; i < sizeof unsuited / sizeof unsuited[0]; i++) {
        const char *why =
            acre_workload_why_not(&acre_script, unsuited[i].backend, unsuited[i].lifetime);

        cr_assert_not_null(why);
        cr_assert(strstr(why, unsuited[i].why) != NULL, "%s", why);
    }
    cr_assert_eq(acre_workload_find("script"), &acre_script);
    cr_assert_null(acre_workload_absent_at(0));
}

/* What goes wrong --------------------------------------------------------------------------- */

/* Programs that are too long for oom_sweep.c: some of their allocations, once and from then on. */
MTest(script, memory_that_fails)
{
    static const struct strategy some[] = {{"malloc", ACRE_LIFETIME_WEAK},
                                           {"pool", ACRE_LIFETIME_WALKED},
                                           {"arena", ACRE_LIFETIME_REGION}};
    uint64_t stride = acre_track_is_listening() ? 1499 : 199;

    for (size_t s = 0; s < sizeof some / sizeof some[0]; s++)
        for (uint64_t p = 0; p < PROGRAMS; p++)
            for (uint64_t k = 1 + p;; k += stride) {
                struct acre_cell_spec spec = spec_of(p, 100);
                struct acre_rails rails = {.fail_at = k};
                struct acre_checked once;
                struct acre_checked forever;

                snprintf(spec.backend, sizeof spec.backend, "%s", some[s].backend);
                spec.lifetime = some[s].lifetime;
                cr_assert(acre_checked_run(&acre_script, &spec, 1, &rails, &once), "%s",
                          once.breach);
                if (once.failures == 0)
                    break;
                rails.forever = true;
                cr_assert(acre_checked_run(&acre_script, &spec, 1, &rails, &forever), "%s",
                          forever.breach);
                cr_assert_eq(forever.status, ACRE_NO_MEMORY);
            }
}

MTest(script, programs_that_fail)
{
    static const struct {
        const char *source, *error;
    } failing[] = {
        {"print(", "test:1: unexpected symbol near <eof>"},
        {"error('no such thing', 0)", "no such thing"},
        {"local t = nil\nprint(t.x)", "test:2: attempt to index a nil value (local 't')"},
        {"error({})", "an error without words"},
        {"error(7, 0)", "an error without words"},
        {"print(('x'):rep(1 << 62))", "resulting string too large"},
        {"\033Lua", "attempt to load a binary chunk"},
    };
    struct acre_lua_run run;

    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++) {
        struct heard heard = {0};

        cr_assert_eq(run_heard(failing[i].source, 1, &heard, &run), ACRE_BAD_ARGUMENT);
        cr_assert(strstr(run.error, failing[i].error) != NULL, "%s", run.error);
    }
}

/* Too little for a state, for its libraries, for what a program wants, in a coroutine as well. */
MTest(script, too_little_memory)
{
    static const char *const wanting[] = {
        "local t = {} for i = 1, 1e7 do t[i] = {} end",
        "local s = ('x'):rep(1000) while true do s = s .. s end",
        "coroutine.wrap(function() local t = {} for i = 1, 1e7 do t[i] = i end end)()",
        "print(('x'):rep(100000000))",
    };
    static const uint64_t budgets[] = {1, 1000, 5000, 20000, 200000};
    struct acre_lua_run run;

    for (size_t i = 0; i < sizeof wanting / sizeof wanting[0]; i++)
        for (size_t b = 0; b < sizeof budgets / sizeof budgets[0]; b++) {
            struct heard heard = {.most_bytes = budgets[b]};

            cr_assert_eq(run_heard(wanting[i], 1, &heard, &run), ACRE_NO_MEMORY, "%s", run.error);
            cr_assert_str_empty(run.error);
        }
}
