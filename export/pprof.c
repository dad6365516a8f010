/*
 * pprof's profile: a message of Google's protocol buffers, packed with gzip. A location is a place
 * in the code with all that was inlined there; functions and strings are told once and known by
 * numbers. Fields as profile.proto of github.com/google/pprof has them.
 */
#include <inttypes.h>
#include <xxhash.h>

#include "alloc/grow.h"
#include "export/formats.h"
#include "export/gzip.h"
#include "export/protobuf.h"

enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE = 2, PROFILE_MAPPING = 3, PROFILE_LOCATION = 4 };
enum {
    PROFILE_FUNCTION = 5,
    PROFILE_STRING = 6,
    PROFILE_DURATION_NS = 10,
    PROFILE_PERIOD_TYPE = 11
};
enum { PROFILE_PERIOD = 12, PROFILE_COMMENT = 13, PROFILE_DEFAULT_TYPE = 14 };
enum { TYPE_TYPE = 1, TYPE_UNIT = 2 };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2 };
enum {
    MAPPING_ID = 1,
    MAPPING_START = 2,
    MAPPING_LIMIT = 3,
    MAPPING_FILE = 5,
    MAPPING_BUILD_ID = 6
};
enum {
    MAPPING_HAS_FUNCTIONS = 7,
    MAPPING_HAS_FILES = 8,
    MAPPING_HAS_LINES = 9,
    MAPPING_HAS_INLINED = 10
};
enum { LOCATION_ID = 1, LOCATION_MAPPING = 2, LOCATION_ADDRESS = 3, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1, LINE_LINE = 2 };
enum { FUNCTION_ID = 1, FUNCTION_NAME = 2, FUNCTION_SYSTEM_NAME = 3, FUNCTION_FILE = 4 };

/* Innermost frames of a stack; a recorder has fewer. */
enum { MOST_DEPTH = 1024 };

struct location {
    uint64_t offset;
    uint32_t module;
};

struct function {
    uint32_t name, file; /* strings */
};

struct work {
    const struct acre_exported *what;
    struct acre_gzip gzip;
    struct acre_text message; /* that is made */
    struct acre_text inner, innermost;
    struct acre_words strings; /* the first is "", which they call 0 */
    struct location *locations;
    size_t location_count, location_capacity;
    struct function *functions;
    size_t function_count, function_capacity;
    struct acre_index location_index, function_index;
    bool *is_told; /* modules */
};

static const struct acre_frame no_stack = {.function = "(no call stack)"};

/* A field of the profile, of the message that was made. */
static void put_message(struct work *work, uint32_t field)
{
    struct acre_text *whole = &work->innermost;

    acre_text_clear(whole);
    acre_protobuf_put_bytes(whole, field, work->message.bytes, work->message.count);
    acre_gzip_put(&work->gzip, whole->bytes, whole->count);
}

/* False for want of memory. */
static bool string_of(struct work *work, const char *text, uint32_t *string)
{
    acre_text_put_name(&work->strings.letters, text, &acre_plain_notation);
    *string = acre_words_end(&work->strings);
    return *string != 0;
}

/* As it is written: from 0. */
static void put_string(struct acre_text *message, uint32_t field, uint32_t string)
{
    acre_protobuf_put_number(message, field, string - 1);
}

/* Functions -------------------------------------------------------------------------------------
 */

static bool is_function(const void *wanted, const void *work, uint32_t number)
{
    const struct function *function = &((const struct work *)work)->functions[number - 1];
    const struct function *other = wanted;

    return function->name == other->name && function->file == other->file;
}

static void put_function(struct work *work, const struct function *function, uint32_t number)
{
    acre_text_clear(&work->message);
    acre_protobuf_put_number(&work->message, FUNCTION_ID, number);
    put_string(&work->message, FUNCTION_NAME, function->name);
    put_string(&work->message, FUNCTION_SYSTEM_NAME, function->name);
    put_string(&work->message, FUNCTION_FILE, function->file);
    put_message(work, PROFILE_FUNCTION);
}

