#include "record/callers.h"

#include <sys/random.h>
#include <xxhash.h>

#include "alloc/grow.h"

enum { FIRST_ROWS = 1024, MODULE_WORDS = 4 };

static struct acre_layout layout_of_text(const struct acre_caller_module *module)
{
    return (struct acre_layout){(size_t)module->path_bytes + module->build_id_bytes + 1, 1,
                                ACRE_PURPOSE_OTHER};
}

static struct acre_layout layout_of_rows(size_t count)
{
    return acre_layout_of_elements(count, sizeof(struct acre_caller_row));
}

/* Modules --------------------------------------------------------------------------------------
 */

static void clear_modules(struct acre_callers *callers, struct acre_caller_modules *modules)
{
    for (size_t i = 0; i < modules->count; i++)
        acre_free(callers->memory, modules->modules[i].text, layout_of_text(&modules->modules[i]));
    modules->count = 0;
}

static void free_modules(struct acre_callers *callers, struct acre_caller_modules *modules)
{
    clear_modules(callers, modules);
    acre_free_elements(callers->memory, modules->modules, modules->capacity,
                       sizeof *modules->modules);
    *modules = (struct acre_caller_modules){0};
}

static bool add_module(struct acre_callers *callers, struct acre_caller_modules *modules,
                       const struct acre_caller_module *module)
{
    if (!acre_grow(callers->memory, &modules->modules, modules->count, &modules->capacity,
                   sizeof *modules->modules))
        return false;
    modules->modules[modules->count++] = *module;
    return true;
}

static bool is_same(const struct acre_caller_module *a, const struct acre_caller_module *b)
{
    return a->bias == b->bias && a->first == b->first && a->bytes == b->bytes &&
           a->path_bytes == b->path_bytes && a->build_id_bytes == b->build_id_bytes &&
           memcmp(a->text, b->text, (size_t)a->path_bytes + a->build_id_bytes) == 0;
}

/* Of a file that a process can have, so that no length has to be believed. */
static bool take_module(struct acre_callers *callers, const struct acre_raw_item *item,
                        struct acre_caller_modules *coming)
{
    const uint64_t *words = item->words;
    struct acre_caller_module module;
    const char *path;
    size_t id_words;

    if (item->word_count < MODULE_WORDS || words[3] > 8 * (item->word_count - MODULE_WORDS))
        return true;
    id_words = (words[3] + 7) / 8;
    path = (const char *)(words + MODULE_WORDS + id_words);
    module = (struct acre_caller_module){.bias = words[0], .first = words[1], .bytes = words[2]};
    module.build_id_bytes = (uint32_t)words[3];
    module.path_bytes = (uint32_t)strnlen(path, 8 * (item->word_count - MODULE_WORDS - id_words));
    module.text = acre_allocate(callers->memory, layout_of_text(&module));
    if (module.text == NULL)
        return false;
    memcpy(module.text, words + MODULE_WORDS, module.build_id_bytes);
    memcpy(module.text + module.build_id_bytes, path, module.path_bytes);
    if (add_module(callers, coming, &module))
        return true;
    acre_free(callers->memory, module.text, layout_of_text(&module));
    return false;
}

/* The number that a module already has, whether it is there now or was once. */
static uint32_t number_of(const struct acre_callers *callers,
                          const struct acre_caller_module *module)
{
    const struct acre_caller_modules *lists[] = {&callers->modules, &callers->gone};

    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->count; i++)
            if (lists[l]->modules[i].number != 0 && is_same(&lists[l]->modules[i], module))
                return lists[l]->modules[i].number;
    return 0;
}

/* What was told by one state is all there is now; those that have a number keep it for when they
 * come back. */
static bool replace_modules(struct acre_callers *callers, struct acre_caller_modules *coming)
{
    struct acre_caller_modules old = callers->modules;
    bool is_done = true;

    if (coming->count == 0)
        return true;
    for (size_t i = 0; i < coming->count; i++)
        coming->modules[i].number = number_of(callers, &coming->modules[i]);
    for (size_t i = 0; i < old.count; i++) {
        struct acre_caller_module *module = &old.modules[i];
        bool stays = false;

        for (size_t j = 0; j < coming->count && !stays; j++)
            stays = coming->modules[j].number == module->number;
        if (module->number == 0 || stays || !is_done) {
            acre_free(callers->memory, module->text, layout_of_text(module));
            continue;
        }
        is_done = add_module(callers, &callers->gone, module);
        if (!is_done)
            acre_free(callers->memory, module->text, layout_of_text(module));
    }
    old.count = 0;
    callers->modules = *coming;
    *coming = old;
    return is_done;
}

static struct acre_caller_module *module_of(const struct acre_callers *callers, uint64_t address)
{
    for (size_t i = 0; i < callers->modules.count; i++)
        if (address - callers->modules.modules[i].first < callers->modules.modules[i].bytes)
            return &callers->modules.modules[i];
    return NULL;
}

/* Told when a stack leads into it first. */
static uint32_t tell_module(struct acre_callers *callers, struct acre_caller_module *module)
{
    const struct acre_trace_module told = {
        .path = module->text + module->build_id_bytes,
        .path_bytes = module->path_bytes,
        .build_id = (const unsigned char *)module->text,
        .build_id_bytes = module->build_id_bytes,
        .load_bias = module->bias,
        .first_address = module->first,
        .bytes = module->bytes,
    };

    if (module->number == 0)
        module->number = acre_trace_put_module(callers->writer, &told);
    return module->number;
}

/* The tree -------------------------------------------------------------------------------------
 */

