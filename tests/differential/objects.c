/*
 * objects malloc|pool|region: runs the programs on its input on the engine and prints what
 * happened, an event a line. objects_cpython.py does the same on CPython, and objects_programs.py
 * says what the operations are.
 *
 * `region` is a counted one in an arena beside a pinned region on malloc.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "alloc/backends.h"
#include "core/check.h"
#include "core/collect.h"
#include "core/region.h"
#include "core/watch.h"
#include "core/weak_table.h"

enum {
    SLOTS = 3,
    VARIABLES = 12,
    WEAKS = 12,
    WATCHES = 2000,
    TABLES = 2,
    OWN_WEAKS = 200,
    LINE_BYTES = 256,
};

struct thing {
    struct acre_object object;
    struct thing *slots[SLOTS];
    const char *actions; /* of its destructor: the rest of a line of the program, or "" */
    int number;
};

/* What a program works with. */
static struct {
    struct acre_engine *engine;
    uint32_t type;
    struct thing *variables[VARIABLES];
    struct acre_weak weaks[WEAKS];
    bool is_weak[WEAKS];
    struct acre_watch watches[WATCHES];
    const char *watch_actions[WATCHES];
    struct acre_weak_table *tables[TABLES];
    struct acre_weak own_weaks[OWN_WEAKS]; /* which destructors took of their own object */
    int own_weak_count;
} world;

/* Who performs an operation: a destructor has its object, a watch may fail, others have neither. */
struct caller {
    struct thing *dying;
    bool has_failed;
};

static void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

static void perform(const char *operation, struct caller *caller);

/* Actions: " | operation | operation" ---------------------------------------------------------- */

static const char *actions_of(const char *line)
{
    const char *bar = strchr(line, '|');

    return bar != NULL ? bar : "";
}

static void perform_all(const char *actions, struct caller *caller)
{
    while (*actions == '|') {
        char operation[LINE_BYTES];
        size_t length = strcspn(++actions, "|");

        check(length < sizeof operation, "too long: %s", actions);
        memcpy(operation, actions, length);
        operation[length] = '\0';
        actions += length;
        perform(operation, caller);
    }
}

static void thing_dies(struct acre_engine *engine, struct acre_object *object)
{
    struct thing *thing = (struct thing *)object;
    struct caller caller = {.dying = thing};

    check(engine == world.engine, "another engine");
    say("destroy %d", thing->number);
    perform_all(thing->actions, &caller);
}

static enum acre_status watch_is_called(struct acre_engine *engine, void *context, uint64_t number)
{
    struct caller caller = {0};

    check(engine == world.engine && context == &world, "another engine or context");
    say("call %" PRIu64, number);
    perform_all(world.watch_actions[number], &caller);
    return caller.has_failed ? ACRE_BAD_ARGUMENT : ACRE_OK;
}

static const struct acre_slot thing_slots[SLOTS] = {
    {"a", offsetof(struct thing, slots)},
    {"b", offsetof(struct thing, slots) + sizeof(struct thing *)},
    {"c", offsetof(struct thing, slots) + 2 * sizeof(struct thing *)},
};

static const struct acre_type thing_type = {
    .name = "Thing",
    .size_bytes = sizeof(struct thing),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = thing_slots,
    .slot_count = SLOTS,
    .destroy = thing_dies,
};

/* Operations ----------------------------------------------------------------------------------- */

static void make(const int *n, const char *actions)
{
    struct acre_object *object;

    if (world.variables[n[1]] != NULL) {
        say("full");
        return;
    }
    check(acre_object_new(world.engine, world.type, &object) == ACRE_OK, "thing %d", n[0]);
    world.variables[n[1]] = (struct thing *)object;
    world.variables[n[1]]->number = n[0];
    world.variables[n[1]]->actions = actions;
    say("new %d", n[0]);
}

static void copy(const int *n)
{
    struct thing *thing = world.variables[n[1]];

    if (thing == NULL || world.variables[n[0]] != NULL) {
        say(thing == NULL ? "empty" : "full");
        return;
    }
    acre_ref(world.engine, &thing->object);
    world.variables[n[0]] = thing;
}

static void set_slot(struct thing *holder, int slot, struct acre_object *target)
{
    check(acre_slot_set(world.engine, &holder->object, &holder->slots[slot], target) == ACRE_OK,
          "%s", acre_error(world.engine));
}

static void link_to(const int *n)
{
    struct thing *holder = world.variables[n[0]], *target = world.variables[n[2]];

    if (holder == NULL || target == NULL)
        say("empty");
    else if (holder->slots[n[1]] != NULL)
        say("full");
    else
        set_slot(holder, n[1], &target->object);
}

/* The holder is held meanwhile, as Python does. */
static void unlink_from(const int *n)
{
    struct thing *holder = world.variables[n[0]];

    if (holder == NULL) {
        say("empty");
        return;
    }
    acre_ref(world.engine, &holder->object);
    set_slot(holder, n[1], NULL);
    acre_unref(world.engine, &holder);
}