/* Its number, told when it is new; 0 for want of memory. */
static uint32_t function_of(struct work *work, const struct acre_frame *call)
{
    struct function function;
    uint64_t hash;
    uint32_t found;

    if (!string_of(work, call->function, &function.name) ||
        !string_of(work, call->file != NULL ? call->file : "", &function.file))
        return 0;
    hash = XXH3_64bits(&function, sizeof function);
    found = acre_index_find(&work->function_index, hash, is_function, &function, work);
    if (found != 0)
        return found;
    if (!acre_grow(work->what->memory, &work->functions, work->function_count,
                   &work->function_capacity, sizeof function) ||
        !acre_index_add(&work->function_index, hash, (uint32_t)work->function_count + 1))
        return 0;
    work->functions[work->function_count++] = function;
    put_function(work, &function, (uint32_t)work->function_count);
    return (uint32_t)work->function_count;
}

/* Mappings --------------------------------------------------------------------------------------
 */

static bool put_build_id(struct work *work, const struct acre_trace_module *module,
                         uint32_t *string)
{
    acre_text_put_digits(&work->strings.letters, module->build_id, module->build_id_bytes);
    *string = acre_words_end(&work->strings);
    return *string != 0;
}

/* When the first location in it is met. */
static bool put_mapping(struct work *work, uint32_t number)
{
    const struct acre_trace_module *module =
        acre_trace_module_of(&work->what->profile->modules, number);
    enum acre_symbols_state state;
    uint32_t path, build_id;

    if (work->is_told[number - 1])
        return true;
    work->is_told[number - 1] = true;
    if (!acre_names_module(work->what->names, number, &state) ||
        !string_of(work, module->path, &path) || !put_build_id(work, module, &build_id))
        return false;
    acre_text_clear(&work->message);
    acre_protobuf_put_number(&work->message, MAPPING_ID, number);
    acre_protobuf_put_number(&work->message, MAPPING_START, module->first_address);
    acre_protobuf_put_number(&work->message, MAPPING_LIMIT, module->first_address + module->bytes);
    put_string(&work->message, MAPPING_FILE, path);
    put_string(&work->message, MAPPING_BUILD_ID, build_id);
    acre_protobuf_put_number(&work->message, MAPPING_HAS_FUNCTIONS,
                             state == ACRE_SYMBOLS_LINES || state == ACRE_SYMBOLS_NAMES);
    acre_protobuf_put_number(&work->message, MAPPING_HAS_FILES, state == ACRE_SYMBOLS_LINES);
    acre_protobuf_put_number(&work->message, MAPPING_HAS_LINES, state == ACRE_SYMBOLS_LINES);
    acre_protobuf_put_number(&work->message, MAPPING_HAS_INLINED, state == ACRE_SYMBOLS_LINES);
    put_message(work, PROFILE_MAPPING);
    return true;
}

/* Locations -------------------------------------------------------------------------------------
 */

static bool is_location(const void *wanted, const void *work, uint32_t number)
{
    const struct location *location = &((const struct work *)work)->locations[number - 1];
    const struct location *other = wanted;

    return location->offset == other->offset && location->module == other->module;
}

/* Innermost first, as they are. Functions are told on the way: the lines wait in a text of their
 * own. */
static bool put_lines(struct work *work, const struct acre_frames *calls, struct acre_text *lines)
{
    for (uint32_t i = 0; i < calls->count; i++) {
        uint32_t function = function_of(work, &calls->frames[i]);

        if (function == 0)
            return false;
        acre_text_clear(&work->innermost);
        acre_protobuf_put_number(&work->innermost, LINE_FUNCTION, function);
        acre_protobuf_put_number(&work->innermost, LINE_LINE, calls->frames[i].line);
        acre_protobuf_put_bytes(lines, LOCATION_LINE, work->innermost.bytes, work->innermost.count);
    }
    return true;
}