static size_t row_of(const struct acre_callers *callers, const struct acre_trace_frame *frame)
{
    const uint64_t key[2] = {frame->offset, (uint64_t)frame->parent << 32 | frame->module};
    size_t mask = callers->row_capacity - 1;
    size_t row = (size_t)XXH3_64bits_withSeed(key, sizeof key, callers->seed) & mask;

    while (callers->rows[row].number != 0 && (callers->rows[row].offset != frame->offset ||
                                              callers->rows[row].parent != frame->parent ||
                                              callers->rows[row].module != frame->module))
        row = (row + 1) & mask;
    return row;
}

static bool grow_rows(struct acre_callers *callers)
{
    struct acre_callers old = *callers;
    size_t capacity = old.row_capacity == 0 ? (size_t)FIRST_ROWS : 2 * old.row_capacity;
    void *rows = acre_allocate(callers->memory, layout_of_rows(capacity));

    if (rows == NULL)
        return false;
    memset(rows, 0, capacity * sizeof *callers->rows);
    callers->rows = rows;
    callers->row_capacity = capacity;
    for (size_t i = 0; i < old.row_capacity; i++)
        if (old.rows[i].number != 0) {
            const struct acre_trace_frame frame = {old.rows[i].parent, old.rows[i].module,
                                                   old.rows[i].offset};

            callers->rows[row_of(callers, &frame)] = old.rows[i];
        }
    acre_free(callers->memory, old.rows, layout_of_rows(old.row_capacity));
    return true;
}

/* The number of a frame, which is told when it is new; 0 also where the trace takes no more. */
static bool number_frame(struct acre_callers *callers, const struct acre_trace_frame *frame,
                         uint32_t *number)
{
    struct acre_caller_row *row;

    if (3 * (callers->row_count + 1) > 2 * callers->row_capacity && !grow_rows(callers))
        return false;
    row = &callers->rows[row_of(callers, frame)];
    if (row->number == 0) {
        *row = (struct acre_caller_row){frame->offset, frame->parent, frame->module,
                                        acre_trace_put_frame(callers->writer, frame)};
        callers->row_count += row->number != 0;
    }
    *number = row->number;
    return true;
}

/* Stacks ---------------------------------------------------------------------------------------
 */

/* A return address is behind its call, which may be the last of a function: the call itself is in
 * front of it. */
static struct acre_trace_frame frame_of(struct acre_callers *callers, uint32_t parent,
                                        uint64_t address)
{
    struct acre_trace_frame frame = {.parent = parent};
    struct acre_caller_module *module;

    if (address == ACRE_RAW_LEFT_OUT)
        return frame;
    module = module_of(callers, address - 1);
    frame.offset = address - 1;
    if (module != NULL)
        frame.module = tell_module(callers, module);
    if (frame.module != 0)
        frame.offset -= module->bias;
    return frame;
}

static bool take_stack(struct acre_callers *callers, const struct acre_raw_item *item)
{
    struct acre_caller_stacks *stacks = &callers->stacks[item->state];
    uint32_t node = 0;

    if (!acre_grow(callers->memory, &stacks->nodes, stacks->count, &stacks->capacity,
                   sizeof *stacks->nodes))
        return false;
    for (size_t i = item->word_count; i-- > 0;) {
        const struct acre_trace_frame frame = frame_of(callers, node, item->words[i]);

        if (!number_frame(callers, &frame, &node))
            return false;
    }
    stacks->nodes[stacks->count++] = node;
    return true;
}

bool acre_callers_note(struct acre_callers *callers, const struct acre_raw_item *item)
{
    struct acre_caller_modules *coming = &callers->stacks[item->state].coming;

    switch (item->note) {
    case ACRE_RAW_STACK:
        return take_stack(callers, item);
    case ACRE_RAW_MODULE:
        return take_module(callers, item, coming);
    default:
        return replace_modules(callers, coming);
    }
}

uint32_t acre_callers_stack(const struct acre_callers *callers, uint32_t state, uint32_t stack)
{
    const struct acre_caller_stacks *stacks = &callers->stacks[state];

    return stack - 1 < stacks->count ? stacks->nodes[stack - 1] : 0;
}

bool acre_callers_init(struct acre_callers *callers, struct acre_alloc *memory,
                       struct acre_trace_writer *writer, uint32_t states)
{
    *callers = (struct acre_callers){.memory = memory, .writer = writer, .states = states};
    if (getrandom(&callers->seed, sizeof callers->seed, GRND_NONBLOCK) < 0)
        callers->seed = (uint64_t)(uintptr_t)callers;
    if (states == 0)
        return true;
    callers->stacks =
        acre_allocate(memory, acre_layout_of_elements(states, sizeof *callers->stacks));
    if (callers->stacks == NULL) {
        callers->states = 0;
        return false;
    }
    memset(callers->stacks, 0, states * sizeof *callers->stacks);
    return true;
}

void acre_callers_fini(struct acre_callers *callers)
{
    for (uint32_t i = 0; i < callers->states; i++) {
        acre_free_elements(callers->memory, callers->stacks[i].nodes, callers->stacks[i].capacity,
                           sizeof *callers->stacks[i].nodes);
        free_modules(callers, &callers->stacks[i].coming);
    }
    acre_free_elements(callers->memory, callers->stacks, callers->states, sizeof *callers->stacks);
    free_modules(callers, &callers->modules);
    free_modules(callers, &callers->gone);
    acre_free(callers->memory, callers->rows, layout_of_rows(callers->row_capacity));
}