static void drop(int variable)
{
    acre_unref(world.engine, &world.variables[variable]);
}

static void take_weak(const int *n)
{
    struct thing *thing = world.variables[n[1]];

    if (thing == NULL) {
        say("empty");
        return;
    }
    check(acre_weak_of(world.engine, &thing->object, &world.weaks[n[0]]) == ACRE_OK, "no weak");
    world.is_weak[n[0]] = true;
}

static void get(const int *n)
{
    struct acre_object *object;

    if (world.variables[n[1]] != NULL) {
        say("full");
        return;
    }
    object = acre_weak_get(world.engine, world.weaks[n[0]]);
    world.variables[n[1]] = (struct thing *)object;
    if (object != NULL)
        say("got %d", world.variables[n[1]]->number);
    else
        say("dead");
}

/* All weak references, by both ways to ask. */
static void see(void)
{
    char seen[WEAKS + 1] = {0};

    for (int w = 0; w < WEAKS; w++) {
        struct acre_object *object = acre_weak_get(world.engine, world.weaks[w]);
        bool is_alive = object != NULL;

        check(acre_weak_is_alive(world.engine, world.weaks[w]) == is_alive, "weak %d", w);
        acre_unref(world.engine, &object);
        seen[w] = '-';
        if (world.is_weak[w])
            seen[w] = is_alive ? '1' : '0';
    }
    say("see %s", seen);
}

static void begin_watch(const int *n, const char *actions)
{
    struct acre_notice notice = {watch_is_called, &world, (uint64_t)n[0]};
    enum acre_status status =
        acre_watch_begin(world.engine, world.weaks[n[1]], notice, &world.watches[n[0]]);

    check(status == ACRE_OK || status == ACRE_BAD_ARGUMENT, "%s", acre_error(world.engine));
    world.watch_actions[n[0]] = actions;
    say(status == ACRE_OK ? "begun" : "dead");
}

static void cancel(int watch)
{
    bool is_pending = acre_watch_is_pending(world.engine, world.watches[watch]);

    check(acre_watch_cancel(world.engine, world.watches[watch]) == is_pending, "watch %d", watch);
    say(is_pending ? "cancelled" : "not pending");
}

static void put(const int *n)
{
    struct thing *thing = world.variables[n[2]];

    if (thing == NULL) {
        say("empty");
        return;
    }
    check(acre_weak_table_put(world.engine, world.tables[n[0]], (uint64_t)n[1], &thing->object) ==
              ACRE_OK,
          "%s", acre_error(world.engine));
}

static void find(const int *n)
{
    struct acre_object *object =
        acre_weak_table_get(world.engine, world.tables[n[0]], (uint64_t)n[1]);

    if (object != NULL)
        say("found %d", ((struct thing *)object)->number);
    else
        say("none");
    acre_unref(world.engine, &object);
}

static void take_out(const int *n)
{
    bool was_there = acre_weak_table_remove(world.engine, world.tables[n[0]], (uint64_t)n[1]);

    say(was_there ? "removed" : "none");
}

/* After each entry a variable is dropped, while there are more. */
static void visit_each(const int *n, int count)
{
    uint64_t cursor = 0, key;
    struct acre_object *object;

    for (int i = 1;
         (object = acre_weak_table_next(world.engine, world.tables[n[0]], &cursor, &key)) != NULL;
         i++) {
        say("visit %" PRIu64 " %d", key, ((struct thing *)object)->number);
        if (i < count)
            drop(n[i]);
        acre_unref(world.engine, &object);
    }
}

static void collect(const struct caller *caller)
{
    struct acre_collection found;

    if (caller != NULL) {
        check(acre_collect(world.engine, &found) == ACRE_BUSY, "collects in a call");
        say("busy");
        return;
    }
    say("collect");
    check(acre_collect(world.engine, &found) == ACRE_OK, "%s", acre_error(world.engine));
    say("freed %" PRIu64, found.freed);
    say("collected");
}

static void take_weak_of_itself(const struct caller *caller)
{
    struct acre_weak weak;

    check(world.own_weak_count < OWN_WEAKS, "too many");
    check(acre_weak_of(world.engine, &caller->dying->object, &weak) == ACRE_OK, "no weak");
    say("own %d", acre_weak_is_alive(world.engine, weak));
    world.own_weaks[world.own_weak_count++] = weak;
}

static void state(void)
{
    int own_alive = 0;

    for (int i = 0; i < world.own_weak_count; i++)
        own_alive += acre_weak_is_alive(world.engine, world.own_weaks[i]);
    say("state: %" PRIu64 " live, %" PRIu64 " failures, %d own", acre_live_objects(world.engine),
        acre_watch_failures(world.engine), own_alive);
}