static bool put_location(struct work *work, const struct location *location, uint32_t number,
                         const struct acre_frames *calls)
{
    const struct acre_trace_modules *modules = &work->what->profile->modules;
    uint64_t bias = 0;

    if (location->module != 0) {
        if (!put_mapping(work, location->module))
            return false;
        bias = acre_trace_module_of(modules, location->module)->load_bias;
    }
    acre_text_clear(&work->inner);
    if (!put_lines(work, calls, &work->inner))
        return false;
    acre_text_clear(&work->message);
    acre_protobuf_put_number(&work->message, LOCATION_ID, number);
    acre_protobuf_put_number(&work->message, LOCATION_MAPPING, location->module);
    acre_protobuf_put_number(&work->message, LOCATION_ADDRESS, location->offset + bias);
    acre_text_put(&work->message, work->inner.bytes, work->inner.count);
    put_message(work, PROFILE_LOCATION);
    return true;
}

/* Its number, told when it is new; 0 for want of memory. `frame` 0: where there is no stack. */
static uint32_t location_of(struct work *work, uint32_t frame)
{
    struct acre_frames calls = {&no_stack, 1};
    struct location location = {0, UINT32_MAX};
    uint64_t hash;
    uint32_t found;

    if (frame != 0) {
        const struct acre_trace_frame *told =
            acre_trace_frame_of(&work->what->profile->frames, frame);

        location = (struct location){told->offset, told->module};
    }
    hash = XXH3_64bits_withSeed(&location.offset, sizeof location.offset, location.module);
    found = acre_index_find(&work->location_index, hash, is_location, &location, work);
    if (found != 0)
        return found;
    if (!acre_grow(work->what->memory, &work->locations, work->location_count,
                   &work->location_capacity, sizeof location) ||
        !acre_index_add(&work->location_index, hash, (uint32_t)work->location_count + 1))
        return 0;
    work->locations[work->location_count++] = location;
    found = (uint32_t)work->location_count;
    if (frame == 0)
        location.module = 0;
    else if (!acre_names_of(work->what->names, frame, &calls))
        return 0;
    return put_location(work, &location, found, &calls) ? found : 0;
}

/* Samples ---------------------------------------------------------------------------------------
 */

static const char *const sample_types[][2] = {
    {"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"},
    {"inuse_space", "bytes"},   {"peak_space", "bytes"},
};

enum { SAMPLE_TYPES = sizeof sample_types / sizeof sample_types[0] };

static void put_values(struct acre_text *message, const struct acre_profile_figures *figures)
{
    const uint64_t values[SAMPLE_TYPES] = {figures->blocks, figures->bytes, figures->live_blocks,
                                           figures->live_bytes, figures->peak_bytes};

    for (size_t i = 0; i < SAMPLE_TYPES; i++)
        acre_protobuf_put_varint(message, values[i]);
}

static bool put_sample(struct work *work, const struct acre_profile_site *site)
{
    uint32_t frame = site->stack, numbers[MOST_DEPTH];
    size_t count = 0;

    do {
        numbers[count] = location_of(work, frame);
        if (numbers[count++] == 0)
            return false;
        frame = frame != 0 ? acre_trace_frame_of(&work->what->profile->frames, frame)->parent : 0;
    } while (frame != 0 && count < MOST_DEPTH);
    acre_text_clear(&work->message);
    acre_text_clear(&work->inner);
    for (size_t i = 0; i < count; i++)
        acre_protobuf_put_varint(&work->inner, numbers[i]);
    acre_protobuf_put_bytes(&work->message, SAMPLE_LOCATION, work->inner.bytes, work->inner.count);
    acre_text_clear(&work->inner);
    put_values(&work->inner, &site->figures);
    acre_protobuf_put_bytes(&work->message, SAMPLE_VALUE, work->inner.bytes, work->inner.count);
    put_message(work, PROFILE_SAMPLE);
    return true;
}

/* The whole -------------------------------------------------------------------------------------
 */

static bool put_type(struct work *work, uint32_t field, const char *type, const char *unit)
{
    uint32_t type_string, unit_string;

    if (!string_of(work, type, &type_string) || !string_of(work, unit, &unit_string))
        return false;
    acre_text_clear(&work->message);
    put_string(&work->message, TYPE_TYPE, type_string);
    put_string(&work->message, TYPE_UNIT, unit_string);
    put_message(work, field);
    return true;
}

