#include "symbols/symbols.h"

#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

#include "alloc/backends.h"
#include "symbols/demangle.h"
#include "symbols/module.h"
#include "symbols/room.h"
#include "symbols/source_path.h"
#include "symbols/strings.h"

enum { FIRST_ANSWERS = 256, STORE_CHUNK_BYTES = 64 << 10 };

struct answer {
    uint64_t address;
    const struct acre_frame *frames; /* NULL: the place is free */
    uint32_t module, count;
};

struct acre_symbols {
    struct acre_alloc *memory;
    struct acre_alloc *store; /* an arena: frames, strings, modules, until the end */
    struct acre_symbols_roots roots;
    uint64_t seed; /* of both tables; whoever writes a file chooses what is in them */
    struct acre_strings strings;
    struct acre_module **modules;
    size_t module_count, module_capacity;
    struct answer *answers; /* open addressing, half full at most */
    size_t answer_count, answer_capacity;
};

static const struct acre_layout symbols_layout = {
    sizeof(struct acre_symbols), _Alignof(struct acre_symbols), ACRE_PURPOSE_OTHER};

static const struct acre_layout pointer_layout = {
    sizeof(struct acre_module *), _Alignof(struct acre_module *), ACRE_PURPOSE_OTHER};

static struct acre_layout layout_of_answers(size_t count)
{
    return (struct acre_layout){count * sizeof(struct answer), _Alignof(struct answer),
                                ACRE_PURPOSE_OTHER};
}

const char *acre_symbols_state_text(enum acre_symbols_state state)
{
    static const char *const texts[] = {
        [ACRE_SYMBOLS_LINES] = "functions and lines",
        [ACRE_SYMBOLS_NAMES] = "functions only, no debug information was found",
        [ACRE_SYMBOLS_NONE] = "no symbols are in the file",
        [ACRE_SYMBOLS_MISSING] = "the file is not there",
        [ACRE_SYMBOLS_UNREADABLE] = "the file cannot be read as ELF",
        [ACRE_SYMBOLS_OTHER_BUILD] = "the file was rebuilt since, its build id is another one",
    };

    return (size_t)state < sizeof texts / sizeof texts[0] ? texts[state] : "?";
}

struct acre_symbols *acre_symbols_new(struct acre_alloc *memory, const char *const *roots,
                                      size_t root_count)
{
    static const struct acre_arena_options options = {.chunk_bytes = STORE_CHUNK_BYTES};
    struct acre_symbols *symbols = acre_allocate(memory, symbols_layout);

    if (symbols == NULL)
        return NULL;
    *symbols = (struct acre_symbols){
        .memory = memory,
        .store = acre_arena_new(memory, &options),
        .roots = {roots, root_count},
    };
    /* It fails where libelf is older than its header, which the linker excludes. */
    elf_version(EV_CURRENT);
    if (symbols->store == NULL) {
        acre_free(memory, symbols, symbols_layout);
        return NULL;
    }
    if (getrandom(&symbols->seed, sizeof symbols->seed, GRND_NONBLOCK) < 0)
        symbols->seed = (uint64_t)(uintptr_t)symbols;
    acre_strings_init(&symbols->strings, memory, symbols->store, symbols->seed);
    return symbols;
}

void acre_symbols_destroy(struct acre_symbols *symbols)
{
    if (symbols == NULL)
        return;
    for (size_t i = 0; i < symbols->module_count; i++)
        acre_module_fini(symbols->modules[i]);
    acre_drop_room(symbols->memory, symbols->modules, symbols->module_capacity, pointer_layout);
    acre_free(symbols->memory, symbols->answers, layout_of_answers(symbols->answer_capacity));
    acre_strings_fini(&symbols->strings);
    acre_destroy(symbols->store);
    acre_free(symbols->memory, symbols, symbols_layout);
}

/* Modules ---------------------------------------------------------------------------------------
 */

bool acre_symbols_add(struct acre_symbols *symbols, const char *path, const void *build_id,
                      size_t build_id_bytes, uint32_t *module)
{
    struct acre_build_id id = acre_build_id(build_id, build_id_bytes);
    const char *kept = acre_strings_keep(&symbols->strings, path);
    struct acre_module *added =
        acre_allocate(symbols->store, ACRE_LAYOUT_OF(struct acre_module, ACRE_PURPOSE_OTHER));
    struct acre_module **room =
        acre_make_room(symbols->memory, symbols->modules, symbols->module_count,
                       &symbols->module_capacity, pointer_layout);

    if (room != NULL)
        symbols->modules = room;
    if (kept == NULL || added == NULL || room == NULL || symbols->module_count == UINT32_MAX)
        return false;
    acre_module_init(added, symbols->memory, kept, &id);
    *module = (uint32_t)symbols->module_count;
    room[symbols->module_count++] = added;
    return true;
}