static void perform(const char *operation, struct caller *caller)
{
    char name[16];
    int n[8] = {0};
    int length = 0;
    int count = 0;

    check(sscanf(operation, " %15s%n", name, &length) == 1, "no operation");
    for (const char *rest = operation + length;
         count < 8 && sscanf(rest, " %d%n", &n[count], &length) == 1; count++)
        rest += length;
    if (strcmp(name, "new") == 0)
        make(n, actions_of(operation));
    else if (strcmp(name, "copy") == 0)
        copy(n);
    else if (strcmp(name, "link") == 0)
        link_to(n);
    else if (strcmp(name, "unlink") == 0)
        unlink_from(n);
    else if (strcmp(name, "drop") == 0)
        drop(n[0]);
    else if (strcmp(name, "weak") == 0)
        take_weak(n);
    else if (strcmp(name, "get") == 0)
        get(n);
    else if (strcmp(name, "see") == 0)
        see();
    else if (strcmp(name, "watch") == 0)
        begin_watch(n, actions_of(operation));
    else if (strcmp(name, "cancel") == 0)
        cancel(n[0]);
    else if (strcmp(name, "put") == 0)
        put(n);
    else if (strcmp(name, "find") == 0)
        find(n);
    else if (strcmp(name, "remove") == 0)
        take_out(n);
    else if (strcmp(name, "len") == 0)
        say("len %u", acre_weak_table_count(world.tables[n[0]]));
    else if (strcmp(name, "each") == 0)
        visit_each(n, count);
    else if (strcmp(name, "count") == 0)
        say("count %u", acre_strong_count((struct acre_object *)world.variables[n[0]]));
    else if (strcmp(name, "collect") == 0)
        collect(caller);
    else if (strcmp(name, "own") == 0)
        take_weak_of_itself(caller);
    else if (strcmp(name, "fail") == 0)
        caller->has_failed = true;
    else if (strcmp(name, "state") == 0)
        state();
    else
        check(false, "no such operation: %s", operation);
}

/* Programs ------------------------------------------------------------------------------------- */

struct memory {
    struct acre_alloc *pages, *pinned, *arena;
};

static void begin(struct memory *memory, const char *backend)
{
    const struct acre_engine_options options = {.collector = ACRE_COLLECTOR_MANUAL};
    uint32_t region;

    memset(&world, 0, sizeof world);
    memory->pages = acre_pages_new();
    check(memory->pages != NULL, "no memory");
    memory->pinned =
        strcmp(backend, "pool") == 0 ? acre_pool_new(memory->pages, NULL) : acre_malloc_new();
    memory->arena = acre_arena_new(memory->pages, NULL);
    check(memory->pinned != NULL && memory->arena != NULL, "no memory");
    check(acre_engine_new(&world.engine, memory->pinned, &options) == ACRE_OK, "no engine");
    check(acre_type_register(world.engine, &thing_type, &world.type) == ACRE_OK, "no type");
    for (int t = 0; t < TABLES; t++)
        check(acre_weak_table_new(world.engine, &world.tables[t]) == ACRE_OK, "no table");
    if (strcmp(backend, "region") == 0) {
        check(acre_region_new(world.engine, memory->arena, ACRE_REGION_COUNTED, "arena", &region) ==
                  ACRE_OK,
              "no region");
        acre_region_enter(world.engine, region);
    }
}

static void end(struct memory *memory)
{
    for (int t = 0; t < TABLES; t++)
        acre_weak_table_destroy(world.engine, world.tables[t]);
    say("left %" PRIu64, acre_engine_destroy(world.engine));
    check(acre_check(memory->pinned) == NULL && acre_check(memory->arena) == NULL, "broken memory");
    acre_destroy(memory->arena);
    acre_destroy(memory->pinned);
    acre_destroy(memory->pages);
}

/* One program: the lines up to "end" are kept, since actions point into them. False: no more. */
static bool run(const char *backend, char **text, size_t *bytes)
{
    struct memory memory;
    size_t used = 0;
    char line[LINE_BYTES];

    for (;;) {
        size_t length;

        if (fgets(line, sizeof line, stdin) == NULL)
            return false;
        length = strcspn(line, "\n");
        check(line[length] == '\n', "a line without an end");
        line[length] = '\0';
        if (strcmp(line, "end") == 0)
            break;
        if (used + length + 1 > *bytes) {
            *bytes = 2 * (used + length + 1);
            *text = realloc(*text, *bytes);
            check(*text != NULL, "no memory");
        }
        memcpy(*text + used, line, length + 1);
        used += length + 1;
    }
    begin(&memory, backend);
    for (size_t at = 0; at < used; at += strlen(*text + at) + 1) {
        say("> %s", *text + at);
        perform(*text + at, NULL);
    }
    end(&memory);
    say("end");
    return true;
}

int main(int argc, char **argv)
{
    char *text = NULL;
    size_t bytes = 0;

    check(argc == 2, "usage: objects malloc|pool|region");
    while (run(argv[1], &text, &bytes))
        ;
    free(text);
    return 0;
}