/* What is asked for where nothing is said: at the end a program may have freed all it had. */
static bool put_head(struct work *work)
{
    const struct acre_profile *profile = work->what->profile;
    uint32_t nothing, comment, usual;

    if (!string_of(work, "", &nothing)) /* they want it first */
        return false;
    for (size_t i = 0; i < SAMPLE_TYPES; i++)
        if (!put_type(work, PROFILE_SAMPLE_TYPE, sample_types[i][0], sample_types[i][1]))
            return false;
    if (!put_type(work, PROFILE_PERIOD_TYPE, "space", "bytes") ||
        !string_of(work, work->what->command, &comment) || !string_of(work, "peak_space", &usual))
        return false;
    acre_text_clear(&work->inner);
    acre_protobuf_put_number(&work->inner, PROFILE_PERIOD, 1);
    acre_protobuf_put_number(&work->inner, PROFILE_DURATION_NS,
                             profile->last_ns - profile->first_ns);
    put_string(&work->inner, PROFILE_COMMENT, comment);
    put_string(&work->inner, PROFILE_DEFAULT_TYPE, usual);
    acre_gzip_put(&work->gzip, work->inner.bytes, work->inner.count);
    return true;
}

static void put_strings(struct work *work)
{
    for (size_t i = 1; i <= work->strings.count && ferror(work->gzip.stream) == 0; i++) {
        size_t bytes;
        const char *letters = acre_words_of(&work->strings, (uint32_t)i, &bytes);

        acre_text_clear(&work->message);
        acre_text_put(&work->message, letters, bytes);
        put_message(work, PROFILE_STRING);
    }
}

static bool put_all(struct work *work)
{
    const struct acre_profile *profile = work->what->profile;

    if (!put_head(work))
        return false;
    for (size_t i = 0; i < profile->site_count && ferror(work->gzip.stream) == 0; i++)
        if (!put_sample(work, &profile->sites[i]))
            return false;
    put_strings(work);
    return !work->message.is_short && !work->inner.is_short && !work->innermost.is_short;
}

static struct acre_layout layout_of_told(const struct work *work)
{
    return (struct acre_layout){work->what->profile->modules.count * sizeof(bool), 1,
                                ACRE_PURPOSE_OTHER};
}

static void begin(struct work *work, const struct acre_exported *what)
{
    *work = (struct work){.what = what};
    acre_text_init(&work->message, what->memory);
    acre_text_init(&work->inner, what->memory);
    acre_text_init(&work->innermost, what->memory);
    acre_words_init(&work->strings, what->memory);
    acre_index_init(&work->location_index, what->memory);
    acre_index_init(&work->function_index, what->memory);
    work->is_told = acre_allocate(what->memory, layout_of_told(work));
    if (work->is_told != NULL)
        memset(work->is_told, 0, layout_of_told(work).size);
}

static void end(struct work *work)
{
    struct acre_alloc *memory = work->what->memory;

    acre_text_fini(&work->message);
    acre_text_fini(&work->inner);
    acre_text_fini(&work->innermost);
    acre_words_fini(&work->strings);
    acre_free_elements(memory, work->locations, work->location_capacity, sizeof *work->locations);
    acre_free_elements(memory, work->functions, work->function_capacity, sizeof *work->functions);
    acre_index_fini(&work->location_index);
    acre_index_fini(&work->function_index);
    acre_free(memory, work->is_told, layout_of_told(work));
}

bool acre_put_pprof(const struct acre_exported *what, FILE *stream)
{
    struct work work;
    bool is_put = false;

    begin(&work, what);
    if (work.is_told != NULL && acre_gzip_begin(&work.gzip, what->memory, stream)) {
        is_put = put_all(&work);
        acre_gzip_end(&work.gzip);
    }
    end(&work);
    return is_put && ferror(stream) == 0;
}