bool acre_symbols_state_of(struct acre_symbols *symbols, uint32_t module,
                           enum acre_symbols_state *state)
{
    if (!acre_module_read(symbols->modules[module], &symbols->roots))
        return false;
    *state = symbols->modules[module]->state;
    return true;
}

/* Answers ---------------------------------------------------------------------------------------
 */

/* Where the answer is, or would be put. */
static struct answer *answer_of(const struct acre_symbols *symbols, uint32_t module,
                                uint64_t address)
{
    const uint64_t key[2] = {module, address};
    size_t mask = symbols->answer_capacity - 1;
    size_t place = (size_t)XXH3_64bits_withSeed(key, sizeof key, symbols->seed) & mask;

    while (symbols->answers[place].frames != NULL &&
           (symbols->answers[place].address != address || symbols->answers[place].module != module))
        place = (place + 1) & mask;
    return &symbols->answers[place];
}

static bool make_room_for_answer(struct acre_symbols *symbols)
{
    struct answer *old = symbols->answers;
    size_t old_capacity = symbols->answer_capacity;
    size_t capacity = old_capacity == 0 ? FIRST_ANSWERS : 2 * old_capacity;
    struct answer *answers;

    if (2 * (symbols->answer_count + 1) <= old_capacity)
        return true;
    answers = acre_allocate(symbols->memory, layout_of_answers(capacity));
    if (answers == NULL)
        return false;
    memset(answers, 0, layout_of_answers(capacity).size);
    symbols->answers = answers;
    symbols->answer_capacity = capacity;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].frames != NULL)
            *answer_of(symbols, old[i].module, old[i].address) = old[i];
    acre_free(symbols->memory, old, layout_of_answers(old_capacity));
    return true;
}

/* The frame as people read it, with kept strings. False when there is no memory. */
static bool keep_frame(struct acre_symbols *symbols, const struct acre_raw_frame *raw,
                       struct acre_frame *frame)
{
    char text[ACRE_STRINGS_MOST_BYTES + 1];

    *frame = (struct acre_frame){.line = raw->line, .is_inlined = raw->is_inlined};
    if (raw->function != NULL) {
        bool is_mangled = acre_demangle(raw->function, text, sizeof text);

        frame->function = acre_strings_keep(&symbols->strings, is_mangled ? text : raw->function);
        if (frame->function == NULL)
            return false;
    }
    if (raw->file != NULL) {
        acre_source_path(raw->directory, raw->file, text, sizeof text);
        frame->file = acre_strings_keep(&symbols->strings, text);
        if (frame->file == NULL)
            return false;
    }
    return true;
}

/* NULL for want of memory. */
static const struct acre_frame *keep_frames(struct acre_symbols *symbols,
                                            const struct acre_raw_frame *raw, uint32_t count)
{
    struct acre_frame *frames = acre_allocate_array(
        symbols->store, count, sizeof *frames, _Alignof(struct acre_frame), ACRE_PURPOSE_OTHER);

    for (uint32_t i = 0; frames != NULL && i < count; i++)
        if (!keep_frame(symbols, &raw[i], &frames[i]))
            return NULL;
    return frames;
}

bool acre_symbols_look_up(struct acre_symbols *symbols, uint32_t module, uint64_t address,
                          struct acre_frames *found)
{
    struct acre_raw_frame raw[ACRE_UNITS_MOST_FRAMES];
    struct acre_module *asked = symbols->modules[module];
    struct answer answer = {.address = address, .module = module};
    struct answer *place;

    if (!make_room_for_answer(symbols))
        return false;
    place = answer_of(symbols, module, address);
    if (place->frames == NULL) {
        if (!acre_module_read(asked, &symbols->roots) ||
            !acre_module_find(asked, address, raw, &answer.count))
            return false;
        answer.frames = keep_frames(symbols, raw, answer.count);
        if (answer.frames == NULL)
            return false;
        *place = answer;
        symbols->answer_count++;
    }
    *found = (struct acre_frames){place->frames, place->count};
    return true;
}
