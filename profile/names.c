#include "profile/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "alloc/backends.h"
#include "alloc/grow.h"
#include "profile/character.h"
#include "symbols/strings.h"

enum { FIRST_ROWS = 256, STORE_CHUNK_BYTES = 64 * 1024 };

/* What stands at a place of a module. Many frames lie at one place. */
struct place {
    uint64_t offset;
    uint32_t module;
    struct acre_frames frames; /* NULL: the row is empty */
};

struct acre_names {
    struct acre_alloc *memory;
    const struct acre_profile *profile;
    struct acre_symbols *symbols;
    uint32_t *modules; /* of the profile to those of the symboliser */
    uint32_t module_count;
    struct acre_alloc *store; /* of strings and frames, all of which end together */
    struct acre_strings strings;
    struct place *places; /* open addressing, half full at most */
    size_t place_count, row_count;
    uint64_t seed;
};

static const struct acre_layout names_layout = {sizeof(struct acre_names),
                                                _Alignof(struct acre_names), ACRE_PURPOSE_OTHER};

/* From begin to end ----------------------------------------------------------------------------
 */

static bool add_modules(struct acre_names *names)
{
    const struct acre_trace_modules *modules = &names->profile->modules;

    if (modules->count == 0)
        return true;
    names->module_count = modules->count;
    names->modules = acre_allocate(names->memory,
                                   acre_layout_of_elements(modules->count, sizeof *names->modules));
    for (uint32_t i = 0; names->modules != NULL && i < modules->count; i++) {
        const struct acre_trace_module *module = &modules->modules[i];

        if (!acre_symbols_add(names->symbols, module->path, module->build_id,
                              module->build_id_bytes, &names->modules[i]))
            return false;
    }
    return names->modules != NULL;
}

struct acre_names *acre_names_new(struct acre_alloc *memory, const struct acre_profile *profile,
                                  const char *const *roots, size_t root_count)
{
    static const struct acre_arena_options options = {.chunk_bytes = STORE_CHUNK_BYTES};
    struct acre_names *names = acre_allocate(memory, names_layout);

    if (names == NULL)
        return NULL;
    *names = (struct acre_names){
        .memory = memory,
        .profile = profile,
        .symbols = acre_symbols_new(memory, roots, root_count),
        .store = acre_arena_new(memory, &options),
        .seed = (uint64_t)(uintptr_t)names,
    };
    acre_strings_init(&names->strings, memory, names->store, names->seed);
    if (names->symbols != NULL && names->store != NULL && add_modules(names))
        return names;
    acre_names_destroy(names);
    return NULL;
}

void acre_names_destroy(struct acre_names *names)
{
    if (names == NULL)
        return;
    acre_free_elements(names->memory, names->places, names->row_count, sizeof *names->places);
    acre_free_elements(names->memory, names->modules, names->module_count, sizeof *names->modules);
    acre_strings_fini(&names->strings);
    acre_destroy(names->store);
    acre_symbols_destroy(names->symbols);
    acre_free(names->memory, names, names_layout);
}

bool acre_names_module(struct acre_names *names, uint32_t module, enum acre_symbols_state *state)
{
    return acre_symbols_state_of(names->symbols, names->modules[module - 1], state);
}

/* Texts ----------------------------------------------------------------------------------------
 */

/* The bytes of the character that stands there; 0: none does, or one that moves a cursor. */
static size_t shown_bytes(const char *text)
{
    uint32_t character;
    size_t bytes = acre_character_at(text, &character);

    return bytes > 0 && !acre_is_control(character) ? bytes : 0;
}

/* Keeps a name as people may be shown it. NULL for want of memory. */
static const char *keep(struct acre_names *names, const char *name)
{
    char text[ACRE_STRINGS_MOST_BYTES + 1];
    size_t used = 0;

    while (*name != '\0') {
        size_t bytes = shown_bytes(name);

        if (used + (bytes > 0 ? bytes : 1) >= sizeof text)
            break;
        if (bytes > 0)
            memcpy(text + used, name, bytes);
        else
            text[used] = '?';
        used += bytes > 0 ? bytes : 1;
        name += bytes > 0 ? bytes : 1;
    }
    text[used] = '\0';
    return acre_strings_keep(&names->strings, text);
}

/* What a place is called where nobody knows. */
static const char *keep_address(struct acre_names *names, const struct acre_trace_frame *frame)
{
    const struct acre_trace_module *module;
    const char *slash;
    char text[256];

    if (frame->module == 0 && frame->offset == 0)
        return keep(names, "(frames left out)");
    if (frame->module == 0) {
        snprintf(text, sizeof text, "0x%" PRIx64, frame->offset);
        return keep(names, text);
    }
    module = acre_trace_module_of(&names->profile->modules, frame->module);
    slash = strrchr(module->path, '/');
    snprintf(text, sizeof text, "%.200s+0x%" PRIx64, slash != NULL ? slash + 1 : module->path,
             frame->offset);
    return keep(names, text);
}

/* Places ---------------------------------------------------------------------------------------
 */

/* The row of a place, or the empty one where it would be. */
static struct place *row_of(const struct acre_names *names, uint32_t module, uint64_t offset)
{
    const uint64_t key[2] = {module, offset};
    size_t mask = names->row_count - 1;
    size_t row = (size_t)XXH3_64bits_withSeed(key, sizeof key, names->seed) & mask;

    while (names->places[row].frames.frames != NULL &&
           (names->places[row].offset != offset || names->places[row].module != module))
        row = (row + 1) & mask;
    return &names->places[row];
}

static bool grow_rows(struct acre_names *names)
{
    size_t old_count = names->row_count;
    size_t count = old_count == 0 ? (size_t)FIRST_ROWS : 2 * old_count;
    struct place *old = names->places;
    struct place *places =
        acre_allocate(names->memory, acre_layout_of_elements(count, sizeof *places));

    if (places == NULL)
        return false;
    memset(places, 0, count * sizeof *places);
    names->places = places;
    names->row_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].frames.frames != NULL)
            *row_of(names, old[i].module, old[i].offset) = old[i];
    acre_free_elements(names->memory, old, old_count, sizeof *old);
    return true;
}

/* A copy whose strings are kept here, with names where there are none. False for want of memory. */
static bool keep_frames(struct acre_names *names, const struct acre_trace_frame *frame,
                        const struct acre_frames *found, struct acre_frames *kept)
{
    struct acre_frame *frames =
        acre_allocate_array(names->store, found->count, sizeof *frames, _Alignof(struct acre_frame),
                            ACRE_PURPOSE_OTHER);

    for (uint32_t i = 0; frames != NULL && i < found->count; i++) {
        const char *function = found->frames[i].function;
        const char *file = found->frames[i].file;

        frames[i] = found->frames[i];
        frames[i].function = function != NULL ? keep(names, function) : keep_address(names, frame);
        frames[i].file = file != NULL ? keep(names, file) : NULL;
        if (frames[i].function == NULL || (file != NULL && frames[i].file == NULL))
            return false;
    }
    *kept = (struct acre_frames){frames, found->count};
    return frames != NULL;
}

bool acre_names_of(struct acre_names *names, uint32_t frame, struct acre_frames *found)
{
    static const struct acre_frame nothing = {0};
    const struct acre_trace_frame *node = acre_trace_frame_of(&names->profile->frames, frame);
    struct place place = {.offset = node->offset, .module = node->module};
    struct acre_frames frames = {&nothing, 1};
    struct place *row;

    if (2 * (names->place_count + 1) > names->row_count && !grow_rows(names))
        return false;
    row = row_of(names, node->module, node->offset);
    if (row->frames.frames == NULL) {
        if (node->module != 0 &&
            !acre_symbols_look_up(names->symbols, names->modules[node->module - 1], node->offset,
                                  &frames))
            return false;
        if (!keep_frames(names, node, &frames, &place.frames))
            return false;
        *row = place;
        names->place_count++;
    }
    *found = row->frames;
    return true;
}
